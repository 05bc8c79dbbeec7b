// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstring>

#include <lookaside/riscv/module/bus_interface.h>
#include <lookaside/riscv/module/hart_module.h>
#include <lookaside/translation/walk.h>

namespace lookaside::riscv {

using sc_core::sc_time;
using translation::Access;

namespace {

// Both enums name the same operations in the same order.
static_assert(static_cast<int>(AtomicOp::kLoadReserved) ==
              static_cast<int>(protocol::AtomicOp::kLoadReserved));
static_assert(static_cast<int>(AtomicOp::kStoreConditional) ==
              static_cast<int>(protocol::AtomicOp::kStoreConditional));
static_assert(static_cast<int>(AtomicOp::kSwap) == static_cast<int>(protocol::AtomicOp::kSwap));
static_assert(static_cast<int>(AtomicOp::kOr) == static_cast<int>(protocol::AtomicOp::kOr));
static_assert(static_cast<int>(AtomicOp::kMaxU) == static_cast<int>(protocol::AtomicOp::kMaxU));

std::uint64_t now_ps() {
  return sc_core::sc_time_stamp().value();
}

bool is_atomic(Access access) {
  return access == Access::kLoadReserved || access == Access::kStoreConditional ||
         access == Access::kAmo;
}

}  // namespace

BusInterface::BusInterface(HartModule& module, unsigned hart, bool direct)
    : module_(module), hart_(hart), direct_(direct) {
  fetch_.access.requester = protocol::Requester::kHartFetch;
  data_.access.requester = protocol::Requester::kHartData;
  for (Lane* lane : {&fetch_, &data_}) {
    lane->access.hart = hart;
    lane->payload.set_extension(&lane->access);
  }
  atomic_.initiator = hart;
}

BusInterface::~BusInterface() {
  for (Lane* lane : {&fetch_, &data_}) lane->payload.clear_extension(&lane->access);
}

bool BusInterface::transfer(Transfer& t) {
  const bool fetch = t.access == Access::kFetch;
  const bool atomic = is_atomic(t.access);
  Lane& lane = fetch ? fetch_ : data_;
  tlm::tlm_generic_payload& payload = lane.payload;
  const bool writes = translation::is_store(t.access);
  std::array<std::uint8_t, 8> bytes{};
  if (writes) std::memcpy(bytes.data(), &t.data, t.bytes);
  payload.set_command(writes ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(t.va);
  payload.set_data_ptr(bytes.data());
  payload.set_data_length(t.bytes);
  payload.set_streaming_width(t.bytes);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_byte_enable_length(0);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  lane.access.access = t.access;
  lane.access.pc = t.pc;
  lane.access.faulted = false;
  if (atomic) {
    atomic_.op = static_cast<protocol::AtomicOp>(t.atomic);
    atomic_.operand = t.data;
    atomic_.acknowledged = false;
    atomic_.succeeded = false;
    payload.set_extension(&atomic_);
  }
  sc_time delay = sc_time::from_value(t.time_ps - now_ps());
  (fetch ? module_.fetch_socket : module_.data_socket)->b_transport(payload, delay);
  if (atomic) payload.clear_extension(&atomic_);
  t.latency_ps = now_ps() + delay.value() - t.time_ps;
  if (!conclude(t, lane, atomic)) return false;
  if (atomic) {
    t.data = atomic_.result;
    t.succeeded = atomic_.succeeded;
    t.stored = t.access == Access::kAmo
                   ? protocol::apply(atomic_.op, atomic_.result, atomic_.operand, t.bytes)
                   : atomic_.operand;
  } else if (!writes) {
    t.data = 0;
    std::memcpy(&t.data, bytes.data(), t.bytes);
  }
  return true;
}

/// True if the access was performed; else fills the transfer's fault.
bool BusInterface::conclude(Transfer& t, Lane& lane, bool atomic) {
  const bool ok = lane.payload.is_response_ok() && (!atomic || atomic_.acknowledged);
  if (ok) return true;
  t.fault = lane.access.faulted ? lane.access.fault
                                : translation::physical_fault(context_, t.access, t.va,
                                                              translation::Rule::kBusError);
  return false;
}

bool BusInterface::direct(Port port, std::uint64_t va, unsigned bytes, Access access,
                          Grant& grant) {
  if (!direct_ || module_.translation.size() == 0) return false;
  protocol::DirectGrant given;
  if (!module_.translation->direct(static_cast<protocol::Port>(port), va, bytes, access, given)) {
    return false;
  }
  grant = {given.first,
           given.last,
           given.host,
           given.read,
           given.write,
           given.countable,
           given.read_latency_ps,
           given.write_latency_ps,
           given.generation,
           given.generation_value,
           given.repeats,
           given.write_repeats};
  return true;
}

void BusInterface::set_context(const translation::Context& context) {
  context_ = context;
  if (module_.control.size() != 0) module_.control->set_context(hart_, context);
}

void BusInterface::set_pmp(const translation::Pmp& pmp) {
  if (module_.control.size() != 0) module_.control->set_pmp(hart_, pmp);
}

std::uint64_t BusInterface::fence(const translation::Fence& fence, std::uint64_t time_ps) {
  if (module_.control.size() == 0) return 0;
  sc_time delay = sc_time::from_value(time_ps - now_ps());
  module_.control->fence(hart_, fence, delay);
  return now_ps() + delay.value() - time_ps;
}

std::uint64_t BusInterface::ticks_at(std::uint64_t time_ps) const {
  return module_.time_source.size() == 0 ? 0 : module_.time_source->ticks_at(time_ps);
}

std::uint64_t BusInterface::time_of(std::uint64_t ticks) const {
  return module_.time_source.size() == 0 ? ~std::uint64_t{0} : module_.time_source->time_of(ticks);
}

std::uint64_t BusInterface::mtimecmp() const {
  return module_.time_source.size() == 0 ? ~std::uint64_t{0} : module_.time_source->mtimecmp(hart_);
}

std::uint64_t BusInterface::horizon_ps() const {
  return now_ps() + sc_core::sc_time_to_pending_activity().value();
}

}  // namespace lookaside::riscv
