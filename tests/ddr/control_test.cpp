// SPDX-License-Identifier: Apache-2.0
// What guards a controller's memory, beside the controller: refresh, errors, debug accesses.
#include <memory>
#include <vector>

#include <lookaside/ddr/control.h>
#include <lookaside/dram/retention.h>

#include "nb_system.h"

namespace lookaside::ddr {
namespace {

using protocol::Requester;
using sc_core::sc_time;

constexpr std::uint64_t kSecond = 1'000'000'000'000;  // ps
/// The refresh window: 8192 tREFI of 9360 clocks of 2500/3 ps.
constexpr std::uint64_t kWindow = std::uint64_t{8192} * 9360 * 2500 / 3;

class ControlTest : public tests::SystemCTest {
 protected:
  void build(const ControllerConfig& controller = NbSystem::small(),
             const ControlConfig& config = {}) {
    ddr = std::make_unique<Controller>("ddr", controller);
    control = std::make_unique<Control>("control", *ddr, config);
    master = std::make_unique<tests::Master>("master");
    master->socket.bind(ddr->socket);
    master->payload.set_extension(&access);
    access.requester = Requester::kHartData;
    control->on_error([this](const protocol::DdrError& error) { errors.push_back(error); });
    tests::elaborate();
  }
  ~ControlTest() override {
    if (master != nullptr) master->payload.clear_extension(&access);
  }
  /// Reads every word of memory at a local time.
  void read_all(std::uint64_t time_ps) {
    for (std::uint64_t offset = 0; offset < kBytes; offset += 8) {
      master->delay = sc_time::from_value(time_ps - sc_core::sc_time_stamp().value());
      master->read(kBase + offset, 8);
    }
  }

  std::uint64_t atomic(protocol::AtomicOp op, std::uint64_t address, unsigned bytes,
                       std::uint64_t operand = 0) {
    protocol::AtomicExtension extension;
    extension.op = op;
    extension.operand = operand;
    master->payload.set_extension(&extension);
    if (op == protocol::AtomicOp::kLoadReserved) {
      master->read(address, bytes);
    } else {
      master->write(address, bytes, operand);
    }
    master->payload.clear_extension(&extension);
    succeeded = extension.succeeded;
    return extension.result;
  }

