// SPDX-License-Identifier: Apache-2.0
// Clocks of DDR4-2400T by hand: CL 17, CWL 12, tRCD 17, tRP 17, BL/2 4, tXP 8, tXS 432, tRFC 420,
// tREFI 9360, tXSDLL 768. A push at clock t is seen at t + 1.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>
#include <lookaside/dram/controller.h>
#include <lookaside/dram/preset.h>

namespace lookaside::dram {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A controller of one rank with its checker.
struct Bench {
  explicit Bench(const ControllerConfig& config = {}, unsigned ranks = 1)
      : organization{builtin_device("DDR4-2400"), 1, ranks, 64},
        controller(organization, config),
        checker(organization.device, ranks) {
    controller.attach(&checker);
  }
  ~Bench() { EXPECT_EQ(checker.violation_count(), 0U) << checker.first(); }

  bool push(std::uint64_t id, std::uint32_t row, std::uint32_t column, std::uint64_t clock,
            bool write = false, std::uint32_t bank = 0, std::uint64_t bytes = ~std::uint64_t{0}) {
    return controller.push({id, {0, 0, 0, bank, row, column}, write, 0, 0, bytes, bytes}, clock);
  }
  /// Runs to `clock`; collects commands and answers.
  void run(std::uint64_t clock) {
    const Step& step = controller.step(clock);
    commands.insert(commands.end(), step.commands.begin(), step.commands.end());
    answers.insert(answers.end(), step.completions.begin(), step.completions.end());
    accesses.insert(accesses.end(), step.accesses.begin(), step.accesses.end());
  }
  std::vector<std::string> ops() const {
    std::vector<std::string> names;
    for (const Command& c : commands) names.emplace_back(std::to_string(c.clock) + name(c.op));
    return names;
  }
  std::uint64_t count(Op op) const {
    return controller.counters().commands[static_cast<unsigned>(op)];
  }

