// SPDX-License-Identifier: Apache-2.0
// What the checker says beyond the timing table: rows, power states, data bus, refresh.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>
#include <lookaside/dram/preset.h>

namespace lookaside::dram {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Rules broken by a stream of DDR4-2400 commands, in order.
std::vector<std::string> broken(const std::vector<Command>& stream, unsigned ranks = 1) {
  Checker checker(builtin_device("DDR4-2400"), ranks);
  for (const Command& c : stream) checker.check(c);
  std::vector<std::string> rules;
  for (const Violation& v : checker.violations()) rules.push_back(v.rule);
  return rules;
}

TEST(Checker, AcceptsAReadAWriteAndARefresh) {
  EXPECT_THAT(broken({{100, Op::kAct, 0, 0, 0, 5},
                      {117, Op::kRd, 0, 0, 0, 5},
                      {128, Op::kWr, 0, 0, 0, 5},
                      {162, Op::kPre, 0, 0, 0, 0},
                      {179, Op::kRef, 0, 0, 0, 0},
                      {599, Op::kAct, 0, 0, 0, 6}}),
              IsEmpty());
}

TEST(Checker, KnowsTheOpenRow) {
  EXPECT_THAT(broken({{100, Op::kRd, 0, 0, 0, 5}}), ElementsAre("row")) << "closed";
  EXPECT_THAT(broken({{100, Op::kAct, 0, 0, 0, 5}, {117, Op::kRd, 0, 0, 0, 6}}),
              ElementsAre("row"));
  EXPECT_THAT(broken({{100, Op::kAct, 0, 0, 0, 5}, {200, Op::kAct, 0, 0, 0, 6}}),
              ElementsAre("row"));
  EXPECT_THAT(broken({{100, Op::kAct, 0, 0, 0, 5}, {200, Op::kRef, 0, 0, 0, 0}}),
              ElementsAre("row"));
  EXPECT_THAT(
      broken(
          {{100, Op::kAct, 0, 0, 0, 5}, {117, Op::kRda, 0, 0, 0, 5}, {200, Op::kRd, 0, 0, 0, 5}}),
      ElementsAre("row"));
  EXPECT_THAT(broken({{100, Op::kAct, 0, 0, 0, 65536}}), ElementsAre("row")) << "no such row";
}

TEST(Checker, SaysWhatIsWrong) {
  Checker checker(builtin_device("DDR4-2400"), 1);
  checker.check({100, Op::kAct, 0, 0, 0, 5});
  checker.check({116, Op::kRd, 0, 0, 0, 5});
  EXPECT_EQ(checker.first(),
            "clock 116: RD rank 0 bank 0 row 5: breaks tRCD (17 clocks): only 16 after clock 100");
  EXPECT_EQ(checker.violation_count(), 1U);
}

TEST(Checker, KnowsPowerStates) {
  EXPECT_THAT(broken({{100, Op::kPde, 0, 0, 0, 0}, {200, Op::kAct, 0, 0, 0, 5}}),
              ElementsAre("state"));
  EXPECT_THAT(broken({{100, Op::kPdx, 0, 0, 0, 0}}), ElementsAre("state"));
  EXPECT_THAT(broken({{100, Op::kSre, 0, 0, 0, 0}, {200, Op::kPdx, 0, 0, 0, 0}}),
              ElementsAre("state"));
  EXPECT_THAT(
      broken(
          {{100, Op::kSre, 0, 0, 0, 0}, {200, Op::kSrx, 0, 0, 0, 0}, {632, Op::kAct, 0, 0, 0, 5}}),
      IsEmpty());
}

TEST(Checker, DataOfTwoBurstsMayNotMeet) {
  // With the column rules taken out of the table, the bus itself is still watched.
  const Device device = builtin_device("DDR4-2400");
  auto rules = timing_rules(device);
  rules.clear();
  Checker checker(device, 1, rules);
  checker.check({100, Op::kAct, 0, 0, 0, 5});
  checker.check({120, Op::kRd, 0, 0, 0, 5});
  checker.check({124, Op::kRd, 0, 0, 0, 5});
  EXPECT_EQ(checker.violation_count(), 0U);
  checker.check({127, Op::kRd, 0, 0, 0, 5});
  EXPECT_EQ(checker.violation_count(), 1U);
  checker.check({135, Op::kWr, 0, 0, 0, 5});
  EXPECT_EQ(checker.violation_count(), 2U) << "147, taken until 148";
  checker.check({140, Op::kWr, 0, 0, 0, 5});
  EXPECT_EQ(checker.violation_count(), 2U);
}

TEST(Checker, CountsRefreshesOwed) {
  constexpr std::uint64_t kInterval = 9360;
  const auto at = [](std::uint64_t clock) { return Command{clock, Op::kRef, 0, 0, 0, 0}; };
  EXPECT_THAT(broken({at(10 * kInterval - 1)}), IsEmpty()) << "eight postponed";
  EXPECT_THAT(broken({at(10 * kInterval)}), ElementsAre("refresh"));
  std::vector<Command> early;
  for (unsigned i = 0; i < 10; ++i) early.push_back(at(1000 + i * 420));
  EXPECT_THAT(broken(early), ElementsAre("refresh")) << "eight pulled in, one in its time";
  Checker checker(builtin_device("DDR4-2400"), 2);
  checker.finish(10 * kInterval);
  EXPECT_EQ(checker.violation_count(), 2U) << "both ranks";
}

TEST(Checker, SelfRefreshDoesTheWork) {
  EXPECT_THAT(broken({{100, Op::kSre, 0, 0, 0, 0},
                      {1'000'000, Op::kSrx, 0, 0, 0, 0},
                      {1'000'432, Op::kRef, 0, 0, 0, 0}}),
              IsEmpty());
}

TEST(Checker, OrderAndExistence) {
  EXPECT_THAT(broken({{100, Op::kAct, 0, 0, 0, 5}, {99, Op::kAct, 0, 1, 4, 5}}),
              testing::Contains("order"));
  EXPECT_THAT(broken({{100, Op::kAct, 1, 0, 0, 5}}), ElementsAre("order"));
  EXPECT_THAT(broken({{100, Op::kAct, 0, 0, 16, 5}}), ElementsAre("order"));
}

}  // namespace
}  // namespace lookaside::dram