  std::unique_ptr<Controller> ddr;
  std::unique_ptr<Control> control;
  std::unique_ptr<tests::Master> master;
  protocol::AccessExtension access;
  std::vector<protocol::DdrError> errors;
  bool succeeded = false;  ///< the last atomic
};

ControlConfig with_ecc() {
  ControlConfig config;
  config.ecc = true;
  return config;
}

TEST_F(ControlTest, MemoryThatNobodyRefreshesLosesBits) {
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
  EXPECT_GT(control->error_counts().decayed, kBytes / dram::Retention::kGranuleBytes / 4);
}

TEST_F(ControlTest, RefreshedMemoryLosesNothing) {
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

TEST_F(ControlTest, SelfRefreshKeepsCellsThatNobodyElseRefreshes) {
  build(sleeps_after(1'200'000));  // 1 ms
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, 0U);
}

TEST_F(ControlTest, MemoryThatIsUsedDoesNotSleep) {
  build(sleeps_after(1'200'000));
  for (std::uint64_t time = 0; time < 20 * kSecond; time += kSecond / 1200) {
    master->delay = sc_time::from_value(time);
    master->read(kBase, 8);
  }
  read_all(20 * kSecond);
  EXPECT_GT(control->error_counts().decayed, kBytes / dram::Retention::kGranuleBytes / 4);
}

TEST_F(ControlTest, WhatIsLostBeforeSelfRefreshStaysLost) {
  build(sleeps_after(1'200'000'000));  // 1 s
  const dram::Retention cells(kWindow, 1);
  std::uint64_t expected = 0;
  for (std::uint64_t granule = 0; granule < kBytes / dram::Retention::kGranuleBytes; ++granule) {
    for (const auto& cell : cells.weak_cells(granule)) expected += cell.holds_ps < kSecond;
  }
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, expected);
  EXPECT_GT(expected, 0U);
}

TEST_F(ControlTest, RefreshThatComesBackInSelfRefreshFindsNothingLost) {
  ControllerConfig config = sleeps_after(1'200'000);
  config.channel.refresh = dram::RefreshMode::kRank;
  build(config);
  control->set_refresh_rate(0, 0);
  control->set_refresh_rate(1, 20 * kSecond);
  read_all(20 * kSecond);
  EXPECT_EQ(control->error_counts().decayed, 0U);
}

TEST_F(ControlTest, AnAtomicNoticesAnErrorOnce) {
  build(NbSystem::small(), with_ecc());
  for (const unsigned bytes : {4U, 8U}) {
    errors.clear();
    const std::uint64_t corrected = control->error_counts().corrected;
    master->write(kBase, 8, 0x1'0000'0005);
    ASSERT_TRUE(control->inject(kBase, 1ULL << 40, 0));
    EXPECT_EQ(atomic(protocol::AtomicOp::kAdd, kBase, bytes, 2), bytes == 4 ? 5 : 0x1'0000'0005U);
    EXPECT_EQ(control->error_counts().corrected, corrected + 1) << bytes;
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].finder, static_cast<unsigned>(EccFinder::kRead));
    EXPECT_EQ(master->read(kBase, 8), 0x1'0000'0007U) << "written back whole and right";
    EXPECT_EQ(errors.size(), 1U);
  }
}

TEST_F(ControlTest, AStoreConditionalReadsNothing) {
  using protocol::AtomicOp;
  build(NbSystem::small(), with_ecc());
  master->write(kBase, 8, 0);
  atomic(AtomicOp::kLoadReserved, kBase, 4);
  ASSERT_TRUE(control->inject(kBase, 3, 0));
  ASSERT_TRUE(control->inject(kBase + 0x100, 3, 0));
  atomic(AtomicOp::kStoreConditional, kBase + 0x100, 4, 1);
  EXPECT_EQ(master->status, tlm::TLM_OK_RESPONSE) << "fails, and touches no memory";
  EXPECT_FALSE(succeeded);
  EXPECT_TRUE(errors.empty());
  atomic(AtomicOp::kStoreConditional, kBase, 4, 1);
  EXPECT_FALSE(succeeded) << "the failure has ended the reservation";
  EXPECT_TRUE(errors.empty());
}

TEST_F(ControlTest, AStoreConditionalThatSucceedsIsAWrite) {
  using protocol::AtomicOp;
  build(NbSystem::small(), with_ecc());
  master->write(kBase, 8, 0);
  for (const unsigned bytes : {4U, 8U}) {
    errors.clear();
    atomic(AtomicOp::kLoadReserved, kBase, bytes);
    ASSERT_TRUE(control->inject(kBase, 3, 0));
    atomic(AtomicOp::kStoreConditional, kBase, bytes, 1);
    EXPECT_EQ(master->status, tlm::TLM_OK_RESPONSE) << "writes pass";
    EXPECT_TRUE(succeeded);
    if (bytes == 8) continue;
    ASSERT_EQ(errors.size(), 1U) << "half a word: the rest is read";
    EXPECT_EQ(errors[0].finder, static_cast<unsigned>(EccFinder::kPartialWrite));
    EXPECT_EQ(master->read_status(kBase, 8), tlm::TLM_GENERIC_ERROR_RESPONSE);
    master->write(kBase, 8, 0);
  }
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(master->read(kBase, 8), 1U) << "a whole word heals";
}

TEST_F(ControlTest, ADebugReadChangesNothing) {
  ControllerConfig config = NbSystem::small();
  config.timing = Timing::kTemporal;
  build(config, with_ecc());
  atomic(protocol::AtomicOp::kLoadReserved, kBase, 8);
  ASSERT_TRUE(control->inject(kBase + 64, 1, 0));
  ASSERT_TRUE(control->inject(kBase + 128, 3, 0));
  const protocol::DdrCounters before = control->counters();
  const sc_time delay = master->delay;
  for (const std::uint64_t offset :
       {std::uint64_t{0}, std::uint64_t{64}, std::uint64_t{128}, kRow}) {
    unsigned done = 0;
    master->peek(kBase + offset, 8, &done);
    EXPECT_EQ(done, 8U) << "wrong bits are no error to a debugger";
  }
  EXPECT_EQ(control->counters(), before);
  EXPECT_EQ(master->delay, delay);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(control->error_counts().corrected + control->error_counts().uncorrectable, 0U);
  atomic(protocol::AtomicOp::kStoreConditional, kBase, 8, 1);
  EXPECT_TRUE(succeeded) << "the reservation stands";
  master->delay = sc_time(1, sc_core::SC_US);
  master->read(kBase + 256, 8);
  EXPECT_EQ(master->delay.value(), 1'000'000U + 18'334U) << "22 clocks: the row is still open";
}

TEST_F(ControlTest, ADebugWriteChangesDataAndReservationsOnly) {
  ControllerConfig config = NbSystem::small();
  config.timing = Timing::kTemporal;
  build(config, with_ecc());
  atomic(protocol::AtomicOp::kLoadReserved, kBase, 8);
  ASSERT_TRUE(control->inject(kBase + 64, 1, 0));
  const protocol::DdrCounters before = control->counters();
  master->poke(kBase + 64, 4, 7);
  master->poke(kBase + kRow, 8, 7);
  EXPECT_EQ(control->counters(), before);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(control->error_counts().scrubbed, 0U);
  atomic(protocol::AtomicOp::kLoadReserved, kBase, 8);
  master->poke(kBase, 1, 7);
  atomic(protocol::AtomicOp::kStoreConditional, kBase, 8, 1);
  EXPECT_FALSE(succeeded);
  master->delay = sc_time(1, sc_core::SC_US);
  master->read(kBase + 256, 8);
  EXPECT_EQ(master->delay.value(), 1'000'000U + 18'334U) << "22 clocks: the row is still open";
}

TEST_F(ControlTest, ThePatrolFindsManyWrongWordsInOneRound) {
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

TEST_F(ControlTest, ThePatrolKeepsCellsAliveWithinTheWindow) {
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
  EXPECT_GT(control->error_counts().decayed, kBytes / dram::Retention::kGranuleBytes / 4)
      << "nobody came for 20 s";
}

TEST_F(ControlTest, ThePatrolFindsWhatItComesByTooLate) {
  build(NbSystem::small(), with_ecc());
  constexpr std::uint64_t kPeriod = 2 * kSecond;
  control->set_patrol_period(kPeriod, 0);
  control->set_protection({true, false, true}, 0);
  control->set_refresh_rate(0, 0);
  std::uint64_t in_round = 0, after_round = 0, words = 0, scrubbed = 0;
  const dram::Retention cells(kWindow, 1);
  for (std::uint64_t granule = 0; granule < kBytes / dram::Retention::kGranuleBytes; ++granule) {
    const std::uint64_t visit = granule * kPeriod * dram::Retention::kGranuleBytes / kBytes;
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

TEST_F(ControlTest, ThePatrolDoesNotGoBack) {
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
