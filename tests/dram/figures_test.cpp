// SPDX-License-Identifier: Apache-2.0
// Bandwidth and latency of DDR4-2400 (17-17-17, 8 Gb x8, one rank, 64 bit; FR-FCFS, open page,
// shared queue of 32, 32 outstanding), on which three simulators agree.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>

#include "dram/trace_driver.h"

namespace lookaside::dram {
namespace {

constexpr const char* kPages = "row:bank:bank_group:column";
constexpr const char* kInterleaved = "row:bank:column:bank_group";

struct Result {
  Figures figures;
  Counters counters;
};

Result run(const Trace& trace, const std::string& map, unsigned outstanding,
           const ControllerConfig& config = {}, const std::string& preset = "DDR4-2400",
           std::uint64_t gap = 1, std::uint32_t ranks = 1, std::uint32_t bus_bits = 64) {
  const Organization organization{builtin_device(preset), 1, ranks, bus_bits};
  const Mapping mapping(organization, map);
  Controller controller(organization, config);
  Checker checker(organization.device, ranks);
  controller.attach(&checker);
  Result result;
  result.figures = play(controller, mapping, trace, outstanding, gap);
  checker.finish(result.figures.clocks);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
  result.counters = controller.counters();
  const auto& c = result.counters;
  std::printf(
      "%.3f GB/s, mean %.1f ns, p50 %lu p99 %lu max %lu clocks; hits %lu misses %lu conflicts "
      "%lu\n",
      result.figures.gigabytes_per_second(), result.figures.mean_ns(),
      result.figures.percentile(0.5), result.figures.percentile(0.99),
      result.figures.percentile(1.0), c.rows[0], c.rows[1], c.rows[2]);
  return result;
}

void expect_within(double found, double expected, double percent) {
  EXPECT_NEAR(found, expected, expected * percent / 100);
}

TEST(DramFigures, Sequential) {
  expect_within(run(sequential(), kPages, 32).figures.gigabytes_per_second(), 14.05, 1);
}

TEST(DramFigures, SequentialOverBankGroups) {
  expect_within(run(sequential(), kInterleaved, 32).figures.gigabytes_per_second(), 18.27, 1);
}

TEST(DramFigures, UniformRandom) {
  const Result r = run(uniform(std::uint64_t{1} << 30), kPages, 32);
  expect_within(r.figures.gigabytes_per_second(), 11.12, 1);
}

TEST(DramFigures, DependentChase) {
  const Result r = run(uniform(std::uint64_t{1} << 28), kPages, 1);
  expect_within(r.figures.gigabytes_per_second(), 1.347, 1);
  EXPECT_EQ(r.figures.percentile(0.5), 56U) << "tRP + tRCD + CL + BL/2, and one clock: 46.7 ns";
}

TEST(DramFigures, MixUnbuffered) {
  expect_within(run(hot_pages(), kPages, 32).figures.gigabytes_per_second(), 13.0, 3);
}

TEST(DramFigures, MixPosted) {
  ControllerConfig config;
  config.posted_writes = true;
  config.split_queues = true;
  expect_within(run(hot_pages(), kPages, 32, config).figures.gigabytes_per_second(), 15.0, 3);
}

TEST(DramFigures, Ddr3) {
  const double peak = 12.8 * (1 - 280.0 / 6240);
  const Result stream = run(sequential(), "row:bank:column", 32, {}, "DDR3-1600");
  EXPECT_GE(stream.figures.gigabytes_per_second(), 0.97 * peak);
  const Result chase = run(uniform(std::uint64_t{1} << 28), "row:bank:column", 1, {}, "DDR3-1600");
  EXPECT_EQ(chase.figures.percentile(0.5), 11U + 11 + 11 + 4 + 1);
}

TEST(DramFigures, LatencyRisesWithLoad) {
  double before = 0;
  for (const std::uint64_t gap : {200, 50, 20, 12, 9, 7, 1}) {
    const Result r = run(uniform(std::uint64_t{1} << 30, 50'000), kPages, 32, {}, "DDR4-2400", gap);
    EXPECT_GT(r.figures.mean_ns(), before) << "a request every " << gap << " clocks";
    before = r.figures.mean_ns();
  }
}

/// A stream that changes the bank group (or, without groups, stays in the row) fills the bus but
/// for refreshes: the peak rate of its bus less tRFC of each tREFI.
TEST(DramFigures, StreamsFillTheBusOfEveryStandard) {
  const auto stream = [](const std::string& preset, const std::string& map, std::uint32_t bits,
                         double peak, double refresh) {
    Trace trace;
    const std::uint64_t step = bits == 16 ? 32 : 64;
    for (std::size_t i = 0; i < 100'000; ++i) trace.push_back({i * step, false});
    const Result r = run(trace, map, 64, {}, preset, 1, 1, bits);
    const double most = peak * (1 - refresh);
    EXPECT_GE(r.figures.gigabytes_per_second(), 0.95 * most) << preset;
    EXPECT_LE(r.figures.gigabytes_per_second(), 1.005 * most) << preset;
  };
  stream("DDR4-3200", kInterleaved, 64, 25.6, 560.0 / 12480);
  stream("DDR5-4800", kInterleaved, 32, 19.2, 708.0 / 9360);
  stream("LPDDR4-3200", "row:bank:column", 16, 6.4, 448.0 / 6246);
}

/// Two ranks share a bus and pay one clock each time it changes hands.
TEST(DramFigures, TwoRanksHideEachOthersRefresh) {
  const Trace trace = uniform(std::uint64_t{1} << 30);
  const double one = run(trace, "row:bank:bank_group:column", 32).figures.gigabytes_per_second();
  const double two = run(trace, "row:rank:bank:bank_group:column", 32, {}, "DDR4-2400", 1, 2)
                         .figures.gigabytes_per_second();
  EXPECT_GT(two, one) << "twice the banks, twice the activate windows";
}

}  // namespace
}  // namespace lookaside::dram
