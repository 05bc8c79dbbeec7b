// SPDX-License-Identifier: Apache-2.0
// Reservations on a time line: which clocks of a bus are taken, and by what. Requests that run
// ahead of each other in time find their places here in any order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lookaside::dram {

/// Bits numbered from 0 without end, of which the newest are remembered: those before are 0 again.
class BitRing {
 public:
  /// Remembers 2^log2_bits bits; at least 64.
  explicit BitRing(unsigned log2_bits)
      : words_(std::size_t{1} << (log2_bits - 6)), mask_(words_.size() - 1) {}

  /// 64 bits: bit i is number `first` + i.
  std::uint64_t window(std::uint64_t first) const {
    const std::uint64_t word = first >> 6U;
    const unsigned shift = first & 63U;
    if (shift == 0) return at(word);
    return at(word) >> shift | at(word + 1) << (64 - shift);
  }
  /// False when the bit is one of those forgotten.
  bool set(std::uint64_t bit) {
    const std::uint64_t word = bit >> 6U;
    if (word >= end_) reach(word);
    if (word + words_.size() < end_) return false;
    words_[word & mask_] |= std::uint64_t{1} << (bit & 63U);
    return true;
  }
  void clear(std::uint64_t bit) {
    const std::uint64_t word = bit >> 6U;
    if (word < end_ && word + words_.size() >= end_) {
      words_[word & mask_] &= ~(std::uint64_t{1} << (bit & 63U));
    }
  }

 private:
  std::uint64_t at(std::uint64_t word) const {
    return word < end_ && word + words_.size() >= end_ ? words_[word & mask_] : 0;
  }
  void reach(std::uint64_t word) {
    const std::uint64_t first = std::max(end_, word + 1 - std::min(word + 1, words_.size()));
    for (std::uint64_t w = first; w <= word; ++w) words_[w & mask_] = 0;
    end_ = word + 1;
  }

  std::vector<std::uint64_t> words_;
  std::uint64_t mask_;
  std::uint64_t end_ = 0;  // first word not reached yet
};

/// The command bus: every command occupies some clocks, and no two the same.
class CommandBus {
 public:
  explicit CommandBus(unsigned log2_clocks) : taken_(log2_clocks) {}
  /// The first clock from `from` on at which a command of `length` clocks (1 to 16) may end.
  std::uint64_t first_free(std::uint64_t from, unsigned length) const {
    const std::uint64_t lead = length - 1;
    for (from = std::max(from, lead);; from += 64 - lead) {
      std::uint64_t taken = taken_.window(from - lead);
      for (unsigned i = 1; i < length; ++i) taken |= taken_.window(from - lead + i);
      taken |= lead == 0 ? 0 : ~std::uint64_t{0} << (64 - lead);
      if (~taken != 0) return from + static_cast<unsigned>(__builtin_ctzll(~taken));
    }
  }
  void take(std::uint64_t end, unsigned length) {
    for (unsigned i = 0; i < length; ++i) taken_.set(end - i);
  }

 private:
  BitRing taken_;
};

/// Events of a few kinds ("codes") between each two of which a distance must lie, and of which at
/// most four may fall in a window. The kinds are given once, with their distances.
class Calendar {
 public:
  /// Of two events, the new one must come at least `after` clocks after the other, or at least
  /// `before` clocks before it. Both at least 1.
  struct Distance {
    std::int32_t after = 1;
    std::int32_t before = 1;
  };

  /// `grain`: no two events ever lie closer; `log2_clocks`: how far back events are remembered.
  Calendar(unsigned codes, unsigned grain, unsigned log2_clocks);
  void set_distance(unsigned fresh, unsigned other, Distance distance);
  /// Of any five events in a row the last comes at least so many clocks after the first.
  void set_window(std::uint64_t clocks) { window_ = clocks; }

  /// The first clock from `from` on that an event of this kind may have.
  std::uint64_t fit(std::uint64_t from, unsigned code) const;
  void add(std::uint64_t clock, unsigned code);

 private:
  std::uint64_t fit_distances(std::uint64_t at, unsigned code) const;
  std::uint64_t after_window(std::uint64_t at) const;
  std::uint64_t clock_of(std::uint64_t slot) const {
    return (slot << shift_) + offset_[slot & mask_];
  }

  unsigned codes_;
  unsigned shift_;  // a slot is 2^shift_ clocks
  std::uint64_t mask_;
  BitRing used_;
  std::vector<std::uint8_t> offset_;  // of a slot's event within the slot
  std::vector<std::uint8_t> code_;
  std::vector<Distance> distance_;  // [fresh * codes + other]
  std::vector<std::int32_t> back_;  // [fresh]: the greatest `after`, `before`
  std::vector<std::int32_t> ahead_;
  std::uint64_t window_ = 0;
};

}  // namespace lookaside::dram
