// SPDX-License-Identifier: Apache-2.0
// Ranges of memory in units in which pointers are lent or denied. No SystemC.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lookaside::ddr {

class Granules {
 public:
  static constexpr std::uint64_t kBytes = 4096;

  static std::uint64_t first_of(std::uint64_t address) { return address - address % kBytes; }
  static std::uint64_t last_of(std::uint64_t address) { return address | (kBytes - 1); }

  /// Every granule that holds a byte of [first, last].
  void add(std::uint64_t first, std::uint64_t last) {
    ranges_.push_back({first_of(first), last_of(last)});
  }
  /// Undoes one add() of the same range.
  void remove(std::uint64_t first, std::uint64_t last) {
    const auto found = std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& r) {
      return r.first == first_of(first) && r.last == last_of(last);
    });
    if (found != ranges_.end()) ranges_.erase(found);
  }

  bool empty() const { return ranges_.empty(); }

  /// Narrows [first, last], which contains `address`, to the granule of the address if that belongs
  /// to the set (true), else to the widest range around it that holds no member.
  bool clip(std::uint64_t address, std::uint64_t& first, std::uint64_t& last) const {
    bool member = false;
    for (const Range& r : ranges_) member |= address >= r.first && address <= r.last;
    if (member) {
      first = std::max(first, first_of(address));
      last = std::min(last, last_of(address));
      return true;
    }
    for (const Range& r : ranges_) {
      if (r.first > address && r.first <= last) last = r.first - 1;
      if (r.last < address && r.last >= first) first = r.last + 1;
    }
    return false;
  }

 private:
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
  };
  std::vector<Range> ranges_;
};

}  // namespace lookaside::ddr
