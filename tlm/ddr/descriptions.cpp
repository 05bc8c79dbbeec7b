// SPDX-License-Identifier: Apache-2.0
// What the DDR controller shows of itself in a waveform.
#include <utility>

#include <lookaside/ddr/controller.h>

namespace lookaside::ddr {

void Controller::declare_signals(observe::SignalSink* sink) {
  using observe::SignalKind;
  const std::string scope = basename();
  std::vector<observe::EnumName> requesters;
  for (unsigned i = 0; i < protocol::kRequesterCount; ++i) {
    requesters.push_back({i, protocol::name(static_cast<protocol::Requester>(i))});
  }
  std::vector<observe::EnumName> activities = {
      {0, "idle"}, {1, "hit"}, {2, "miss"}, {3, "conflict"}, {4, "constant"}};
  address_signal_ = {sink, {scope, "address", SignalKind::kBits, 64, {}, "physical address"}};
  requester_signal_ = {
      sink,
      {scope, "requester", SignalKind::kEnum, 8, std::move(requesters), "who caused the access"}};
  bank_signal_ = {sink, {scope, "bank", SignalKind::kBits, 8, {}, "bank of the address"}};
  row_signal_ = {sink, {scope, "row", SignalKind::kBits, 32, {}, "row of the address"}};
  activity_signal_ = {sink,
                      {scope, "activity", SignalKind::kEnum, 8, std::move(activities),
                       "what the access found in its bank; constant: calibrated timing, the "
                       "banks are not asked"}};
}

void Controller::show(std::uint64_t time_ps, const Payload& payload, const Request& request,
                      const dram::Coordinates& at, unsigned activity) const {
  address_signal_.set(time_ps, payload.get_address());
  requester_signal_.set(time_ps, static_cast<std::uint64_t>(request.requester));
  bank_signal_.set(time_ps, at.bank_group * config_.organization.device.banks_per_group + at.bank);
  row_signal_.set(time_ps, at.row);
  activity_signal_.set(time_ps, activity);
}

}  // namespace lookaside::ddr
