// SPDX-License-Identifier: Apache-2.0
// The temporal model with more requests on their way than the queue holds, and with ranks that must
// wake up first.
#include <cmath>
#include <cstdio>

#include <gtest/gtest.h>

#include "dram/temporal_driver.h"

namespace lookaside::dram {
namespace {

Organization memory(std::uint32_t ranks = 1) {
  return {builtin_device("DDR4-2400"), 1, ranks, 64};
}

// The backlog lasts for longer than the model remembers the command bus: refreshes of the rank that
// nobody asks for must have had their places before.
TEST(TemporalDepth, ABacklogKeepsEveryRule) {
  const Organization organization = memory(2);
  const Mapping mapping(organization, "rank:row:bank:bank_group:column");
  ControllerConfig config;
  config.queue_depth = 4096;
  TemporalModel model(organization, config);
  model.record();
  const Trace trace = uniform(std::uint64_t{1} << 30, 20'000);
  const Figures figures = play(model, mapping, trace, 20'000);
  checked_commands(model, figures.clocks);
  EXPECT_EQ(model.counters().reads, trace.size());
}

// Rows are opened by age, so that no bank falls behind so far that the age cap stops the others.
TEST(TemporalDepth, ADeepQueueIsServedByAge) {
  const Organization organization = memory();
  const Mapping mapping(organization, "row:bank:bank_group:column");
  const Trace trace = uniform(std::uint64_t{1} << 30, 50'000);
  for (const unsigned depth : {64U, 256U}) {
    ControllerConfig config;
    config.queue_depth = depth;
    Controller controller(organization, config);
    const Figures expected = play(controller, mapping, trace, depth);
    TemporalModel model(organization, config);
    const Figures found = play(model, mapping, trace, depth);
    const double bandwidth =
        (found.gigabytes_per_second() / expected.gigabytes_per_second() - 1) * 100;
    const double mean = (found.mean_ns() / expected.mean_ns() - 1) * 100;
    std::printf("depth %u: bandwidth %+.1f %%, mean latency %+.1f %%\n", depth, bandwidth, mean);
    EXPECT_LE(std::abs(bandwidth), 5) << depth;
    EXPECT_LE(std::abs(mean), 5) << depth;
    EXPECT_EQ(controller.counters().capped, 0U) << depth;
    EXPECT_EQ(model.counters().capped, 0U) << depth;
  }
}

// Who waits for room does not grow old in the queue: 2000 requests at once need some 11 000 clocks,
// but each is served within a few hundred of its turn.
TEST(TemporalDepth, AgeCountsFromTheQueueOn) {
  const Organization organization = memory();
  const Mapping mapping(organization, "row:bank:bank_group:column");
  ControllerConfig config;
  config.age_cap = 2000;
  TemporalModel model(organization, config);
  model.record();
  const Trace trace = uniform(std::uint64_t{1} << 30, 2000);
  const Figures figures = play(model, mapping, trace, 2000);
  checked_commands(model, figures.clocks);
  EXPECT_EQ(model.counters().reads, trace.size());
  EXPECT_EQ(model.counters().capped, 0U);
}

// Counters can be read at any time. (Of several ranks, those that are idle are refreshed earlier.)
TEST(TemporalDepth, AskingChangesNothing) {
  const Organization organization = memory();
  const Mapping mapping(organization, "row:bank:bank_group:column");
  const Trace trace = hot_pages(20'000);
  std::vector<std::uint64_t> answers[2];
  std::vector<Command> commands[2];
  for (const bool asked : {false, true}) {
    TemporalModel model(organization, {});
    model.record();
    std::uint64_t clock = 0;
    for (const Record& r : trace) {
      clock += 7;  // some queue up
      if (asked) model.catch_up(clock - 1);
      answers[asked].push_back(model.serve({0, mapping.locate(r.address), r.write}, clock).finish);
    }
    commands[asked] = checked_commands(model, clock);
    EXPECT_EQ(commands[asked].size(), commands[false].size());
  }
  EXPECT_EQ(answers[false], answers[true]);
  for (std::size_t i = 0; i < commands[false].size(); ++i) {
    ASSERT_EQ(commands[true][i].clock, commands[false][i].clock) << i;
    ASSERT_EQ(commands[true][i].op, commands[false][i].op) << i;
    ASSERT_EQ(commands[true][i].bank, commands[false][i].bank) << i;
  }
}

// While a rank wakes up the others go on, be it with more rows of one bank than are remembered.
TEST(TemporalWake, OthersAreServedMeanwhile) {
  TemporalModel model(memory(2), {});
  model.record();
  constexpr std::uint32_t kWake = 2000;
  constexpr std::uint32_t kRows = 30;
  Transaction t;
  for (t.at.row = 1; t.at.row <= kRows; ++t.at.row) model.serve(t, 100 + t.at.row);
  Transaction sleeping;
  sleeping.at.rank = 1;
  const Completion late = model.serve(sleeping, 140, kWake);
  EXPECT_EQ(late.arrival, 140U);
  EXPECT_EQ(late.split.power, kWake);
  // It waits for the activate, 17 clocks of tRCD, 17 of CL and 4 of its burst at least.
  EXPECT_GE(late.finish, 140U + kWake + 1 + 17 + 17 + 4);
  model.serve(t, 150);
  checked_commands(model, 10'000);
  EXPECT_EQ(model.counters().reads, kRows + 2U);
}

TEST(TemporalWake, APostedWriteIsAnsweredBefore) {
  ControllerConfig config;
  config.posted_writes = true;
  TemporalModel model(memory(), config);
  model.record();
  Transaction write;
  write.write = true;
  const Completion done = model.serve(write, 1000, 500);
  EXPECT_EQ(done.served, Served::kPosted);
  EXPECT_EQ(done.finish, 1001U);
  for (const Command& c : checked_commands(model, 5000)) {
    if (c.op == Op::kAct) {
      EXPECT_GT(c.clock, 1500U);
    }
  }
  EXPECT_EQ(model.counters().writes, 1U);
}

}  // namespace
}  // namespace lookaside::dram
