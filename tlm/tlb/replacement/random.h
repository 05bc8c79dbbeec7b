// SPDX-License-Identifier: Apache-2.0
// Seeded random replacement: one generator for all sets, advanced once per eviction.
#pragma once

#include <cstdint>

#include <lookaside/tlb/replacement/policy.h>

namespace lookaside::tlb {

/// xorshift64 with the shifts 13, 7, 17; the victim is the new state modulo the number of ways.
class Random final : public Policy {
 public:
  Random(unsigned ways, std::uint64_t seed) : ways_(ways), state_(seed == 0 ? 1 : seed) {}
  void hit(unsigned, unsigned) override {}
  void filled(unsigned, unsigned) override {}
  unsigned victim(unsigned) override {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<unsigned>(state_ % ways_);
  }
  bool repeat_hit_is_noop() const override { return true; }

 private:
  unsigned ways_;
  std::uint64_t state_;
};

}  // namespace lookaside::tlb
