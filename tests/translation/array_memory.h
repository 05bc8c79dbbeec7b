// SPDX-License-Identifier: Apache-2.0
// Physical memory of a test: a few PTEs at known addresses, a log of what was read, and ways to go
// wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include <lookaside/translation/walk.h>

namespace lookaside::tests {

/// Sparse memory of PTE-sized words; words never written read as 0.
class ArrayMemory : public translation::PteMemory {
 public:
  std::map<std::uint64_t, std::uint64_t> words;
  std::set<std::uint64_t> read_errors;     ///< addresses at which the bus refuses a read
  std::set<std::uint64_t> swap_errors;     ///< addresses at which it refuses a compare-and-swap
  std::function<void(ArrayMemory&)> race;  ///< called once, just before the next compare-and-swap
  std::vector<std::uint64_t> reads;        ///< addresses read, in order
  std::vector<std::uint64_t> writes;       ///< addresses changed, in order

  bool read(std::uint64_t pa, unsigned bytes, std::uint64_t& value) override {
    reads.push_back(pa);
    sizes.insert(bytes);
    if (read_errors.count(pa) != 0) return false;
    const auto it = words.find(pa);
    value = it == words.end() ? 0 : it->second;
    return true;
  }
  bool compare_and_swap(std::uint64_t pa, unsigned bytes, std::uint64_t expected,
                        std::uint64_t desired, bool& swapped) override {
    sizes.insert(bytes);
    if (race) {
      auto once = std::move(race);
      race = nullptr;
      once(*this);
    }
    if (swap_errors.count(pa) != 0) return false;
    swapped = words[pa] == expected;
    if (swapped) {
      words[pa] = desired;
      writes.push_back(pa);
    }
    return true;
  }
  std::set<unsigned> sizes;  ///< access sizes seen
};

}  // namespace lookaside::tests
