// SPDX-License-Identifier: Apache-2.0
// Plays through the socket of the DDR controller against the controller core driven clock by clock,
// and what a play promises about time.
#include "ddr/play.h"

#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include <lookaside/traffic/core/generator.h>

#include "dram/trace_driver.h"
#include "seed.h"
#include "systemc_fixture.h"
#include "traffic/trace_files.h"

namespace lookaside::testbench {
namespace {

ddr::ControllerConfig config(const dram::ControllerConfig& channel = {}) {
  ddr::ControllerConfig c;
  c.regions = {{0, c.organization.bytes()}};
  c.timing = ddr::Timing::kApproximate;
  c.channel = channel;
  c.stores_data = false;
  return c;
}

class PlayTest : public tests::SystemCTest {
 protected:
  static Results play(const ddr::ControllerConfig& c, const std::vector<traffic::Record>& trace,
                      std::uint32_t outstanding, std::uint64_t gap = 1) {
    traffic::ListSource source(trace);
    Play play(c, source, player_config(c, outstanding, gap));
    Results results = play.run();
    EXPECT_EQ(results.totals.violations, 0U);
    return results;
  }
  static std::vector<traffic::Record> random(const std::string& text) {
    const auto source = traffic::generate(traffic::parse_generation(text));
    return traffic::all(*source);
  }
  /// Every clock and every count is that of the core alone.
  static void expect_as_core(const std::string& generation, std::uint32_t outstanding,
                             std::uint64_t gap, const dram::ControllerConfig& channel = {}) {
    const ddr::ControllerConfig c = config(channel);
    const auto records = random(generation + ",seed=" + std::to_string(tests::seed()));
    const Results found = play(c, records, outstanding, gap);
    dram::Trace trace;
    for (const traffic::Record& r : records) trace.push_back({r.address, r.write});
    dram::Controller core(c.organization, channel);
    const dram::Figures expected =
        dram::play(core, dram::Mapping(c.organization, c.map), trace, outstanding, gap);
    traffic::Latencies latencies = found.played.reads;
    latencies.add(found.played.writes);
    EXPECT_EQ(found.played.end, expected.clocks);
    for (const double p : {0.0, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0}) {
      EXPECT_EQ(latencies.percentile(p), expected.percentile(p)) << p;
    }
    EXPECT_NEAR(latencies.mean() * expected.clock_ns, expected.mean_ns(), 1e-6);
    // The writes that were posted last.
    while (core.queued(false) + core.queued(true) > 0) core.step(core.next_event());
    EXPECT_EQ(found.clocks, std::max(expected.clocks, core.counters().data_end));
    EXPECT_EQ(found.totals.counters.rows, core.counters().rows);
    EXPECT_EQ(found.totals.counters.commands, core.counters().commands);
  }
};

TEST_F(PlayTest, RandomAsTheCoreAlone) {
  expect_as_core("random:20000", 32, 1);
}

TEST_F(PlayTest, RandomWithAGapAsTheCoreAlone) {
  expect_as_core("random:5000", 8, 13);
}

TEST_F(PlayTest, RandomOneByOneAsTheCoreAlone) {
  expect_as_core("random:5000", 1, 1);
}

TEST_F(PlayTest, RandomMixAsTheCoreAlone) {
  expect_as_core("mix:20000", 16, 1);
}

TEST_F(PlayTest, RandomMixPostedAsTheCoreAlone) {
  dram::ControllerConfig channel;
  channel.posted_writes = true;
  channel.page_policy = dram::PagePolicyKind::kAdaptive;
  expect_as_core("mix:20000", 16, 1, channel);
}

/// An endless stream of row hits, and one request to another row of the bank: it is served within
/// the bound that is printed.
TEST_F(PlayTest, AConflictBehindRowHitsIsServedWithinTheBound) {
  ddr::ControllerConfig c = config();
  c.channel.age_cap = 500;
  std::vector<traffic::Record> trace;
  for (std::uint64_t i = 0; i < 20'000; ++i) trace.push_back({i % 128 * 64, 64, 0, 0, false});
  trace[1000] = {std::uint64_t{1} << 20, 64, 0, 0, true};  // another row of bank 0
  ASSERT_EQ(dram::Mapping(c.organization, c.map).locate(trace[1000].address).bank, 0U);
  ASSERT_NE(dram::Mapping(c.organization, c.map).locate(trace[1000].address).row, 0U);
  const std::uint64_t capped = play(c, trace, 32).played.writes.max();
  EXPECT_GE(capped, 500U);
  EXPECT_LE(capped, dram::longest_wait(c.channel, c.organization.device));
}

TEST_F(PlayTest, WithoutTheCapItStarves) {
  ddr::ControllerConfig c = config();
  c.channel.scheduling = dram::Scheduling::kFrFcfs;
  std::vector<traffic::Record> trace;
  for (std::uint64_t i = 0; i < 20'000; ++i) trace.push_back({i % 128 * 64, 64, 0, 0, false});
  trace[1000] = {std::uint64_t{1} << 20, 64, 0, 0, true};
  EXPECT_GT(play(c, trace, 32).played.writes.max(), 2000U) << "until the next refresh";
}

/// More requests than the queue holds: those that wait outside count from their first attempt.
TEST_F(PlayTest, RequestsThatFindTheQueueFullWaitOutside) {
  ddr::ControllerConfig c = config();
  c.channel.queue_depth = 4;
  const Results small = play(c, random("random:5000"), 32);
  EXPECT_GT(small.played.refused, 1000U);
  EXPECT_EQ(small.played.requests, 5000U);
}

struct Crowd {
  const char* name;
  const char* generation;
  const char* map;  ///< null: the default
  bool posted;
};
void PrintTo(const Crowd& crowd, std::ostream* out) {
  *out << crowd.name;
}

class TemporalPlayTest : public PlayTest, public testing::WithParamInterface<Crowd> {};

/// 32 outstanding through the block's socket: b_transport at local times against nb_transport.
TEST_P(TemporalPlayTest, IsNearTheQueues) {
  const Crowd& crowd = GetParam();
  ddr::ControllerConfig c = config();
  if (crowd.map != nullptr) c.map = crowd.map;
  c.channel.posted_writes = c.channel.split_queues = crowd.posted;
  c.check = true;
  const auto trace = random(crowd.generation);
  const auto figures = [&](ddr::Timing timing) {
    c.timing = timing;
    const Results results = play(c, trace, 32);
    traffic::Latencies latencies = results.played.reads;
    latencies.add(results.played.writes);
    EXPECT_EQ(latencies.count(), trace.size());
    return std::pair{static_cast<double>(results.end), latencies.mean()};
  };
  const auto [queued_end, queued_mean] = figures(ddr::Timing::kApproximate);
  tests::start_fresh_kernel();
  const auto [end, mean] = figures(ddr::Timing::kTemporal);
  const double bandwidth = (queued_end / end - 1) * 100;
  const double latency = (mean / queued_mean - 1) * 100;
  std::printf("%s: bandwidth %+.1f %%, mean latency %+.1f %%\n", crowd.name, bandwidth, latency);
  EXPECT_LE(std::abs(bandwidth), 15);
  EXPECT_LE(std::abs(latency), 15);
}

constexpr const char* kInterleaved = "row:bank:column:bank_group";
INSTANTIATE_TEST_SUITE_P(Traces, TemporalPlayTest,
                         testing::Values(Crowd{"sequential", "sequential:50000", nullptr, false},
                                         Crowd{"sequential_over_bank_groups", "sequential:50000",
                                               kInterleaved, false},
                                         Crowd{"random", "random:50000", nullptr, false},
                                         Crowd{"mix", "mix:50000", nullptr, false},
                                         Crowd{"mix_posted", "mix:50000", nullptr, true}),
                         [](const auto& crowd) { return std::string(crowd.param.name); });

}  // namespace
}  // namespace lookaside::testbench
