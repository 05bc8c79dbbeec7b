// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <utility>

#include <lookaside/ddr/controller.h>
#include <lookaside/protocol/time.h>

namespace lookaside::ddr {
namespace {

using protocol::AccessExtension;
using protocol::AtomicExtension;
using protocol::AtomicOp;
using protocol::Requester;

bool is_hart(Requester requester) {
  return requester == Requester::kHartFetch || requester == Requester::kHartData;
}

/// Bytes of memory a payload may touch: streaming wraps inside its streaming width (H-BE-02).
std::uint64_t footprint(const tlm::tlm_generic_payload& payload) {
  return std::min(payload.get_data_length(), payload.get_streaming_width());
}

bool is_atomic_shape(const tlm::tlm_generic_payload& payload) {
  const unsigned bytes = payload.get_data_length();
  return (bytes == 4 || bytes == 8) && payload.get_address() % bytes == 0 &&
         payload.get_streaming_width() >= bytes && payload.get_byte_enable_ptr() == nullptr;
}

/// Who writes, as far as reservations are concerned: only a hart's own stores spare its
/// reservation.
std::uint32_t writer_of(const AccessExtension* access) {
  return access != nullptr && access->requester == Requester::kHartData ? access->hart
                                                                        : Reservations::kNobody;
}

}  // namespace

Controller::Controller(const sc_core::sc_module_name& name, const ControllerConfig& config,
                       observe::SignalSink* sink)
    : sc_module(name),
      socket("socket"),
      store_(config.regions),
      rows_(config.timing),
      calibrated_(protocol::from_ps(config.calibrated_access_ps)),
      statistics_(basename()),
      accesses_({}),
      bytes_({}),
      atomics_({}) {
  socket.register_b_transport(this, &Controller::b_transport);
  socket.register_get_direct_mem_ptr(this, &Controller::get_direct_mem_ptr);
  socket.register_transport_dbg(this, &Controller::transport_dbg);
  register_statistics();
  declare_signals(sink);
}

std::vector<Region> Controller::regions() const {
  std::vector<Region> regions;
  for (const auto& span : store_.spans()) {
    regions.push_back({span.first, span.last - span.first + 1});
  }
  return regions;
}

void Controller::watch(std::uint64_t first, std::uint64_t last, WriteCallback callback) {
  if (last < first || store_.find(first, last - first + 1) == nullptr) {
    throw DdrError("ddr: a watched range must lie inside one memory region");
  }
  watches_.add(first, last, std::move(callback));
  if (granted_) {
    socket->invalidate_direct_mem_ptr(first - first % Watches::kGranule,
                                      last | (Watches::kGranule - 1));
  }
}

void Controller::b_transport(Payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t bytes = footprint(payload);
  if (bytes == 0 || payload.get_data_ptr() == nullptr) {
    payload.set_response_status(payload.is_read() || payload.is_write()
                                    ? tlm::TLM_BURST_ERROR_RESPONSE
                                    : tlm::TLM_OK_RESPONSE);
    return;
  }
  const BackingStore::Span* span = store_.find(address, bytes);
  if (span == nullptr) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  const auto* access = payload.get_extension<AccessExtension>();
  const Requester requester = access != nullptr ? access->requester : Requester::kUnknown;
  auto* atomic = payload.get_extension<AtomicExtension>();
  if (atomic != nullptr && !is_atomic_shape(payload)) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  if (atomic == nullptr && is_hart(requester)) {
    if (activity_signal_) {
      show(protocol::local_ps(delay), address, requester,
           rows_.locate(span->offset + (address - span->first)), dram::kOutcomeCount + 1);
    }
    delay += calibrated_;
  } else {
    account(payload, *span, requester, delay);
  }

  bool wrote = payload.is_write();
  if (atomic != nullptr) {
    execute(*atomic, payload, *span);
    ++atomics_.values[static_cast<unsigned>(atomic->op)];
    wrote = atomic->op == AtomicOp::kStoreConditional || atomic->op == AtomicOp::kCompareAndSwap
                ? atomic->succeeded
                : atomic->op != AtomicOp::kLoadReserved;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  } else {
    payload.set_response_status(transfer(payload, *span));
    std::uint64_t first = span->first;
    std::uint64_t last = span->last;
    payload.set_dmi_allowed(is_hart(requester) &&
                            !(watches_.clip(address, first, last) && payload.is_write()));
  }
  if (wrote)
    written(payload, bytes, atomic != nullptr ? atomic->initiator : writer_of(access), delay);
}

tlm::tlm_response_status Controller::transfer(Payload& payload, const BackingStore::Span& span) {
  std::uint8_t* memory = BackingStore::at(span, payload.get_address());
  std::uint8_t* data = payload.get_data_ptr();
  const std::uint64_t length = payload.get_data_length();
  const std::uint64_t width = payload.get_streaming_width();
  const std::uint8_t* enables = payload.get_byte_enable_ptr();
  const std::uint64_t enables_length = payload.get_byte_enable_length();
  if (enables != nullptr && enables_length == 0) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (enables == nullptr && width >= length) {
    if (payload.is_read()) std::memcpy(data, memory, length);
    if (payload.is_write()) std::memcpy(memory, data, length);
    return tlm::TLM_OK_RESPONSE;
  }
  for (std::uint64_t i = 0; i < length; ++i) {
    if (enables != nullptr && enables[i % enables_length] != TLM_BYTE_ENABLED) continue;
    if (payload.is_read()) data[i] = memory[i % width];
    if (payload.is_write()) memory[i % width] = data[i];
  }
  return tlm::TLM_OK_RESPONSE;
}

void Controller::execute(AtomicExtension& atomic, Payload& payload,
                         const BackingStore::Span& span) {
  const unsigned bytes = payload.get_data_length();
  const std::uint64_t address = payload.get_address();
  std::uint8_t* memory = BackingStore::at(span, address);
  std::uint64_t old_value = 0;
  std::memcpy(&old_value, memory, bytes);
  std::uint64_t new_value = atomic.operand;
  bool store = true;
  const std::uint64_t mask = bytes == 4 ? 0xFFFF'FFFFU : ~std::uint64_t{0};
  switch (atomic.op) {
    case AtomicOp::kLoadReserved:
      reservations_.reserve(atomic.initiator, address);
      store = false;
      break;
    case AtomicOp::kStoreConditional:
      store = atomic.succeeded = reservations_.consume(atomic.initiator, address);
      break;
    case AtomicOp::kCompareAndSwap:
      store = atomic.succeeded = old_value == (atomic.expected & mask);
      break;
    default:
      new_value = protocol::apply(atomic.op, old_value, atomic.operand, bytes);
  }
  if (store) std::memcpy(memory, &new_value, bytes);
  std::memcpy(payload.get_data_ptr(), &old_value, bytes);
  atomic.result = old_value;
  atomic.acknowledged = true;
}

void Controller::account(const Payload& payload, const BackingStore::Span& span,
                         Requester requester, sc_core::sc_time& delay) {
  const auto who = static_cast<unsigned>(requester);
  const std::uint64_t now = protocol::local_ps(delay);
  const std::uint64_t offset = span.offset + (payload.get_address() - span.first);
  const std::uint64_t bytes = footprint(payload);
  const auto before = rows_.bursts;
  const dram::Service service = rows_.access({offset, bytes, payload.is_write()}, now);
  for (unsigned i = 0; i < dram::kOutcomeCount; ++i) {
    outcomes_[i].values[who] += rows_.bursts[i] - before[i];
  }
  ++accesses_.values[who];
  bytes_.values[who] += payload.get_data_length();
  latency_.add((service.finish_ps - now) / 1000);
  delay += protocol::from_ps(service.finish_ps - now);
  if (activity_signal_) {
    show(now, payload.get_address(), requester, service.location,
         static_cast<unsigned>(service.outcome) + 1);
    activity_signal_.set(service.finish_ps, 0);
  }
}

void Controller::written(const Payload& payload, std::uint64_t bytes, std::uint32_t writer,
                         const sc_core::sc_time& delay) {
  const std::uint64_t first = payload.get_address();
  const std::uint64_t last = first + bytes - 1;
  reservations_.written(writer, first, last);
  if (!watches_.empty()) watches_.written({first, last, protocol::local_ps(delay)});
}

bool Controller::get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const BackingStore::Span* span = store_.find(address, 1);
  dmi.init();
  if (span == nullptr) {
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  std::uint64_t first = span->first;
  std::uint64_t last = span->last;
  const bool watched = watches_.clip(address, first, last);
  dmi.set_start_address(first);
  dmi.set_end_address(last);
  if (watched && payload.is_write()) return false;
  granted_ = true;
  dmi.set_dmi_ptr(BackingStore::at(*span, first));
  dmi.set_granted_access(watched ? tlm::tlm_dmi::DMI_ACCESS_READ
                                 : tlm::tlm_dmi::DMI_ACCESS_READ_WRITE);
  dmi.set_read_latency(calibrated_);
  dmi.set_write_latency(calibrated_);
  return true;
}

unsigned Controller::transport_dbg(Payload& payload) {
  const std::uint64_t address = payload.get_address();
  const BackingStore::Span* span = store_.find(address, 1);
  if (span == nullptr || payload.get_data_length() == 0 || payload.get_data_ptr() == nullptr) {
    return 0;
  }
  const std::uint64_t bytes =
      std::min<std::uint64_t>(payload.get_data_length() - 1, span->last - address) + 1;
  std::uint8_t* memory = BackingStore::at(*span, address);
  if (payload.is_read()) std::memcpy(payload.get_data_ptr(), memory, bytes);
  if (payload.is_write()) {
    std::memcpy(memory, payload.get_data_ptr(), bytes);
    reservations_.written(Reservations::kNobody, address, address + bytes - 1);
  }
  return static_cast<unsigned>(bytes);
}

void Controller::show(std::uint64_t time_ps, std::uint64_t address, Requester requester,
                      const dram::Location& location, unsigned activity) const {
  address_signal_.set(time_ps, address);
  requester_signal_.set(time_ps, static_cast<std::uint64_t>(requester));
  bank_signal_.set(time_ps, location.bank);
  row_signal_.set(time_ps, location.row);
  activity_signal_.set(time_ps, activity);
}

}  // namespace lookaside::ddr
