// SPDX-License-Identifier: Apache-2.0
// Requests whose clocks go back: initiators that run ahead of each other by a quantum. DDR4-2400:
// an unloaded read of a closed bank takes 1 + tRCD + CL + BL/2 = 39 clocks, of the wrong row 56, of
// the open row 22.
#include <array>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>
#include <lookaside/dram/preset.h>
#include <lookaside/dram/temporal.h>

#include "dram/temporal_driver.h"
#include "seed.h"

namespace lookaside::dram {
namespace {

constexpr std::uint64_t kHit = 22, kMiss = 39, kConflict = 56;

class TemporalOrder : public testing::Test {
 protected:
  TemporalOrder() { model.record(); }
  void TearDown() override {
    Checker checker(organization.device, 1);
    for (const Command& c : model.commands(kNever)) checker.check(c);
    EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
  }
  Completion read(unsigned group, unsigned bank, std::uint32_t row, std::uint64_t clock,
                  std::uint32_t column = 0) {
    return model.serve({0, {0, 0, group, bank, row, column}, false, 0, 0}, clock);
  }
  std::uint64_t latency(unsigned group, unsigned bank, std::uint32_t row, std::uint64_t clock) {
    return read(group, bank, row, clock).finish - clock;
  }

  Organization organization{builtin_device("DDR4-2400"), 1, 1, 64};
  TemporalModel model{organization, {}};
};

TEST_F(TemporalOrder, AnOlderRequestMeetsItsOwnTimeOnOtherBanks) {
  EXPECT_EQ(latency(0, 0, 1, 5000), kMiss);
  EXPECT_EQ(latency(1, 0, 1, 100), kMiss);
  EXPECT_EQ(latency(1, 0, 1, 200), kHit);
  EXPECT_EQ(latency(1, 0, 2, 300), kConflict);
}

TEST_F(TemporalOrder, AnOlderRequestGoesBetweenTwoRowsOfItsBank) {
  EXPECT_EQ(latency(0, 0, 1, 100), kMiss);
  EXPECT_EQ(latency(0, 0, 2, 5000), kConflict);
  EXPECT_EQ(latency(0, 0, 3, 1000), kConflict);
  EXPECT_EQ(latency(0, 0, 3, 2000), kHit) << "its row is open until the newest is wanted";
  EXPECT_EQ(latency(0, 0, 1, 500), kHit) << "and the oldest until it is";
  EXPECT_EQ(latency(0, 0, 2, 5100), kHit);
}

TEST_F(TemporalOrder, AnOlderRequestIsQueuedBehindARowInUse) {
  EXPECT_EQ(latency(0, 0, 1, 100), kMiss);
  EXPECT_EQ(latency(0, 0, 1, 5000), kHit);
  const Completion late = read(0, 0, 2, 1000);
  // The read of 5000 went at 5001; tRTP 9, tRP 17, tRCD 17, CL 17, BL/2 4.
  EXPECT_EQ(late.finish, 5001U + 9 + 17 + 17 + 17 + 4);
  EXPECT_EQ(late.row, RowState::kConflict);
}

TEST_F(TemporalOrder, AnOlderRequestKeepsTheDistanceToCommittedOnes) {
  EXPECT_EQ(latency(0, 0, 1, 1000), kMiss);  // activate 1001, read 1018
  // Another group: tRRD_S 4 after 1001.
  EXPECT_EQ(latency(1, 0, 1, 999), kMiss + 1001 + 4 - 1000);
  // The same group: tRRD_L 6 before 1001 leaves room at 995.
  EXPECT_EQ(latency(0, 1, 1, 994), kMiss);
}

TEST_F(TemporalOrder, AnOlderRequestIsServedBeforeACommittedRefresh) {
  EXPECT_EQ(latency(0, 0, 1, 20'000), kMiss);  // two refreshes have closed all rows
  EXPECT_EQ(latency(1, 0, 1, 9000), kMiss);
  EXPECT_EQ(latency(1, 0, 2, 9100), kConflict);
  const Completion during = read(1, 0, 2, 9400);
  EXPECT_GT(during.finish - 9400, 300U) << "tRFC is 420 clocks from 9360 on";
  EXPECT_GT(during.split.refresh, 300U);
}

TEST_F(TemporalOrder, WhatIsOlderThanTheHistoryIsAnsweredAsAMiss) {
  for (std::uint32_t row = 0; row < 40; ++row) read(0, 0, row, 1'000'000 + 200 * row);
  EXPECT_EQ(latency(0, 0, 1, 10), kMiss);
}

/// Jumps forth and back in time among a few pages, banks in use and refreshes included; with
/// several priorities and a low age cap where writes are posted.
std::string first_violation_of_jumps(const Organization& organization, const char* map,
                                     const ControllerConfig& config, std::uint64_t seed) {
  const Mapping mapping(organization, map);
  TemporalModel model(organization, config);
  model.record();
  std::mt19937_64 random(seed);
  std::array<std::uint64_t, 8> page{};
  std::uint64_t newest = 0;
  for (unsigned i = 0; i < 4000; ++i) {
    if (random() % 16 == 0 || i < page.size()) page[random() % page.size()] = random() % (1U << 17);
    const std::uint64_t address = page[random() % page.size()] * 4096 + random() % 64 * 64;
    const std::uint64_t back = random() % 3 == 0 ? 0 : random() % 3000;
    const auto priority = static_cast<std::uint8_t>(config.posted_writes ? i % 5 : 0);
    const Completion done =
        model.serve({i, mapping.locate(address), random() % 3 == 0, priority, 0},
                    newest - std::min(newest, back));
    newest = std::max(newest, done.finish);
  }
  Checker checker(organization.device, organization.ranks);
  model.settle(newest);
  for (const Command& c : model.commands(kNever)) checker.check(c);
  return checker.first();
}

TEST(TemporalJumps, ObeyEveryRuleInAnyOrderOfTime) {
  const std::uint64_t seed = tests::seed();
  const struct {
    const char* preset;
    std::uint32_t ranks, bits;
    const char* map;
  } setups[] = {{"DDR3-1600", 1, 64, "row:bank:column"},
                {"DDR4-2400", 2, 64, "row:rank:bank:bank_group:column"},
                {"DDR5-4800", 1, 32, "row:bank:column:bank_group"},
                {"LPDDR4-3200", 1, 16, "row:bank:column"},
                {"LPDDR4-3200", 2, 16, "row:bank:rank:column"}};
  for (const auto& s : setups) {
    for (const PagePolicyKind policy : {PagePolicyKind::kOpen, PagePolicyKind::kClosed,
                                        PagePolicyKind::kAdaptive, PagePolicyKind::kTimeout}) {
      for (const bool posted : {false, true}) {
        ControllerConfig config;
        config.page_policy = policy;
        config.posted_writes = config.split_queues = posted;
        if (posted) config.age_cap = 300;
        const Organization organization{builtin_device(s.preset), 1, s.ranks, s.bits};
        EXPECT_EQ(first_violation_of_jumps(organization, s.map, config, seed), "")
            << s.preset << " policy " << static_cast<unsigned>(policy) << " posted " << posted;
        if (!organization.device.has_bank_refresh()) continue;
        config.refresh = RefreshMode::kBank;
        EXPECT_EQ(first_violation_of_jumps(organization, s.map, config, seed), "")
            << s.preset << " by banks, policy " << static_cast<unsigned>(policy) << " posted "
            << posted;
      }
    }
  }
}

/// Refreshes of ranks that nobody asks for, or after a long rest, find their places too.
TEST(TemporalRanks, RefreshesKeepOffTheCommandBusOfOthers) {
  std::mt19937_64 random(tests::seed());
  for (const char* preset : {"DDR4-2400", "DDR5-4800", "LPDDR4-3200"}) {
    for (const RefreshMode refresh : {RefreshMode::kRank, RefreshMode::kBank}) {
      for (const std::uint64_t rest : {3000U, 100'000U}) {
        const Organization organization{builtin_device(preset), 1, 8, 64};
        ControllerConfig config;
        config.refresh = refresh;
        if (refresh == RefreshMode::kBank && !organization.device.has_bank_refresh()) continue;
        TemporalModel model(organization, config);
        model.record();
        std::uint64_t clock = 0;
        for (unsigned i = 0; i < 2000; ++i) {
          const auto row = static_cast<std::uint32_t>(random() % 8);
          clock = model.serve({i, {0, 0, 0, i % 4, row, 0}, false, 0, 0}, clock).finish + rest;
        }
        Checker checker(organization.device, organization.ranks);
        model.settle(clock);
        for (const Command& c : model.commands(kNever)) checker.check(c);
        checker.finish(clock);
        EXPECT_EQ(checker.violation_count(), 0U) << preset << ": " << checker.first();
      }
    }
  }
}

/// A chase of random reads: where each initiator reads next, and when it can.
struct Chase {
  std::mt19937_64 random;
  std::uint64_t clock = 0;
  std::uint64_t sum = 0;
  std::uint64_t count = 0;
  std::uint64_t next() { return random() % ((std::uint64_t{1} << 28) / 64) * 64; }
};

/// Mean latency when each initiator runs ahead by up to a quantum before the other has its turn.
double quantum_apart(std::uint64_t quantum, std::uint64_t end, std::uint64_t think,
                     std::uint64_t seed) {
  const Organization organization{builtin_device("DDR4-2400"), 1, 1, 64};
  const Mapping map(organization, "row:bank:bank_group:column");
  TemporalModel model(organization, {});
  model.record();
  std::array<Chase, 2> chase;
  for (unsigned i = 0; i < 2; ++i) chase[i].random.seed(seed + i);
  for (std::uint64_t edge = quantum; edge <= end; edge += quantum) {
    for (Chase& c : chase) {
      while (c.clock < edge) {
        const Completion done = model.serve({0, map.locate(c.next()), false, 0, 0}, c.clock);
        c.sum += done.finish - c.clock;
        ++c.count;
        c.clock = done.finish + think;
      }
    }
  }
  Checker checker(organization.device, 1);
  model.settle(end);
  for (const Command& command : model.commands(kNever)) checker.check(command);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
  return static_cast<double>(chase[0].sum + chase[1].sum) /
         static_cast<double>(chase[0].count + chase[1].count);
}

/// The same in the event-driven controller, which sees the requests in order of time.
double in_order(std::uint64_t end, std::uint64_t think, std::uint64_t seed) {
  const Organization organization{builtin_device("DDR4-2400"), 1, 1, 64};
  const Mapping map(organization, "row:bank:bank_group:column");
  Controller controller(organization, {});
  std::array<Chase, 2> chase;
  for (unsigned i = 0; i < 2; ++i) chase[i].random.seed(seed + i);
  std::uint64_t clock = 0;
  while (clock < end) {
    for (const Completion& done : controller.step(clock).completions) {
      Chase& c = chase[done.id];
      c.sum += done.finish - c.clock;
      ++c.count;
      c.clock = done.finish + think;
    }
    std::uint64_t then = controller.next_event();
    for (unsigned i = 0; i < 2; ++i) {
      Chase& c = chase[i];
      if (c.clock == clock) controller.push({i, map.locate(c.next()), false, 0, 0}, clock);
      if (c.clock > clock) then = std::min(then, c.clock);
    }
    clock = std::max(clock + 1, std::min(then, controller.next_event()));
  }
  return static_cast<double>(chase[0].sum + chase[1].sum) /
         static_cast<double>(chase[0].count + chase[1].count);
}

TEST(TemporalQuantum, TwoInitiatorsAQuantumApartCostWhatTheyCostInOrder) {
  const std::uint64_t seed = tests::seed();
  constexpr std::uint64_t kEnd = 2'000'000;
  for (const std::uint64_t think : {0U, 100U}) {
    const double expected = in_order(kEnd, think, seed);
    for (const std::uint64_t quantum : {100U, 1200U, 12'000U}) {
      const double found = quantum_apart(quantum, kEnd, think, seed);
      std::printf("quantum %lu clocks, think %lu: mean %.1f for %.1f clocks (%+.1f %%)\n", quantum,
                  think, found, expected, (found / expected - 1) * 100);
      EXPECT_NEAR(found, expected, expected * 0.15);
    }
  }
}

}  // namespace
}  // namespace lookaside::dram
