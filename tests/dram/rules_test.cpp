// SPDX-License-Identifier: Apache-2.0
// Every rule of every preset against rules.csv, which was worked out apart from the product, from
// the standards' figures: one clock early is illegal, on the clock legal, for the checker and for
// the scheduler's state. Mutants of the table must be caught by the same figures.
#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/dram/channel_state.h>
#include <lookaside/dram/checker.h>
#include <lookaside/dram/preset.h>

#include "dram/csv.h"

namespace lookaside::dram {
namespace {

Device device_named(const std::string& name) {
  std::istringstream words(name);
  std::string preset, density, width, bin;
  words >> preset >> density >> width >> bin;
  return builtin_device(preset, {static_cast<std::uint32_t>(std::stoul(density)),
                                 static_cast<std::uint32_t>(std::stoul(width.substr(1))), bin});
}

Op op_named(const std::string& text) {
  for (unsigned i = 0; i < kOpCount; ++i) {
    if (text == name(static_cast<Op>(i))) return static_cast<Op>(i);
  }
  ADD_FAILURE() << "no command " << text;
  return Op::kAct;
}

const Rule* rule_named(const std::string& text) {
  for (const Rule& rule : rule_table()) {
    if (text == rule.name) return &rule;
  }
  return nullptr;
}

/// One row of rules.csv for one device.
struct Case {
  const Rule* rule;
  Op preceding;
  Op following;
  std::uint64_t clocks;
};

std::vector<Case> cases(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  std::vector<Case> all;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& r = rows[i];
    all.push_back({rule_named(r[0]), op_named(r[1]), op_named(r[2]), std::stoull(r[column])});
  }
  return all;
}

constexpr std::uint64_t kStart = 5000;

Command command(const Device& device, Op op, unsigned rank, unsigned bank, std::uint64_t clock) {
  return {clock,
          op,
          static_cast<std::uint8_t>(rank),
          static_cast<std::uint8_t>(bank / device.banks_per_group),
          static_cast<std::uint8_t>(bank),
          0};
}

/// Where the following command goes when the preceding went to rank 0, bank 0: the place that is
/// the farthest for which the rule holds.
std::pair<unsigned, unsigned> place(const Device& device, const Rule& rule) {
  switch (rule.level) {
    case Level::kBank:
      return {0, 0};
    case Level::kBankGroup:
      return {0, 1};
    case Level::kRank:
      return {0, device.bank_groups > 1 ? device.banks_per_group + 1 : 1};
    default:
      return {1, 0};
  }
}

/// The rule's name among the violations of a following command `gap` clocks later?
bool caught(const Device& device, const std::vector<TimingRule>& rules, const Case& c,
            std::uint64_t gap) {
  Checker checker(device, 2, rules);
  for (unsigned i = 0; i < c.rule->window; ++i) {
    checker.check(command(device, c.preceding, 0, 0, kStart));
  }
  const auto [rank, bank] = place(device, *c.rule);
  checker.check(command(device, c.following, rank, bank, kStart + gap));
  return std::any_of(checker.violations().begin(), checker.violations().end(), [&](const auto& v) {
    return v.rule == c.rule->name && v.command.clock == kStart + gap &&
           v.command.op == c.following &&
           v.text.find(std::to_string(gap) + " after") != std::string::npos;
  });
}

/// Is the table right for this case: illegal at t-1, legal at t?
bool agrees(const Device& device, const std::vector<TimingRule>& rules, const Case& c) {
  if (c.clocks == 0) {
    return std::none_of(rules.begin(), rules.end(),
                        [&c](const TimingRule& r) { return r.rule == c.rule; });
  }
  return caught(device, rules, c, c.clocks - 1) && !caught(device, rules, c, c.clocks);
}

class EveryPreset : public testing::TestWithParam<std::size_t> {
 protected:
  std::vector<std::vector<std::string>> rows = read_csv("rules.csv");
  Device device = device_named(rows[0][GetParam()]);
  std::vector<Case> all = cases(rows, GetParam());
};

TEST_P(EveryPreset, IsIllegalOneClockEarlyAndLegalOnTheClock) {
  const auto rules = timing_rules(device);
  for (const Case& c : all) {
    EXPECT_TRUE(agrees(device, rules, c)) << device.name << ": " << c.rule->name << " "
                                          << name(c.preceding) << " " << name(c.following);
  }
}

TEST_P(EveryPreset, CoversEveryRule) {
  for (const TimingRule& rule : timing_rules(device)) {
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&rule](const Case& c) {
      return c.rule == rule.rule;
    })) << rule.rule->name;
  }
}

TEST_P(EveryPreset, EveryMutantOfTheTableIsCaught) {
  const auto rules = timing_rules(device);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const int change : {-1, +1}) {
      auto mutant = rules;
      mutant[i].clocks += change;
      EXPECT_FALSE(std::all_of(all.begin(), all.end(),
                               [&](const Case& c) { return agrees(device, mutant, c); }))
          << rules[i].rule->name << " " << change;
    }
  }
}

/// The largest figure of rules.csv that binds this pair of commands at this place.
std::uint64_t expected(const Device& device, const std::vector<Case>& all, const Case& c) {
  const auto [rank, bank] = place(device, *c.rule);
  std::uint64_t clocks = 0;
  for (const Case& other : all) {
    if (other.preceding != c.preceding || other.following != c.following) continue;
    if (other.rule->window != 1 && c.rule->window == 1) continue;
    const bool applies[kLevelCount] = {rank == 0 && bank == 0,
                                       rank == 0 && bank / device.banks_per_group == 0, rank == 0,
                                       rank != 0, true};
    if (applies[static_cast<unsigned>(other.rule->level)]) clocks = std::max(clocks, other.clocks);
  }
  return clocks;
}

