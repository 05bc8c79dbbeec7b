// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <utility>

#include <lookaside/devices/register_device.h>
#include <lookaside/protocol/time.h>

namespace lookaside::devices {
namespace {

std::uint64_t mask_of(unsigned bytes) {
  return bytes >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * bytes)) - 1;
}

}  // namespace

RegisterDevice::RegisterDevice(sc_core::sc_module_name name, RegisterTable table,
                               std::uint64_t latency_ps)
    : sc_module(name),
      socket("socket"),
      table_(std::move(table)),
      latency_(protocol::from_ps(latency_ps)),
      statistics_(basename()) {
  socket.register_b_transport(this, &RegisterDevice::b_transport);
  socket.register_get_direct_mem_ptr(this, &RegisterDevice::get_direct_mem_ptr);
  socket.register_transport_dbg(this, &RegisterDevice::transport_dbg);
  statistics_.add({"reads", "accesses", "register reads"}, reads_);
  statistics_.add({"writes", "accesses", "register writes"}, writes_);
  statistics_.add({"refused", "accesses",
                   "accesses answered with an error: no register there, or not of this size"},
                  refused_);
}

std::uint64_t RegisterDevice::extract(std::uint64_t whole, const RegisterReference& reference) {
  return (whole >> (8 * reference.byte)) & mask_of(reference.bytes);
}

std::uint64_t RegisterDevice::insert(std::uint64_t whole, const RegisterReference& reference,
                                     std::uint64_t value) {
  const std::uint64_t mask = mask_of(reference.bytes) << (8 * reference.byte);
  return (whole & ~mask) | ((value << (8 * reference.byte)) & mask);
}

bool RegisterDevice::decode(std::uint64_t offset, std::uint64_t bytes,
                            RegisterReference& reference) const {
  if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) return false;
  if (offset % bytes != 0) return false;
  for (std::size_t id = 0; id < table_.size(); ++id) {
    const Register& row = table_[id];
    if (offset < row.offset) continue;
    const std::uint64_t distance = offset - row.offset;
    const std::uint64_t index = row.stride == 0 ? 0 : distance / row.stride;
    const std::uint64_t byte = distance - index * row.stride;
    if (index >= row.count || byte >= row.bytes || bytes > row.bytes - byte) continue;
    if ((row.sizes & bytes) == 0) return false;
    reference.id = static_cast<unsigned>(id);
    reference.index = index;
    reference.byte = static_cast<unsigned>(byte);
    reference.bytes = static_cast<unsigned>(bytes);
    return true;
  }
  return false;
}

tlm::tlm_response_status RegisterDevice::serve(Payload& payload, std::uint64_t time_ps) {
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  const unsigned bytes = payload.get_data_length();
  if (payload.get_data_ptr() == nullptr || payload.get_streaming_width() < bytes) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  RegisterReference reference;
  if (!decode(payload.get_address(), bytes, reference)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  reference.time_ps = time_ps;
  const RegisterAccess access = table_[reference.id].access;
  if (payload.is_read()) {
    ++reads_.value;
    const std::uint64_t value = access == RegisterAccess::kWriteOnly ? 0 : read(reference);
    std::memcpy(payload.get_data_ptr(), &value, bytes);
  } else if (payload.is_write()) {
    ++writes_.value;
    std::uint64_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), bytes);
    if (access != RegisterAccess::kReadOnly) write(reference, value);
  }
  return tlm::TLM_OK_RESPONSE;
}

void RegisterDevice::b_transport(Payload& payload, sc_core::sc_time& delay) {
  const tlm::tlm_response_status status = serve(payload, protocol::local_ps(delay));
  if (status != tlm::TLM_OK_RESPONSE) ++refused_.value;
  payload.set_response_status(status);
  delay += latency_;
}

bool RegisterDevice::get_direct_mem_ptr(Payload& /*payload*/, tlm::tlm_dmi& dmi) {
  dmi.init();
  return false;
}

unsigned RegisterDevice::transport_dbg(Payload& payload) {
  if (!payload.is_read() || payload.get_data_ptr() == nullptr) return 0;
  const unsigned length = payload.get_data_length();
  RegisterReference reference;
  unsigned done = 0;
  // Register by register: the widest permitted access that still fits.
  while (done < length) {
    unsigned bytes = 8;
    while (bytes != 0 &&
           (bytes > length - done || !decode(payload.get_address() + done, bytes, reference))) {
      bytes /= 2;
    }
    if (bytes == 0) break;
    reference.time_ps = protocol::to_ps(sc_core::sc_time_stamp());
    const bool hidden = table_[reference.id].access == RegisterAccess::kWriteOnly;
    const std::uint64_t value = hidden ? 0 : peek(reference);
    std::memcpy(payload.get_data_ptr() + done, &value, bytes);
    done += bytes;
  }
  return done;
}

}  // namespace lookaside::devices
