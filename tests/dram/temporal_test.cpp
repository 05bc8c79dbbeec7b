// SPDX-License-Identifier: Apache-2.0
// The temporal model against the event-driven controller, and against the independent checker.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>

#include "dram/temporal_driver.h"

namespace lookaside::dram {
namespace {

constexpr const char* kPages = "row:bank:bank_group:column";
constexpr const char* kInterleaved = "row:bank:column:bank_group";
constexpr const char* kNoGroups = "row:bank:column";
constexpr const char* kRanks = "row:rank:bank:bank_group:column";
constexpr std::size_t kLength = 100'000;
constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;

struct Deviation {
  double bandwidth;  ///< percent
  double latency;
};

struct Case {
  const char* map = kPages;
  unsigned outstanding = 32;
  ControllerConfig config{};
  const char* preset = "DDR4-2400";
  std::uint32_t bus_bits = 64;
  std::uint32_t ranks = 1;
  std::uint64_t gap = 1;
};

/// Every command of the model, in order of time, to a checker.
void expect_legal(TemporalModel& model, std::uint64_t end) {
  Checker checker(model.organization().device, model.organization().ranks);
  model.settle(end);
  for (const Command& c : model.commands(kNever)) checker.check(c);
  checker.finish(end);
  EXPECT_GT(checker.commands(), 0U);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
}

Deviation compare(const char* what, const Trace& trace, const Case& s) {
  const Organization organization{builtin_device(s.preset), 1, s.ranks, s.bus_bits};
  const Mapping mapping(organization, s.map);
  Controller controller(organization, s.config);
  const Figures expected = play(controller, mapping, trace, s.outstanding, s.gap);
  TemporalModel model(organization, s.config);
  model.record();
  const Figures found = play(model, mapping, trace, s.outstanding, s.gap);
  expect_legal(model, found.clocks);
  const auto& a = controller.counters();
  const auto& b = model.counters();
  const auto writes = static_cast<std::uint64_t>(
      std::count_if(trace.begin(), trace.end(), [](const Record& r) { return r.write; }));
  EXPECT_EQ(b.reads + b.forwarded, trace.size() - writes);
  EXPECT_EQ(b.writes + b.merged, writes);
  EXPECT_EQ(b.rows[0] + b.rows[1] + b.rows[2], b.reads + b.writes);
  const auto percent = [](double f, double e) { return (f / e - 1) * 100; };
  const Deviation d{percent(found.gigabytes_per_second(), expected.gigabytes_per_second()),
                    percent(found.mean_ns(), expected.mean_ns())};
  std::printf(
      "%s: %.3f GB/s (%+.1f %%), mean %.1f ns (%+.1f %%), p50 %lu for %lu, hits %lu for %lu, "
      "misses %lu for %lu, conflicts %lu for %lu\n",
      what, found.gigabytes_per_second(), d.bandwidth, found.mean_ns(), d.latency,
      found.percentile(0.5), expected.percentile(0.5), b.rows[0], a.rows[0], b.rows[1], a.rows[1],
      b.rows[2], a.rows[2]);
  return d;
}

void expect_near(const Deviation& d, double percent) {
  EXPECT_LE(std::abs(d.bandwidth), percent);
  EXPECT_LE(std::abs(d.latency), percent);
}

/// Nothing else is in the way: exact but for what a refresh interrupts.
constexpr double kAlone = 5;
/// Many requests on their way.
constexpr double kCrowded = 15;

TEST(TemporalFigures, DependentChase) {
  Case alone;
  alone.outstanding = 1;
  expect_near(compare("chase", uniform(kGibibyte / 4, kLength), alone), kAlone);
}

TEST(TemporalFigures, Sequential) {
  expect_near(compare("sequential", sequential(kLength), {}), kCrowded);
}

TEST(TemporalFigures, SequentialOverBankGroups) {
  Case s;
  s.map = kInterleaved;
  expect_near(compare("sequential over bank groups", sequential(kLength), s), kCrowded);
}

TEST(TemporalFigures, UniformRandom) {
  expect_near(compare("random", uniform(kGibibyte, kLength), {}), kCrowded);
}

TEST(TemporalFigures, Mix) {
  expect_near(compare("mix", hot_pages(kLength), {}), kCrowded);
}

TEST(TemporalFigures, MixPosted) {
  Case s;
  s.config.posted_writes = s.config.split_queues = true;
  expect_near(compare("mix, posted", hot_pages(kLength), s), kCrowded);
  s.outstanding = 1;
  expect_near(compare("mix, posted, one outstanding", hot_pages(20'000), s), kAlone);
}

TEST(TemporalFigures, EveryPagePolicy) {
  const Trace trace = hot_pages(20'000);
  for (const PagePolicyKind policy : {PagePolicyKind::kOpen, PagePolicyKind::kClosed,
                                      PagePolicyKind::kAdaptive, PagePolicyKind::kTimeout}) {
    Case s;
    s.config.page_policy = policy;
    expect_near(compare("mix, page policy", trace, s), kCrowded);
    s.outstanding = 1;
    expect_near(compare("mix, page policy, one outstanding", trace, s), kAlone);
  }
}

TEST(TemporalFigures, EveryStandard) {
  const Trace trace = hot_pages(20'000);
  const Case setups[] = {{kNoGroups, 32, {}, "DDR3-1600"},
                         {kPages, 32, {}, "DDR4-3200"},
                         {kPages, 32, {}, "DDR5-4800", 32},
                         {kNoGroups, 32, {}, "LPDDR4-3200", 16},
                         {kRanks, 32, {}, "DDR4-2400", 64, 2}};
  for (Case s : setups) {
    expect_near(compare(s.preset, trace, s), kCrowded);
    expect_near(compare(s.preset, uniform(kGibibyte, 20'000), s), kCrowded);
    s.outstanding = 1;
    expect_near(compare(s.preset, trace, s), kAlone);
  }
}

TEST(TemporalFigures, FewOutstandingAndModerateLoad) {
  const Trace trace = hot_pages(20'000);
  Case s;
  for (const unsigned outstanding : {2U, 4U, 8U}) {
    s.outstanding = outstanding;
    expect_near(compare("mix, few outstanding", trace, s), kCrowded);
  }
  s.outstanding = 32;
  for (const std::uint64_t gap : {50U, 20U, 12U, 9U}) {
    s.gap = gap;
    expect_near(compare("mix, at a rate", trace, s), kCrowded);
  }
}

TEST(TemporalFigures, StrictOrder) {
  Case s;
  s.config.scheduling = Scheduling::kFcfs;
  expect_near(compare("mix, strict order", hot_pages(20'000), s), kCrowded);
}

/// Refreshes of single banks (LPDDR4), of a bank in each group (DDR5); postponed and done ahead.
TEST(TemporalFigures, EveryWayToRefresh) {
  const Trace trace = hot_pages(20'000);
  Case banks{kPages, 32, {}, "DDR5-4800", 32};
  banks.config.refresh = RefreshMode::kBank;
  Case single{kNoGroups, 32, {}, "LPDDR4-3200", 16};
  single.config.refresh = RefreshMode::kBank;
  Case ranks{"row:bank:rank:column", 32, {}, "LPDDR4-3200", 16, 2};
  ranks.config.refresh = RefreshMode::kBank;
  Case postponed;
  postponed.config.postpone = 4;
  Case ahead;
  ahead.config.pull_in = 4;
  Case both = single;
  both.config.postpone = both.config.pull_in = 2;
  for (Case s : {banks, single, ranks, postponed, ahead, both}) {
    expect_near(compare(s.preset, trace, s), kCrowded);
    s.gap = 40;
    expect_near(compare(s.preset, trace, s), kCrowded);
    s.gap = 1;
    s.outstanding = 1;
    expect_near(compare(s.preset, trace, s), kAlone);
    expect_near(compare(s.preset, uniform(kGibibyte / 4, 20'000), s), kAlone);
  }
}

/// A burst of reads, then rest: what is refreshed in the rest needs not be when it gets busy again.
TEST(TemporalFigures, RefreshesAheadFillTheRest) {
  for (const std::uint32_t pull_in : {0U, 4U}) {
    const Organization organization{builtin_device("DDR4-2400"), 1, 1, 64};
    const Mapping mapping(organization, kPages);
    ControllerConfig config;
    config.pull_in = pull_in;
    Controller controller(organization, config);
    TemporalModel model(organization, config);
    std::uint64_t sums[2] = {};
    std::uint64_t clock = 0;
    std::uint64_t id = 0;
    for (unsigned round = 0; round < 200; ++round) {
      clock += 50'000;
      for (unsigned i = 0; i < 400; ++i, clock += 60) {
        const Transaction t{id++, mapping.locate(i * 7919 * 64), false, 0, 0};
        sums[0] += model.serve(t, clock).finish - clock;
        ASSERT_TRUE(controller.push(t, clock));
        for (std::uint64_t then = clock; then < clock + 60;
             then = std::max(then + 1, controller.next_event())) {
          for (const Completion& c : controller.step(then).completions) {
            sums[1] += c.finish - c.arrival;
          }
        }
      }
    }
    model.settle(clock);
    const auto refreshes = [](const Counters& c) {
      return c.commands[static_cast<unsigned>(Op::kRef)];
    };
    std::printf("pull-in %u: mean %.2f for %.2f clocks, %lu refreshes for %lu\n", pull_in,
                static_cast<double>(sums[0]) / static_cast<double>(id),
                static_cast<double>(sums[1]) / static_cast<double>(id), refreshes(model.counters()),
                refreshes(controller.counters()));
    EXPECT_NEAR(static_cast<double>(sums[0]), static_cast<double>(sums[1]),
                static_cast<double>(sums[1]) * kAlone / 100);
    EXPECT_NEAR(static_cast<double>(refreshes(model.counters())),
                static_cast<double>(refreshes(controller.counters())), pull_in + 1);
  }
}

}  // namespace
}  // namespace lookaside::dram
