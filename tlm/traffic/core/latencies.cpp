// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <lookaside/traffic/core/latencies.h>

namespace lookaside::traffic {

/// Calls `visit` with each latency that occurred and how often, in order, until it says false.
template <typename Visit>
void Latencies::visit(Visit visit) const {
  for (std::uint64_t i = 0; i < kTable; ++i) {
    if (table_[i] != 0 && !visit(i, table_[i])) return;
  }
  for (const auto& [clocks, times] : rare_) {
    if (!visit(clocks, times)) return;
  }
}

void Latencies::add(const Latencies& other) {
  other.visit([this](std::uint64_t clocks, std::uint64_t times) {
    (clocks < kTable ? table_[clocks] : rare_[clocks]) += times;
    return true;
  });
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t Latencies::percentile(double p) const {
  if (count_ == 0) return 0;
  // Of 3 latencies, p95 is the third.
  const double above = std::ceil(p * static_cast<double>(count_));
  auto rank = above < 1 ? 0 : std::min(static_cast<std::uint64_t>(above), count_) - 1;
  std::uint64_t found = max_;
  visit([&](std::uint64_t clocks, std::uint64_t times) {
    if (rank < times) {
      found = clocks;
      return false;
    }
    rank -= times;
    return true;
  });
  return found;
}

observe::Histogram Latencies::histogram(std::uint64_t numerator, std::uint64_t denominator) const {
  observe::Histogram histogram;
  visit([&](std::uint64_t clocks, std::uint64_t times) {
    histogram.add_ratio(clocks * numerator, denominator, times);
    return true;
  });
  return histogram;
}

}  // namespace lookaside::traffic