  Organization organization;
  Controller controller;
  Checker checker;
  std::vector<Command> commands;
  std::vector<Completion> answers;
  std::vector<Access> accesses;
};

TEST(Controller, UnloadedReadsAndWrites) {
  Bench b;
  b.push(0, 5, 0, 100);
  b.run(200);
  b.push(1, 5, 1, 200);
  b.run(300);
  b.push(2, 6, 0, 300);
  b.run(400);
  b.push(3, 6, 0, 400, true);
  b.run(500);
  EXPECT_THAT(b.ops(),
              ElementsAre("101ACT", "118RD", "201RD", "301PRE", "318ACT", "335RD", "401WR"));
  ASSERT_EQ(b.answers.size(), 4U);
  EXPECT_EQ(b.answers[0].finish, 139U);
  EXPECT_EQ(b.answers[0].row, RowState::kMiss);
  EXPECT_EQ(b.answers[1].finish, 222U);
  EXPECT_EQ(b.answers[1].row, RowState::kHit);
  EXPECT_EQ(b.answers[2].finish, 356U);
  EXPECT_EQ(b.answers[2].row, RowState::kConflict);
  EXPECT_EQ(b.answers[3].finish, 417U);
  EXPECT_EQ(b.answers[2].split.row, 34U);
  EXPECT_EQ(b.answers[2].split.bus, 21U);
  EXPECT_EQ(b.answers[2].split.queue, 1U);
}

TEST(Controller, RowHitsGoFirstAndFcfsDoesNot) {
  for (const auto scheduling : {Scheduling::kFrFcfs, Scheduling::kFcfs}) {
    ControllerConfig config;
    config.scheduling = scheduling;
    Bench b(config);
    b.push(0, 5, 0, 100);
    b.push(1, 6, 0, 101);
    b.push(2, 5, 1, 102);
    b.run(1000);
    std::vector<std::uint64_t> order;
    for (const Access& a : b.accesses) order.push_back(a.id);
    if (scheduling == Scheduling::kFcfs) {
      EXPECT_THAT(order, ElementsAre(0, 1, 2));
    } else {
      EXPECT_THAT(order, ElementsAre(0, 2, 1));
    }
  }
}

TEST(Controller, HigherPriorityGoesFirst) {
  Bench b;
  b.push(0, 5, 0, 100);
  b.controller.push({1, {0, 0, 0, 1, 5, 0}, false, 0, 0}, 101);
  b.run(200);  // both rows are open
  b.push(2, 5, 1, 200);
  b.controller.push({3, {0, 0, 0, 1, 5, 1}, false, 3, 0}, 200);
  b.run(300);
  ASSERT_EQ(b.answers.size(), 4U);
  EXPECT_EQ(b.answers[2].id, 3U);
}

/// Clocks that a request waits behind an endless stream of hits to its bank's open row.
std::uint64_t wait_behind_hits(const ControllerConfig& config) {
  Bench b(config);
  std::uint64_t id = 1;
  for (std::uint64_t clock = 0; clock < 20'000; ++clock) {
    if (clock == 1000) {
      while (!b.push(0, 6, 0, clock)) b.run(++clock);
    }
    b.push(id, 5, static_cast<std::uint32_t>(id % 128), clock);
    ++id;
    b.run(clock);
    for (const Completion& c : b.answers) {
      if (c.id == 0) return c.finish - c.arrival;
    }
    b.answers.clear();
    b.commands.clear();
  }
  return kNever;
}

TEST(ControllerLiveness, AConflictIsServedWithinTheGuarantee) {
  ControllerConfig config;
  config.age_cap = 500;
  const std::uint64_t bound = longest_wait(config, builtin_device("DDR4-2400"));
  EXPECT_GT(bound, 500U);
  const std::uint64_t waited = wait_behind_hits(config);
  EXPECT_GE(waited, 500U);
  EXPECT_LE(waited, 500U + 100) << "the oldest needs no more than one service";
  EXPECT_LE(waited, bound);
  config.scheduling = Scheduling::kFrFcfs;
  EXPECT_EQ(longest_wait(config, builtin_device("DDR4-2400")), 0U) << "no guarantee";
  EXPECT_GT(wait_behind_hits(config), 5000U) << "starved until the next refresh";
}

TEST(ControllerLiveness, CrossingReadsAndWritesOnFullQueuesEnd) {
  for (const bool split : {false, true}) {
    ControllerConfig config;
    config.posted_writes = true;
    config.split_queues = split;
    config.queue_depth = config.write_depth = 4;
    config.high_watermark = 4;
    config.low_watermark = 1;
    Bench b(config);
    std::uint64_t clock = 0;
    for (std::uint64_t id = 0; id < 4000; ++id) {
      // Halves of the same two bursts: every request waits for one of the other kind.
      const Transaction t{id,          {0, 0, 0, 0, 5, static_cast<std::uint32_t>(id / 2 % 2)},
                          id % 2 == 0, 0,
                          0,           id % 3 + 1};
      const std::uint64_t limit = clock + 10'000;
      while (!b.controller.push(t, clock)) {
        b.run(clock++);
        ASSERT_LT(clock, limit) << "a livelock at request " << id;
      }
    }
    b.run(clock + 10'000);
    EXPECT_EQ(b.answers.size(), 4000U);
    EXPECT_EQ(b.controller.queued(true) + b.controller.queued(false), 0U);
  }
}

/// An adversary: the queue is always full; conflicts in one bank that alternate between rows,
/// between reads and writes and between ranks, among row hits that would always go first.
TEST(ControllerLiveness, NobodyWaitsLongerThanTheBoundWhateverComes) {
  for (unsigned variant = 0; variant < 16; ++variant) {
    const unsigned ranks = (variant & 1U) != 0 ? 2 : 1;
    ControllerConfig config;
    config.age_cap = (variant & 2U) != 0 ? 100 : 500;
    config.posted_writes = config.split_queues = (variant & 4U) != 0;
    config.postpone = (variant & 8U) != 0 ? 8 : 0;
    const Organization organization{builtin_device("DDR4-2400"), 1, ranks, 64};
    Controller controller(organization, config);
    const std::uint64_t bound = longest_wait(config, organization.device);
    ASSERT_GT(bound, 0U);
    std::uint64_t id = 0;
    std::uint64_t clock = 0;
    std::uint64_t longest = 0;
    for (std::uint64_t answered = 0; answered < 10'000; ++clock) {
      const bool conflict = id % 3 != 0;
      Transaction t;
      t.id = id;
      t.at = conflict ? Coordinates{0, static_cast<std::uint32_t>(id % ranks), 0,
                                    0, static_cast<std::uint32_t>(id % 7),     0}
                      : Coordinates{0, 0, 1, 0, 5, static_cast<std::uint32_t>(id % 128)};
      t.write = conflict && id / 3 % 2 == 0;
      if (controller.push(t, clock)) ++id;
      for (const Completion& c : controller.step(clock).completions) {
        ++answered;
        longest = std::max(longest, c.finish - c.arrival - c.split.bus);
      }
    }
    EXPECT_LE(longest, bound) << "variant " << variant;
    EXPECT_GT(controller.counters().capped, 0U) << "variant " << variant;
  }
}

TEST(ControllerLiveness, TheCapFollowsFromTheBound) {
  const Device device = builtin_device("DDR4-2400");
  ControllerConfig config;
  config.age_cap = age_cap_for(20'000, config, device);
  EXPECT_LE(longest_wait(config, device), 20'000U);
  ++config.age_cap;
  EXPECT_GT(longest_wait(config, device), 20'000U);
  EXPECT_THROW(age_cap_for(100, config, device), ControllerError);
  Device busy = device;
  busy[Parameter::kRefi] = busy[Parameter::kRfc] + busy[Parameter::kRpab] + 1;
  EXPECT_THROW(age_cap_for(1'000'000, config, busy), ControllerError) << "refreshes leave no time";
}

TEST(Controller, SaysWhatTheOldestRequestWaitedFor) {
  const auto stalls = [](const Bench& b, Stall stall) {
    return b.controller.counters().stalls[static_cast<unsigned>(stall)];
  };
  Bench row;
  row.push(0, 5, 0, 100);
  row.run(200);
  EXPECT_EQ(stalls(row, Stall::kBank), 16U) << "tRCD less the clock of the activate";
  row.push(1, 5, 1, 200, true);
  row.push(2, 5, 2, 201);
  row.run(300);
  EXPECT_EQ(stalls(row, Stall::kTurnaround), 24U) << "CWL + BL/2 + tWTR_L less one";
  Bench refresh;
  refresh.run(9360);
  refresh.push(0, 5, 0, 9400);
  refresh.run(10'000);
  EXPECT_EQ(stalls(refresh, Stall::kRefresh), 9360U + 420 - 9401);
}

TEST(ControllerPosted, ForwardsMergesAndBatches) {
  ControllerConfig config;
  config.posted_writes = true;
  config.high_watermark = 4;
  config.low_watermark = 1;
  Bench b(config);
  b.push(50, 9, 0, 99, false, 1);  // keeps the scheduler reading
  b.push(0, 5, 0, 100, true);
  b.push(1, 5, 0, 101);
  b.push(2, 5, 0, 102, true);
  b.run(103);
  ASSERT_EQ(b.answers.size(), 3U);
  EXPECT_EQ(b.answers[0].served, Served::kPosted);
  EXPECT_EQ(b.answers[0].finish, 101U);
  EXPECT_EQ(b.answers[1].served, Served::kForwarded);
  EXPECT_EQ(b.answers[1].finish, 102U);
  EXPECT_EQ(b.answers[2].served, Served::kMerged);
  b.run(400);
  EXPECT_EQ(b.count(Op::kWr), 1U);
  EXPECT_EQ(b.controller.counters().forwarded, 1U);
  EXPECT_EQ(b.controller.counters().merged, 1U);
}

/// Stores of a few bytes are all that a hart without a cache makes: a request must wait for another
/// to its burst only if one of them writes bytes that the other touches.
TEST(ControllerPosted, OtherBytesOfABurstAreNotWaitedFor) {
  ControllerConfig config;
  config.posted_writes = true;
  config.high_watermark = 4;
  config.low_watermark = 1;
  const auto place = [](const Bench& b, std::uint64_t id) {
    const auto is = [id](const Access& a) { return a.id == id; };
    return std::find_if(b.accesses.begin(), b.accesses.end(), is) - b.accesses.begin();
  };
  Bench two(config);
  two.push(50, 9, 0, 99, false, 1);  // keeps the scheduler reading
  two.push(0, 5, 0, 100, true, 0, 0x0F);
  two.push(1, 5, 0, 101, false, 0, 0xF0);
  two.run(1000);
  ASSERT_EQ(two.accesses.size(), 3U);
  EXPECT_LT(place(two, 1), place(two, 0)) << "waited for the write";
  Bench many(config);
  many.push(50, 9, 0, 99, false, 1);
  many.push(0, 5, 0, 100, true, 0, 0x0F);
  many.push(1, 5, 0, 101, false, 0, 0xF0);
  many.push(2, 5, 0, 102, false, 0, 0x18);   // one of the write's, one other
  many.push(3, 5, 0, 103, true, 0, 0x30);    // of the first read's
  many.push(4, 5, 0, 104, true, 0, 0x300);   // nobody's: goes with the last write
  many.push(5, 5, 0, 105, false, 0, 0x310);  // both of these have what it wants
  many.run(1000);
  ASSERT_EQ(many.accesses.size(), 7U);
  EXPECT_LT(place(many, 0), place(many, 2));
  EXPECT_LT(place(many, 1), place(many, 3));
  EXPECT_EQ(many.accesses[place(many, 4)].source, 3U);
  EXPECT_EQ(many.accesses[place(many, 5)].source, 3U);
  EXPECT_EQ(many.count(Op::kWr), 2U);
}

TEST(ControllerRefresh, EachIntervalOnce) {
  Bench b;
  b.push(0, 5, 0, 100);
  b.run(10 * 9360 + 1000);
  EXPECT_EQ(b.count(Op::kRef), 10U);
  EXPECT_THAT(b.ops(), testing::Contains("9360PREA"));
  EXPECT_THAT(b.ops(), testing::Contains("9377REF"));
  EXPECT_THAT(b.ops(), testing::Contains("18720REF"));
}

TEST(ControllerRefresh, PostponedWhileBusyAndDoneAheadWhileIdle) {
  ControllerConfig config;
  config.postpone = 8;
  Bench busy(config);
  for (std::uint64_t clock = 0; clock < 9360 * 8 + 9000; clock += 20) {
    busy.push(clock, 5, static_cast<std::uint32_t>(clock % 128), clock);
    busy.push(clock + 1, 5, static_cast<std::uint32_t>(clock % 128), clock + 19);
    busy.run(clock + 19);
  }
  EXPECT_LE(busy.count(Op::kRef), 8U);
  config.postpone = 0;
  config.pull_in = 8;
  Bench idle(config);
  idle.run(9000);
  EXPECT_EQ(idle.count(Op::kRef), 8U);
  idle.run(9360 + 100);
  EXPECT_EQ(idle.count(Op::kRef), 9U);
}

TEST(ControllerPower, SleepsAndWakes) {
  ControllerConfig config;
  config.power_down_after = 50;
  config.self_refresh_after = 5000;
  Bench b(config);
  b.push(0, 5, 0, 100);
  b.run(1000);
  EXPECT_THAT(b.ops(), ElementsAre("50PDE", "101PDX", "109ACT", "126RD", "176PDE"));
  EXPECT_EQ(b.answers[0].split.power, 9U) << "the exit, and tXP";
  b.push(1, 5, 1, 1000);
  b.run(1100);
  EXPECT_EQ(b.answers[1].finish, 1000U + 1 + 8 + 21);
  b.run(100'000);
  EXPECT_EQ(b.count(Op::kSre), 1U);
  EXPECT_EQ(b.controller.next_event(), kNever) << "asleep: time costs nothing";
  EXPECT_EQ(b.count(Op::kRef), 0U);
  b.push(2, 5, 1, 5'000'000);
  b.run(5'001'000);
  EXPECT_EQ(b.answers[2].finish, 5'000'000U + 1 + 768 + 21) << "tXSDLL";
  EXPECT_EQ(b.answers[2].split.power, 1U + 768 - 17) << "tRCD passes meanwhile";
  const auto standby = b.controller.standby(0, 5'001'000);
  EXPECT_GT(standby[static_cast<unsigned>(Standby::kSelfRefresh)], 4'900'000U);
}

/// In DDR4 only reads need the locked DLL, be it that a write woke the rank.
TEST(ControllerPower, AWriteDoesNotWaitForTheDll) {
  ControllerConfig config;
  config.self_refresh_after = 500;
  Bench b(config);
  b.run(2000);
  b.push(0, 5, 0, 2000, true);
  b.push(1, 5, 1, 2100);
  b.run(3000);
  EXPECT_THAT(b.ops(), ElementsAre("500SRE", "2001SRX", "2433ACT", "2450WR", "2769RD"));
  EXPECT_EQ(b.answers[0].split.power, 1U + 432);
  EXPECT_EQ(b.answers[0].split.row, 17U);
  EXPECT_EQ(b.answers[1].split.power, 751U - 99) << "from 2100 to tXSDLL less tRCD";
}

TEST(ControllerPages, PoliciesCloseRows) {
  ControllerConfig config;
  config.page_policy = PagePolicyKind::kClosed;
  Bench closed(config);
  closed.push(0, 5, 0, 100);
  closed.push(1, 5, 1, 101);
  closed.run(1000);
  EXPECT_THAT(closed.ops(), ElementsAre("101ACT", "118RD", "124RDA"));

  config.page_policy = PagePolicyKind::kTimeout;
  config.page_timeout = 300;
  Bench timeout(config);
  timeout.push(0, 5, 0, 100);
  timeout.run(1000);
  EXPECT_THAT(timeout.ops(), ElementsAre("101ACT", "118RD", "418PRE"));

  config.page_policy = PagePolicyKind::kAdaptive;
  Bench adaptive(config);
  std::uint64_t id = 0;
  for (; id < 6; ++id) {
    adaptive.push(id, static_cast<std::uint32_t>(id), 0, 100 + id * 200);
    adaptive.run(100 + id * 200 + 199);
  }
  EXPECT_GE(adaptive.count(Op::kRda), 4U) << "conflicts taught it to close";
  for (; id < 12; ++id) {
    adaptive.push(id, 5, 0, 100 + id * 200);
    adaptive.run(100 + id * 200 + 199);
  }
  EXPECT_GE(adaptive.controller.counters().rows[0], 2U) << "returns taught it to leave open";
}

TEST(Controller, IsDeterministic) {
  const auto stream = [] {
    Bench b;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      b.push(i, static_cast<std::uint32_t>(i * 7919 % 100), 0, i * 5, i % 3 == 0,
             static_cast<std::uint32_t>(i % 4));
    }
    b.run(100'000);
    return b.ops();
  };
  EXPECT_EQ(stream(), stream());
}

TEST(ControllerRefused, WhatMakesNoSense) {
  const auto refusal = [](void (*change)(ControllerConfig&)) -> std::string {
    ControllerConfig config;
    change(config);
    try {
      const Controller controller({builtin_device("DDR4-2400"), 1, 1, 64}, config);
    } catch (const ControllerError& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal([](ControllerConfig& c) { c.queue_depth = 0; }), HasSubstr("found 0"));
  EXPECT_THAT(refusal([](ControllerConfig& c) {
                c.split_queues = true;
                c.write_depth = 0;
              }),
              HasSubstr("write queue"));
  EXPECT_THAT(refusal([](ControllerConfig& c) {
                c.posted_writes = true;
                c.high_watermark = 33;
              }),
              HasSubstr("<= 32"));
  EXPECT_THAT(refusal([](ControllerConfig& c) { c.age_cap = 0; }), HasSubstr("age cap"));
  EXPECT_THAT(refusal([](ControllerConfig& c) { c.postpone = 9; }), HasSubstr("permits 8"));
  EXPECT_THAT(refusal([](ControllerConfig& c) { c.refresh = RefreshMode::kBank; }),
              HasSubstr("no refresh of single banks"));
}

}  // namespace
}  // namespace lookaside::dram
