// SPDX-License-Identifier: Apache-2.0
// Memory without refresh: what is lost, and what self-refresh keeps.
#include "control_bench.h"

namespace lookaside::ddr {
namespace {

using sc_core::sc_time;

class RefreshTest : public ControlTest {};

TEST_F(RefreshTest, MemoryThatNobodyRefreshesLosesBits) {
  ControllerConfig config = NbSystem::small();
  config.channel.refresh = dram::RefreshMode::kNone;
  build(config);
  tlm::tlm_dmi dmi;
  master->payload.set_address(kBase);
  EXPECT_FALSE(master->socket->get_direct_mem_ptr(master->payload, dmi)) << "losses are seen";
  read_all(kSecond / 32);  // tREFW is 64 ms
  EXPECT_EQ(control->error_counts().decayed, 0U);
  // No cell of a granule that has one holds for longer than 128 windows: 8.2 s.
  read_all(20 * kSecond);
  EXPECT_GT(control->error_counts().decayed, kBytes / kGranule / 4);
}

TEST_F(RefreshTest, RefreshedMemoryLosesNothing) {
  build();
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, 0U);
}

/// Memory that sleeps after so many clocks (2500/3 ps) without an access, and is not refreshed.
ControllerConfig sleeps_after(std::uint32_t clocks) {
  ControllerConfig config = NbSystem::small();
  config.channel.refresh = dram::RefreshMode::kNone;
  config.channel.self_refresh_after = clocks;
  return config;
}

TEST_F(RefreshTest, SelfRefreshKeepsCellsThatNobodyElseRefreshes) {
  build(sleeps_after(1'200'000));  // 1 ms
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, 0U);
}

TEST_F(RefreshTest, MemoryThatIsUsedDoesNotSleep) {
  build(sleeps_after(1'200'000));
  for (std::uint64_t time = 0; time < 20 * kSecond; time += kSecond / 1200) {
    master->delay = sc_time::from_value(time);
    master->read(kBase, 8);
  }
  read_all(20 * kSecond);
  EXPECT_GT(control->error_counts().decayed, kBytes / kGranule / 4);
}

TEST_F(RefreshTest, WhatIsLostBeforeSelfRefreshStaysLost) {
  build(sleeps_after(1'200'000'000));  // 1 s
  const dram::Retention cells(kWindow, 1);
  std::uint64_t expected = 0;
  for (std::uint64_t granule = 0; granule < kBytes / kGranule; ++granule) {
    for (const auto& cell : cells.weak_cells(granule)) expected += cell.holds_ps < kSecond;
  }
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, expected);
  EXPECT_GT(expected, 0U);
}

TEST_F(RefreshTest, RefreshThatComesBackInSelfRefreshFindsNothingLost) {
  ControllerConfig config = sleeps_after(1'200'000);
  config.channel.refresh = dram::RefreshMode::kRank;
  build(config);
  control->set_refresh_rate(0, 0);
  control->set_refresh_rate(1, 20 * kSecond);
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, 0U);
}

}  // namespace
}  // namespace lookaside::ddr
