// SPDX-License-Identifier: Apache-2.0
// The patrol scrubber's rounds.
#include "control_bench.h"

namespace lookaside::ddr {
namespace {

using sc_core::sc_time;

class PatrolTest : public ControlTest {};

TEST_F(PatrolTest, ThePatrolFindsManyWrongWordsInOneRound) {
  build(NbSystem::small(), with_ecc());
  constexpr std::uint64_t kWords = 100'000;
  constexpr std::uint64_t kPeriod = 1'000'000'000;  // ps
  for (std::uint64_t i = 0; i < kWords; ++i) {
    ASSERT_TRUE(control->inject(kBase + 8 * ((i * 7919) % kWords), i % 1000 == 0 ? 3 : 1, 0));
  }
  control->set_patrol_period(kPeriod, 0);
  control->set_protection({true, false, true}, 0);
  sc_core::sc_start(sc_time::from_value(kPeriod));
  EXPECT_EQ(control->error_counts().scrubbed, kWords - kWords / 1000);
  ASSERT_EQ(errors.size(), kWords);
  for (std::uint64_t i = 0; i < kWords; ++i) {
    ASSERT_EQ(errors[i].address, kBase + 8 * i) << "rising";
    // Evenly over the period.
    ASSERT_NEAR(static_cast<double>(errors[i].time_ps),
                static_cast<double>(8 * i) / kBytes * kPeriod, 2);
  }
  sc_core::sc_start(sc_time::from_value(kPeriod));
  EXPECT_EQ(errors.size(), kWords + kWords / 1000) << "what it cannot repair, each round";
}

TEST_F(PatrolTest, ThePatrolKeepsCellsAliveWithinTheWindow) {
  build(NbSystem::small(), with_ecc());
  control->set_patrol_period(kSecond / 100, 0);
  control->set_protection({true, false, true}, 0);
  control->set_refresh_rate(0, 0);
  EXPECT_FALSE(sc_core::sc_pending_activity()) << "idle time costs nothing";
  sc_core::sc_start(sc_time::from_value(20 * kSecond));
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, 0U);
  sc_core::sc_start(sc_time::from_value(20 * kSecond));
  control->set_protection({true, false, false}, 40 * kSecond);
  read_all(40 * kSecond + kWindow - kSecond / 100);
  EXPECT_EQ(control->error_counts().decayed, 0U) << "its last round was not longer ago";
  read_all(60 * kSecond);
  EXPECT_GT(control->error_counts().decayed, kBytes / kGranule / 4) << "nobody came for 20 s";
}

TEST_F(PatrolTest, ThePatrolFindsWhatItComesByTooLate) {
  build(NbSystem::small(), with_ecc());
  constexpr std::uint64_t kPeriod = 2 * kSecond;
  control->set_patrol_period(kPeriod, 0);
  control->set_protection({true, false, true}, 0);
  control->set_refresh_rate(0, 0);
  std::uint64_t in_round = 0, after_round = 0, words = 0, scrubbed = 0;
  const dram::Retention cells(kWindow, 1);
  for (std::uint64_t granule = 0; granule < kBytes / kGranule; ++granule) {
    const std::uint64_t visit = granule * kPeriod * kGranule / kBytes;
    unsigned lost = 0;
    for (const auto& cell : cells.weak_cells(granule)) lost += cell.holds_ps < visit ? 1U : 0U;
    in_round += lost;
    words += lost > 0 ? 1U : 0U;
    scrubbed += lost == 1 ? 1U : 0U;
    // What is lost from the visit to the end of the round, but not twice.
    for (const auto& cell : cells.weak_cells(granule)) {
      const bool is_lost = lost == 2 && cell.holds_ps < visit;
      after_round += !is_lost && cell.holds_ps < kPeriod - visit ? 1U : 0U;
    }
  }
  ASSERT_GT(words, scrubbed);
  sc_core::sc_start(sc_time::from_value(kPeriod));
  EXPECT_EQ(control->error_counts().decayed, in_round);
  EXPECT_EQ(errors.size(), words);
  EXPECT_EQ(control->error_counts().scrubbed, scrubbed);
  for (const auto& error : errors) {
    EXPECT_EQ(error.finder, static_cast<unsigned>(EccFinder::kPatrol));
    EXPECT_NEAR(static_cast<double>(error.time_ps),
                static_cast<double>(error.address - kBase) / kBytes * kPeriod, 2);
  }
  control->set_refresh_rate(1, kPeriod);
  EXPECT_EQ(control->error_counts().decayed, in_round + after_round);
}

TEST_F(PatrolTest, ThePatrolFindsNothingLostInSelfRefresh) {
  ControllerConfig config = NbSystem::small();
  config.channel.self_refresh_after = 1'200'000;  // 1 ms
  build(config, with_ecc());
  control->set_patrol_period(2 * kSecond, 0);
  control->set_protection({true, false, true}, 0);
  control->set_refresh_rate(0, 0);
  sc_core::sc_start(sc_time::from_value(20 * kSecond));
  control->set_protection({true, false, false}, 20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, 0U);
}

TEST_F(PatrolTest, ThePatrolDoesNotGoBack) {
  build(NbSystem::small(), with_ecc());
  constexpr std::uint64_t kPeriod = 1'000'000;  // ps
  control->set_patrol_period(kPeriod, 0);
  control->set_protection({true, false, true}, 0);
  sc_core::sc_start(sc_time::from_value(kPeriod / 2));
  ASSERT_TRUE(control->inject(kBase + kBytes / 4, 1, 0));
  ASSERT_TRUE(control->inject(kBase + 3 * kBytes / 4, 1, 0));
  sc_core::sc_start(sc_time::from_value(kPeriod));
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].address, kBase + 3 * kBytes / 4);
  EXPECT_NEAR(static_cast<double>(errors[0].time_ps), 0.75 * kPeriod, 2);
  EXPECT_EQ(errors[1].address, kBase + kBytes / 4) << "passed before it was wrong: next round";
  EXPECT_NEAR(static_cast<double>(errors[1].time_ps), 1.25 * kPeriod, 2);
}

}  // namespace
}  // namespace lookaside::ddr
