// SPDX-License-Identifier: Apache-2.0
#include <lookaside/dram/queue.h>

namespace lookaside::dram {

RequestQueue::RequestQueue(unsigned slots, unsigned banks, unsigned classes)
    : pool_(slots), heads_(std::size_t{banks} * classes), classes_(classes) {
  for (unsigned i = slots; i-- > 0;) free_.push_back(static_cast<std::int32_t>(i));
}

std::int32_t RequestQueue::add(const Transaction& t, std::uint32_t bank, std::uint64_t clock) {
  const std::int32_t slot = free_.back();
  free_.pop_back();
  Entry& e = at(slot);
  e = Entry{};
  e.t = t;
  e.bank = bank;
  e.arrival = clock;
  e.sequence = ++sequence_;
  e.older = youngest_;
  (youngest_ >= 0 ? at(youngest_).younger : oldest_) = slot;
  youngest_ = slot;
  List& list = heads_[std::size_t{bank} * classes_ + class_of(t.write)];
  e.prev = list.last;
  (list.last >= 0 ? at(list.last).next : list.first) = slot;
  list.last = slot;
  ++count_[t.write ? 1 : 0];
  return slot;
}

void RequestQueue::remove(std::int32_t slot) {
  Entry& e = at(slot);
  (e.older >= 0 ? at(e.older).younger : oldest_) = e.younger;
  (e.younger >= 0 ? at(e.younger).older : youngest_) = e.older;
  List& list = heads_[std::size_t{e.bank} * classes_ + class_of(e.t.write)];
  (e.prev >= 0 ? at(e.prev).next : list.first) = e.next;
  (e.next >= 0 ? at(e.next).prev : list.last) = e.prev;
  --count_[e.t.write ? 1 : 0];
  waiting_reads_ -= e.readers;
  e.sequence = 0;
  free_.push_back(slot);
}

std::int32_t RequestQueue::write_to(const Coordinates& place, std::uint32_t bank) const {
  std::int32_t slot = heads_[std::size_t{bank} * 2 + 1].last;
  while (slot >= 0) {
    const Entry& e = at(slot);
    if (e.t.at.row == place.row && e.t.at.column == place.column) return slot;
    slot = e.prev;
  }
  return -1;
}

std::int32_t RequestQueue::conflict(const Transaction& t, std::uint32_t bank,
                                    std::uint64_t sequence, std::int32_t besides) const {
  std::int32_t youngest = -1;
  for (unsigned group = t.write ? 0 : 1; group < 2; ++group) {
    std::int32_t slot = heads_[std::size_t{bank} * 2 + group].last;
    for (; slot >= 0; slot = at(slot).prev) {
      const Entry& e = at(slot);
      if (e.sequence >= sequence || slot == besides) continue;
      if (youngest >= 0 && e.sequence < at(youngest).sequence) break;
      if (e.t.at.row != t.at.row || e.t.at.column != t.at.column) continue;
      if ((e.t.touches & t.touches) == 0) continue;
      youngest = slot;
      break;
    }
  }
  return youngest;
}

void RequestQueue::wait_for(std::int32_t slot, std::int32_t other) {
  Entry& e = at(slot);
  e.after = other;
  if (other < 0) return;
  e.after_sequence = at(other).sequence;
  if (e.t.write) return;
  ++at(other).readers;
  ++waiting_reads_;
}

}  // namespace lookaside::dram
