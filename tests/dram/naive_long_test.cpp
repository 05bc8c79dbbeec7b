// SPDX-License-Identifier: Apache-2.0
// The controller against the naive one: every trace under every load on every machine; and what the
// choices are worth in which schedulers differ.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "dram/naive_compare.h"
#include "seed.h"

namespace lookaside::naive {
namespace {

constexpr std::uint64_t kSeed = 20261130;

class DramNaiveSweep : public testing::TestWithParam<std::size_t> {
 protected:
  NamedTrace trace(std::size_t length) const {
    return traces(length, tests::seed(kSeed))[GetParam()];
  }
};

TEST_P(DramNaiveSweep, SameCommands) {
  const NamedTrace played = trace(20'000);
  for (Load load : machines({kDdr4, kDdr4Fast, kDdr3})) {
    for (const auto& [outstanding, gap] : pressures()) {
      load.outstanding = outstanding;
      load.gap = gap;
      EXPECT_EQ(compare(load, played), "");
    }
  }
}

/// The worst deviations of the model, in percent, from schedulers that differ from it in a choice.
struct Worst {
  double bandwidth_low = 0, bandwidth_high = 0, mean_low = 0, mean_high = 0;
  void add(const Outcome& model, const Outcome& other) {
    const double b = deviation(model.gigabytes_per_second, other.gigabytes_per_second);
    const double m = deviation(model.mean_ns, other.mean_ns);
    bandwidth_low = std::min(bandwidth_low, b);
    bandwidth_high = std::max(bandwidth_high, b);
    mean_low = std::min(mean_low, m);
    mean_high = std::max(mean_high, m);
  }
  void print(const std::string& trace, const char* choice) const {
    std::printf("%-18s %-40s bandwidth %+6.2f .. %+6.2f %%  mean latency %+6.2f .. %+6.2f %%\n",
                trace.c_str(), choice, bandwidth_low, bandwidth_high, mean_low, mean_high);
  }
};

/// Reads and writes mixed, or rows of one bank in demand at the same time: here first-ready
/// schedulers differ, because a request can be overtaken that others would serve.
bool contended(const std::string& trace) {
  return trace == "hot_pages" || trace == "alternating" || trace == "copy" ||
         trace == "ping_pong" || trace == "two_streams";
}

TEST_P(DramNaiveSweep, ChoicesOfPolicy) {
  const NamedTrace played = trace(5000);
  Worst row_commands_by_age, rows_out_of_order, rows_closed_early, plain;
  for (Load load : machines({kDdr4, kDdr3})) {
    for (const auto& [outstanding, gap] : pressures()) {
      load.outstanding = outstanding;
      load.gap = gap;
      const Outcome model = play_model(load, played.trace);
      const auto against = [&](Worst& worst, void (*change)(Policy&)) {
        Policy policy = policy_of_model(load.config);
        change(policy);
        worst.add(model, play_naive(load, played.trace, policy));
      };
      against(row_commands_by_age, [](Policy& p) { p.activates_first = false; });
      against(rows_out_of_order, [](Policy& p) { p.rows_in_order = false; });
      against(rows_closed_early, [](Policy& p) { p.keep_wanted_rows = false; });
      against(plain, [](Policy& p) {
        p.activates_first = p.rows_in_order = p.keep_wanted_rows = false;
        p.age_cap = 0;
      });
    }
  }
  row_commands_by_age.print(played.name, "from activates, precharges by age");
  rows_out_of_order.print(played.name, "from ready columns overtaking in a row");
  rows_closed_early.print(played.name, "from rows kept for older requests only");
  plain.print(played.name, "from all of these, no age cap");

  // Which of two row commands goes first moves it by a clock or two; what follows is chance: found
  // were 1.4 % of bandwidth and 1.8 % of latency, and where the load is close to what the mixed
  // traces can have, 2.8 % of latency.
  const auto bounded = [](const Worst& worst, double bandwidth, double mean) {
    EXPECT_GE(worst.bandwidth_low, -bandwidth);
    EXPECT_LE(worst.bandwidth_high, bandwidth);
    EXPECT_GE(worst.mean_low, -mean);
    EXPECT_LE(worst.mean_high, mean);
  };
  if (contended(played.name)) {
    bounded(row_commands_by_age, 3, 6);
  } else {
    bounded(plain, 2, 3);
  }
  // Where reads and writes of one row meet, the model's order of arrival costs bandwidth: 18 % at
  // most of the mixed traces, and 65 % where they alternate. It should not become more.
  EXPECT_GE(plain.bandwidth_low, played.name == "alternating" ? -70 : -25);
}

INSTANTIATE_TEST_SUITE_P(Traces, DramNaiveSweep,
                         testing::Range<std::size_t>(0, traces(1, 1).size()),
                         [](const auto& tested) { return traces(1, 1)[tested.param].name; });

}  // namespace
}  // namespace lookaside::naive
