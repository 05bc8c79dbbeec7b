// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include <lookaside/ddr/clock.h>
#include <lookaside/ddr/control.h>
#include <lookaside/protocol/time.h>

namespace lookaside::ddr {
namespace {

/// Refreshes in which every row is reached once (JEDEC: 8192 in all standards here).
constexpr std::uint64_t kRefreshesInWindow = 8192;

std::uint64_t refresh_window_ps(const ControllerConfig& config) {
  const dram::Device& device = config.organization.device;
  const auto clocks = static_cast<std::uint64_t>(device[dram::Parameter::kRefi]);
  return Clock(device.data_rate_mts).time_of(clocks * kRefreshesInWindow);
}

std::uint64_t now_ps() {
  return sc_core::sc_time_stamp().value();
}

}  // namespace

Control::Control(const sc_core::sc_module_name& name, Controller& controller,
                 const ControlConfig& config)
    : sc_module(name),
      control("control"),
      controller_(controller),
      protection_(controller.store(), refresh_window_ps(controller.config()), config.seed,
                  {[this](const EccError& error) { found(error); },
                   [this](bool denied) { deny(denied); }, [this] { plan_patrol(); }}),
      rounds_(protection_.bytes(), protocol::kDdrPatrolPeriodPs),
      refresh_rate_(controller.config().channel.refresh == dram::RefreshMode::kNone ? 0 : 1),
      statistics_(basename()) {
  control.bind(*this);
  protection_.enable(config.ecc);
  controller_.attach(&protection_);
  controller_.on_sleep(
      [this](std::uint64_t from_ps, std::uint64_t to_ps) { protection_.slept(from_ps, to_ps); });
  if (refresh_rate_ == 0) protection_.stop_refresh(0);
  SC_HAS_PROCESS(Control);
  SC_METHOD(patrol);
  sensitive << patrol_due_;
  dont_initialize();
  register_statistics();
}

void Control::deny(bool denied) {
  for (const auto& span : controller_.store().spans()) {
    if (denied) {
      controller_.deny_direct(span.first, span.last);
    } else {
      controller_.permit_direct(span.first, span.last);
    }
  }
}

void Control::register_statistics() {
  statistics_.add(
      {"corrected", "errors",
       "Single-bit errors found and corrected, each time: by a read, by a write of part "
       "of the word, by the patrol scrubber."},
      corrected_);
  statistics_.add(
      {"uncorrectable", "errors",
       "Errors of more bits found, each time. A read that finds one is answered with an "
       "error response; a write of part of the word and the patrol scrubber go on."},
      uncorrectable_);
  statistics_.add({"scrubbed", "words",
                   "Words of 8 bytes with a single-bit error that were repaired in memory: by a "
                   "read under demand scrubbing, by a write of part of the word, by the patrol "
                   "scrubber."},
                  scrubbed_);
  statistics_.add({"injected", "errors", "Errors injected through the registers."}, injected_);
  statistics_.add({"decayed", "bits", "Bits lost because they were not refreshed."}, decayed_);
  statistics_.before_read([this] {
    const Protection::Counts& counts = protection_.counts();
    corrected_.value = counts.corrected;
    uncorrectable_.value = counts.uncorrectable;
    scrubbed_.value = counts.scrubbed;
    injected_.value = counts.injected;
    decayed_.value = counts.decayed;
  });
}

protocol::DdrMode Control::mode() const {
  const ControllerConfig& config = controller_.config();
  return {static_cast<unsigned>(config.timing), config.organization.channels,
          config.organization.ranks};
}

protocol::DdrCounters Control::counters() {
  using dram::Op;
  using protocol::DdrCounter;
  const Totals totals = controller_.totals();
  const dram::Counters& c = totals.counters;
  const auto commands = [&](std::initializer_list<Op> ops) {
    std::uint64_t sum = 0;
    for (const Op op : ops) sum += c.commands[static_cast<unsigned>(op)];
    return sum;
  };
  protocol::DdrCounters counters{};
  const auto set = [&](DdrCounter which, std::uint64_t value) {
    counters[static_cast<unsigned>(which)] = value;
  };
  set(DdrCounter::kActivates, commands({Op::kAct}));
  set(DdrCounter::kPrecharges, commands({Op::kPre, Op::kPreAll, Op::kRda, Op::kWra}));
  set(DdrCounter::kReads, commands({Op::kRd, Op::kRda}));
  set(DdrCounter::kWrites, commands({Op::kWr, Op::kWra}));
  set(DdrCounter::kRefreshes, commands({Op::kRef, Op::kRefBank}));
  set(DdrCounter::kRowHits, c.rows[static_cast<unsigned>(dram::RowState::kHit)]);
  set(DdrCounter::kRowMisses, c.rows[static_cast<unsigned>(dram::RowState::kMiss)]);
  set(DdrCounter::kRowConflicts, c.rows[static_cast<unsigned>(dram::RowState::kConflict)]);
  for (unsigned stall = 0; stall < dram::kStallCount; ++stall) {
    counters[static_cast<unsigned>(DdrCounter::kStallRefresh) + stall] = c.stalls[stall];
  }
  set(DdrCounter::kDataClocks, c.data_clocks);
  set(DdrCounter::kClocks, totals.channel_clocks);
  return counters;
}

protocol::DdrProtectionMode Control::protection() const {
  return {protection_.enabled(), protection_.demand_scrub(), patrolling_};
}

void Control::set_protection(const protocol::DdrProtectionMode& mode, std::uint64_t time_ps) {
  protection_.enable(mode.ecc);
  protection_.set_demand_scrub(mode.demand_scrub);
  if (mode.patrol && !patrolling_) begin_round(time_ps);
  patrolling_ = mode.patrol;
  tell_rounds(time_ps);
  plan_patrol();
}

void Control::set_patrol_period(std::uint64_t period_ps, std::uint64_t time_ps) {
  rounds_.set_period(period_ps);
  begin_round(time_ps);
  tell_rounds(time_ps);
  plan_patrol();
}

void Control::begin_round(std::uint64_t time_ps) {
  rounds_.begin(time_ps);
  patrolled_ps_ = time_ps;
}

/// The controller tells of sleep when it ends; whoever looks at the cells in the middle asks.
void Control::tell_sleep(std::uint64_t time_ps) {
  const std::uint64_t from = controller_.asleep_from();
  if (time_ps > from) protection_.slept(from, time_ps);
}

void Control::tell_rounds(std::uint64_t time_ps) {
  tell_sleep(time_ps);
  const bool patrols = patrolling_ && protection_.enabled();
  protection_.patrolled(patrols ? std::optional(rounds_) : std::nullopt, time_ps);
}

/// When the patrol comes to a word next, after what it has visited.
std::uint64_t Control::visit_ps(std::uint64_t word) const {
  const auto* span = controller_.store().find(word, 1);
  return rounds_.next_visit(span->offset + (word - span->first), patrolled_ps_);
}

/// The address from which words are visited next, in rising order.
std::uint64_t Control::next_place() const {
  const std::uint64_t offset = rounds_.next_offset(patrolled_ps_);
  for (const auto& span : controller_.store().spans()) {
    if (offset >= span.offset && offset - span.offset <= span.last - span.first) {
      return span.first + (offset - span.offset);
    }
  }
  return ~std::uint64_t{0};
}

void Control::plan_patrol() {
  patrol_due_.cancel();
  if (!patrolling_ || !protection_.enabled()) return;
  // What has been passed since the last visit was right; what is wrong there now is so too late.
  if (now_ps() > 0) patrolled_ps_ = std::max(patrolled_ps_, now_ps() - 1);
  std::uint64_t due = protection_.next_find();
  auto word = protection_.next_wrong(next_place());
  if (!word) word = protection_.next_wrong(0);
  if (word) due = std::min(due, visit_ps(*word));
  if (due == dram::Retention::kNever) return;
  patrol_due_.notify(protocol::from_ps(due - std::min(due, now_ps())));
}

/// Visits the words that are due, usually one.
void Control::patrol() {
  const std::uint64_t now = now_ps();
  tell_sleep(now);
  protection_.find(now);
  const std::uint64_t from = next_place();
  const auto visit = [&](std::uint64_t first, std::uint64_t last) {
    auto word = protection_.next_wrong(first);
    for (; word && *word <= last && visit_ps(*word) <= now;
         word = protection_.next_wrong(*word + 1)) {
      protection_.patrol(*word, now);
    }
  };
  visit(from, ~std::uint64_t{0});
  if (from > 0) visit(0, from - 1);
  patrolled_ps_ = std::max(patrolled_ps_, now);
  plan_patrol();
}

bool Control::inject(std::uint64_t address, std::uint64_t data_mask, std::uint8_t check_mask) {
  return protection_.inject(address, data_mask, check_mask);
}

protocol::DdrErrorCounts Control::error_counts() const {
  const Protection::Counts& c = protection_.counts();
  return {c.corrected, c.uncorrectable, c.scrubbed, c.injected, c.decayed};
}

void Control::on_error(std::function<void(const protocol::DdrError&)> listener) {
  listener_ = std::move(listener);
}

void Control::found(const EccError& error) {
  if (!listener_) return;
  listener_({error.address, error.time_ps, error.verdict == dram::EccVerdict::kCorrected,
             static_cast<unsigned>(error.finder), error.syndrome, error.bit});
}

void Control::set_refresh_rate(unsigned rate, std::uint64_t time_ps) {
  if (controller_.config().channel.refresh == dram::RefreshMode::kNone || rate == refresh_rate_) {
    return;
  }
  refresh_rate_ = rate;
  controller_.set_refresh(rate, time_ps);
  if (rate == 0) {
    protection_.stop_refresh(time_ps);
  } else {
    tell_sleep(time_ps);
    protection_.start_refresh(time_ps);
  }
  plan_patrol();
}

}  // namespace lookaside::ddr
