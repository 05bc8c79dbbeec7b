// SPDX-License-Identifier: Apache-2.0
// The temporal model's promises to single requests: the age cap and classes of service.
#include <algorithm>
#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>

#include "dram/temporal_driver.h"

namespace lookaside::dram {
namespace {

Organization memory() {
  return {builtin_device("DDR4-2400"), 1, 1, 64};
}

std::vector<Command> checked_commands(TemporalModel& model, std::uint64_t end) {
  model.settle(end);
  std::vector<Command> commands = model.commands(kNever);
  Checker checker(model.organization().device, model.organization().ranks);
  for (const Command& c : commands) checker.check(c);
  EXPECT_GT(checker.commands(), 0U);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
  return commands;
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

}  // namespace
}  // namespace lookaside::dram
