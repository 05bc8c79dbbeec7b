// SPDX-License-Identifier: Apache-2.0
// Keeps the first difference of a run; shared by every block that is compared in it. Ends a run
// whose RTL gives no answer.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "cosim/difference.h"

namespace lookaside::cosim {

class Monitor {
 public:
  /// Simulated time in ps, for events; 0 until someone says how late it is.
  void set_clock(std::function<std::uint64_t()> now) { now_ = std::move(now); }
  std::uint64_t now() const { return now_ ? now_() : 0; }
  /// Called once, at the first difference; the run should end. Nothing is compared after it.
  void on_difference(std::function<void(const Difference&)> stop) { stop_ = std::move(stop); }

  void report(Difference difference) {
    if (difference_) return;
    difference_ = std::move(difference);
    if (stop_) stop_(*difference_);
  }
  /// Called with a sentence, once, when RTL that nobody compares gives no answer; the run should
  /// end.
  void on_silence(std::function<void(const std::string&)> stop) { silence_ = std::move(stop); }
  void silent(const std::string& sentence) {
    if (silence_) std::exchange(silence_, nullptr)(sentence);
  }

  const std::optional<Difference>& difference() const { return difference_; }
  bool differed() const { return difference_.has_value(); }

 private:
  std::function<std::uint64_t()> now_;
  std::function<void(const Difference&)> stop_;
  std::function<void(const std::string&)> silence_;
  std::optional<Difference> difference_;
};

}  // namespace lookaside::cosim
