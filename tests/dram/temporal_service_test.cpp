// SPDX-License-Identifier: Apache-2.0
// The temporal model's promises to single requests: the age cap and classes of service.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "dram/temporal_driver.h"
#include "seed.h"

namespace lookaside::dram {
namespace {

Organization memory() {
  return {builtin_device("DDR4-2400"), 1, 1, 64};
}

/// Clocks up to its column command that a request waits behind an endless stream of hits to its
/// bank's open row, more than the bank can serve.
std::uint64_t wait_behind_hits(const ControllerConfig& config, bool write, std::uint64_t& capped) {
  constexpr std::uint64_t kAsked = 1000;
  constexpr std::uint64_t kEnd = 20'000;
  TemporalModel model(memory(), config);
  model.record();
  for (std::uint64_t clock = 0; clock < kEnd; clock += 5) {
    const auto column = static_cast<std::uint32_t>(clock % 128);
    model.serve({clock, {0, 0, 0, 0, 5, column}, false, 0, 0}, clock);
    if (clock == kAsked) model.serve({1, {0, 0, 0, 0, 6, 0}, write, 0, 0}, clock);
  }
  std::uint64_t waited = kNever;
  for (const Command& c : checked_commands(model, kEnd)) {
    const bool column = c.op == Op::kRd || c.op == Op::kWr;
    if (column && c.row == 6) waited = c.clock - kAsked;
  }
  capped = model.counters().capped;
  return waited;
}

TEST(TemporalAge, AConflictIsServedWithinTheGuarantee) {
  for (const RefreshMode refresh : {RefreshMode::kNone, RefreshMode::kRank}) {
    for (const bool write : {false, true}) {
      ControllerConfig config;
      config.refresh = refresh;
      config.age_cap = 500;
      std::uint64_t capped = 0;
      const std::uint64_t waited = wait_behind_hits(config, write, capped);
      EXPECT_GE(waited, 500U);
      EXPECT_LE(waited, 500U + 100) << "the oldest needs no more than one service";
      EXPECT_LE(waited, longest_wait(config, memory().device));
      EXPECT_GE(capped, 3U) << "precharge, activate, column command";
    }
  }
}

TEST(TemporalAge, WithoutTheCapItStarves) {
  ControllerConfig config;
  config.refresh = RefreshMode::kNone;
  config.age_cap = 500;
  const std::uint64_t bound = longest_wait(config, memory().device);
  config.scheduling = Scheduling::kFrFcfs;
  for (const bool write : {false, true}) {
    std::uint64_t capped = 0;
    EXPECT_GT(wait_behind_hits(config, write, capped), bound);
    EXPECT_EQ(capped, 0U);
  }
}

/// A trace whose requests have these priorities at random, equally often.
Trace prioritised(Trace trace, const std::vector<std::uint8_t>& priorities) {
  const std::uint64_t seed = tests::seed();
  std::mt19937_64 random(seed);
  for (Record& r : trace) r.priority = priorities[random() % priorities.size()];
  return trace;
}

struct Memory {
  const char* preset;
  const char* map;
  std::uint32_t bus_bits = 64;
  std::uint32_t ranks = 1;
};

constexpr Memory kDdr3{"DDR3-1600", "row:bank:column"};
constexpr Memory kDdr4{"DDR4-2400", "row:bank:bank_group:column"};
constexpr Memory kDdr4Ranks{"DDR4-2400", "row:rank:bank:bank_group:column", 64, 2};
constexpr Memory kDdr5{"DDR5-4800", "row:bank:bank_group:column", 32};
constexpr Memory kLpddr4{"LPDDR4-3200", "row:bank:column", 16};

double mean_of(const Figures& figures, const Trace& trace, std::uint8_t priority) {
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    if (trace[i].priority != priority) continue;
    sum += static_cast<double>(figures.latency[i]);
    ++count;
  }
  return sum / count;
}

/// 32 outstanding, against the event-driven controller: bandwidth and the mean of each class.
void expect_near(const char* what, const Memory& m, const Trace& trace,
                 const ControllerConfig& config, double percent) {
  const Organization organization{builtin_device(m.preset), 1, m.ranks, m.bus_bits};
  const Mapping mapping(organization, m.map);
  Controller controller(organization, config);
  const Figures expected = play(controller, mapping, trace, 32);
  TemporalModel model(organization, config);
  model.record();
  const Figures found = play(model, mapping, trace, 32);
  checked_commands(model, found.clocks);
  const auto deviation = [](double f, double e) { return (f / e - 1) * 100; };
  const double bandwidth = deviation(found.gigabytes_per_second(), expected.gigabytes_per_second());
  EXPECT_LE(std::abs(bandwidth), percent) << m.preset << " " << what;
  std::printf("%s %u ranks, %s: %.2f GB/s (%+.1f %%), capped %lu for %lu; clocks of priority",
              m.preset, m.ranks, what, found.gigabytes_per_second(), bandwidth,
              model.counters().capped, controller.counters().capped);
  std::set<std::uint8_t> priorities;
  for (const Record& r : trace) priorities.insert(r.priority);
  for (const std::uint8_t priority : priorities) {
    const double f = mean_of(found, trace, priority);
    const double e = mean_of(expected, trace, priority);
    EXPECT_LE(std::abs(deviation(f, e)), percent)
        << m.preset << " " << what << " priority " << unsigned{priority};
    std::printf(" %u: %.0f for %.0f (%+.1f %%)", priority, f, e, deviation(f, e));
  }
  std::printf("\n");
}

constexpr std::size_t kLength = 100'000;
constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
const std::vector<std::uint8_t> kOneInEight = {7, 0, 0, 0, 0, 0, 0, 0};
const std::vector<std::uint8_t> kFourClasses = {0, 5, 10, 15};

TEST(TemporalPriority, OneUrgentRequestInEight) {
  const Trace mix = prioritised(hot_pages(kLength), kOneInEight);
  const Trace random = prioritised(uniform(kGibibyte, kLength), kOneInEight);
  for (const Memory& m : {kDdr3, kDdr4, kDdr4Ranks, kDdr5}) {
    expect_near("mix, one in eight", m, mix, {}, 15);
    expect_near("random, one in eight", m, random, {}, 15);
  }
  expect_near("mix, one in eight", kLpddr4, mix, {}, 15);
}

TEST(TemporalPriority, FourClasses) {
  const Trace mix = prioritised(hot_pages(kLength), kFourClasses);
  for (const Memory& m : {kDdr3, kDdr4, kDdr4Ranks, kDdr5, kLpddr4}) {
    expect_near("mix, four classes", m, mix, {}, 15);
  }
  expect_near("random, four classes", kDdr4Ranks,
              prioritised(uniform(kGibibyte, kLength), kFourClasses), {}, 15);
}

TEST(TemporalPriority, PostedWrites) {
  ControllerConfig config;
  config.posted_writes = config.split_queues = true;
  for (const Memory& m : {kDdr3, kDdr4, kDdr4Ranks}) {
    for (const auto& priorities : {kOneInEight, kFourClasses}) {
      expect_near("mix, posted", m, prioritised(hot_pages(kLength), priorities), config, 15);
    }
  }
}

/// One rank that can activate no faster than requests come: classes in the middle wait for bursts
/// of those above. Answers come in bursts, completions do not, so these wait longer than they
/// should.
TEST(TemporalPriority, MiddleClassesWaitLongerWhereActivatesAreScarce) {
  const Trace trace = prioritised(uniform(kGibibyte, kLength), kFourClasses);
  expect_near("random, four classes", kDdr4, trace, {}, 25);
  expect_near("random, four classes", kDdr3, trace, {}, 60);
}

/// Whatever priorities all share, nothing changes.
TEST(TemporalPriority, EqualPrioritiesAreNone) {
  const Trace trace = hot_pages(20'000);
  const Organization organization = memory();
  const Mapping mapping(organization, kDdr4.map);
  std::vector<std::uint64_t> latency;
  for (const std::uint8_t priority : {std::uint8_t{0}, std::uint8_t{9}}) {
    TemporalModel model(organization, {});
    const Figures figures = play(model, mapping, prioritised(trace, {priority}), 32);
    if (priority == 0) latency = figures.latency;
    EXPECT_EQ(figures.latency, latency);
  }
}

TEST(TemporalService, EveryRuleIsObeyedUnderLowCapsAndManyClasses) {
  const Trace trace =
      prioritised(hot_pages(4000), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
  for (const Memory& m : {kDdr3, kDdr4, kDdr4Ranks, kDdr5, kLpddr4}) {
    const Organization organization{builtin_device(m.preset), 1, m.ranks, m.bus_bits};
    const Mapping mapping(organization, m.map);
    for (unsigned variant = 0; variant < 32; ++variant) {
      ControllerConfig config;
      config.posted_writes = config.split_queues = (variant & 1U) != 0;
      config.age_cap = (variant & 2U) != 0 ? 100 : 600;
      config.page_policy = static_cast<PagePolicyKind>(variant >> 2U & 3U);
      config.postpone = (variant & 16U) != 0 ? 4 : 0;
      if (config.postpone == 0 && organization.device.has_bank_refresh()) {
        config.refresh = RefreshMode::kBank;
      }
      TemporalModel model(organization, config);
      model.record();
      const Figures figures = play(model, mapping, trace, 32);
      checked_commands(model, figures.clocks);
      const Counters& c = model.counters();
      EXPECT_EQ(c.reads + c.writes + c.forwarded + c.merged, trace.size()) << variant;
      EXPECT_GT(c.capped, 0U) << m.preset << " variant " << variant;
    }
  }
}

}  // namespace
}  // namespace lookaside::dram
