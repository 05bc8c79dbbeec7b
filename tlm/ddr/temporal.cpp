// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <lookaside/ddr/temporal.h>

namespace lookaside::ddr {
namespace {

/// Commands that are kept for the check before they are looked at.
constexpr std::uint64_t kBatch = 256;

}  // namespace

Temporal::Temporal(const ControllerConfig& config, const dram::Mapping& map, Meters& meters)
    : clock_(config.organization.device.data_rate_mts),
      map_(map),
      meters_(meters),
      priority_(config.priority),
      pipeline_(config.pipeline_clocks),
      power_down_after_(config.channel.power_down_after),
      self_refresh_after_(config.channel.self_refresh_after),
      power_down_wake_(dram::wake_clocks(config.organization.device, dram::Op::kPdx)),
      self_refresh_wake_(dram::wake_clocks(config.organization.device, dram::Op::kSrx)) {
  const dram::Organization& o = config.organization;
  channels_.resize(o.channels);
  const bool energy = config.timing != Timing::kCalibrated && !o.device.rails.empty();
  const bool standby = energy || config.channel.self_refresh_after != 0;
  recording_ = config.check || standby;
  asked_ = config.timing != Timing::kApproximate;
  for (Channel& channel : channels_) {
    channel.model = std::make_unique<dram::TemporalModel>(o, config.channel);
    channel.ranks.resize(o.ranks);
    if (config.check) channel.checker = std::make_unique<dram::Checker>(o.device, o.ranks);
    if (config.check && config.channel.refresh == dram::RefreshMode::kNone) {
      channel.checker->set_refresh(0, 0);
    }
    if (standby) channel.standby = std::make_unique<StandbyMeter>(o, config.channel);
    if (recording_) channel.model->record();
  }
}

void Temporal::on_command(CommandCallback callback) {
  on_command_ = std::move(callback);
  recording_ = true;
  for (Channel& channel : channels_) channel.model->record();
}

Temporal::Answer Temporal::serve(const tlm::tlm_generic_payload& payload, const Request& request,
                                 const Deed& deed, std::uint64_t now_ps, std::uint64_t horizon_ps) {
  const std::uint64_t clock = clock_.clock_at(now_ps);
  Answer answer{};
  std::uint64_t finish = clock;
  if (deed.reads || deed.writes) {
    finish = serve_bursts(payload, request, !deed.reads, clock, &answer);
  }
  if (deed.reads && deed.writes) serve_bursts(payload, request, true, finish, nullptr);
  latest_ = std::max(latest_, finish);
  answer.finish_ps = std::max(now_ps, clock_.time_of(finish + pipeline_));
  ++served_;
  if (recording_ && served_ % kBatch == 0) drain(clock_.last_until(horizon_ps));
  return answer;
}

/// What a request at `clock` must wait for its rank to wake up, be it that another woke it.
inline std::uint32_t Temporal::wake_clocks(Rank& rank, std::uint64_t clock, bool write) const {
  if (power_down_after_ == 0 && self_refresh_after_ == 0) return 0;
  const std::uint64_t idle = clock > rank.used ? clock - rank.used : 0;
  const auto wakes_in = [&rank, clock](const std::array<std::uint64_t, 2>& clocks) {
    rank.woken = clock;
    rank.awake = {clock + clocks[0], clock + clocks[1]};
  };
  if (self_refresh_after_ != 0 && idle > self_refresh_after_) {
    wakes_in(self_refresh_wake_);
  } else if (power_down_after_ != 0 && idle > power_down_after_) {
    wakes_in(power_down_wake_);
  }
  const std::uint64_t awake = rank.awake[write ? 1 : 0];
  if (clock < rank.woken || clock >= awake) return 0;
  return static_cast<std::uint32_t>(awake - clock);
}

inline dram::Completion Temporal::serve_burst(const dram::Transaction& t, std::uint64_t clock) {
  Channel& channel = channels_[t.at.channel];
  Rank& rank = channel.ranks[t.at.rank];
  const std::uint32_t wake = wake_clocks(rank, clock, t.write);
  const dram::Completion done = channel.model->serve(t, clock, wake);
  if (on_arrival_ && (done.served == dram::Served::kDram || done.served == dram::Served::kPosted)) {
    on_arrival_(t.at.channel, clock, t.write);
  }
  // A posted write has its answer before its rank is awake.
  rank.used = std::max({rank.used, done.finish, clock + wake});
  return done;
}

std::uint64_t Temporal::serve_bursts(const tlm::tlm_generic_payload& payload,
                                     const Request& request, bool write, std::uint64_t clock,
                                     Answer* answer) {
  Meters::Source& source =
      meters_.source(request.requester, request.access != nullptr ? request.access->hart : 0);
  const auto kind = static_cast<std::uint8_t>(request.requester);
  std::uint64_t finish = 0;
  Bursts bursts(map_.burst_bytes(), request.offset, request.bytes);
  for (; !bursts.done(); bursts.next()) {
    const dram::Transaction t{0,    map_.locate(bursts.offset()), write, priority_[kind],
                              kind, bursts.mask(write, &payload)};
    const dram::Completion done = serve_burst(t, clock);
    meters_.burst(source, done, pipeline_, pipeline_);
    finish = std::max(finish, done.finish);
    if (answer == nullptr) continue;
    answer->row = done.row;
    answer = nullptr;
  }
  return finish;
}

void Temporal::drain(std::uint64_t clock) {
  if (clock <= drained_) return;  // nothing can have become final
  drained_ = clock;
  if (!asked_) {
    told_ = clock;
    return;
  }
  telling_ = true;
  for (unsigned i = 0; i < channels_.size(); ++i) {
    const Channel& channel = channels_[i];
    const std::vector<dram::Command> commands = channel.model->commands(clock);
    if (channel.checker != nullptr) {
      for (const dram::Command& c : commands) channel.checker->check(c);
    }
    if (channel.standby != nullptr) channel.standby->add(commands);
    if (!on_command_) continue;
    for (const dram::Command& c : commands) {
      on_command_(i, c);
      if (i + 1 == channels_.size()) told_ = c.clock;
    }
  }
  telling_ = false;
  told_ = clock;
}

void Temporal::set_refresh(unsigned rate, std::uint64_t now_ps) {
  const std::uint64_t clock = clock_.clock_at(now_ps);
  for (Channel& c : channels_) {
    c.model->set_refresh(rate, clock);
    if (c.checker != nullptr) c.checker->set_refresh(rate, clock);
  }
}

void Temporal::add_to(Totals& totals, std::uint64_t now_ps, bool others) {
  if (served_ == 0 && (others || !asked_)) return;
  const std::uint64_t now = clock_.last_until(now_ps);
  const std::uint64_t clock = std::max(latest_, now);
  // Nobody can come before now.
  for (Channel& c : channels_) c.model->catch_up(now);
  if (!telling_) drain(now);
  for (Channel& c : channels_) {
    const dram::Counters& counted = c.model->counters();
    if (c.standby != nullptr) {
      totals.add(c.model->organization(), c.standby->without_self_refreshes(counted),
                 c.standby->clocks(clock), clock);
    } else {
      totals.add(c.model->organization(), counted, {}, clock);
    }
    if (c.checker != nullptr) totals.violations += c.checker->violation_count();
  }
}

void Temporal::settle(std::uint64_t now_ps) {
  if (served_ == 0) return;
  for (Channel& c : channels_) c.model->settle(clock_.last_until(now_ps));
}

void Temporal::finish(std::uint64_t now_ps) {
  if (served_ == 0) return;
  const std::uint64_t clock = std::max(latest_, clock_.last_until(now_ps));
  for (Channel& c : channels_) c.model->settle(clock);
  drain(dram::kNever);
  for (Channel& c : channels_) {
    if (c.checker != nullptr) c.checker->finish(clock);
  }
}

std::string Temporal::first_violation() const {
  for (const Channel& c : channels_) {
    if (c.checker != nullptr && c.checker->violation_count() != 0) return c.checker->first();
  }
  return "";
}

}  // namespace lookaside::ddr
