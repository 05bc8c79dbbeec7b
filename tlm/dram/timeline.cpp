// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/timeline.h>

namespace lookaside::dram {
namespace {

std::uint64_t less(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

/// Calls with every bit that is set in [first, last].
template <typename Visit>
void each(const BitRing& ring, std::uint64_t first, std::uint64_t last, Visit visit) {
  for (std::uint64_t w = first >> 6U; w <= last >> 6U; ++w) {
    for (std::uint64_t bits = ring.word(w); bits != 0; bits &= bits - 1) {
      const std::uint64_t at = w << 6U | static_cast<unsigned>(__builtin_ctzll(bits));
      if (at >= first && at <= last) visit(at);
    }
  }
}

}  // namespace

std::uint64_t CommandBus::first_free(std::uint64_t from, unsigned length) const {
  const std::uint64_t lead = length - 1;
  if (lead == 0) return taken_.first_zero(taken_, from);
  for (from = std::max(from, lead);; from += 64 - lead) {
    std::uint64_t taken = ~std::uint64_t{0} << (64 - lead);
    for (unsigned i = 0; i < length; ++i) taken |= taken_.window(from - lead + i);
    if (~taken != 0) return from + static_cast<unsigned>(__builtin_ctzll(~taken));
  }
}

ColumnLine::ColumnLine(unsigned ranks, unsigned groups, const Distances& distances,
                       unsigned log2_clocks)
    : ranks_(ranks),
      groups_(groups),
      used_(log2_clocks),
      code_(std::size_t{1} << log2_clocks),
      mask_(code_.size() - 1),
      rank_(std::size_t{ranks} * 2, BitRing(log2_clocks)),
      group_(std::size_t{ranks} * groups * 2, BitRing(log2_clocks)) {
  for (unsigned place = 0; place < 3; ++place) {
    for (unsigned fresh = 0; fresh < 2; ++fresh) {
      for (unsigned other = 0; other < 2; ++other) {
        const Distance d = distances[place][fresh][other];
        distance_[place][fresh][other] = d;
        reach_ = std::max<std::uint64_t>({reach_, d.after, d.before});
      }
    }
  }
}

void ColumnLine::block(BitRing& ring, std::uint64_t clock, const Distance& d) {
  ring.set_range(less(clock + 1, d.before), clock + d.after - 1);
}

void ColumnLine::block(std::uint64_t clock, unsigned code) {
  const unsigned other = code % 2;
  const unsigned own = code / 2 / groups_;
  for (unsigned write = 0; write < 2; ++write) {
    block(group_[code / 2 * 2 + write], clock, distance_[0][write][other]);
    for (unsigned rank = 0; rank < ranks_; ++rank) {
      block(rank_[rank * 2 + write], clock, distance_[rank == own ? 1 : 2][write][other]);
    }
  }
}

void ColumnLine::add(std::uint64_t clock, unsigned code) {
  if (used_.forgotten(clock)) return;
  used_.set(clock);
  code_[clock & mask_] = static_cast<std::uint8_t>(code);
  block(clock, code);
}

void ColumnLine::remove(std::uint64_t clock) {
  if (used_.forgotten(clock)) return;
  used_.clear(clock);
  const std::uint64_t first = less(clock, reach_);
  const std::uint64_t last = clock + reach_;
  for (BitRing& ring : rank_) ring.clear_range(first, last);
  for (unsigned write = 0; write < 2; ++write) {
    group_[code_[clock & mask_] / 2 * 2 + write].clear_range(first, last);
  }
  each(used_, less(first, reach_), last + reach_,
       [this](std::uint64_t at) { block(at, code_[at & mask_]); });
}

bool ColumnLine::before(std::uint64_t clock, std::uint64_t& found, bool& write) const {
  const std::uint64_t first = less(clock, 64);
  std::uint64_t bits = used_.window(first);
  if (clock < 64) bits &= (std::uint64_t{1} << clock) - 1;
  if (bits == 0) return false;
  found = first + 63U - static_cast<unsigned>(__builtin_clzll(bits));
  write = code_[found & mask_] % 2 != 0;
  return true;
}

ActivateLine::ActivateLine(unsigned groups, std::uint32_t any, std::uint32_t same_group,
                           std::uint32_t window, unsigned log2_clocks)
    : any_distance_(any),
      group_distance_(same_group),
      window_(window),
      used_(log2_clocks),
      any_(log2_clocks),
      group_(groups, BitRing(log2_clocks)),
      code_(std::size_t{1} << log2_clocks),
      mask_(code_.size() - 1) {}

/// Four activates of which the last comes less than a window after the first: a fifth must keep
/// away from both.
void ActivateLine::block_window(std::uint64_t clock) {
  std::uint64_t at[7];  // three before, itself, three after
  unsigned count = 0;
  unsigned own = 0;
  each(used_, less(clock + 1, window_), clock - 1, [&](std::uint64_t event) {
    if (own == 3) std::copy(at + 1, at + 3, at);
    own = std::min(own + 1, 3U);
    at[own - 1] = event;
  });
  at[own] = clock;
  count = own + 1;
  each(used_, clock + 1, clock + window_ - 1, [&](std::uint64_t event) {
    if (count < own + 4) at[count++] = event;
  });
  for (unsigned i = 0; i + 3 < count; ++i) {
    if (at[i + 3] - at[i] < window_) {
      any_.set_range(less(at[i + 3] + 1, window_), at[i] + window_ - 1);
    }
  }
}

void ActivateLine::block(std::uint64_t clock, unsigned group) {
  any_.set_range(less(clock + 1, any_distance_), clock + any_distance_ - 1);
  group_[group].set_range(less(clock + 1, group_distance_), clock + group_distance_ - 1);
  if (window_ > 0) block_window(clock);
}

void ActivateLine::add(std::uint64_t clock, unsigned group) {
  if (used_.forgotten(clock)) return;
  used_.set(clock);
  code_[clock & mask_] = static_cast<std::uint8_t>(group);
  block(clock, group);
}

void ActivateLine::remove(std::uint64_t clock) {
  if (used_.forgotten(clock)) return;
  used_.clear(clock);
  const std::uint64_t reach = std::max({any_distance_, group_distance_, window_});
  any_.clear_range(less(clock, reach), clock + reach);
  group_[code_[clock & mask_]].clear_range(less(clock, reach), clock + reach);
  each(used_, less(clock, 2 * reach), clock + 2 * reach,
       [this](std::uint64_t at) { block(at, code_[at & mask_]); });
}

}  // namespace lookaside::dram
