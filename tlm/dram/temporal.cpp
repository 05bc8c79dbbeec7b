// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/temporal.h>

namespace lookaside::dram {
namespace {

constexpr unsigned kLog2Clocks = 16;  // of history

const Organization& checked(const Organization& o, const ControllerConfig& c) {
  check_config(c, o);
  return o;
}

std::uint32_t take(std::uint64_t& rest, std::uint64_t part) {
  const std::uint64_t taken = std::min(rest, part);
  rest -= taken;
  return static_cast<std::uint32_t>(taken);
}

}  // namespace

TemporalModel::TemporalModel(const Organization& organization, const ControllerConfig& config)
    : organization_(checked(organization, config)),
      config_(config),
      rules_(organization.device),
      banks_(organization.device.banks()),
      groups_(organization.device.bank_groups),
      bus_(kLog2Clocks),
      columns_(rules_.columns(organization.ranks, kLog2Clocks)),
      activates_(organization.ranks, rules_.activates(kLog2Clocks)),
      precharges_(organization.ranks, BitRing(kLog2Clocks)),
      history_(std::size_t{banks_} * organization.ranks),
      rank_(organization.ranks),
      queue_(static_cast<unsigned>(history_.size())),
      stages_(history_.size()),
      active_((history_.size() + 63) / 64),
      no_code_(organization.ranks * groups_ * 2),
      floor_(no_code_ + 1),
      page_policy_(make_page_policy(config, banks_ * organization.ranks)),
      idle_limit_(page_policy_->idle_limit()),
      always_open_(config.page_policy == PagePolicyKind::kOpen ||
                   config.page_policy == PagePolicyKind::kTimeout) {
  for (BankHistory& bank : history_) {
    RowSegment nothing;
    nothing.ready = kNever;
    bank.push(nothing);
  }
  for (unsigned rank = 0; rank < organization.ranks; ++rank) {
    if (config_.refresh != RefreshMode::kNone) {
      rank_[rank].next_refresh = clock_of_refresh(rank, 1 + config_.postpone);
    }
  }
}

Completion TemporalModel::serve(const Transaction& t, std::uint64_t clock) {
  const unsigned bank =
      t.at.rank * banks_ + t.at.bank_group * organization_.device.banks_per_group + t.at.bank;
  const Request r{clock + 1,
                  t.at.rank,
                  bank,
                  t.at.bank_group,
                  columns_.code(t.at.rank, t.at.bank_group, t.write),
                  t.at.row,
                  t.at.column,
                  t.write,
                  t.kind,
                  t.mask};
  if (clock < newest_) return serve_now(t, r);
  newest_ = clock;
  if (queue_.size() > 0) advance(clock);
  if (r.from > refresh_due(rank_[r.rank], r.from)) refresh_until(r.rank, r.from);
  return serve_newest(t, r);
}

Completion TemporalModel::serve_newest(const Transaction& t, const Request& r) {
  const std::uint64_t clock = r.from - 1;
  if (config_.scheduling == Scheduling::kFcfs) {
    Request next = r;
    next.from = std::max(r.from, busy_until_ + 1);
    Completion done = serve_now(t, next);
    done.split.queue += static_cast<std::uint32_t>(next.from - r.from);
    done.arrival = clock;
    busy_until_ = std::max(busy_until_, done.finish - done.split.bus);
    return done;
  }
  if (config_.posted_writes) {
    if (t.write) return post(t, r);
    const std::int32_t write = queue_.same_burst(r, 1);
    if (write >= 0 && (r.mask & ~queue_.at(write).r.mask) == 0) {
      ++counters_.forwarded;
      return quick(t, clock, r.from, Served::kForwarded);
    }
  }
  if (!alone(clock)) return guess(t, r);
  if (queue_.size() > 0) return read_before_writes(t, r);
  const Completion done = serve_now(t, r);
  busy_until_ = std::max(busy_until_, done.finish - done.split.bus);
  return done;
}

/// Finds places for all its commands among those that are taken.
Completion TemporalModel::serve_now(const Transaction& t, const Request& r) {
  BankHistory& history = history_[r.bank];
  const Plan p = plan(r, history);
  std::uint8_t evicted = 0;
  if (p.row == RowState::kConflict && p.valid) evicted = history.at(p.segment).kind;
  const Completion done = answer(t, r, p, evicted);
  if (!p.valid) return done;
  commit(r, history, p);
  count(p.row, t.write);
  if (p.row != RowState::kHit && p.segment == 0) stages_[r.bank].opener = -1;
  if (queue_.size() > 0) stage(r.bank);
  return done;
}

void TemporalModel::count(RowState found, bool write) {
  ++counters_.rows[static_cast<unsigned>(found)];
  ++(write ? counters_.writes : counters_.reads);
  counters_.data_clocks += rules_.burst;
}

// --- Where commands fit -------------------------------------------------------------------------

std::uint64_t TemporalModel::fit_column(const Request& r, std::uint64_t from) const {
  for (;;) {
    const std::uint64_t clock = columns_.fit(from, r.code);
    from = bus_.first_free(clock, rules_.column_length);
    if (from == clock) return clock;
  }
}

std::uint64_t TemporalModel::fit_activate(const Request& r, std::uint64_t from) const {
  const ActivateLine& line = activates_[r.rank];
  for (;;) {
    const std::uint64_t clock = line.fit(from, r.group);
    from = bus_.first_free(clock, rules_.activate_length);
    if (from == clock) return clock;
  }
}

std::uint64_t TemporalModel::fit_precharge(unsigned rank, std::uint64_t from) const {
  const std::uint64_t distance = rules_.precharge_distance;
  for (;;) {
    const std::uint64_t clock = bus_.first_free(from, rules_.other_length);
    if (distance <= rules_.other_length) return clock;
    const std::uint64_t first = clock - std::min(clock, distance - 1);
    const std::uint64_t near = precharges_[rank].window(first) &
                               ((std::uint64_t{2} << (clock + distance - 1 - first)) - 1);
    if (near == 0) return clock;
    from = clock + 1;
  }
}

/// Activates at `from` or later, then accesses.
void TemporalModel::open_and_access(const Request& r, std::uint64_t from, Plan& plan) const {
  const unsigned write = r.write ? 1 : 0;
  plan.activate = fit_activate(r, from);
  plan.column = fit_column(r, plan.activate + rules_.column_after_activate[write]);
  plan.close = std::max(plan.activate + rules_.precharge_after_activate,
                        plan.column + rules_.precharge_after_column[write]);
}

TemporalModel::Plan TemporalModel::plan(const Request& r, BankHistory& bank) {
  Rank& rank = rank_[r.rank];
  for (;;) {
    if (bank.at(0).begin > r.from) {
      const Plan older = plan_older(r, bank);
      if (older.valid || bank.at(bank.size() - 1).begin > r.from) return older;
    }
    if (idle_limit_ != kNever) close_by_timeout(r.bank, r.from);
    const Plan newest = plan_newest(r, bank);
    if (newest.column < rank.next_refresh) return newest;
    refresh_rank(r.rank, rank.next_refresh);
  }
}

/// On top of all that the bank has been given to do.
TemporalModel::Plan TemporalModel::plan_newest(const Request& r, const BankHistory& bank) const {
  const RowSegment& newest = bank.at(0);
  Plan plan;
  plan.valid = true;
  if (newest.closed != kNever) {
    plan.row = RowState::kMiss;
    open_and_access(r, std::max(r.from, newest.reopen), plan);
  } else if (newest.row == r.row) {
    plan.column = fit_column(r, std::max(r.from, newest.ready));
  } else {
    plan.row = RowState::kConflict;
    plan.precharge = fit_precharge(r.rank, std::max(r.from, newest.close_from));
    open_and_access(r,
                    std::max(plan.precharge + rules_.activate_after_precharge,
                             newest.begin + rules_.activate_after_activate),
                    plan);
  }
  return plan;
}

/// Before the bank's newest row: a hit on a row that was open then, or a row of its own between
/// two others.
TemporalModel::Plan TemporalModel::plan_older(const Request& r, const BankHistory& bank) const {
  const unsigned write = r.write ? 1 : 0;
  unsigned age = 1;
  while (age < bank.size() && bank.at(age).begin > r.from) ++age;
  Plan plan;
  if (age == bank.size()) {  // older than all that is known
    plan.row = RowState::kMiss;
    plan.activate = r.from;
    plan.column = r.from + rules_.column_after_activate[write];
    return plan;
  }
  for (; age > 0; --age) {
    const RowSegment& segment = bank.at(age);
    plan = Plan{};
    if (segment.row == r.row) {
      const std::uint64_t from = std::max(r.from, segment.ready);
      const std::uint64_t close = rules_.precharge_after_column[write];
      if (segment.automatic || from + close > segment.closed) continue;
      plan.column = fit_column(r, from);
      plan.close = plan.column + close;
      plan.valid = plan.close <= segment.closed;
    } else {
      plan.valid = plan_between(r, bank, age, plan);
    }
    plan.segment = age;
    if (plan.valid) return plan;
  }
  return plan;
}

/// Between a segment and the next: with the precharge that stands between them, or after it.
bool TemporalModel::plan_between(const Request& r, const BankHistory& bank, unsigned age,
                                 Plan& plan) const {
  const RowSegment& before = bank.at(age);
  const RowSegment& next = bank.at(age - 1);
  const bool refresh = next.row == RowSegment::kRefresh;
  const std::uint64_t closing =
      refresh ? rules_.refresh_after_precharge : rules_.activate_after_precharge;
  const std::uint64_t cycle =
      refresh ? rules_.refresh_after_activate : rules_.activate_after_activate;
  const std::uint64_t least = rules_.precharge_after_activate;
  plan.own_precharge = false;
  const std::uint64_t early = std::max(r.from, before.close_from);
  if (before.row != RowSegment::kRefresh && !before.automatic &&
      early + rules_.activate_after_precharge + least <= before.closed) {
    plan.row = RowState::kConflict;
    plan.precharge = fit_precharge(r.rank, early);
    open_and_access(r,
                    std::max(plan.precharge + rules_.activate_after_precharge,
                             before.begin + rules_.activate_after_activate),
                    plan);
    if (plan.close <= before.closed && plan.activate + cycle <= next.begin) return true;
  }
  const std::uint64_t from = std::max(r.from, before.reopen);
  if (from + least + closing > next.begin) return false;
  plan.row = RowState::kMiss;
  plan.own_precharge = true;
  open_and_access(r, from, plan);
  if (plan.activate + cycle > next.begin || plan.close + closing > next.begin) return false;
  if (!always_open_) {
    plan.precharge = fit_precharge(r.rank, plan.close);
    return plan.precharge + closing <= next.begin;
  }
  // The row stays open as long as it can.
  constexpr std::uint64_t kTries = 64;
  for (std::uint64_t late = next.begin - closing, tries = 0; late >= plan.close; --late) {
    plan.precharge = late;
    if (fit_precharge(r.rank, late) == late) return true;
    if (++tries == kTries) break;
  }
  return false;
}

// --- Taking the places --------------------------------------------------------------------------

void TemporalModel::issue(Op op, unsigned bank, std::uint64_t clock, std::uint32_t row) {
  ++counters_.commands[static_cast<unsigned>(op)];
  const bool column = op == Op::kRd || op == Op::kWr || op == Op::kRda || op == Op::kWra;
  bus_.take(clock, op == Op::kAct ? rules_.activate_length
                   : column       ? rules_.column_length
                                  : rules_.other_length);
  if (!recording_) return;
  const unsigned in_rank = bank % banks_;
  commands_.push_back({clock, op, static_cast<std::uint8_t>(bank / banks_),
                       static_cast<std::uint8_t>(in_rank / organization_.device.banks_per_group),
                       static_cast<std::uint8_t>(in_rank), row});
}

void TemporalModel::take_precharge(unsigned bank, std::uint64_t clock) {
  issue(Op::kPre, bank, clock);
  if (rules_.precharge_distance > rules_.other_length) precharges_[bank / banks_].set(clock);
}

/// Opens the row of a plan.
RowSegment& TemporalModel::commit_row(const Request& r, BankHistory& bank, const Plan& plan) {
  RowSegment& before = bank.at(plan.segment);
  RowSegment opened;
  opened.row = r.row;
  opened.begin = plan.activate;
  opened.ready =
      plan.activate + std::max(rules_.column_after_activate[0], rules_.column_after_activate[1]);
  opened.close_from = plan.activate + rules_.precharge_after_activate;
  opened.closed = kNever;
  opened.kind = r.kind;
  if (plan.row == RowState::kConflict) {
    take_precharge(r.bank, plan.precharge);
    opened.closed = before.closed;  // takes over the precharge of the row it displaces
    opened.reopen = std::max(before.reopen, plan.activate + rules_.activate_after_activate);
    before.closed = plan.precharge;
    before.reopen = std::max(plan.precharge + rules_.activate_after_precharge,
                             before.begin + rules_.activate_after_activate);
  } else if (plan.own_precharge) {
    take_precharge(r.bank, plan.precharge);
    opened.closed = plan.precharge;
    opened.reopen = std::max(plan.precharge + rules_.activate_after_precharge,
                             plan.activate + rules_.activate_after_activate);
  }
  issue(Op::kAct, r.bank, plan.activate, r.row);
  activates_[r.rank].add(plan.activate, r.group);
  bank.insert(plan.segment, opened);
  return bank.at(plan.segment);
}

void TemporalModel::commit(const Request& r, BankHistory& bank, const Plan& plan,
                           std::int32_t slot) {
  const unsigned write = r.write ? 1 : 0;
  RowSegment* segment = &bank.at(plan.segment);
  if (plan.row != RowState::kHit) {
    segment = &commit_row(r, bank, plan);
    if (!always_open_) page_policy_->opened(r.bank, r.row, plan.row);
  }
  columns_.add(plan.column, r.code);
  segment->last_use = std::max(segment->last_use, plan.column);
  segment->close_from =
      std::max(segment->close_from, plan.column + rules_.precharge_after_column[write]);
  Op op = r.write ? Op::kWr : Op::kRd;
  if (!always_open_ && segment->closed == kNever && plan.column >= segment->last_use &&
      queue_.of_row(r.bank, 0, r.row, slot) < 0 && queue_.of_row(r.bank, 1, r.row, slot) < 0 &&
      page_policy_->close_after(r.bank)) {
    op = r.write ? Op::kWra : Op::kRda;
    segment->automatic = true;
    segment->closed = segment->close_from;
    segment->reopen = std::max(plan.column + rules_.activate_after_closing[write],
                               segment->begin + rules_.activate_after_activate);
  }
  issue(op, r.bank, plan.column, r.row);
  Rank& rank = rank_[r.rank];
  rank.last_column = std::max(rank.last_column, plan.column);
}

Completion TemporalModel::answer(const Transaction& t, const Request& r, const Plan& plan,
                                 std::uint8_t evicted) const {
  const unsigned write = r.write ? 1 : 0;
  const std::uint64_t clock = r.from - 1;
  const std::uint64_t bus = rules_.data_after_column[write] + rules_.burst;
  Completion done{t.id,  t.write,           t.kind, Served::kDram, plan.row, evicted,
                  clock, plan.column + bus, {}};
  std::uint64_t rest = plan.column - clock;
  done.split.bus = static_cast<std::uint32_t>(bus);
  done.split.refresh = take(rest, refresh_between(r.rank, clock, plan.column));
  if (plan.row != RowState::kHit) {
    std::uint64_t row = rules_.column_after_activate[write];
    if (plan.row == RowState::kConflict) row += rules_.activate_after_precharge;
    done.split.row = take(rest, row);
  }
  done.split.queue = static_cast<std::uint32_t>(rest);
  return done;
}

}  // namespace lookaside::dram
