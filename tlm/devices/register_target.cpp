// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <lookaside/devices/register_target.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::devices {

std::uint64_t absolute_ps(const sc_core::sc_time& delay) {
  static const double kTicksPerPs =
      sc_core::sc_time(1, sc_core::SC_PS) / sc_core::sc_get_time_resolution();
  const std::uint64_t ticks = (sc_core::sc_time_stamp() + delay).value();
  return kTicksPerPs == 1.0 ? ticks
                            : static_cast<std::uint64_t>(static_cast<double>(ticks) / kTicksPerPs);
}

tlm::tlm_response_status refuse_malformed(const tlm::tlm_generic_payload& payload) {
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (payload.get_streaming_width() < payload.get_data_length()) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (payload.get_extension<protocol::AtomicExtension>() != nullptr) {
    return tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

RegisterTarget::RegisterTarget(const sc_core::sc_module_name& name, const RegisterMap& table,
                               std::uint64_t access_ps)
    : sc_module(name),
      socket("socket"),
      table_(table),
      access_time_(static_cast<double>(access_ps), sc_core::SC_PS) {
  socket.register_b_transport(this, &RegisterTarget::b_transport);
  socket.register_transport_dbg(this, &RegisterTarget::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &RegisterTarget::get_direct_mem_ptr);
}

bool RegisterTarget::read_window(unsigned, std::uint64_t, std::uint8_t*, std::uint64_t,
                                 const AccessTime&, bool) {
  return false;
}

bool RegisterTarget::write_window(unsigned, std::uint64_t, const std::uint8_t*, std::uint64_t,
                                  const AccessTime&) {
  return false;
}

bool RegisterTarget::read(const RegisterDescription& r, tlm::tlm_generic_payload& payload,
                          const AccessTime& when, bool debug) {
  if (r.is_window()) {
    return read_window(r.id, payload.get_address() - r.offset, payload.get_data_ptr(),
                       payload.get_data_length(), when, debug);
  }
  const bool readable = r.access != RegisterMode::kWriteOnly;
  const std::uint32_t value = readable ? read_register(r.id, when, debug) : 0;
  std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  return true;
}

bool RegisterTarget::write(const RegisterDescription& r, const tlm::tlm_generic_payload& payload,
                           const AccessTime& when) {
  if (r.is_window()) {
    return write_window(r.id, payload.get_address() - r.offset, payload.get_data_ptr(),
                        payload.get_data_length(), when);
  }
  std::uint32_t value = 0;
  std::memcpy(&value, payload.get_data_ptr(), sizeof value);
  if (r.access != RegisterMode::kReadOnly) write_register(r.id, value, when);
  return true;
}

void RegisterTarget::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  delay += access_time_;
  payload.set_dmi_allowed(false);
  const tlm::tlm_response_status refused = refuse_malformed(payload);
  if (refused != tlm::TLM_OK_RESPONSE) return payload.set_response_status(refused);
  const RegisterDescription* r = table_.find(payload.get_address(), payload.get_data_length());
  bool done = r != nullptr;
  const AccessTime when{delay, absolute_ps(delay)};
  if (done && payload.is_read()) done = read(*r, payload, when, false);
  if (done && payload.is_write()) done = write(*r, payload, when);
  payload.set_response_status(done ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

unsigned RegisterTarget::transport_dbg(tlm::tlm_generic_payload& payload) {
  if (!payload.is_read()) return 0;
  const RegisterDescription* r = table_.find(payload.get_address(), payload.get_data_length());
  const AccessTime when{sc_core::SC_ZERO_TIME, absolute_ps(sc_core::SC_ZERO_TIME)};
  return r != nullptr && read(*r, payload, when, true) ? payload.get_data_length() : 0;
}

bool RegisterTarget::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
  dmi.set_start_address(0);
  dmi.set_end_address(table_.size - 1);
  dmi.allow_none();
  return false;
}

}  // namespace lookaside::devices
