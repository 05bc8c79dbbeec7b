// SPDX-License-Identifier: Apache-2.0
// Between the memory clock, which counts edges, and simulated time in picoseconds. No SystemC.
#pragma once

#include <cstdint>
#include <numeric>

#include <lookaside/observe/statistic.h>

namespace lookaside::ddr {

/// Division by a number that stays the same, without the host's division.
class Divider {
 public:
  explicit Divider(std::uint64_t divisor)
      : divisor_(divisor), reciprocal_(~std::uint64_t{0} / divisor) {}
  std::uint64_t operator()(std::uint64_t n) const {
    __extension__ using Wide = unsigned __int128;
    const auto quotient = static_cast<std::uint64_t>(Wide{n} * reciprocal_ >> 64U);
    // The reciprocal is too small by at most one part in 2^64: the quotient by at most 1.
    return n - quotient * divisor_ >= divisor_ ? quotient + 1 : quotient;
  }

 private:
  std::uint64_t divisor_;
  std::uint64_t reciprocal_;
};

/// The clock of a DRAM channel as an exact fraction: no drift, however long the run.
class Clock {
 public:
  explicit Clock(std::uint32_t data_rate_mts)
      : numerator_(kTwoClocksPerTransferPs / divisor(data_rate_mts)),
        denominator_(data_rate_mts / divisor(data_rate_mts)),
        by_numerator_(numerator_),
        by_denominator_(denominator_) {}

  /// Time of an edge, rounded up to whole ps.
  std::uint64_t time_of(std::uint64_t clock) const {
    if (clock < kShort) return by_denominator_(clock * numerator_ + denominator_ - 1);
    return static_cast<std::uint64_t>((Wide{clock} * numerator_ + denominator_ - 1) / denominator_);
  }
  /// First edge whose time_of is not before `ps`: exactly the inverse, so that who goes on when
  /// data arrives does not lose the edge to rounding.
  std::uint64_t clock_at(std::uint64_t ps) const { return ps == 0 ? 0 : last_before(ps) + 1; }
  /// Last edge whose time_of is not after `ps`.
  std::uint64_t last_until(std::uint64_t ps) const { return last_before(ps + 1); }
  /// Adds a length of so many clocks, below 2^43, to a histogram of ns, so many times.
  void add_ns(observe::Histogram& histogram, std::uint64_t clocks, std::uint64_t times) const {
    histogram.add_ratio(clocks * numerator_, 1000 * denominator_, times);
  }
  double ns_per_clock() const {
    return static_cast<double>(numerator_) / static_cast<double>(denominator_) / 1000;
  }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr std::uint64_t kTwoClocksPerTransferPs = 2'000'000;  // 1 MT/s = 0.5 MHz of clock
  static constexpr std::uint64_t kShort = std::uint64_t{1} << 40;      // numerators are below 2^21

  static std::uint64_t divisor(std::uint32_t data_rate_mts) {
    return std::gcd(kTwoClocksPerTransferPs, std::uint64_t{data_rate_mts});
  }
  /// Last edge whose time_of is before `ps`, which is not 0.
  std::uint64_t last_before(std::uint64_t ps) const {
    if (ps < (std::uint64_t{1} << 48)) return by_numerator_((ps - 1) * denominator_);
    return static_cast<std::uint64_t>(Wide{ps - 1} * denominator_ / numerator_);
  }

  std::uint64_t numerator_;  ///< period in ps, reduced
  std::uint64_t denominator_;
  Divider by_numerator_, by_denominator_;
};

}  // namespace lookaside::ddr
