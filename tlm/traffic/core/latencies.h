// SPDX-License-Identifier: Apache-2.0
// Every latency of a run, exactly, in little memory.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <lookaside/observe/statistic.h>

namespace lookaside::traffic {

/// How often each latency occurred, in clocks. Latencies are small integers that repeat: a table of
/// counts gives exact percentiles of a run of any length.
class Latencies {
 public:
  void add(std::uint64_t clocks) {
    if (clocks < kTable) {
      ++table_[clocks];
    } else {
      ++rare_[clocks];
    }
    ++count_;
    sum_ += clocks;
    if (clocks > max_) max_ = clocks;
  }
  void add(const Latencies& other);

  std::uint64_t count() const { return count_; }
  double mean() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }
  std::uint64_t max() const { return max_; }
  /// The least latency that at least the share p of all do not exceed (nearest rank); p from 0
  /// to 1. 0 when there are none.
  std::uint64_t percentile(double p) const;
  /// The same numbers in powers of two of a unit, of which a clock has numerator / denominator; sum
  /// and mean are exact. Latencies times `numerator` stay below 2^64.
  observe::Histogram histogram(std::uint64_t numerator, std::uint64_t denominator) const;

 private:
  template <typename Visit>
  void visit(Visit visit) const;

  static constexpr std::uint64_t kTable = 16384;
  std::vector<std::uint64_t> table_ = std::vector<std::uint64_t>(kTable);
  std::map<std::uint64_t, std::uint64_t> rare_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace lookaside::traffic
