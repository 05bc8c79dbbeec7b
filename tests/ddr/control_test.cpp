// SPDX-License-Identifier: Apache-2.0
// Errors in a controller's memory as initiators and debuggers meet them.
#include "control_bench.h"

namespace lookaside::ddr {
namespace {

using sc_core::sc_time;

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

}  // namespace
}  // namespace lookaside::ddr
