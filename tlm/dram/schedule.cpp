// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <lookaside/dram/schedule.h>

namespace lookaside::dram {

Schedule::Schedule(const TemporalRules& rules, unsigned ranks, unsigned groups)
    : groups_(groups),
      activate_length_(rules.activate_length),
      column_length_(rules.column_length),
      other_length_(rules.other_length),
      any_distance_(rules.activate_distance[0]),
      group_distance_(rules.activate_distance[1]),
      window_(rules.activate_window),
      refresh_distance_{rules.activate_beside_refresh, rules.refresh_beside_activate},
      refresh_in_window_(rules.refresh_in_window),
      precharge_distance_(rules.precharge_distance > rules.other_length ? rules.precharge_distance
                                                                        : 0),
      last_column_(std::size_t{ranks} * groups * 2),
      column_reach_(last_column_.size()),
      activates_(ranks),
      group_activate_(std::size_t{ranks} * groups),
      log_(kLogged),
      bus_(kLog2Clocks),
      columns_(rules.columns(ranks, kLog2Clocks)),
      activate_lines_(ranks, rules.activates(kLog2Clocks)),
      precharges_(ranks, BitRing(kLog2Clocks)) {
  for (unsigned other = 0; other < codes(); ++other) {
    for (unsigned fresh = 0; fresh < codes(); ++fresh) {
      after_.push_back(static_cast<std::uint32_t>(columns_.after(fresh, other)));
      column_reach_[other] = std::max(column_reach_[other], after_.back());
    }
  }
}

/// One that comes out of order into the four newest, if it belongs there.
void Schedule::keep_newest(Activates& a, std::uint64_t clock) {
  for (unsigned i = 4; i-- > 0 && clock > 0;) {
    if (clock > a.newest[i]) std::swap(clock, a.newest[i]);
  }
}

void Schedule::apply_oldest() {
  const std::uint64_t entry = log_[applied_++ % kLogged];
  const std::uint64_t clock = entry >> (kKindBits + kPlaceBits);
  if (free_ - clock > kClocks) return;  // it would be forgotten at once
  const auto kind = static_cast<Kind>(entry >> kPlaceBits & ((1U << kKindBits) - 1));
  const auto place = static_cast<unsigned>(entry & ((1U << kPlaceBits) - 1));
  switch (kind) {
    case Kind::kColumn:
      bus_.take(clock, column_length_);
      columns_.add(clock, place);
      break;
    case Kind::kActivate:
      bus_.take(clock, activate_length_);
      activate_lines_[place / groups_].add(clock, place % groups_);
      break;
    case Kind::kPrecharge:
      bus_.take(clock, other_length_);
      if (precharge_distance_ != 0) precharges_[place].set(clock);
      break;
    case Kind::kRefreshBank:
      bus_.take(clock, other_length_);
      activate_lines_[place].add_refresh(clock, refresh_distance_, refresh_in_window_);
      break;
    case Kind::kOther:
      bus_.take(clock, other_length_);
      break;
  }
}

void Schedule::apply_all() {
  while (applied_ != logged_) apply_oldest();
}

std::uint64_t Schedule::find_column(std::uint64_t from, unsigned code) {
  apply_all();
  for (;;) {
    const std::uint64_t clock = columns_.fit(from, code);
    from = bus_.first_free(clock, column_length_);
    if (from == clock) return clock;
  }
}

std::uint64_t Schedule::find_activate(std::uint64_t from, unsigned rank, unsigned group) {
  apply_all();
  const ActivateLine& line = activate_lines_[rank];
  for (;;) {
    const std::uint64_t clock = line.fit(from, group);
    from = bus_.first_free(clock, activate_length_);
    if (from == clock) return clock;
  }
}

std::uint64_t Schedule::find_precharge(std::uint64_t from, unsigned rank) {
  apply_all();
  const std::uint64_t distance = precharge_distance_;
  for (;;) {
    const std::uint64_t clock = bus_.first_free(from, other_length_);
    if (distance == 0) return clock;
    const std::uint64_t first = clock - std::min(clock, distance - 1);
    const std::uint64_t near = precharges_[rank].window(first) &
                               ((std::uint64_t{2} << (clock + distance - 1 - first)) - 1);
    if (near == 0) return clock;
    from = clock + 1;
  }
}

std::uint64_t Schedule::find_refresh_bank(std::uint64_t from, unsigned rank) {
  apply_all();
  const ActivateLine& line = activate_lines_[rank];
  for (;;) {
    const std::uint64_t clock = line.fit_refresh(from, refresh_distance_, refresh_in_window_);
    from = bus_.first_free(clock, other_length_);
    if (from == clock) return clock;
  }
}

std::uint64_t Schedule::find_other(std::uint64_t from) {
  apply_all();
  return bus_.first_free(from, other_length_);
}

}  // namespace lookaside::dram
