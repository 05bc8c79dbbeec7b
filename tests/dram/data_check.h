// SPDX-License-Identifier: Apache-2.0
// Plays random reads and writes on a controller and compares every datum with a flat array.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>
#include <lookaside/dram/controller.h>

namespace lookaside::dram {

/// What a soak found.
struct Soak {
  std::uint64_t wrong = 0;  ///< reads with other data than the array's
  std::uint64_t answered = 0;
  std::uint64_t longest = 0;  ///< clocks from push to answer, answers of posted writes aside
  bool ended = true;          ///< false: nothing moved although requests were held
  std::uint64_t clock = 0;
};

/// Bursts have two halves, written and read alone or together; a datum is the number of its write.
/// Addresses are drawn from `bursts` bursts spread over the memory with `stride`.
class DataCheck {
 public:
  using Halves = std::array<std::uint64_t, 2>;

  DataCheck(Controller& controller, const Mapping& map, std::uint64_t seed)
      : controller_(controller), map_(map), random_(seed) {}

  Soak run(std::uint64_t requests, std::uint64_t bursts, std::uint64_t stride) {
    expected_.assign(bursts, {});
    memory_.assign(bursts, {});
    std::uint64_t pushed = 0;
    std::uint64_t clock = 0;
    std::uint64_t stuck = 0;
    while (soak_.answered < requests) {
      const std::uint64_t before = soak_.answered + pushed;
      if (pushed < requests && push(pushed, bursts, stride, clock)) ++pushed;
      take(controller_.step(clock));
      const std::uint64_t next = controller_.next_event();
      const bool more = pushed < requests;
      stuck = soak_.answered + pushed == before ? stuck + 1 : 0;
      if ((!more && next == kNever && soak_.answered < requests) || stuck > 1'000'000) {
        soak_.ended = false;
        break;
      }
      // Bursts of traffic and pauses: idle ranks refresh early and sleep.
      const bool pause = more && random_() % 2048 == 0;
      clock = pause ? clock + random_() % 30'000 + 1 : more ? clock + 1 : std::max(next, clock + 1);
    }
    soak_.clock = clock;
    return soak_;
  }

 private:
  struct Flight {
    std::uint64_t burst;
    std::uint64_t mask;
    Halves data;  // a write's, or what a read must find
  };

  bool push(std::uint64_t id, std::uint64_t bursts, std::uint64_t stride, std::uint64_t clock) {
    if (!drawn_) {
      next_ = {random_() % bursts, random_() % 3 + 1, {}};
      write_ = random_() % 3 == 0;
      priority_ = static_cast<std::uint8_t>(random_() % 16 == 0);
      drawn_ = true;
    }
    next_.data = write_ ? Halves{id + 1, id + 1} : expected_[next_.burst];
    Transaction t{id,        map_.locate(next_.burst * stride), write_, priority_, 0, next_.mask,
                  next_.mask};
    flights_[id] = next_;  // before the push: it may run steps
    if (!controller_.push(t, clock)) {
      flights_.erase(id);
      return false;
    }
    if (write_) assign(expected_[next_.burst], next_.data, next_.mask);
    drawn_ = false;
    return true;
  }

  static void assign(Halves& to, const Halves& from, std::uint64_t mask) {
    for (unsigned i = 0; i < 2; ++i) {
      if ((mask >> i & 1U) != 0) to[i] = from[i];
    }
  }

  void take(const Step& step) {
    for (const Access& a : step.accesses) {
      Flight& f = flights_.at(a.id);
      if (a.write && a.source == kNever) {
        assign(memory_[f.burst], f.data, f.mask);
      } else if (a.write) {
        Flight& into = flights_.at(a.source);
        assign(into.data, f.data, f.mask);
        into.mask |= f.mask;
      } else {
        const Halves& found = a.source == kNever ? memory_[f.burst] : flights_.at(a.source).data;
        for (unsigned i = 0; i < 2; ++i) {
          if ((f.mask >> i & 1U) != 0 && found[i] != f.data[i]) ++soak_.wrong;
        }
      }
      done_.push_back(a.id);
    }
    for (const Completion& c : step.completions) {
      ++soak_.answered;
      soak_.longest = std::max(soak_.longest, c.finish - c.arrival);
      const Split& s = c.split;
      EXPECT_EQ(s.queue + s.row + s.turnaround + s.refresh + s.power + s.bus, c.finish - c.arrival);
    }
    for (const std::uint64_t id : done_) flights_.erase(id);
    done_.clear();
  }

  Controller& controller_;
  const Mapping& map_;
  std::mt19937_64 random_;
  bool drawn_ = false;
  bool write_ = false;
  std::uint8_t priority_ = 0;
  Flight next_{};
  std::vector<Halves> expected_, memory_;
  std::unordered_map<std::uint64_t, Flight> flights_;
  std::vector<std::uint64_t> done_;
  Soak soak_;
};

}  // namespace lookaside::dram