TEST_P(EveryPreset, TheSchedulersStateKnowsTheSameClocks) {
  for (const Case& c : all) {
    if (c.clocks == 0) continue;
    ChannelState state(device, 2);
    for (unsigned i = 0; i < c.rule->window; ++i) {
      state.issue(command(device, c.preceding, 0, 0, kStart));
    }
    const auto [rank, bank] = place(device, *c.rule);
    EXPECT_EQ(state.earliest(c.following, rank, bank), kStart + expected(device, all, c))
        << device.name << ": " << c.rule->name << " " << name(c.preceding) << " "
        << name(c.following);
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, EveryPreset, testing::Range<std::size_t>(3, 8));

/// Every geometry and speed bin of every preset: each rule, for each kind of command on both of its
/// sides, is illegal one clock before the figure that its parameters add up to, and legal on it,
/// for the checker; and the scheduler's state permits nothing earlier. The parameters themselves
/// are compared with literals in preset_test.cpp.
TEST(EveryVariant, IsIllegalOneClockEarlyAndLegalOnTheClock) {
  unsigned devices = 0;
  for (const BuiltinPreset& preset : builtin_presets()) {
    for (const Choice& choice : choices(preset.text, std::string(preset.file))) {
      const Device device = builtin_device(preset.name, choice);
      const auto rules = timing_rules(device);
      ++devices;
      for (const TimingRule& timing : rules) {
        const Rule& rule = *timing.rule;
        std::int32_t clocks = rule.constant;
        for (const Term& term : rule.latency) clocks += term.sign * device[term.parameter];
        const auto before = static_cast<Op>(__builtin_ctz(rule.preceding));
        const auto after = static_cast<Op>(__builtin_ctz(rule.following));
        const Case c{&rule, before, after, static_cast<std::uint64_t>(clocks)};
        EXPECT_TRUE(agrees(device, rules, c)) << device.name << ": " << rule.name;
        ChannelState state(device, 2);
        for (unsigned i = 0; i < rule.window; ++i) {
          state.issue(command(device, before, 0, 0, kStart));
        }
        const auto [rank, bank] = place(device, rule);
        EXPECT_GE(state.earliest(after, rank, bank), kStart + c.clocks)
            << device.name << ": " << rule.name;
      }
    }
  }
  EXPECT_EQ(devices, 6U * 4 + 9 * 4 + 9 * 3 + 6 * 3 + 3);
}

TEST(Rules, AreDocumentedFromTheTable) {
  const std::string text = rules_markdown(Standard::kDdr4);
  EXPECT_THAT(text, testing::HasSubstr("| tWTR_L | bank group | WR WRA | RD RDA | CWL + nDQSS + "
                                       "BL/2 + tWTR_L | 1 |"));
  EXPECT_THAT(text, testing::HasSubstr("| tFAW | rank | ACT | ACT | tFAW | 4 |"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("LPDDR4")));
}

TEST(Rules, SayWhatARankThatSleepsCosts) {
  using Clocks = std::array<std::uint64_t, 2>;
  const auto wakes = [](const char* preset, Op exit) {
    return wake_clocks(builtin_device(preset), exit);
  };
  EXPECT_EQ(wakes("DDR4-2400", Op::kPdx), (Clocks{8, 8})) << "tXP";
  EXPECT_EQ(wakes("DDR3-1600", Op::kSrx), (Clocks{512 - 11, 288}));
  EXPECT_EQ(wakes("DDR4-2400", Op::kSrx), (Clocks{768 - 17, 432})) << "reads wait for the DLL";
  EXPECT_EQ(wakes("DDR5-4800", Op::kSrx), (Clocks{1536 - 39, 1536 - 39})) << "so do writes";
  EXPECT_EQ(wakes("LPDDR4-3200", Op::kSrx), (Clocks{460, 460})) << "it has none";
}

TEST(ChannelState, FourActivateWindowCountsTheFourthLast) {
  const Device device = builtin_device("DDR4-2400");
  ChannelState state(device, 1);
  std::vector<std::uint64_t> clocks;
  for (unsigned bank : {0, 4, 8, 12, 1}) {
    clocks.push_back(state.earliest(Op::kAct, 0, bank));
    state.issue(command(device, Op::kAct, 0, bank, clocks.back()));
  }
  EXPECT_THAT(clocks, testing::ElementsAre(0, 4, 8, 12, 26));
}

TEST(ChannelState, KnowsOpenRows) {
  const Device device = builtin_device("DDR4-2400");
  ChannelState state(device, 2);
  Command act = command(device, Op::kAct, 1, 3, 10);
  act.row = 77;
  state.issue(act);
  EXPECT_EQ(state.open_row(1, 3), 77);
  EXPECT_EQ(state.open_row(0, 3), ChannelState::kClosed);
  EXPECT_EQ(state.open_banks(1), 1U);
  state.issue(command(device, Op::kPreAll, 1, 0, 100));
  EXPECT_EQ(state.open_row(1, 3), ChannelState::kClosed);
  EXPECT_EQ(state.open_banks(1), 0U);
}

}  // namespace
}  // namespace lookaside::dram
