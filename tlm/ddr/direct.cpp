// SPDX-License-Identifier: Apache-2.0
// Pointers to memory: lent, denied, taken back.
#include <algorithm>
#include <utility>

#include <lookaside/ddr/controller.h>
#include <lookaside/protocol/time.h>

namespace lookaside::ddr {

void Controller::watch(std::uint64_t first, std::uint64_t last, WriteCallback callback) {
  if (last < first || memory_.store().find(first, last - first + 1) == nullptr) {
    throw DdrError("ddr: a watched range must lie inside one memory region");
  }
  memory_.watches().add(first, last, std::move(callback));
  revoke(first, last);
}

void Controller::deny_direct(std::uint64_t first, std::uint64_t last) {
  denied_.add(first, last);
  revoke(first, last);
}

void Controller::permit_direct(std::uint64_t first, std::uint64_t last) {
  denied_.remove(first, last);
}

void Controller::revoke(std::uint64_t first, std::uint64_t last) {
  if (!granted_) return;
  socket->invalidate_direct_mem_ptr(Granules::first_of(first), Granules::last_of(last));
}

void Controller::revoke_all() {
  if (!granted_) return;
  granted_ = false;
  for (const BackingStore::Span& span : memory_.store().spans()) {
    socket->invalidate_direct_mem_ptr(span.first, span.last);
  }
}

bool Controller::get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const BackingStore::Span* span = memory_.store().find(address, 1);
  dmi.init();
  if (span == nullptr || asleep()) {
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  std::uint64_t first = span->first;
  std::uint64_t last = span->last;
  const bool denied = denied_.clip(address, first, last);
  const bool watched = memory_.watches().granules().clip(address, first, last);
  dmi.set_start_address(first);
  dmi.set_end_address(last);
  if (denied || (watched && payload.is_write())) return false;
  granted_ = true;
  if (sleep_after_ps_ != 0) used(sc_core::sc_time_stamp().value());
  dmi.set_dmi_ptr(BackingStore::at(*span, first));
  dmi.set_granted_access(watched ? tlm::tlm_dmi::DMI_ACCESS_READ
                                 : tlm::tlm_dmi::DMI_ACCESS_READ_WRITE);
  dmi.set_read_latency(calibrated_);
  dmi.set_write_latency(calibrated_);
  return true;
}

std::uint64_t Controller::asleep_from() const {
  return sleep_after_ps_ == 0 ? ~std::uint64_t{0} : awake_until_ps_ + sleep_after_ps_;
}

/// Told from the last access, not from the event: that one is only armed while a pointer is lent.
bool Controller::asleep() const {
  return sc_core::sc_time_stamp().value() >= asleep_from();
}

/// An access begins at this time.
void Controller::wake(std::uint64_t at_ps) {
  const std::uint64_t from = asleep_from();
  if (at_ps <= from) return;
  awake_until_ps_ = at_ps;
  if (sleep_callback_) sleep_callback_(from, at_ps);
}

/// An access ends at this time: memory is awake until then, and self-refresh is a while away.
void Controller::used(std::uint64_t until_ps) {
  awake_until_ps_ = std::max(awake_until_ps_, until_ps);
  if (!granted_) return;
  const std::uint64_t now = sc_core::sc_time_stamp().value();
  sleep_.notify(protocol::from_ps(asleep_from() - now));
}

void Controller::fall_asleep() {
  const std::uint64_t now = sc_core::sc_time_stamp().value();
  if (now < asleep_from()) {
    sleep_.notify(protocol::from_ps(asleep_from() - now));
    return;
  }
  revoke_all();
}

}  // namespace lookaside::ddr
