// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <lookaside/ddr/temporal.h>

namespace lookaside::ddr {
namespace {

/// Commands that are kept for the check before they are looked at.
constexpr std::uint64_t kBatch = 1024;

}  // namespace

Temporal::Temporal(const ControllerConfig& config, const dram::Mapping& map, Meters& meters)
    : clock_(config.organization.device.data_rate_mts),
      map_(map),
      meters_(meters),
      priority_(config.priority),
      pipeline_(config.pipeline_clocks),
      recording_(config.check) {
  const dram::Organization& o = config.organization;
  channels_.resize(o.channels);
  for (Channel& channel : channels_) {
    channel.model = std::make_unique<dram::TemporalModel>(o, config.channel);
    if (!config.check) continue;
    channel.checker = std::make_unique<dram::Checker>(o.device, o.ranks);
    channel.model->record();
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

std::uint64_t Temporal::serve_bursts(const tlm::tlm_generic_payload& payload,
                                     const Request& request, bool write, std::uint64_t clock,
                                     Answer* answer) {
  Meters::Source& source =
      meters_.source(request.requester, request.access != nullptr ? request.access->hart : 0);
  std::uint64_t finish = 0;
  Bursts bursts(map_.burst_bytes(), request.offset, request.bytes);
  for (; !bursts.done(); bursts.next()) {
    dram::Transaction t;
    t.at = map_.locate(bursts.offset());
    t.write = write;
    t.kind = static_cast<std::uint8_t>(request.requester);
    t.priority = priority_[t.kind];
    t.mask = bursts.mask(write, &payload);
    const dram::Completion done = channels_[t.at.channel].model->serve(t, clock);
    meters_.burst(source, done, pipeline_, pipeline_);
    finish = std::max(finish, done.finish);
    if (answer == nullptr) continue;
    answer->row = done.row;
    answer->at = t.at;
    answer = nullptr;
  }
  return finish;
}

void Temporal::drain(std::uint64_t clock) {
  if (clock <= drained_) return;  // nothing can have become final
  drained_ = clock;
  for (unsigned i = 0; i < channels_.size(); ++i) {
    for (const dram::Command& command : channels_[i].model->commands(clock)) {
      if (channels_[i].checker != nullptr) channels_[i].checker->check(command);
      if (on_command_) on_command_(i, command);
    }
  }
}

void Temporal::add_to(Totals& totals, std::uint64_t now_ps) {
  if (served_ == 0) return;
  const std::uint64_t clock = std::max(latest_, clock_.last_until(now_ps));
  for (Channel& c : channels_) {
    c.model->settle(clock);
    totals.add(c.model->organization(), c.model->counters(), {}, clock);
    if (c.checker != nullptr) totals.violations += c.checker->violation_count();
  }
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
