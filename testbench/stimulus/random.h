// SPDX-License-Identifier: Apache-2.0
// Seeded random numbers: the same on every host and with every standard library.
#pragma once

#include <cstdint>

namespace lookaside::stimulus {

/// The lowest `n` bits set.
constexpr std::uint64_t ones(unsigned n) {
  return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

/// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 .. n-1; n > 0.
  unsigned below(unsigned n) { return static_cast<unsigned>((next() >> 32) % n); }
  bool chance(unsigned percent) { return below(100) < percent; }
  /// An integer of `n` random bits.
  std::uint64_t bits(unsigned n) { return n == 0 ? 0 : next() >> (64 - n); }

 private:
  std::uint64_t state_;
};

}  // namespace lookaside::stimulus
