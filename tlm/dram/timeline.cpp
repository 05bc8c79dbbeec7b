// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/timeline.h>

namespace lookaside::dram {
namespace {

std::uint64_t less(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

}  // namespace

std::uint64_t CommandBus::first_free_run(std::uint64_t from, unsigned length) const {
  const std::uint64_t lead = std::clamp(length, 2U, 16U) - 1;
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
      rank_(std::size_t{ranks} * 2, BitRing(log2_clocks)),
      group_(std::size_t{ranks} * groups * 2, BitRing(log2_clocks)) {
  for (unsigned place = 0; place < 3; ++place) {
    for (unsigned fresh = 0; fresh < 2; ++fresh) {
      for (unsigned other = 0; other < 2; ++other) {
        const Distance d = distances[place][fresh][other];
        distance_[place][fresh][other] = d;
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
  block(clock, code);
}

ActivateLine::ActivateLine(unsigned groups, std::uint32_t any, std::uint32_t same_group,
                           std::uint32_t window, unsigned log2_clocks)
    : any_distance_(any),
      group_distance_(same_group),
      window_(window),
      used_(log2_clocks),
      any_(log2_clocks),
      group_(groups, BitRing(log2_clocks)) {}

/// Four activates of which the last comes less than a window after the first: a fifth must keep
/// away from both.
void ActivateLine::block_window(std::uint64_t clock) {
  std::uint64_t at[7];  // three before, itself, three after
  unsigned own = 3;
  at[3] = clock;
  unsigned end = 4;
  const std::uint64_t past = less(clock + 1, window_);
  for (std::uint64_t to = clock; to > past && own > 0;) {  // events in [first, to)
    const std::uint64_t first = std::max(past, less(to, 63));
    std::uint64_t bits = used_.window(first) & ((std::uint64_t{1} << (to - first)) - 1);
    for (; bits != 0 && own > 0; --own) {
      const unsigned i = 63U - static_cast<unsigned>(__builtin_clzll(bits));
      bits &= ~(std::uint64_t{1} << i);
      at[own - 1] = first + i;
    }
    to = first;
  }
  for (std::uint64_t first = clock + 1; first < clock + window_ && end < 7; first += 64) {
    for (std::uint64_t bits = used_.window(first); bits != 0 && end < 7; bits &= bits - 1) {
      at[end++] = first + static_cast<unsigned>(__builtin_ctzll(bits));
    }
  }
  for (unsigned i = own; i + 3 < end; ++i) {
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
  block(clock, group);
}

std::uint64_t ActivateLine::fit_refresh(std::uint64_t from, const Distance& distance,
                                        bool counts) const {
  for (;;) {
    if (counts) from = any_.first_zero(from);
    std::uint64_t near = 0;  // the last activate that is too near
    for (std::uint64_t first = less(from + 1, distance.before); first < from + distance.after;
         first += 64) {
      std::uint64_t bits = used_.window(first);
      const std::uint64_t end = from + distance.after - first;
      if (end < 64) bits &= (std::uint64_t{1} << end) - 1;
      if (bits != 0) near = first + 63U - static_cast<unsigned>(__builtin_clzll(bits));
    }
    if (near == 0) return from;
    from = near + distance.before;
  }
}

void ActivateLine::add_refresh(std::uint64_t clock, const Distance& distance, bool counts) {
  if (used_.forgotten(clock)) return;
  any_.set_range(less(clock + 1, distance.before), clock + distance.after - 1);
  if (!counts || window_ == 0) return;
  used_.set(clock);
  block_window(clock);
}

}  // namespace lookaside::dram
