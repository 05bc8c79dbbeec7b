// SPDX-License-Identifier: Apache-2.0
// True LRU by time stamps: the way whose last use is longest ago goes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <lookaside/tlb/replacement/policy.h>

namespace lookaside::tlb {

class Lru final : public Policy {
 public:
  Lru(unsigned sets, unsigned ways) : ways_(ways), last_use_(std::size_t{sets} * ways) {}
  void hit(unsigned set, unsigned way) override {
    last_use_[std::size_t{set} * ways_ + way] = ++clock_;
  }
  void filled(unsigned set, unsigned way) override { hit(set, way); }
  unsigned victim(unsigned set) override {
    const auto first = last_use_.begin() + static_cast<std::ptrdiff_t>(std::size_t{set} * ways_);
    return static_cast<unsigned>(std::min_element(first, first + ways_) - first);
  }
  /// The stamp moves, the order of the stamps does not.
  bool repeat_hit_is_noop() const override { return true; }

 private:
  unsigned ways_;
  std::uint64_t clock_ = 0;
  std::vector<std::uint64_t> last_use_;
};

}  // namespace lookaside::tlb
