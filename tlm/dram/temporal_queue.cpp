// SPDX-License-Identifier: Apache-2.0
// The temporal model under load: answers are guesses that learn from what becomes of them, commands
// get their places as time passes, row hits first.
#include <algorithm>

#include <lookaside/dram/temporal.h>

namespace lookaside::dram {
namespace {

constexpr int kFraction = 12;  // bits of a guess behind the point
constexpr int kMemory = 5;     // a guess is off by 1/32 of what it was, each time

}  // namespace

/// Is the request alone? If others are on their way, its place depends on those to come.
bool TemporalModel::lazy(const Request& r) {
  const std::uint64_t clock = r.from - 1;
  if (clock < newest_) return false;
  newest_ = clock;
  if (config_.scheduling == Scheduling::kFcfs) return false;
  if (queue_.size() > 0) advance(clock);
  return queue_.size() > 0 || columns_.count(clock + 1) > 0;
}

void TemporalModel::advance(std::uint64_t clock) {
  while (queue_.size() > 0 && step(clock)) {
  }
}

/// What a bank does next, and the earliest clock at which it can.
void TemporalModel::stage(unsigned bank) {
  Stage& s = stages_[bank];
  const std::int32_t first = queue_.first(bank, 0);
  const std::uint64_t mask = std::uint64_t{1} << bank % 64;
  if (first < 0) {
    active_[bank / 64] &= ~mask;
    return;
  }
  active_[bank / 64] |= mask;
  const RowSegment& row = history_[bank].at(0);
  if (row.closed == kNever) {
    for (std::int32_t slot = first; slot >= 0; slot = queue_.at(slot).next) {
      const TemporalQueue::Entry& e = queue_.at(slot);
      if (e.r.row != row.row) continue;
      s = {slot, e.r.code, std::max(e.r.from, row.ready), e.sequence};
      return;
    }
  }
  const TemporalQueue::Entry& e = queue_.at(first);
  const std::uint64_t ready = row.closed == kNever ? row.close_from : row.reopen;
  s = {-1, no_code_, std::max(e.r.from, ready), e.sequence};
}

/// The next thing that happens, unless it is later than `limit`.
bool TemporalModel::step(std::uint64_t limit) {
  std::uint64_t best = kNever;
  std::uint64_t best_age = kNever;
  unsigned bank = 0;
  for (std::size_t set = 0; set < active_.size(); ++set) {
    for (std::uint64_t left = active_[set]; left != 0; left &= left - 1) {
      const auto i = static_cast<unsigned>(set * 64) + static_cast<unsigned>(__builtin_ctzll(left));
      const Stage& s = stages_[i];
      const std::uint64_t clock = std::max(s.ready, floor_[s.code]);
      if (clock > best) continue;
      const std::uint64_t age = s.sequence | (s.slot < 0 ? std::uint64_t{1} << 63 : 0);
      if (clock == best && age > best_age) continue;
      best = clock;
      best_age = age;
      bank = i;
    }
  }
  if (best > limit) return false;
  const unsigned rank = bank / banks_;
  if (best >= rank_[rank].next_refresh) {
    refresh_rank(rank, rank_[rank].next_refresh);
    return true;
  }
  if (stages_[bank].slot < 0) {
    open_row(bank, best);
  } else {
    access(bank, best);
  }
  return true;
}

void TemporalModel::open_row(unsigned bank, std::uint64_t clock) {
  stage(bank);  // a row hit may have come
  if (stages_[bank].slot >= 0) return;
  TemporalQueue::Entry& e = queue_.at(queue_.first(bank, 0));
  BankHistory& history = history_[bank];
  const RowSegment& before = history.at(0);
  Plan plan;
  plan.valid = true;
  plan.row = RowState::kMiss;
  std::uint64_t from = std::max(clock, before.reopen);
  if (before.closed == kNever) {
    plan.row = RowState::kConflict;
    plan.precharge = fit_precharge(e.r.rank, clock);
    from = std::max(plan.precharge + rules_.activate_after_precharge,
                    before.begin + rules_.activate_after_activate);
  }
  plan.activate = fit_activate(e.r, from);
  if (plan.activate >= rank_[e.r.rank].next_refresh) {
    stages_[bank].ready = rank_[e.r.rank].next_refresh;
    return;
  }
  e.found = plan.row;
  commit_row(e.r, history, plan);
  page_policy_->opened(bank, e.r.row, plan.row);
  stage(bank);
}

void TemporalModel::access(unsigned bank, std::uint64_t clock) {
  const std::int32_t slot = stages_[bank].slot;
  const TemporalQueue::Entry& e = queue_.at(slot);
  const std::uint64_t column = fit_column(e.r, clock);
  if (column != clock) {  // somebody of another time has a place there
    stages_[bank].ready = column;
    return;
  }
  Plan plan;
  plan.column = column;
  bool wanted = false;
  for (std::int32_t i = queue_.first(bank, 0); i >= 0 && !wanted; i = queue_.at(i).next) {
    wanted = i != slot && queue_.at(i).r.row == e.r.row;
  }
  commit(e.r, history_[bank], plan, wanted);
  count(e.found, e.r.write);
  for (unsigned code = 0; code < no_code_; ++code) {
    floor_[code] = std::max(floor_[code], column + columns_.after(code, e.r.code));
  }
  learn(e, column);
  queue_.remove(slot, 0);
  stage(bank);
}

// --- Guesses ------------------------------------------------------------------------------------

Completion TemporalModel::wait(const Transaction& t, const Request& r) {
  Plan guess;
  const unsigned others = queue_.waiting(r.bank, 0);
  if (idle_limit_ != kNever && others == 0) close_by_timeout(r, history_[r.bank]);
  const RowSegment& row = history_[r.bank].at(0);
  bool same = row.closed == kNever && row.row == r.row;
  for (std::int32_t slot = queue_.first(r.bank, 0); slot >= 0 && !same;
       slot = queue_.at(slot).next) {
    same = queue_.at(slot).r.row == r.row;
  }
  guess.row = same                                 ? RowState::kHit
              : row.closed == kNever || others > 0 ? RowState::kConflict
                                                   : RowState::kMiss;
  const unsigned write = r.write ? 1 : 0;
  std::uint64_t least = 1;
  if (!same) least += rules_.column_after_activate[write];
  if (guess.row == RowState::kConflict) least += rules_.activate_after_precharge;
  TemporalQueue::Entry& e = queue_.at(queue_.add(r, 0));
  const auto load = static_cast<unsigned>(
      64 - __builtin_clzll(static_cast<unsigned long long>(queue_.size()) * queue_.size()));
  e.guess = static_cast<std::uint16_t>(
      ((std::min(load, kLoads - 1) * 2 + write) * 3 + static_cast<unsigned>(guess.row)) * 4 +
      std::min(others, 3U));
  e.least = static_cast<std::uint32_t>(least);
  e.refresh_mark = refresh_clocks(r.rank, r.from);
  const std::int64_t queueing = guess_[e.guess] >> kFraction;
  const std::uint64_t end = rank_[r.rank].refresh_end;
  const std::uint64_t clock = r.from - 1;
  const std::int64_t refresh = end > clock ? static_cast<std::int64_t>(end - clock) : 0;
  const std::int64_t wait =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(least) + queueing + refresh);
  guess.column = clock + static_cast<std::uint64_t>(wait);
  guess.valid = true;
  if (others == 0 || stages_[r.bank].slot < 0) stage(r.bank);
  return answer(t, r, guess, row.kind);
}

void TemporalModel::learn(const TemporalQueue::Entry& e, std::uint64_t column) {
  const std::uint64_t refresh = refresh_clocks(e.r.rank, column) - e.refresh_mark;
  const auto wait = static_cast<std::int64_t>(column - (e.r.from - 1)) -
                    static_cast<std::int64_t>(e.least + refresh);
  std::int64_t& guess = guess_[e.guess];
  guess += ((wait << kFraction) - guess) >> kMemory;
}

/// Clocks up to `clock` in which refreshes kept the rank's requests waiting.
std::uint64_t TemporalModel::refresh_clocks(unsigned rank, std::uint64_t clock) const {
  const Rank& r = rank_[rank];
  const std::uint64_t end = std::min(clock, r.refresh_end);
  return r.refresh_total + (end > r.refresh_from ? end - r.refresh_from : 0);
}

}  // namespace lookaside::dram
