// SPDX-License-Identifier: Apache-2.0
// Which rows a bank had open and when, as far as it is committed: some of it in the future.
#pragma once

#include <array>
#include <cstdint>

#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// A row of a bank from its activate to its precharge, or a refresh of the bank.
struct RowSegment {
  static constexpr std::int64_t kRefresh = -1;
  std::int64_t row = kRefresh;
  std::uint64_t begin = 0;       ///< clock of the activate; of the refresh
  std::uint64_t ready = kNever;  ///< columns from here on
  std::uint64_t close_from = 0;  ///< earliest precharge
  std::uint64_t closed = 0;      ///< clock of the precharge; kNever while open
  std::uint64_t reopen = 0;      ///< earliest activate after it, when it is closed
  std::uint64_t last_use = 0;    ///< its newest column command
  std::uint64_t swept = kNever;  ///< of a refresh: when all rows of the rank were closed for it
  std::uint8_t kind = 0;         ///< of the request that opened it
  bool automatic = false;        ///< its last column command closes it
};

/// The newest segments of a bank, in order of time.
class BankHistory {
 public:
  static constexpr unsigned kDepth = 16;

  unsigned size() const { return size_; }
  /// 0: the newest.
  RowSegment& at(unsigned age) { return ring_[(next_ - 1 - age) % kDepth]; }
  const RowSegment& at(unsigned age) const { return ring_[(next_ - 1 - age) % kDepth]; }
  /// Some were forgotten?
  bool full() const { return size_ == kDepth; }

  RowSegment& push(const RowSegment& segment) {
    if (size_ < kDepth) ++size_;
    return ring_[next_++ % kDepth] = segment;
  }
  /// Puts one behind the segment of this age, which becomes one older; with age == size(), before
  /// all.
  void insert(unsigned age, const RowSegment& segment) { insert(age) = segment; }
  /// ... to be filled.
  RowSegment& insert(unsigned age) {
    if (size_ < kDepth) ++size_;
    ++next_;
    for (unsigned i = 0; i < age; ++i) at(i) = at(i + 1);
    return at(age);
  }

 private:
  std::array<RowSegment, kDepth> ring_;
  unsigned next_ = 0;
  unsigned size_ = 0;
};

}  // namespace lookaside::dram
