// SPDX-License-Identifier: Apache-2.0
// The temporal model under load: commands get their places as time passes, row hits first.
#include <algorithm>

#include <lookaside/dram/temporal.h>

namespace lookaside::dram {

void TemporalModel::advance(std::uint64_t clock) {
  while (queue_.size() > 0 && step(clock)) {
  }
}

std::int32_t TemporalQueue::least_turn(unsigned bank, unsigned group) const {
  std::int32_t least = first(bank, group);
  for (std::int32_t slot = least; slot >= 0; slot = at(slot).next) {
    if (at(slot).turn < at(least).turn) least = slot;
  }
  return least;
}

void TemporalQueue::heed_priorities() {
  by_priority_ = true;
  renumber_turns();
}

void TemporalQueue::renumber_turns() {
  const std::int32_t first = oldest();
  turns_from_ = first >= 0 ? at(first).sequence - 1 : sequence_;
  for (const List& list : lists_) {
    for (std::int32_t slot = list.first; slot >= 0; slot = at(slot).next) {
      at(slot).turn = turn_of(at(slot));
    }
  }
}

/// What a bank does next, and the earliest clock at which it can.
void TemporalModel::stage(unsigned bank) {
  Stage& s = stages_[bank];
  const RowSegment& row = history_[bank].at(0);
  const bool open = row.closed == kNever;
  const std::uint64_t mask = std::uint64_t{1} << bank % 64;
  // A row that was just opened is used first, whatever the class.
  std::int32_t slot = open ? s.opener : -1;
  const std::int32_t first = queue_.first(bank, serving_);
  if (slot < 0 && first < 0) {
    active_[bank / 64] &= ~mask;
    if (next_bank_ == bank) next_clock_ = kUnknown;
    return;
  }
  active_[bank / 64] |= mask;
  if (slot < 0 && open) slot = queue_.of_row(bank, serving_, row.row);
  const TemporalQueue::Entry& e = queue_.at(slot >= 0 ? slot : first);
  s.slot = slot;
  s.code = slot >= 0 ? e.r.code : open ? no_code_ : activate_code(e.r.rank, e.r.group);
  s.ready = std::max(e.r.from, slot >= 0 ? row.ready : open ? row.close_from : row.reopen);
  // Column commands go first, then by turn.
  s.order = std::uint64_t{e.turn} << 8U | bank;
  if (slot < 0) s.order |= std::uint64_t{1} << 35U;
  if (next_bank_ == bank || std::max(s.ready, floor_[s.code]) <= next_clock_) {
    next_clock_ = kUnknown;
  }
  if (slot < 0 && classes_differ_) stage_most_urgent(bank);
}

/// The row will be opened for the most urgent, which need not be the first: at the same time, as it
/// has been there since before the bank's next step, but at its own turn.
void TemporalModel::stage_most_urgent(unsigned bank) {
  const std::int32_t slot = queue_.least_turn(bank, serving_);
  stages_[bank].order = std::uint64_t{1} << 35U | std::uint64_t{queue_.at(slot).turn} << 8U | bank;
}

/// Finds the bank that can do something first.
void TemporalModel::find_next() {
  std::uint64_t best = kNever;
  for (std::size_t set = 0; set < active_.size(); ++set) {
    for (std::uint64_t left = active_[set]; left != 0; left &= left - 1) {
      const Stage& s = stages_[set * 64 + static_cast<unsigned>(__builtin_ctzll(left))];
      const std::uint64_t clock = std::max({s.ready, floor_[s.code], now_});
      best = std::min(best, std::min<std::uint64_t>(clock - now_, 0x7FFFFFE) << 36U | s.order);
    }
  }
  next_bank_ = best & 0xFFU;
  const Stage& s = stages_[next_bank_];
  next_clock_ = best == kNever ? kNever : std::max({s.ready, floor_[s.code], now_});
}

/// The next thing that happens, unless it is later than `limit`.
bool TemporalModel::step(std::uint64_t limit) {
  if (config_.posted_writes) choose_class();
  // A long queue runs ahead of those that come: ranks that nobody asks for are refreshed in time.
  if (now_ > refreshed_ + Schedule::kClocks / 2) refresh_all_until(now_);
  if (next_clock_ == kUnknown) find_next();
  if (std::min(next_clock_, limit) >= overdue_from_ && overdue(std::min(next_clock_, limit))) {
    return serve_oldest(limit);
  }
  if (next_clock_ > limit || next_clock_ == kNever) return false;
  const unsigned bank = next_bank_;
  const std::uint64_t clock = next_clock_;
  const unsigned rank = bank / banks_;
  now_ = clock;
  next_clock_ = kUnknown;
  if (clock >= rank_[rank].next_refresh) {
    refresh(rank, rank_[rank].next_refresh);
  } else if (stages_[bank].slot < 0) {
    const std::int32_t slot = next_of(bank);
    if (may_open(slot, clock)) open_row(slot, clock);
  } else {
    access(stages_[bank].slot, clock);
  }
  return true;
}

/// Is anybody past the age cap at that time? Looks only when the last answer no longer tells.
bool TemporalModel::overdue(std::uint64_t clock) {
  oldest_ = queue_.oldest();
  if (oldest_ < 0) return false;
  overdue_from_ = queue_.at(oldest_).entered + cap_;
  return overdue_from_ <= clock;
}

/// A command of the oldest request, which has the channel for itself, unless it is later than
/// `limit`.
bool TemporalModel::serve_oldest(std::uint64_t limit) {
  const TemporalQueue::Entry& e = queue_.at(oldest_);
  Rank& rank = rank_[e.r.rank];
  const RowSegment& row = history_[e.r.bank].at(0);
  const bool open = row.closed == kNever;
  const bool hit = open && row.row == e.r.row;
  std::uint64_t clock = std::max({e.r.from, now_, overdue_from_,
                                  hit    ? row.ready
                                  : open ? row.close_from
                                         : row.reopen});
  if (hit) clock = schedule_.fit_column(std::max(clock, floor_[e.r.code]), e.r.code);
  if (clock > limit) return false;
  now_ = clock;
  next_clock_ = kUnknown;
  if (clock < rank.next_refresh && (hit || open_row(oldest_, clock))) {
    counters_.capped += !hit && open ? 2 : 1;
    if (hit) access(oldest_, clock);
    return true;
  }
  if (rank.next_refresh > limit) return false;
  refresh(e.r.rank, rank.next_refresh);
  return true;
}

/// As the event-driven controller: batches of posted writes begin at the high watermark or when
/// there is nothing to read, and end at the low one.
void TemporalModel::choose_class() {
  const unsigned reads = queue_.size(0);
  const unsigned writes = queue_.size(1);
  if (serving_ == 0) {
    const bool full = writes >= config_.high_watermark;
    if (writes == 0 || !(full || reads == 0)) return;
    batch_by_idleness_ = !full;
    ++counters_.write_batches;
  } else if (writes != 0 &&
             (reads == 0 || (!batch_by_idleness_ && writes > config_.low_watermark))) {
    return;
  }
  serving_ = 1 - serving_;
  for (unsigned bank = 0; bank < history_.size(); ++bank) stage(bank);
}

/// Is it the turn of a request's activate? The row in the way is closed first; then, while the
/// activate window is full, others may come that go before it.
bool TemporalModel::may_open(std::int32_t slot, std::uint64_t clock) {
  TemporalQueue::Entry& e = queue_.at(slot);
  RowSegment& row = history_[e.r.bank].at(0);
  if (row.closed == kNever) {
    e.opener = row.kind;
    close(e.r.bank, schedule_.fit_precharge(clock, e.r.rank));
    e.found = RowState::kConflict;
    e.touched = true;
    stages_[e.r.bank].opener = -1;
    stage(e.r.bank);
    return false;
  }
  const std::uint64_t activate = schedule_.fit_activate(clock, e.r.rank, e.r.group);
  stages_[e.r.bank].ready = activate;
  return activate == clock;
}

/// Opens the row of a request, unless a refresh comes before.
bool TemporalModel::open_row(std::int32_t slot, std::uint64_t clock) {
  TemporalQueue::Entry& e = queue_.at(slot);
  const unsigned bank = e.r.bank;
  BankHistory& history = history_[bank];
  const RowSegment& before = history.at(0);
  Plan plan;
  plan.row = RowState::kMiss;
  std::uint64_t from = std::max(clock, before.reopen);
  if (before.closed == kNever) {
    plan.row = RowState::kConflict;
    if (!e.touched) e.opener = before.kind;
    plan.precharge = schedule_.fit_precharge(clock, e.r.rank);
    from = std::max(plan.precharge + rules_.activate_after_precharge,
                    before.begin + rules_.activate_after_activate);
  }
  plan.activate = schedule_.fit_activate(from, e.r.rank, e.r.group);
  if (plan.activate >= rank_[e.r.rank].next_refresh) {
    stages_[bank].ready = rank_[e.r.rank].next_refresh;
    return false;
  }
  if (!e.touched) e.found = plan.row;
  commit_row(e.r, history, plan);
  for (unsigned group = 0; group < groups_; ++group) {
    std::uint64_t& floor = floor_[activate_code(e.r.rank, group)];
    floor = std::max(floor, schedule_.fit_activate(plan.activate + 1, e.r.rank, group));
  }
  if (!always_open_) page_policy_->opened(bank, e.r.row, e.found);
  stages_[bank].opener = slot;
  stage(bank);
  return true;
}

void TemporalModel::access(std::int32_t slot, std::uint64_t clock) {
  const TemporalQueue::Entry& e = queue_.at(slot);
  const unsigned bank = e.r.bank;
  Plan plan;
  plan.column = schedule_.fit_column(clock, e.r.code);
  if (plan.column != clock) {  // somebody of another time has that place
    stages_[bank].ready = plan.column;
    return;
  }
  commit(e.r, history_[bank], plan, slot);
  count(e.r, e.found, e.opener, clock);
  for (unsigned code = 0; code < no_code_; ++code) {
    floor_[code] = std::max(floor_[code], clock + schedule_.after(code, e.r.code));
  }
  if (e.guessed) learn(e, clock);
  last_found_ = {slot, clock, e.found};
  const unsigned group = config_.posted_writes && e.r.write ? 1 : 0;
  if (classes_differ_ && group == 0) --waiting_[e.r.priority];
  queue_.remove(slot, group);
  stages_[bank].opener = -1;
  stage(bank);
  if (queue_.held() > 0 && !full()) admit(clock);
}

/// Room has come free: those that had none enter in order of arrival.
void TemporalModel::admit(std::uint64_t clock) {
  if (queue_.turns_used_up()) renumber_turns();
  const std::int32_t slot = queue_.admit(clock);
  const Request& r = queue_.at(slot).r;
  if (!always_open_) come_to_closing(r, clock, slot);
  stage(r.bank);
}

}  // namespace lookaside::dram
