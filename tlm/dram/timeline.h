// SPDX-License-Identifier: Apache-2.0
// Reservations on a time line: which clocks of a bus are taken, and by what. Requests that run
// ahead of each other in time find their places here in any order. For each kind of event there are
// the clocks at which it must not happen, one bit each, so that a place is found by looking for a
// zero.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/dram/bit_ring.h>

namespace lookaside::dram {

/// Of two events, the later must come at least `after` clocks after the other when it is the new
/// one, or at least `before` clocks when it is the other. Both at least 1.
struct Distance {
  std::uint32_t after = 1;
  std::uint32_t before = 1;
};

/// The command bus: every command occupies some clocks, and no two the same.
class CommandBus {
 public:
  explicit CommandBus(unsigned log2_clocks) : taken_(log2_clocks) {}
  /// The first clock from `from` on at which a command of `length` clocks (1 to 16) may end.
  std::uint64_t first_free(std::uint64_t from, unsigned length) const {
    return length == 1 ? taken_.first_zero(from) : first_free_run(from, length);
  }
  void take(std::uint64_t end, unsigned length) { taken_.set_range(end - (length - 1), end); }

 private:
  std::uint64_t first_free_run(std::uint64_t from, unsigned length) const;
  BitRing taken_;
};

/// Column commands of a channel.
class ColumnLine {
 public:
  /// Place and direction of a command as one number.
  unsigned code(unsigned rank, unsigned group, bool write) const {
    return (rank * groups_ + group) * 2 + (write ? 1 : 0);
  }
  /// [0: same bank group, 1: same rank, 2: other rank][write, of the new one][write, of the other]
  using Distances = Distance[3][2][2];

  ColumnLine(unsigned ranks, unsigned groups, const Distances& distances, unsigned log2_clocks);

  /// The first clock from `from` on.
  std::uint64_t fit(std::uint64_t from, unsigned code) const {
    return rank_[code / 2 / groups_ * 2 + code % 2].first_zero(group_[code], from);
  }
  void add(std::uint64_t clock, unsigned code);
  /// Clocks by which a command must follow another.
  std::uint64_t after(unsigned fresh, unsigned other) const {
    const unsigned place = fresh / 2 == other / 2                       ? 0
                           : fresh / 2 / groups_ == other / 2 / groups_ ? 1
                                                                        : 2;
    return distance_[place][fresh % 2][other % 2].after;
  }

 private:
  void block(std::uint64_t clock, unsigned code);
  void block(BitRing& ring, std::uint64_t clock, const Distance& distance);

  unsigned ranks_;
  unsigned groups_;
  Distances distance_;
  BitRing used_;
  std::vector<BitRing> rank_;   // [rank * 2 + write]: clocks no such command may have
  std::vector<BitRing> group_;  // [code]
};

/// Activates of one rank.
class ActivateLine {
 public:
  /// `window`: of any five in a row, the last comes so many clocks after the first.
  ActivateLine(unsigned groups, std::uint32_t any, std::uint32_t same_group, std::uint32_t window,
               unsigned log2_clocks);

  std::uint64_t fit(std::uint64_t from, unsigned group) const {
    return any_.first_zero(group_[group], from);
  }
  void add(std::uint64_t clock, unsigned group);
  /// The first clock from `from` on for a refresh of a bank, see add_refresh().
  std::uint64_t fit_refresh(std::uint64_t from, const Distance& distance, bool counts) const;
  /// A refresh of a bank, to which activates must keep a distance; `counts`: in the window, too.
  void add_refresh(std::uint64_t clock, const Distance& distance, bool counts);

 private:
  void block(std::uint64_t clock, unsigned group);
  void block_window(std::uint64_t clock);

  std::uint64_t any_distance_, group_distance_, window_;
  BitRing used_, any_;
  std::vector<BitRing> group_;
};

}  // namespace lookaside::dram
