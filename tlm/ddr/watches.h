// SPDX-License-Identifier: Apache-2.0
// Ranges of memory whose writes somebody wants to see. No SystemC.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace lookaside::ddr {

/// A write that overlapped a watched range. Memory already holds the new value.
struct WriteEvent {
  std::uint64_t first = 0;  ///< physical bytes written, inclusive
  std::uint64_t last = 0;
  std::uint64_t time_ps = 0;  ///< absolute time at which the writer gets its response
};
using WriteCallback = std::function<void(const WriteEvent&)>;

class Watches {
 public:
  /// Unit in which write pointers are denied.
  static constexpr std::uint64_t kGranule = 4096;

  void add(std::uint64_t first, std::uint64_t last, WriteCallback callback) {
    watches_.push_back({first, last, std::move(callback)});
  }
  bool empty() const { return watches_.empty(); }

  void written(const WriteEvent& event) const {
    for (const Watch& watch : watches_) {
      if (watch.first <= event.last && event.first <= watch.last) watch.callback(event);
    }
  }

  /// Narrows [first, last], which contains `address`, to the widest range around it that is wholly
  /// watched or wholly unwatched, in granules. True: watched, so no pointer may be used for writes.
  bool clip(std::uint64_t address, std::uint64_t& first, std::uint64_t& last) const {
    bool watched = false;
    for (const Watch& watch : watches_) watched |= watch.covers(address);
    if (watched) {
      first = address - address % kGranule > first ? address - address % kGranule : first;
      last = (address | (kGranule - 1)) < last ? (address | (kGranule - 1)) : last;
      return true;
    }
    for (const Watch& watch : watches_) {
      if (watch.first_granule() > address && watch.first_granule() <= last) {
        last = watch.first_granule() - 1;
      }
      if (watch.last_granule() < address && watch.last_granule() >= first) {
        first = watch.last_granule() + 1;
      }
    }
    return false;
  }

 private:
  struct Watch {
    std::uint64_t first;
    std::uint64_t last;
    WriteCallback callback;

    std::uint64_t first_granule() const { return first - first % kGranule; }
    std::uint64_t last_granule() const { return last | (kGranule - 1); }
    bool covers(std::uint64_t address) const {
      return address >= first_granule() && address <= last_granule();
    }
  };
  std::vector<Watch> watches_;
};

}  // namespace lookaside::ddr
