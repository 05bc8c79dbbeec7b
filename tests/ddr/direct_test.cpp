// SPDX-License-Identifier: Apache-2.0
// Pointers to memory: when they are denied and taken back.
#include <vector>

#include <gmock/gmock.h>

#include "nb_system.h"

namespace lookaside::ddr {
namespace {

using protocol::Requester;
using sc_core::sc_time;

class DirectTest : public tests::SystemCTest {
 protected:
  void build(const ControllerConfig& config) {
    ddr = std::make_unique<Controller>("ddr", config);
    master = std::make_unique<tests::Master>("master");
    master->socket.bind(ddr->socket);
    master->payload.set_extension(&access);
    access.requester = Requester::kHartData;
    tests::elaborate();
  }
  ~DirectTest() override { master->payload.clear_extension(&access); }

  bool lent(std::uint64_t address, bool write = true) {
    master->payload.set_address(address);
    master->payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    return master->socket->get_direct_mem_ptr(master->payload, dmi);
  }
  using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  Ranges revoked() {
    Ranges all;
    all.swap(master->invalidated);
    return all;
  }

  std::unique_ptr<Controller> ddr;
  std::unique_ptr<tests::Master> master;
  protocol::AccessExtension access;
  tlm::tlm_dmi dmi;
};

TEST_F(DirectTest, DeniedBytesAreReachedByTransactionsOnly) {
  build(NbSystem::small());
  ASSERT_TRUE(lent(kBase));
  ddr->deny_direct(kBase + 0x2345, kBase + 0x2345);
  EXPECT_EQ(revoked(), (Ranges{{kBase + 0x2000, kBase + 0x2FFF}}));
  EXPECT_FALSE(lent(kBase + 0x2000, false)) << "not even to read";
  EXPECT_EQ(dmi.get_start_address(), kBase + 0x2000);
  EXPECT_EQ(dmi.get_end_address(), kBase + 0x2FFF);
  ASSERT_TRUE(lent(kBase));
  EXPECT_EQ(dmi.get_end_address(), kBase + 0x1FFF);
  master->read(kBase + 0x2000, 8);
  EXPECT_FALSE(master->payload.is_dmi_allowed());
  ddr->permit_direct(kBase + 0x2345, kBase + 0x2345);
  ASSERT_TRUE(lent(kBase + 0x2000));
  EXPECT_EQ(dmi.get_end_address(), kBase + kBytes - 1);
}

TEST_F(DirectTest, SelfRefreshTakesPointersBackUntilTheNextAccess) {
  ControllerConfig config = NbSystem::small();
  config.channel.self_refresh_after = 1200;  // 1 us
  build(config);
  master->read(kBase, 8);  // ends at 20 ns
  ASSERT_TRUE(lent(kBase));
  sc_core::sc_start(sc_time(1019, sc_core::SC_NS));
  EXPECT_TRUE(revoked().empty());
  sc_core::sc_start(sc_time(2, sc_core::SC_NS));
  EXPECT_EQ(revoked(), (Ranges{{kBase, kBase + kBytes - 1}}));
  EXPECT_FALSE(lent(kBase)) << "memory sleeps";
  master->delay = sc_core::SC_ZERO_TIME;
  master->read(kBase, 8);
  EXPECT_TRUE(master->payload.is_dmi_allowed());
  EXPECT_TRUE(lent(kBase)) << "a transaction has woken it";
  EXPECT_TRUE(revoked().empty());
}

TEST_F(DirectTest, SelfRefreshLendsNothingThoughNoPointerWasEverLent) {
  ControllerConfig config = NbSystem::small();
  config.channel.self_refresh_after = 1200;  // 1 us
  build(config);
  sc_core::sc_start(sc_time(500, sc_core::SC_NS));
  master->read(kBase, 8);  // ends at 520 ns
  sc_core::sc_start(sc_time(1, sc_core::SC_MS));
  EXPECT_FALSE(lent(kBase)) << "idle for a millisecond";
  master->delay = sc_core::SC_ZERO_TIME;
  master->read(kBase, 8);
  EXPECT_TRUE(lent(kBase));
}

TEST_F(DirectTest, APointerLentWithoutAnAccessIsTakenBackInSelfRefresh) {
  ControllerConfig config = NbSystem::small();
  config.channel.self_refresh_after = 1200;
  build(config);
  ASSERT_TRUE(lent(kBase));
  sc_core::sc_start(sc_time(999, sc_core::SC_NS));
  EXPECT_TRUE(revoked().empty());
  sc_core::sc_start(sc_time(2, sc_core::SC_NS));
  EXPECT_EQ(revoked(), (Ranges{{kBase, kBase + kBytes - 1}}));
}

TEST_F(DirectTest, WithoutSelfRefreshNothingHappensInIdleTime) {
  build(NbSystem::small());
  ASSERT_TRUE(lent(kBase));
  EXPECT_FALSE(sc_core::sc_pending_activity());
}

TEST_F(DirectTest, EveryTimingLendsAtTheConstant) {
  for (const Timing timing : {Timing::kTemporal}) {
    ControllerConfig config = NbSystem::small();
    config.timing = timing;
    build(config);
    ASSERT_TRUE(lent(kBase));
    EXPECT_EQ(dmi.get_read_latency(), sc_time(20, sc_core::SC_NS));
    EXPECT_EQ(dmi.get_write_latency(), sc_time(20, sc_core::SC_NS));
  }
}

/// Refuses reads of one byte; remembers what was written.
struct Guard : DataGuard {
  std::uint64_t bad = 0;
  std::vector<std::pair<std::uint64_t, bool>> writes;
  tlm::tlm_response_status reading(std::uint64_t first, std::uint64_t last,
                                   std::uint64_t /*time_ps*/) override {
    return first <= bad && bad <= last ? tlm::TLM_GENERIC_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
  }
  void written(std::uint64_t first, std::uint64_t /*last*/, std::uint64_t /*time_ps*/,
               WriteKind kind) override {
    writes.emplace_back(first, kind == WriteKind::kDebug);
  }
};

TEST_F(DirectTest, AGuardSeesDataAndCanRefuseIt) {
  build(NbSystem::small());
  Guard guard;
  guard.bad = kBase + 100;
  ddr->attach(&guard);
  EXPECT_EQ(master->read_status(kBase + 96, 8), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(master->read_status(kBase + 104, 8), tlm::TLM_OK_RESPONSE);
  master->write(kBase + 96, 8, 1);
  master->poke(kBase + 8, 8, 1);
  EXPECT_THAT(guard.writes,
              testing::ElementsAre(std::pair(kBase + 96, false), std::pair(kBase + 8, true)));
  protocol::AtomicExtension atomic;
  atomic.op = protocol::AtomicOp::kAdd;
  atomic.operand = 5;
  master->payload.set_extension(&atomic);
  master->write(kBase + 96, 8, 5);
  EXPECT_EQ(master->status, tlm::TLM_GENERIC_ERROR_RESPONSE);
  master->payload.clear_extension(&atomic);
  EXPECT_EQ(master->peek(kBase + 96, 8), 1U) << "an atomic that cannot read does not write";
}

}  // namespace
}  // namespace lookaside::ddr
