// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/temporal.h>

namespace lookaside::dram {
namespace {

const Organization& checked(const Organization& o, const ControllerConfig& c) {
  check_config(c, o);
  return o;
}

}  // namespace

TemporalModel::TemporalModel(const Organization& organization, const ControllerConfig& config)
    : organization_(checked(organization, config)),
      config_(config),
      rules_(organization.device),
      banks_(organization.device.banks()),
      groups_(organization.device.bank_groups),
      schedule_(rules_, organization.ranks, groups_),
      history_(std::size_t{banks_} * organization.ranks),
      rank_(organization.ranks),
      refresh_parts_(config.refresh == RefreshMode::kBank
                         ? banks_ / coverage(organization.device, Op::kRefBank, 0).count
                         : 1),
      queue_(static_cast<unsigned>(history_.size())),
      room_(config.queue_depth +
            (config.split_queues && !config.posted_writes ? config.write_depth : 0)),
      stages_(history_.size()),
      closings_(history_.size()),
      active_((history_.size() + 63) / 64),
      no_code_(organization.ranks * groups_ * 2),
      floor_(no_code_ + 1 + organization.ranks * groups_),
      cap_(config.age_cap),
      overdue_from_(config.scheduling == Scheduling::kFrFcfsCapped ? 0 : kNever),
      guess_(first_guesses()),
      page_policy_(make_page_policy(config, banks_ * organization.ranks)),
      idle_limit_(page_policy_->idle_limit()),
      direct_(config.scheduling != Scheduling::kFcfs && !config.posted_writes),
      ready_after_activate_(
          std::max(rules_.column_after_activate[0], rules_.column_after_activate[1])),
      always_open_(config.page_policy == PagePolicyKind::kOpen ||
                   config.page_policy == PagePolicyKind::kTimeout) {
  for (unsigned bank = 0; bank < history_.size(); ++bank) {
    const unsigned in_rank = bank % banks_;
    places_.push_back({static_cast<std::uint8_t>(bank / banks_),
                       static_cast<std::uint8_t>(in_rank / organization.device.banks_per_group),
                       static_cast<std::uint8_t>(in_rank)});
  }
  for (BankHistory& bank : history_) {
    RowSegment nothing;
    nothing.ready = kNever;
    bank.push(nothing);
  }
  for (unsigned rank = 0; rank < organization.ranks; ++rank) {
    if (config_.refresh != RefreshMode::kNone) {
      rank_[rank].next_refresh = clock_of_refresh(rank, 1 + config_.postpone * refresh_parts_);
    }
  }
}

Completion TemporalModel::serve(const Transaction& t, std::uint64_t clock, std::uint32_t wake) {
  const unsigned bank =
      t.at.rank * banks_ + t.at.bank_group * organization_.device.banks_per_group + t.at.bank;
  const Request r{clock + wake + 1,
                  wake,
                  t.at.rank,
                  bank,
                  t.at.bank_group,
                  schedule_.code(t.at.rank, t.at.bank_group, t.write),
                  t.at.row,
                  t.at.column,
                  t.write,
                  t.kind,
                  std::min<std::uint8_t>(t.priority, TemporalQueue::kPriorities - 1),
                  t.mask};
  if (!always_open_) come_to_closing(r, clock, -1);
  if (clock < newest_) return serve_now(t, r);
  newest_ = clock;
  if (clock - std::min(clock, refreshed_) > Schedule::kClocks / 2) {
    if (queue_.size() > 0) advance(clock);
    refresh_all_until(clock);
  }
  if (direct_ && queue_.size() == 0 && busy_until_ <= clock &&
      r.from <= refresh_due(rank_[r.rank], r.from)) {
    return serve_alone(t, r);
  }
  if (queue_.size() > 0) advance(clock);
  if (r.from > refresh_due(rank_[r.rank], r.from)) refresh_until(r.rank, r.from);
  return serve_newest(t, r);
}

Completion TemporalModel::serve_newest(const Transaction& t, const Request& r) {
  const std::uint64_t clock = r.from - 1;
  const std::uint64_t arrival = clock - r.wake;
  if (config_.scheduling == Scheduling::kFcfs) {
    return config_.posted_writes ? post_in_order(t, r) : serve_in_order(t, r);
  }
  if (config_.posted_writes) {
    if (t.write) return post(t, r);
    const std::int32_t write = queue_.same_burst(r, 1);
    if (write >= 0 && (r.mask & ~queue_.at(write).r.mask) == 0) {
      ++counters_.forwarded;
      return quick(t, arrival, arrival + 1, Served::kForwarded);
    }
  }
  if (!alone(clock)) return guess(t, r);
  if (queue_.size() > 0) return read_before_writes(t, r);
  return serve_alone(t, r);
}

/// Behind all that came before.
Completion TemporalModel::serve_in_order(const Transaction& t, const Request& r) {
  Request next = r;
  next.from = std::max(r.from, busy_until_ + 1);
  Completion done = serve_now(t, next);
  done.split.queue += static_cast<std::uint32_t>(next.from - r.from);
  done.arrival = r.from - 1 - r.wake;
  busy_until_ = std::max(busy_until_, done.finish - done.split.bus);
  return done;
}

/// Nobody is on his way.
Completion TemporalModel::serve_alone(const Transaction& t, const Request& r) {
  Completion done = serve_now(t, r);
  busy_until_ = std::max(busy_until_, done.finish - done.split.bus);
  return done;
}

/// Finds places for all its commands among those that are taken.
Completion TemporalModel::serve_now(const Transaction& t, const Request& r) {
  BankHistory& history = history_[r.bank];
  Plan p;
  plan(r, history, p);
  if (p.valid) {
    const std::uint8_t opener = history.at(p.segment).kind;
    commit(r, history, p);
    count(r, p.row, opener, p.column);
    if (p.row != RowState::kHit && p.segment == 0) stages_[r.bank].opener = -1;
    if (queue_.size() > 0) stage(r.bank);
  }
  return answer(t, r, p);
}

void TemporalModel::count(const Request& r, RowState found, std::uint8_t opener,
                          std::uint64_t column) {
  const std::uint64_t end = column + rules_.data_after_column[r.write ? 1 : 0] + rules_.burst;
  counters_.column(found, r.kind, opener, r.write, end, rules_.burst);
}

// --- Where commands fit ------------------------------------------------------------------------

/// Activates at `from` or later, then accesses.
void TemporalModel::open_and_access(const Request& r, std::uint64_t from, Plan& plan) {
  const unsigned write = r.write ? 1 : 0;
  plan.activate = schedule_.fit_activate(from, r.rank, r.group);
  plan.column = schedule_.fit_column(plan.activate + rules_.column_after_activate[write], r.code);
  plan.close = std::max(plan.activate + rules_.precharge_after_activate,
                        plan.column + rules_.precharge_after_column[write]);
}

void TemporalModel::plan(const Request& r, BankHistory& bank, Plan& plan) {
  Rank& rank = rank_[r.rank];
  for (;;) {
    if (bank.at(0).begin > r.from) {
      plan = plan_older(r, bank);
      if (plan.valid || bank.at(bank.size() - 1).begin > r.from) return;
    }
    if (idle_limit_ != kNever) close_by_timeout(r.bank, r.from);
    plan_newest(r, bank, plan);
    if (plan.column < rank.next_refresh) return;
    refresh(r.rank, rank.next_refresh);
  }
}

/// On top of all that the bank has been given to do.
void TemporalModel::plan_newest(const Request& r, const BankHistory& bank, Plan& plan) {
  const RowSegment& newest = bank.at(0);
  plan.valid = true;
  plan.own_precharge = false;
  plan.segment = 0;
  if (newest.closed != kNever) {
    plan.row = RowState::kMiss;
    open_and_access(r, std::max(r.from, newest.reopen), plan);
  } else if (newest.row == r.row) {
    plan.row = RowState::kHit;
    plan.column = schedule_.fit_column(std::max(r.from, newest.ready), r.code);
  } else {
    plan.row = RowState::kConflict;
    plan.precharge = schedule_.fit_precharge(std::max(r.from, newest.close_from), r.rank);
    open_and_access(r,
                    std::max(plan.precharge + rules_.activate_after_precharge,
                             newest.begin + rules_.activate_after_activate),
                    plan);
  }
}

/// Before the bank's newest row: a hit on a row that was open then, or a row of its own between
/// two others.
TemporalModel::Plan TemporalModel::plan_older(const Request& r, const BankHistory& bank) {
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
      plan.column = schedule_.fit_column(from, r.code);
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
                                 Plan& plan) {
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
    plan.precharge = schedule_.fit_precharge(early, r.rank);
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
  // What closes the rank's rows for a refresh concerns a row that was closed before, too.
  const std::uint64_t end = std::min(next.begin - closing, next.swept);
  if (plan.activate + cycle > next.begin || plan.close > end) return false;
  if (!always_open_) {
    plan.precharge = schedule_.fit_precharge(plan.close, r.rank);
    return plan.precharge <= end;
  }
  // The row stays open as long as it can.
  constexpr std::uint64_t kTries = 64;
  for (std::uint64_t late = end, tries = 0; late >= plan.close; --late) {
    plan.precharge = late;
    if (schedule_.fit_precharge(late, r.rank) == late) return true;
    if (++tries == kTries) break;
  }
  return false;
}

// --- Taking the places --------------------------------------------------------------------------

/// Opens the row of a plan.
RowSegment& TemporalModel::commit_row(const Request& r, BankHistory& bank, const Plan& plan) {
  std::uint64_t closed = kNever;
  std::uint64_t reopen = 0;
  if (plan.row == RowState::kConflict) {
    take_precharge(r.bank, plan.precharge);
    RowSegment& before = bank.at(plan.segment);
    closed = before.closed;  // takes over the precharge of the row it displaces
    reopen = std::max(before.reopen, plan.activate + rules_.activate_after_activate);
    before.closed = plan.precharge;
    before.reopen = std::max(plan.precharge + rules_.activate_after_precharge,
                             before.begin + rules_.activate_after_activate);
  } else if (plan.own_precharge) {
    take_precharge(r.bank, plan.precharge);
    closed = plan.precharge;
    reopen = std::max(plan.precharge + rules_.activate_after_precharge,
                      plan.activate + rules_.activate_after_activate);
  }
  issue(Op::kAct, r.bank, plan.activate, r.row);
  schedule_.take_activate(plan.activate, r.rank, r.group);
  RowSegment& opened = bank.insert(plan.segment);
  opened.row = r.row;
  opened.begin = plan.activate;
  opened.ready = plan.activate + ready_after_activate_;
  opened.close_from = plan.activate + rules_.precharge_after_activate;
  opened.closed = closed;
  opened.reopen = reopen;
  opened.last_use = 0;
  opened.swept = kNever;
  opened.kind = r.kind;
  opened.automatic = false;
  return opened;
}

void TemporalModel::commit(const Request& r, BankHistory& bank, const Plan& plan,
                           std::int32_t slot) {
  const unsigned write = r.write ? 1 : 0;
  RowSegment* segment = &bank.at(plan.segment);
  if (plan.row != RowState::kHit) {
    segment = &commit_row(r, bank, plan);
    if (!always_open_) page_policy_->opened(r.bank, r.row, plan.row);
  }
  schedule_.take_column(plan.column, r.code);
  segment->last_use = std::max(segment->last_use, plan.column);
  segment->close_from =
      std::max(segment->close_from, plan.column + rules_.precharge_after_column[write]);
  issue(r.write ? Op::kWr : Op::kRd, r.bank, plan.column, r.row);
  if (!always_open_ && segment->closed == kNever && plan.column >= segment->last_use) {
    closings_[r.bank] = {page_policy_->close_after(r.bank) ? plan.column : 0, r.write};
    const unsigned others = queue_.size(r.bank, 0) + queue_.size(r.bank, 1) - (slot >= 0 ? 1U : 0U);
    if (plan.column <= newest_ || others > 0) decide_closing(r.bank, slot);
  }
  Rank& rank = rank_[r.rank];
  rank.last_column = std::max(rank.last_column, plan.column);
}

/// Nobody who comes later can ask for the row before the column command that may close it: it is
/// closed, unless somebody but `besides` waits for it.
void TemporalModel::decide_closing(unsigned bank, std::int32_t besides) {
  const Closing closing = closings_[bank];
  closings_[bank].column = 0;
  RowSegment& row = history_[bank].at(0);
  if (closing.column == 0 || queue_.of_row(bank, 0, row.row, besides) >= 0 ||
      queue_.of_row(bank, 1, row.row, besides) >= 0) {
    return;
  }
  row.automatic = true;
  row.closed = row.close_from;
  row.reopen = std::max(closing.column + rules_.activate_after_closing[closing.write ? 1 : 0],
                        row.begin + rules_.activate_after_activate);
  const Op plain = closing.write ? Op::kWr : Op::kRd;
  const Op closes = closing.write ? Op::kWra : Op::kRda;
  --counters_.commands[static_cast<unsigned>(plain)];
  ++counters_.commands[static_cast<unsigned>(closes)];
  const Place& at = places_[bank];
  const auto command = std::find_if(commands_.rbegin(), commands_.rend(), [&](const Command& c) {
    return c.clock == closing.column && c.op == plain && c.rank == at.rank && c.bank == at.bank;
  });
  if (command != commands_.rend()) command->op = closes;
}

/// A request, in the queue's slot `as` or in none yet, comes to a bank that a column command may
/// close: in time only for the same row, and before that command.
void TemporalModel::come_to_closing(const Request& r, std::uint64_t clock, std::int32_t as) {
  const std::uint64_t column = closings_[r.bank].column;
  if (column == 0 || (clock < column && history_[r.bank].at(0).row == r.row)) return;
  decide_closing(r.bank, as);
}

/// Of all banks from `first` on, as far as their column command is not after `clock`.
void TemporalModel::decide_closings(unsigned first, unsigned banks, std::uint64_t clock) {
  if (always_open_) return;
  for (unsigned bank = first; bank < first + banks; ++bank) {
    if (closings_[bank].column != 0 && closings_[bank].column <= clock) decide_closing(bank, -1);
  }
}

Completion TemporalModel::answer(const Transaction& t, const Request& r, const Plan& plan) const {
  const unsigned write = r.write ? 1 : 0;
  const std::uint64_t clock = r.from - 1;
  const std::uint64_t bus = rules_.data_after_column[write] + rules_.burst;
  Completion done{t.id,           t.write,           t.kind, Served::kDram, plan.row,
                  clock - r.wake, plan.column + bus, {}};
  done.split.power = r.wake;
  std::uint64_t rest = plan.column - clock;
  done.split.bus = static_cast<std::uint32_t>(bus);
  done.split.refresh = Split::take(rest, refresh_between(r.bank, clock, plan.column));
  if (plan.row != RowState::kHit) {
    std::uint64_t row = rules_.column_after_activate[write];
    if (plan.row == RowState::kConflict) row += rules_.activate_after_precharge;
    done.split.row = Split::take(rest, row);
  }
  done.split.queue = static_cast<std::uint32_t>(rest);
  return done;
}

}  // namespace lookaside::dram
