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
  // It must wait for this slot while the slot still holds this sequence.
  std::int32_t after = -1;
  std::uint64_t after_sequence = 0;
  std::int32_t older = -1, younger = -1;  // all entries
  std::int32_t prev = -1, next = -1;      // entries of its bank and class
};

/// A fixed pool of entries in two kinds of list: all by age; per bank and class (reads 0, writes 1;
/// all 0 when `classes` is 1) in order of arrival. Within a class, entries of one row are served in
/// that order, so hazards need care only between the classes.
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

  /// The youngest entry of a class with the same burst, -1 none.
  std::int32_t same_burst(const Coordinates& at, std::uint32_t bank, unsigned group) const;
  /// Must wait for another entry?
  bool waits(const Entry& e) const {
    return e.after >= 0 && at(e.after).sequence == e.after_sequence;
  }
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
