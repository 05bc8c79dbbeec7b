// SPDX-License-Identifier: Apache-2.0
// Histograms of durations in ns that are counted in clocks. No SystemC.
#pragma once

#include <array>
#include <cstdint>

#include <lookaside/ddr/clock.h>
#include <lookaside/observe/statistic.h>

namespace lookaside::ddr {

/// Counting costs an increment for all but long durations; what was counted comes into the
/// histogram with settle().
class Tally {
 public:
  explicit Tally(const Clock& clock) : clock_(clock) {}

  void add(std::uint64_t clocks) {
    if (clocks < kShort) {
      ++counted_[clocks];
    } else {
      clock_.add_ns(histogram, clocks, 1);
    }
  }
  void settle() {
    for (std::uint64_t clocks = 0; clocks < kShort; ++clocks) {
      if (counted_[clocks] == 0) continue;
      clock_.add_ns(histogram, clocks, counted_[clocks]);
      counted_[clocks] = 0;
    }
  }

  observe::Histogram histogram;  ///< ns

 private:
  static constexpr std::uint64_t kShort = 256;
  Clock clock_;
  std::array<std::uint64_t, kShort> counted_{};
};

}  // namespace lookaside::ddr
