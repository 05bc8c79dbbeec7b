// SPDX-License-Identifier: Apache-2.0
// The progress line: only on a terminal, and only when a run takes long.
#pragma once

#include <chrono>
#include <cstdint>

namespace lookaside::testbench {

/// Host time of a run, and a line on standard error that is rewritten in place. Nothing of it
/// reaches a file.
class Progress {
 public:
  Progress();
  /// Shows instructions and simulated time, at most a few times a second.
  void update(std::uint64_t instructions, std::uint64_t time_ps);
  /// The same for requests; `share` of the whole that is done, negative when nobody knows.
  void update(std::uint64_t requests, std::uint64_t time_ps, double share);
  /// Wipes the line.
  void finish();
  double seconds() const;

 private:
  bool due();

  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point start_;
  Clock::time_point next_;
};

}  // namespace lookaside::testbench
