// SPDX-License-Identifier: Apache-2.0
// The requests a controller holds, by bank and by age, and the order that hazards demand.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// A request in the queue.
struct Entry {
  Transaction t;
  std::uint32_t bank = 0;  ///< of the channel: rank * banks + bank of the rank
  std::uint64_t arrival = 0;
  std::uint64_t sequence = 0;  ///< order of arrival; 0: the slot is free
  RowState row = RowState::kHit;
  std::uint8_t evicted_kind = 0;
  bool touched = false;       ///< a command was issued for it
  std::uint32_t readers = 0;  ///< younger reads of its burst that wait for it
  std::uint64_t refresh_mark = 0;
  std::uint64_t power_mark = 0;
  // It must wait for this slot while the slot still holds this sequence, then perhaps for another.
  std::int32_t after = -1;
  std::uint64_t after_sequence = 0;
  std::int32_t older = -1, younger = -1;  // all entries
  std::int32_t prev = -1, next = -1;      // entries of its bank and class
};

/// A fixed pool of entries in two kinds of list: all by age; per bank and class (reads 0, writes 1;
/// all 0 when `classes` is 1) in order of arrival. With one class, entries of one row are served in
/// that order; with two, a request waits for older ones that it must not overtake.
class RequestQueue {
 public:
  RequestQueue(unsigned slots, unsigned banks, unsigned classes);

  std::int32_t add(const Transaction& t, std::uint32_t bank, std::uint64_t clock);
  void remove(std::int32_t slot);

  Entry& at(std::int32_t slot) { return pool_[static_cast<std::size_t>(slot)]; }
  const Entry& at(std::int32_t slot) const { return pool_[static_cast<std::size_t>(slot)]; }
  std::int32_t oldest() const { return oldest_; }
  std::int32_t first(std::uint32_t bank, unsigned group) const {
    return heads_[std::size_t{bank} * classes_ + group].first;
  }
  unsigned size(bool write) const { return count_[write ? 1 : 0]; }
  unsigned size() const { return count_[0] + count_[1]; }
  unsigned of(unsigned group) const { return classes_ == 1 ? size() : count_[group]; }
  unsigned waiting_reads() const { return waiting_reads_; }
  unsigned class_of(bool write) const { return classes_ == 1 || !write ? 0 : 1; }

  /// Of two classes: the youngest write to the same burst, -1 none.
  std::int32_t write_to(const Coordinates& at, std::uint32_t bank) const;
  /// Of two classes: the youngest entry before `sequence`, but `besides`, that a request must not
  /// overtake, since one of them writes bytes of a burst that the other touches; -1 none.
  std::int32_t conflict(const Transaction& t, std::uint32_t bank,
                        std::uint64_t sequence = ~std::uint64_t{0},
                        std::int32_t besides = -1) const;
  /// Must wait for another entry? If the last it waited for has gone, looks for the next.
  bool waits(std::int32_t slot) {
    const Entry& e = at(slot);
    if (e.after < 0) return false;
    if (at(e.after).sequence == e.after_sequence) return true;
    wait_for(slot, conflict(e.t, e.bank, e.sequence));
    return e.after >= 0;
  }
  /// -1: for nobody.
  void wait_for(std::int32_t slot, std::int32_t other);

 private:
  struct List {
    std::int32_t first = -1, last = -1;
  };
  std::vector<Entry> pool_;
  std::vector<std::int32_t> free_;
  std::vector<List> heads_;
  unsigned classes_;
  std::int32_t oldest_ = -1, youngest_ = -1;
  unsigned count_[2] = {0, 0};
  unsigned waiting_reads_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace lookaside::dram
