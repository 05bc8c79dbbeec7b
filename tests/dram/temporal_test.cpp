// SPDX-License-Identifier: Apache-2.0
// The temporal model against the event-driven controller, and against the independent checker.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>

#include "dram/temporal_driver.h"

namespace lookaside::dram {
namespace {

constexpr const char* kPages = "row:bank:bank_group:column";
constexpr const char* kInterleaved = "row:bank:column:bank_group";

struct Deviation {
  double bandwidth;  ///< percent
  double latency;
};

/// Every command of the model, in order of time, to a checker.
void expect_legal(TemporalModel& model, std::uint64_t end) {
  Checker checker(model.organization().device, model.organization().ranks);
  model.settle(end);
  for (const Command& c : model.commands(kNever)) checker.check(c);
  checker.finish(end);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
}

Deviation compare(const char* what, const Trace& trace, const std::string& map,
                  unsigned outstanding, const ControllerConfig& config = {},
                  const std::string& preset = "DDR4-2400", std::uint32_t bus_bits = 64,
                  std::uint32_t ranks = 1) {
  const Organization organization{builtin_device(preset), 1, ranks, bus_bits};
  const Mapping mapping(organization, map);
  Controller controller(organization, config);
  const Figures expected = play(controller, mapping, trace, outstanding);
  TemporalModel model(organization, config);
  model.record();
  const Figures found = play(model, mapping, trace, outstanding);
  expect_legal(model, found.clocks);
  const auto percent = [](double a, double b) { return (a / b - 1) * 100; };
  const Deviation d{percent(found.gigabytes_per_second(), expected.gigabytes_per_second()),
                    percent(found.mean_ns(), expected.mean_ns())};
  const auto& a = controller.counters().rows;
  const auto& b = model.counters().rows;
  std::printf(
      "%s: %.3f GB/s (%+.1f %%), mean %.1f ns (%+.1f %%), p50 %lu for %lu, hits %lu for %lu, "
      "misses %lu for %lu, conflicts %lu for %lu\n",
      what, found.gigabytes_per_second(), d.bandwidth, found.mean_ns(), d.latency,
      found.percentile(0.5), expected.percentile(0.5), b[0], a[0], b[1], a[1], b[2], a[2]);
  return d;
}

void expect_near(const Deviation& d, double percent) {
  EXPECT_LE(std::abs(d.bandwidth), percent);
  EXPECT_LE(std::abs(d.latency), percent);
}

TEST(TemporalFigures, DependentChase) {
  expect_near(compare("chase", uniform(std::uint64_t{1} << 28), kPages, 1), 5);
}

TEST(TemporalFigures, Sequential) {
  expect_near(compare("sequential", sequential(), kPages, 32), 15);
}

TEST(TemporalFigures, SequentialOverBankGroups) {
  expect_near(compare("bank groups", sequential(), kInterleaved, 32), 15);
}

TEST(TemporalFigures, UniformRandom) {
  expect_near(compare("random", uniform(std::uint64_t{1} << 30), kPages, 32), 15);
}

TEST(TemporalFigures, MixUnbuffered) {
  expect_near(compare("mix", hot_pages(), kPages, 32), 15);
}

}  // namespace
}  // namespace lookaside::dram
