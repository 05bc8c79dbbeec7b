// SPDX-License-Identifier: Apache-2.0
// Requests that the temporal model has answered, but not yet given their commands a place, because
// requests to come may go before them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// What the temporal model must know of a request.
struct TemporalRequest {
  std::uint64_t from = 0;  ///< the clock after its arrival, and after its rank has woken up
  std::uint32_t wake = 0;  ///< clocks of its wait that its rank takes to wake up
  unsigned rank = 0;
  unsigned bank = 0;   ///< of the channel
  unsigned group = 0;  ///< of the rank
  unsigned code = 0;   ///< of its column command
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  bool write = false;
  std::uint8_t kind = 0;
  std::uint8_t priority = 0;  ///< less than TemporalQueue::kPriorities
  std::uint64_t mask = 0;
};

/// Requests by bank and class (reads 0, posted writes 1; all 0 when writes are not posted), in
/// order of arrival; beside them those that are held because there is no room, which nobody serves.
class TemporalQueue {
 public:
  static constexpr unsigned kPriorities = 16;
  struct Entry {
    TemporalRequest r;
    std::uint64_t sequence = 0;
    std::uint64_t entered = 0;  ///< the clock at which it found room: its age counts from there
    std::uint32_t turn = 0;     ///< among those that are ready the least goes first
    RowState found = RowState::kHit;
    std::uint8_t opener = 0;     ///< kind that had opened the row that was closed for it
    bool touched = false;        ///< a row was closed for it
    bool guessed = false;        ///< its answer, to be compared with the truth
    std::uint16_t guess = 0;     ///< the kind of guess
    std::uint32_t least = 0;     ///< clocks to its column command, had there been no others
    std::uint32_t answered = 0;  ///< clocks to its column command, as guessed
    std::uint64_t refresh_mark = 0;
    std::int32_t next = -1;
  };

  explicit TemporalQueue(unsigned banks) : lists_(std::size_t{banks} * 2) {}

  Entry& at(std::int32_t slot) { return pool_[static_cast<std::size_t>(slot)]; }
  const Entry& at(std::int32_t slot) const { return pool_[static_cast<std::size_t>(slot)]; }
  std::int32_t first(unsigned bank, unsigned group) const { return list(bank, group).first; }
  unsigned size() const { return count_[0] + count_[1]; }
  unsigned size(unsigned group) const { return count_[group]; }
  unsigned size(unsigned bank, unsigned group) const { return list(bank, group).count; }

  /// Of all; -1 none.
  std::int32_t oldest() const {
    std::int32_t oldest = -1;
    for (const List& list : lists_) {
      if (list.first < 0) continue;
      if (oldest < 0 || at(list.first).sequence < at(oldest).sequence) oldest = list.first;
    }
    return oldest;
  }
  /// The first of a row in a bank, other than `besides`; -1 none.
  std::int32_t of_row(unsigned bank, unsigned group, std::int64_t row,
                      std::int32_t besides = -1) const {
    std::int32_t slot = first(bank, group);
    while (slot >= 0 && (at(slot).r.row != row || slot == besides)) slot = at(slot).next;
    return slot;
  }
  /// Of a bank: the first of the highest priority, if they are heeded; -1 none.
  std::int32_t least_turn(unsigned bank, unsigned group) const;
  /// From now on turns follow priority, then age; until now age alone.
  void heed_priorities();
  /// Turns hold no more ages: they must be counted anew before the next request comes.
  bool turns_used_up() const { return sequence_ - turns_from_ >= most_age(); }
  /// Counts from the oldest that waits.
  void renumber_turns();
  /// The first with the same burst; -1 none.
  std::int32_t same_burst(const TemporalRequest& r, unsigned group) const {
    std::int32_t slot = first(r.bank, group);
    while (slot >= 0 && (at(slot).r.row != r.row || at(slot).r.column != r.column)) {
      slot = at(slot).next;
    }
    return slot;
  }

  std::int32_t add(const TemporalRequest& r, unsigned group) {
    const std::int32_t slot = allocate(r);
    link(slot, group, r.from - 1);
    return slot;
  }
  /// One of class 0 that finds no room.
  std::int32_t hold(const TemporalRequest& r) {
    const std::int32_t slot = allocate(r);
    append(held_, slot);
    return slot;
  }
  unsigned held() const { return held_.count; }
  /// The first that is held finds room.
  std::int32_t admit(std::uint64_t clock) {
    const std::int32_t slot = held_.first;
    held_.first = at(slot).next;
    if (held_.first < 0) held_.last = -1;
    --held_.count;
    link(slot, 0, std::max(clock, at(slot).r.from - 1));
    return slot;
  }

  void remove(std::int32_t slot, unsigned group) {
    List& list = lists_[std::size_t{at(slot).r.bank} * 2 + group];
    std::int32_t before = -1;
    for (std::int32_t i = list.first; i != slot; i = at(i).next) before = i;
    (before >= 0 ? at(before).next : list.first) = at(slot).next;
    if (list.last == slot) list.last = before;
    --list.count;
    --count_[group];
    at(slot).next = free_;
    free_ = slot;
  }

 private:
  struct List {
    std::int32_t first = -1, last = -1;
    unsigned count = 0;
  };
  std::int32_t allocate(const TemporalRequest& r) {
    std::int32_t slot = free_;
    if (slot < 0) {
      slot = static_cast<std::int32_t>(pool_.size());
      pool_.emplace_back();
    } else {
      free_ = at(slot).next;
    }
    Entry& e = at(slot);
    e.r = r;
    e.found = RowState::kHit;
    e.touched = e.guessed = false;
    return slot;
  }
  void link(std::int32_t slot, unsigned group, std::uint64_t clock) {
    Entry& e = at(slot);
    e.entered = clock;
    e.sequence = ++sequence_;
    e.turn = turn_of(e);
    append(lists_[std::size_t{e.r.bank} * 2 + group], slot);
    ++count_[group];
  }
  void append(List& list, std::int32_t slot) {
    at(slot).next = -1;
    (list.last >= 0 ? at(list.last).next : list.first) = slot;
    list.last = slot;
    ++list.count;
  }
  static constexpr unsigned kTurnBits = 27;
  static constexpr unsigned kPriorityBits = 4;
  std::uint64_t most_age() const {
    return (std::uint64_t{1} << (by_priority_ ? kTurnBits - kPriorityBits : kTurnBits)) - 1;
  }
  /// Age, behind the priority if that counts. Who has waited for so long that its age does not fit
  /// shares the last turn.
  std::uint32_t turn_of(const Entry& e) const {
    const auto age = static_cast<std::uint32_t>(
        e.sequence > turns_from_ ? std::min(e.sequence - turns_from_, most_age()) : 0);
    return by_priority_ ? (kPriorities - 1U - e.r.priority) << (kTurnBits - kPriorityBits) | age
                        : age;
  }
  const List& list(unsigned bank, unsigned group) const {
    return lists_[std::size_t{bank} * 2 + group];
  }

  std::vector<Entry> pool_;
  std::vector<List> lists_;
  List held_;
  std::int32_t free_ = -1;
  std::array<unsigned, 2> count_{};
  std::uint64_t sequence_ = 0;
  std::uint64_t turns_from_ = 0;  // the sequence that turns are counted from
  bool by_priority_ = false;
};

}  // namespace lookaside::dram
