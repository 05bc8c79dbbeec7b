// SPDX-License-Identifier: Apache-2.0
// The controller against a naive one that tries every request against every rule at every clock:
// the same commands at the same clocks, and the same latency of every request.
//
// Where schedulers may differ, the naive one is told to choose as the model does (Policy). What
// these choices are worth is measured by naive_long_test.cpp.
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "dram/naive_compare.h"
#include "seed.h"

namespace lookaside::naive {
namespace {

constexpr std::uint64_t kSeed = 20261130;

class DramNaive : public testing::TestWithParam<std::size_t> {};

/// Every trace on every machine, the loads in turn.
TEST_P(DramNaive, SameCommands) {
  const std::vector<NamedTrace> all = traces(3000, tests::seed(kSeed));
  const NamedTrace& trace = all[GetParam()];
  std::size_t turn = GetParam();
  for (Load load : machines({kDdr4, kDdr3})) {
    std::tie(load.outstanding, load.gap) = pressures()[turn++ % pressures().size()];
    EXPECT_EQ(compare(load, trace), "");
  }
}

INSTANTIATE_TEST_SUITE_P(Traces, DramNaive, testing::Range<std::size_t>(0, traces(1, 1).size()),
                         [](const auto& tested) { return traces(1, 1)[tested.param].name; });

/// A full queue refuses requests; an age cap that is often reached; strictly the oldest.
TEST(DramNaiveLimits, SameCommands) {
  const std::vector<NamedTrace> all = traces(1000, tests::seed(kSeed));
  for (const NamedTrace& trace : all) {
    Load load;
    load.outstanding = 64;
    load.ranks = 2;
    EXPECT_EQ(compare(load, trace), "");
    load.config.queue_depth = 5;
    EXPECT_EQ(compare(load, trace), "");
    load = {};
    load.config.age_cap = 150;
    EXPECT_EQ(compare(load, trace), "");
    load.config.scheduling = dram::Scheduling::kFrFcfs;
    EXPECT_EQ(compare(load, trace), "");
    load.config.scheduling = dram::Scheduling::kFcfs;
    EXPECT_EQ(compare(load, trace), "");
  }
}

/// Rows closed when unused for a while; refreshes late, early, and of four ranks.
TEST(DramNaiveMaintenance, SameCommands) {
  const std::uint64_t seed = tests::seed(kSeed);
  for (const std::uint64_t gap : {1, 10, 60, 700}) {
    for (const NamedTrace& trace : traces(gap < 100 ? 600 : 100, seed)) {
      Load load;
      load.gap = gap;
      load.ranks = 4;
      EXPECT_EQ(compare(load, trace), "");
      load.config.page_policy = dram::PagePolicyKind::kTimeout;
      load.config.page_timeout = 100;
      EXPECT_EQ(compare(load, trace), "");
      load.ranks = 2;
      load.config.postpone = 3;
      load.config.pull_in = 2;
      EXPECT_EQ(compare(load, trace), "");
    }
  }
}

/// The traces would tell: with any one choice made otherwise, some command comes at another clock.
TEST(DramNaiveMaintenance, EveryChoiceMatters) {
  using Change = void (*)(Policy&);
  const std::pair<const char*, Change> kChanges[] = {
      {"closed page", [](Policy& p) { p.closed_page = !p.closed_page; }},
      {"rows kept", [](Policy& p) { p.keep_wanted_rows = false; }},
      {"rows in order", [](Policy& p) { p.rows_in_order = false; }},
      {"activates first", [](Policy& p) { p.activates_first = false; }},
      {"age cap", [](Policy& p) { ++p.age_cap; }},
      {"queue", [](Policy& p) { --p.queue_depth; }},
      {"timeout", [](Policy& p) { ++p.row_timeout; }},
      {"postponed", [](Policy& p) { ++p.postpone; }},
      {"pulled in", [](Policy& p) { ++p.pull_in; }}};
  const std::vector<NamedTrace> all = traces(2000, tests::seed(kSeed));
  for (const auto& [choice, change] : kChanges) {
    Load load;
    load.config.age_cap = 300;
    load.config.page_policy = dram::PagePolicyKind::kTimeout;
    load.config.postpone = 1;
    load.config.pull_in = 1;
    Policy other = policy_of_model(load.config);
    change(other);
    const auto differs = [&](std::uint64_t gap) {
      load.gap = gap;
      const NamedTrace& trace = all[3];
      return !first_difference(play_model(load, trace.trace).commands,
                               play_naive(load, trace.trace, other).commands)
                  .empty();
    };
    EXPECT_TRUE(differs(1) || differs(50)) << choice;
  }
}

/// Timing no device has, within the relations that all devices keep: no rule is hidden behind
/// another one as it may be in real devices.
TEST(DramNaiveTiming, SameCommandsWhateverTheFigures) {
  std::mt19937_64 random(tests::seed(kSeed));
  const auto from = [&random](unsigned low, unsigned high) {
    return low + static_cast<unsigned>(random() % (high - low + 1));
  };
  const std::vector<NamedTrace> all = traces(1000, random());
  const std::uint64_t rounds = tests::rounds(60);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::vector<Load> loads = machines({kDdr4, kDdr3});
    Load load = loads[random() % loads.size()];
    std::tie(load.outstanding, load.gap) = pressures()[random() % pressures().size()];
    load.impose_timing = true;
    Timing& t = load.part.timing;
    t.cl = from(5, 30);
    t.cwl = from(4, t.cl);
    t.rcd = from(3, 30);
    t.rp = from(3, 30);
    t.rtp = from(2, 20);
    t.ras = t.rcd + t.rtp + from(0, 30);
    t.rc = t.ras + t.rp + from(0, 10);
    t.rrd_s = from(1, 10);
    t.rrd_l = t.rrd_s + from(0, 8);
    t.faw = 4 * t.rrd_s + from(0, 30);
    t.ccd_s = from(4, 8);
    t.ccd_l = t.ccd_s + from(0, 6);
    t.wtr_s = from(1, 10);
    t.wtr_l = t.wtr_s + from(0, 10);
    t.wr = from(4, 30);
    t.rfc = from(50, 600);
    t.refi = t.rfc + t.rp + from(400, 8000);
    t.rtrs = from(0, 4);
    EXPECT_EQ(compare(load, all[random() % all.size()]), "") << "round " << round;
  }
}

/// The traces would tell: with any one figure off by a clock in the model, some command comes at
/// another clock.
TEST(DramNaiveTiming, EveryFigureMatters) {
  const std::pair<const char*, unsigned Timing::*> kFigures[] = {
      {"CL", &Timing::cl},        {"CWL", &Timing::cwl},      {"tRCD", &Timing::rcd},
      {"tRP", &Timing::rp},       {"tRAS", &Timing::ras},     {"tRC", &Timing::rc},
      {"tRRD_S", &Timing::rrd_s}, {"tRRD_L", &Timing::rrd_l}, {"tFAW", &Timing::faw},
      {"tCCD_S", &Timing::ccd_s}, {"tCCD_L", &Timing::ccd_l}, {"tWTR_S", &Timing::wtr_s},
      {"tWTR_L", &Timing::wtr_l}, {"tRTP", &Timing::rtp},     {"tWR", &Timing::wr},
      {"tRFC", &Timing::rfc},     {"tREFI", &Timing::refi},   {"tRTRS", &Timing::rtrs}};
  const std::vector<NamedTrace> all = traces(3000, tests::seed(kSeed));
  for (const auto& [figure, member] : kFigures) {
    Load load;
    load.ranks = 2;
    load.map = "row:bank:bank_group:column:rank";  // the ranks take turns
    load.part.timing.rc += 2;                      // else it says no more than tRAS and tRP
    load.impose_timing = true;
    Load late = load;
    late.part.timing.*member += 1;
    bool seen = false;
    for (const char* name : {"hot_pages", "uniform", "sequential"}) {
      for (const NamedTrace& trace : all) {
        if (seen || trace.name != name) continue;
        const Outcome model = play_model(late, trace.trace);
        const Outcome naive = play_naive(load, trace.trace, policy_of_model(load.config));
        seen = !first_difference(model.commands, naive.commands).empty();
      }
    }
    EXPECT_TRUE(seen) << figure;
  }
}

}  // namespace
}  // namespace lookaside::naive
