// SPDX-License-Identifier: Apache-2.0
// What the DDR controller shows of itself in a waveform.
#include <algorithm>
#include <string>
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
  if (sink != nullptr) show_commands(sink);
}

/// The channels in the waveform. Commands are known late: the sink asks for them before it writes.
void Controller::show_commands(observe::SignalSink* sink) {
  for (unsigned i = 0; i < config_.organization.channels; ++i) {
    waves_.push_back(std::make_unique<CommandWave>(
        sink, std::string(basename()) + ".channel" + std::to_string(i), config_.organization));
  }
  on_command([this](unsigned channel, const dram::Command& command) {
    if (waves_.empty()) return;
    waves_[channel]->command(command);
  });
  const auto arrival = [this](unsigned channel, std::uint64_t clock, bool write) {
    if (!waves_.empty()) waves_[channel]->arrived(clock, write);
  };
  temporal_.on_arrival(arrival);
  queueing_.on_arrival(arrival);
  sink->add_late_source([this](bool last) {
    if (waves_.empty()) return ~std::uint64_t{0};
    const std::uint64_t now = sc_core::sc_time_stamp().value();
    const std::uint64_t clock = std::min(temporal_.tell_until(now), queueing_.tell());
    if (last) temporal_.tell_all();
    for (const auto& wave : waves_) wave->until(last ? dram::kNever - 1 : clock);
    const std::uint64_t horizon = waves_.front()->clock().time_of(clock);
    if (last) waves_.clear();
    return horizon;
  });
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
