// SPDX-License-Identifier: Apache-2.0
#include <target_fixture.h>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/ddr/controller.h>

namespace lookaside::ddr {
namespace {

constexpr std::uint64_t kBase = 0x8000'0000;
constexpr std::uint64_t kBytes = 0x10000;
constexpr std::uint64_t kTohost = kBase + 0x5008;

class WatchTest : public tests::SystemCTest {
 protected:
  WatchTest() : master("master"), ddr("ddr", ControllerConfig{{{kBase, kBytes}}, 1000}) {
    master.socket.bind(ddr.socket);
    access.requester = protocol::Requester::kHartData;
    master.payload.set_extension(&access);
    tests::elaborate();
  }
  ~WatchTest() override {
    master.payload.clear_extension(&access);
    master.payload.clear_extension(&atomic);
  }
  void watch() {
    ddr.watch(kTohost, kTohost + 7, [this](const WriteEvent& event) {
      events.push_back(event);
      seen.push_back(master.peek(kTohost, 8));
    });
  }
  /// Asks for a pointer at `address`; true if granted, `dmi` receives the answer.
  bool ask(std::uint64_t address, tlm::tlm_command command) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    dmi.init();
    return master.socket->get_direct_mem_ptr(payload, dmi);
  }

  tests::Master master;
  Controller ddr;
  protocol::AccessExtension access;
  protocol::AtomicExtension atomic;
  tlm::tlm_dmi dmi;
  std::vector<WriteEvent> events;
  std::vector<std::uint64_t> seen;
};

TEST_F(WatchTest, CallsBackAfterEachOverlappingWrite) {
  watch();
  master.write(kTohost, 4, 1);
  master.write(kTohost + 4, 4, 2);
  master.write(kTohost - 7, 8, ~0ULL);  // its last byte overlaps
  master.write(kTohost - 8, 8, 9);      // ends just before
  master.write(kTohost + 8, 8, 9);      // begins just after
  master.read(kTohost, 8);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_THAT(seen, testing::ElementsAre(1, 0x2'0000'0001, 0x2'0000'00FF));
  EXPECT_EQ(events[0].first, kTohost);
  EXPECT_EQ(events[0].last, kTohost + 3);
  EXPECT_EQ(events[0].time_ps, 1000U);
  EXPECT_EQ(events[1].time_ps, 2000U);
}

TEST_F(WatchTest, AtomicsAreSeenIfTheyWriteAndDebugWritesAreNot) {
  watch();
  master.payload.set_extension(&atomic);
  atomic.op = protocol::AtomicOp::kStoreConditional;
  master.write(kTohost, 8, 0);
  EXPECT_TRUE(events.empty()) << "the store-conditional failed";
  atomic.op = protocol::AtomicOp::kSwap;
  atomic.operand = 5;
  master.write(kTohost, 8, 5);
  EXPECT_EQ(events.size(), 1U);
  master.payload.clear_extension(&atomic);
  master.poke(kTohost, 8, 6);
  EXPECT_EQ(events.size(), 1U);
}

TEST_F(WatchTest, PointersAreCutAroundTheWatchedGranule) {
  watch();
  ASSERT_TRUE(ask(kBase, tlm::TLM_WRITE_COMMAND));
  EXPECT_TRUE(dmi.is_write_allowed());
  EXPECT_EQ(dmi.get_start_address(), kBase);
  EXPECT_EQ(dmi.get_end_address(), kBase + 0x4FFF);

  EXPECT_FALSE(ask(kTohost, tlm::TLM_WRITE_COMMAND));
  EXPECT_EQ(dmi.get_start_address(), kBase + 0x5000);
  EXPECT_EQ(dmi.get_end_address(), kBase + 0x5FFF);

  ASSERT_TRUE(ask(kBase + 0x5FFF, tlm::TLM_READ_COMMAND));
  EXPECT_TRUE(dmi.is_read_allowed());
  EXPECT_FALSE(dmi.is_write_allowed());
  EXPECT_EQ(dmi.get_start_address(), kBase + 0x5000);
  EXPECT_EQ(dmi.get_end_address(), kBase + 0x5FFF);
  dmi.get_dmi_ptr()[0] = 0;
  master.poke(kBase + 0x5000, 1, 0x77);
  EXPECT_EQ(dmi.get_dmi_ptr()[0], 0x77) << "the pointer is that of the cut range";

  ASSERT_TRUE(ask(kBase + 0x6000, tlm::TLM_READ_COMMAND));
  EXPECT_TRUE(dmi.is_write_allowed());
  EXPECT_EQ(dmi.get_start_address(), kBase + 0x6000);
  EXPECT_EQ(dmi.get_end_address(), kBase + kBytes - 1);
}

TEST_F(WatchTest, TheHintIsTrueOnlyIfTheRequestWouldSucceed) {
  watch();
  master.write(kTohost + 0x10, 4, 1);
  EXPECT_FALSE(master.payload.is_dmi_allowed()) << "H-DMI-18";
  master.read(kTohost + 0x10, 4);
  EXPECT_TRUE(master.payload.is_dmi_allowed());
  master.write(kBase, 4, 1);
  EXPECT_TRUE(master.payload.is_dmi_allowed());
}

TEST_F(WatchTest, PointersGrantedEarlierAreRevoked) {
  ASSERT_TRUE(ask(kBase, tlm::TLM_WRITE_COMMAND));
  EXPECT_TRUE(master.invalidated.empty());
  watch();
  EXPECT_THAT(master.invalidated, testing::ElementsAre(std::pair<std::uint64_t, std::uint64_t>(
                                      kBase + 0x5000, kBase + 0x5FFF)));
}

TEST_F(WatchTest, SeveralRangesAndOnesAcrossGranules) {
  unsigned first = 0;
  unsigned second = 0;
  ddr.watch(kBase + 0x1FFF, kBase + 0x2000, [&first](const WriteEvent&) { ++first; });
  ddr.watch(kBase + 0x2000, kBase + 0x2000, [&second](const WriteEvent&) { ++second; });
  master.write(kBase + 0x1FFF, 1, 0);
  master.write(kBase + 0x2000, 1, 0);
  EXPECT_EQ(first, 2U);
  EXPECT_EQ(second, 1U);
  EXPECT_FALSE(ask(kBase + 0x1000, tlm::TLM_WRITE_COMMAND));
  EXPECT_FALSE(ask(kBase + 0x2FFF, tlm::TLM_WRITE_COMMAND));
  ASSERT_TRUE(ask(kBase + 0xFFF, tlm::TLM_WRITE_COMMAND));
  EXPECT_EQ(dmi.get_end_address(), kBase + 0xFFF);
  ASSERT_TRUE(ask(kBase + 0x3000, tlm::TLM_WRITE_COMMAND));
  EXPECT_EQ(dmi.get_start_address(), kBase + 0x3000);
}

TEST(Watches, AWatchElsewhereCutsNothing) {
  const auto ignore = [](const WriteEvent&) {};
  Watches watches;
  watches.add(0x1000, 0x1007, ignore);
  watches.add(0x9000, 0x9007, ignore);
  std::uint64_t first = 0x4000;
  std::uint64_t last = 0x7FFF;
  EXPECT_FALSE(watches.granules().clip(0x5000, first, last));
  EXPECT_EQ(first, 0x4000U);
  EXPECT_EQ(last, 0x7FFFU);
  last = 0x1'0000;
  EXPECT_FALSE(watches.granules().clip(0x5000, first, last));
  EXPECT_EQ(last, 0x8FFFU);
}

TEST_F(WatchTest, RangesOutsideMemoryAreRefused) {
  const auto ignore = [](const WriteEvent&) {};
  EXPECT_THROW(ddr.watch(0x1000, 0x1007, ignore), DdrError);
  EXPECT_THROW(ddr.watch(kBase + kBytes - 4, kBase + kBytes, ignore), DdrError);
  EXPECT_THROW(ddr.watch(kBase + 8, kBase, ignore), DdrError);
}

}  // namespace
}  // namespace lookaside::ddr
