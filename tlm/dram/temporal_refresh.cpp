// SPDX-License-Identifier: Apache-2.0
// What the temporal model does that nobody asked for: refreshes, rows closed for want of use.
#include <algorithm>

#include <lookaside/dram/temporal.h>

namespace lookaside::dram {
namespace {

RowSegment refresh_segment(std::uint64_t clock, std::uint64_t busy) {
  RowSegment segment;
  segment.begin = segment.close_from = segment.closed = segment.last_use = clock;
  segment.reopen = clock + busy;
  return segment;
}

}  // namespace

std::uint64_t TemporalModel::clock_of_refresh(unsigned rank, std::uint64_t count) const {
  const std::uint64_t interval = refresh_interval();
  const std::uint64_t offset = interval * rank / organization_.ranks;  // ranks take turns
  const std::uint64_t counted = (count * interval + refresh_parts_ - 1) / refresh_parts_;
  return refresh_origin_ + (counted > offset ? counted - offset : 0);
}

std::uint64_t TemporalModel::refresh_interval() const {
  return static_cast<std::uint64_t>(organization_.device[Parameter::kRefi]) / refresh_rate_;
}

void TemporalModel::set_refresh(unsigned rate, std::uint64_t clock) {
  if (config_.refresh == RefreshMode::kNone) return;
  settle(clock);
  if (rate != 0) refresh_rate_ = rate;
  refresh_origin_ = clock;
  for (unsigned rank = 0; rank < rank_.size(); ++rank) {
    rank_[rank].refreshes = 0;
    rank_[rank].next_refresh =
        rate == 0 ? kNever : clock_of_refresh(rank, 1 + config_.postpone * refresh_parts_);
  }
}

/// When the next refresh of a rank begins, as far as a request of `from` can tell: after a rest of
/// the rank, if one is owed or may be done ahead; at the latest when it is forced.
std::uint64_t TemporalModel::refresh_due(const Rank& rank, std::uint64_t from) const {
  if (config_.postpone + config_.pull_in == 0 || rank.next_refresh == kNever) {
    return rank.next_refresh;
  }
  const std::uint64_t early = refresh_interval() * (config_.postpone + config_.pull_in);
  const std::uint64_t due = rank.next_refresh - std::min(rank.next_refresh, early);
  const auto rest = static_cast<std::uint64_t>(organization_.device[Parameter::kRfc]);
  const std::uint64_t idle = std::max({due, rank.last_column + rest, rank.refresh_end});
  return idle < from ? std::min(idle, rank.next_refresh) : rank.next_refresh;
}

void TemporalModel::refresh_until(unsigned rank, std::uint64_t from) {
  for (;;) {
    const std::uint64_t due = refresh_due(rank_[rank], from);
    if (due >= from) return;
    refresh(rank, due);
  }
}

/// Of all ranks, in order of time: the time lines remember Schedule::kClocks, and a rank that
/// nobody asks for is refreshed, too.
void TemporalModel::refresh_all_until(std::uint64_t from) {
  for (;;) {
    std::uint64_t first = from;
    unsigned next = 0;
    for (unsigned rank = 0; rank < rank_.size(); ++rank) {
      const std::uint64_t due = refresh_due(rank_[rank], from);
      if (due >= first) continue;
      first = due;
      next = rank;
    }
    if (first == from) break;
    refresh(next, first);
  }
  refreshed_ = std::max(refreshed_, from);
}

void TemporalModel::refresh(unsigned rank, std::uint64_t due) {
  Rank& state = rank_[rank];
  const auto part = static_cast<std::uint32_t>(state.refreshes % refresh_parts_);
  const bool whole = config_.refresh == RefreshMode::kRank;
  const Coverage covers =
      whole ? Coverage{0, banks_, 1} : coverage(organization_.device, Op::kRefBank, part);
  decide_closings(rank * banks_, banks_, kNever);
  const std::uint64_t end = whole ? refresh_rank(rank, due) : refresh_banks(rank, due, covers);
  std::uint64_t banks = 0;
  for (std::uint32_t i = 0; i < covers.count; ++i) {
    const std::uint32_t bank = covers.first + i * covers.stride;
    banks |= std::uint64_t{1} << bank;
    if (queue_.size() > 0) stage(rank * banks_ + bank);
  }
  state.refresh_total += state.refresh_end - state.refresh_from;
  state.refresh_from = due;
  state.refresh_end = end;
  state.windows[state.refreshes++ % Rank::kWindows] = {due, end, banks};
  state.next_refresh =
      clock_of_refresh(rank, state.refreshes + 1 + config_.postpone * refresh_parts_);
}

/// Of all banks at once. Answers when their rows can be opened again.
std::uint64_t TemporalModel::refresh_rank(unsigned rank, std::uint64_t due) {
  const std::size_t first = std::size_t{rank} * banks_;
  bool open = false;
  std::uint64_t precharge = due;
  std::uint64_t refresh = std::max(due, rank_[rank].refresh_end);
  for (std::size_t bank = first; bank < first + banks_; ++bank) {
    const RowSegment& newest = history_[bank].at(0);
    precharge = std::max(precharge, newest.close_from);
    if (newest.closed == kNever) {
      open = true;
      refresh = std::max(refresh, newest.begin + rules_.refresh_after_activate);
    } else {
      refresh = std::max(refresh, newest.reopen);
    }
  }
  if (open) {
    precharge = schedule_.fit_precharge(precharge, rank);
    refresh = std::max(refresh, precharge + rules_.refresh_after_precharge_all);
    issue(Op::kPreAll, static_cast<unsigned>(first), precharge);
    schedule_.take_precharge(precharge, rank);
  }
  refresh = schedule_.fit_other(refresh);
  issue(Op::kRef, static_cast<unsigned>(first), refresh);
  schedule_.take_other(refresh);
  RowSegment segment = refresh_segment(refresh, rules_.activate_after_refresh);
  if (open) segment.swept = precharge;
  for (std::size_t bank = first; bank < first + banks_; ++bank) {
    RowSegment& newest = history_[bank].at(0);
    if (newest.closed == kNever) {
      newest.closed = precharge;
      newest.reopen = precharge + rules_.refresh_after_precharge_all;
    }
    history_[bank].push(segment);
  }
  return segment.reopen;
}

/// Of one bank, or of one in each group, while the others go on. Answers as refresh_rank().
std::uint64_t TemporalModel::refresh_banks(unsigned rank, std::uint64_t due,
                                           const Coverage& banks) {
  const std::size_t first = std::size_t{rank} * banks_ + banks.first;
  std::uint64_t refresh = std::max(due, rank_[rank].refresh_end);
  for (std::uint32_t i = 0; i < banks.count; ++i) {
    const std::size_t bank = first + std::size_t{i} * banks.stride;
    RowSegment& newest = history_[bank].at(0);
    if (newest.closed == kNever) {
      newest.closed = schedule_.fit_precharge(std::max(due, newest.close_from), rank);
      newest.reopen = std::max(newest.closed + rules_.activate_after_precharge,
                               newest.begin + rules_.activate_after_activate);
      take_precharge(static_cast<unsigned>(bank), newest.closed);
      refresh = std::max({refresh, newest.closed + rules_.refresh_after_precharge,
                          newest.begin + rules_.refresh_after_activate});
    }
    refresh = std::max(refresh, newest.reopen);
  }
  refresh = schedule_.fit_refresh_bank(refresh, rank);
  issue(Op::kRefBank, static_cast<unsigned>(first), refresh);
  schedule_.take_refresh_bank(refresh, rank);
  const RowSegment segment = refresh_segment(refresh, rules_.activate_after_refresh_bank);
  for (std::uint32_t i = 0; i < banks.count; ++i) {
    history_[first + std::size_t{i} * banks.stride].push(segment);
  }
  return segment.reopen;
}

/// Clocks of refreshes of a bank in a span of time, as far back as they are remembered.
std::uint64_t TemporalModel::refresh_between(unsigned bank, std::uint64_t from,
                                             std::uint64_t to) const {
  const Rank& r = rank_[places_[bank].rank];
  if (from >= r.refresh_end) return 0;
  std::uint64_t sum = 0;
  for (const Rank::Window& w : r.windows) {
    if ((w.banks >> places_[bank].bank & 1U) == 0) continue;
    const std::uint64_t first = std::max(from, w.from);
    const std::uint64_t last = std::min(to, w.end);
    if (last > first) sum += last - first;
  }
  return sum;
}

void TemporalModel::settle(std::uint64_t clock) {
  while (queue_.size() > 0 && step(kNever)) {
  }
  decide_closings(0, static_cast<unsigned>(history_.size()), kNever);
  catch_up(clock);
}

/// A row that nobody used for so long is closed, if that was before `from`.
void TemporalModel::close_by_timeout(unsigned bank, std::uint64_t from) {
  RowSegment& newest = history_[bank].at(0);
  if (newest.closed != kNever) return;
  const std::uint64_t due = std::max(newest.last_use + idle_limit_, newest.close_from);
  if (due >= from) return;
  const std::uint64_t clock = schedule_.fit_precharge(due, places_[bank].rank);
  if (clock >= from) return;
  close(bank, clock);
}

/// The bank's newest row.
void TemporalModel::close(unsigned bank, std::uint64_t clock) {
  take_precharge(bank, clock);
  RowSegment& newest = history_[bank].at(0);
  newest.closed = clock;
  newest.reopen = std::max(clock + rules_.activate_after_precharge,
                           newest.begin + rules_.activate_after_activate);
}

void TemporalModel::catch_up(std::uint64_t clock) {
  advance(clock);
  decide_closings(0, static_cast<unsigned>(history_.size()), clock);
  refresh_all_until(clock + 1);
  for (unsigned bank = 0; idle_limit_ != kNever && bank < history_.size(); ++bank) {
    if (queue_.size(bank, 0) + queue_.size(bank, 1) == 0) close_by_timeout(bank, clock + 1);
  }
}

std::vector<Command> TemporalModel::commands(std::uint64_t clock) {
  if (clock != kNever) catch_up(clock);
  const auto until = [clock](const Command& c) { return c.clock <= clock; };
  const auto earlier = [](const Command& a, const Command& b) { return a.clock < b.clock; };
  const auto end = commands_in_order_
                       ? std::partition_point(commands_.begin(), commands_.end(), until)
                       : std::stable_partition(commands_.begin(), commands_.end(), until);
  std::vector<Command> ready(commands_.begin(), end);
  commands_.erase(commands_.begin(), end);
  if (!commands_in_order_) {
    std::stable_sort(ready.begin(), ready.end(), earlier);
    commands_in_order_ = std::is_sorted(commands_.begin(), commands_.end(), earlier);
  }
  return ready;
}

}  // namespace lookaside::dram
