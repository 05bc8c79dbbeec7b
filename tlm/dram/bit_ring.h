// SPDX-License-Identifier: Apache-2.0
// Bits numbered from 0 without end, one for each clock, of which the newest are remembered.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lookaside::dram {

/// Bits before those remembered, and those never set, are 0.
class BitRing {
 public:
  /// Remembers 2^log2_bits bits; at least 128.
  explicit BitRing(unsigned log2_bits)
      : words_(std::size_t{1} << (log2_bits - 6)), mask_(words_.size() - 1) {}

  /// Bits 64 * `word` and following.
  std::uint64_t word(std::uint64_t word) const {
    return remembers(word) ? words_[word & mask_] : 0;
  }
  /// 64 bits: bit i is number `first` + i.
  std::uint64_t window(std::uint64_t first) const {
    const std::uint64_t w = first >> 6U;
    const unsigned shift = first & 63U;
    return shift == 0 ? word(w) : word(w) >> shift | word(w + 1) << (64 - shift);
  }
  void set(std::uint64_t bit) { set_range(bit, bit); }
  void clear(std::uint64_t bit) { clear_range(bit, bit); }
  /// Both ends included.
  void set_range(std::uint64_t first, std::uint64_t last) {
    const std::uint64_t low = first >> 6U;
    const std::uint64_t high = last >> 6U;
    if (high >= end_) reach(high);
    const std::uint64_t from = ~std::uint64_t{0} << (first & 63U);
    const std::uint64_t to = ~std::uint64_t{0} >> (63U - (last & 63U));
    if (high - low > 1 || low < lowest_) {
      visit(first, last, [](std::uint64_t& word, std::uint64_t mask) { word |= mask; });
    } else if (high == low) {
      words_[low & mask_] |= from & to;
    } else {
      words_[low & mask_] |= from;
      words_[high & mask_] |= to;
    }
  }
  void clear_range(std::uint64_t first, std::uint64_t last) {
    visit(first, last, [](std::uint64_t& word, std::uint64_t mask) { word &= ~mask; });
  }
  /// The first bit from `from` on that is 0 here and in another ring.
  std::uint64_t first_zero(const BitRing& other, std::uint64_t from) const {
    std::uint64_t w = from >> 6U;
    std::uint64_t taken = word(w) | other.word(w) | ((std::uint64_t{1} << (from & 63U)) - 1);
    while (~taken == 0) {
      ++w;
      taken = word(w) | other.word(w);
    }
    return w << 6U | static_cast<unsigned>(__builtin_ctzll(~taken));
  }
  /// The first bit from `from` on that is 0.
  std::uint64_t first_zero(std::uint64_t from) const {
    std::uint64_t w = from >> 6U;
    std::uint64_t taken = word(w) | ((std::uint64_t{1} << (from & 63U)) - 1);
    while (~taken == 0) taken = word(++w);
    return w << 6U | static_cast<unsigned>(__builtin_ctzll(~taken));
  }
  /// Is the bit old enough to be forgotten?
  bool forgotten(std::uint64_t bit) const { return bit >> 6U < lowest_; }

 private:
  template <typename Change>
  void visit(std::uint64_t first, std::uint64_t last, Change change) {
    const std::uint64_t end = last >> 6U;
    std::uint64_t mask = ~std::uint64_t{0} << (first & 63U);
    for (std::uint64_t w = first >> 6U; w <= end; ++w) {
      if (w == end) mask &= ~std::uint64_t{0} >> (63U - (last & 63U));
      if (remembers(w)) change(words_[w & mask_], mask);
      mask = ~std::uint64_t{0};
    }
  }
  void reach(std::uint64_t word) {
    lowest_ = word > mask_ ? word - mask_ : 0;
    for (std::uint64_t w = std::max(end_, lowest_); w <= word; ++w) words_[w & mask_] = 0;
    end_ = word + 1;
  }
  bool remembers(std::uint64_t word) const { return word - lowest_ < end_ - lowest_; }

  std::vector<std::uint64_t> words_;
  std::uint64_t mask_;
  std::uint64_t lowest_ = 0;  // first word remembered
  std::uint64_t end_ = 0;     // first word not reached yet
};

}  // namespace lookaside::dram
