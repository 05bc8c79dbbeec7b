// SPDX-License-Identifier: Apache-2.0
// First in, first out: the oldest fill goes, hits do not matter.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <lookaside/tlb/replacement/policy.h>

namespace lookaside::tlb {

class Fifo final : public Policy {
 public:
  Fifo(unsigned sets, unsigned ways) : ways_(ways), filled_at_(std::size_t{sets} * ways) {}
  void hit(unsigned, unsigned) override {}
  void filled(unsigned set, unsigned way) override {
    filled_at_[std::size_t{set} * ways_ + way] = ++clock_;
  }
  unsigned victim(unsigned set) override {
    const auto first = filled_at_.begin() + static_cast<std::ptrdiff_t>(std::size_t{set} * ways_);
    return static_cast<unsigned>(std::min_element(first, first + ways_) - first);
  }
  bool repeat_hit_is_noop() const override { return true; }

 private:
  unsigned ways_;
  std::uint64_t clock_ = 0;
  std::vector<std::uint64_t> filled_at_;
};

}  // namespace lookaside::tlb
