// SPDX-License-Identifier: Apache-2.0
// Against the register layout of the SiFive CLINT: msip 0x0 + 4h, mtimecmp 0x4000 + 8h, mtime
// 0xBFF8.
#include <target_fixture.h>

#include <gmock/gmock.h>

#include <lookaside/devices/clint.h>
#include <lookaside/devices/device_setup_error.h>

namespace lookaside::devices {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;

constexpr std::uint64_t kMtimecmp = 0x4000;
constexpr std::uint64_t kMtime = 0xBFF8;
constexpr std::uint64_t kNever = ~std::uint64_t{0};

using ClintSetup = tests::SystemCTest;

/// Two harts, 10 MHz: one tick is 100 ns. No latency, so that times can be read off.
class ClintTest : public tests::SystemCTest {
 protected:
  ClintTest()
      : master("master"),
        hart0("hart0"),
        hart1("hart1"),
        clint("clint", ClintConfig{2, 10'000'000, 0}) {
    master.socket.bind(clint.socket);
    clint.harts.bind(hart0);
    clint.harts.bind(hart1);
    tests::elaborate();
  }
  void local_time(std::uint64_t ns) { master.delay = sc_time(static_cast<double>(ns), SC_NS); }

  tests::Master master;
  tests::InterruptRecorder hart0;
  tests::InterruptRecorder hart1;
  Clint clint;
};

TEST_F(ClintTest, MsipDrivesTheSoftwareInterruptOfItsHart) {
  EXPECT_EQ(master.read(0x4, 4), 0U);
  EXPECT_EQ(master.write(0x4, 4, 0xFFFF'FFFF), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(master.read(0x4, 4), 1U) << "only bit 0 exists";
  EXPECT_TRUE(hart1.level[3]);
  EXPECT_EQ(hart0.calls, 0U);
  master.write(0x4, 4, 0xFFFF'FFFE);
  EXPECT_FALSE(hart1.level[3]);
  EXPECT_EQ(master.read(0x4, 4), 0U);
  master.write(0x0, 4, 1);
  EXPECT_TRUE(hart0.level[3]);
}

TEST_F(ClintTest, MtimecmpInOneOrTwoAccesses) {
  EXPECT_EQ(master.read(kMtimecmp, 8), kNever) << "nothing is pending before it is set";
  EXPECT_EQ(master.write(kMtimecmp + 8, 8, 0x1122'3344'5566'7788), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(clint.mtimecmp(1), 0x1122'3344'5566'7788U);
  EXPECT_EQ(clint.mtimecmp(0), kNever);
  EXPECT_EQ(master.read(kMtimecmp + 8, 4), 0x5566'7788U);
  EXPECT_EQ(master.read(kMtimecmp + 12, 4), 0x1122'3344U);
  master.write(kMtimecmp + 8, 4, 0xAAAA'BBBB);
  EXPECT_EQ(clint.mtimecmp(1), 0x1122'3344'AAAA'BBBBU);
  master.write(kMtimecmp + 12, 4, 0xCCCC'DDDD);
  EXPECT_EQ(clint.mtimecmp(1), 0xCCCC'DDDD'AAAA'BBBBU);
}

TEST_F(ClintTest, MtimeFollowsTheReadersLocalTime) {
  const auto mtime_at = [this](std::uint64_t ns) {
    local_time(ns);
    return master.read(kMtime, 8);
  };
  EXPECT_EQ(mtime_at(0), 0U);
  EXPECT_EQ(mtime_at(99), 0U);
  EXPECT_EQ(mtime_at(100), 1U);
  EXPECT_EQ(mtime_at(1'000'000'000), 10'000'000U) << "one second";
  local_time(1'000'000'050);
  EXPECT_EQ(master.read(kMtime, 4), 10'000'000U);
  EXPECT_EQ(master.read(kMtime + 4, 4), 0U);
}

TEST_F(ClintTest, MtimeCanBeSetAndGoesOnFromThere) {
  local_time(500);
  master.write(kMtime, 8, 0x1'0000'0000);
  EXPECT_EQ(master.read(kMtime, 8), 0x1'0000'0000U);
  local_time(700);
  EXPECT_EQ(master.read(kMtime, 8), 0x1'0000'0002U);
  master.write(kMtime + 4, 4, 0);
  EXPECT_EQ(master.read(kMtime, 8), 2U) << "set back: earlier than simulated time";
  EXPECT_EQ(clint.time_of(2), 700'000U);
  EXPECT_EQ(clint.time_of(3), 800'000U);
  EXPECT_EQ(clint.ticks_at(900'000), 4U);
}

TEST_F(ClintTest, TimeOfIsTheEarliestTimeAtWhichTicksAreReached) {
  EXPECT_EQ(clint.time_of(0), 0U);
  EXPECT_EQ(clint.time_of(1), 100'000U);
  EXPECT_EQ(clint.time_of(184'467'440'737'095), 18'446'744'073'709'500'000U);
  EXPECT_EQ(clint.time_of(184'467'440'737'096), kNever) << "beyond 2^64 ps";
  EXPECT_EQ(clint.time_of(kNever), kNever);
  for (const std::uint64_t ticks : {1ULL, 7ULL, 123'456'789ULL}) {
    EXPECT_EQ(clint.ticks_at(clint.time_of(ticks)), ticks);
    EXPECT_EQ(clint.ticks_at(clint.time_of(ticks) - 1), ticks - 1);
  }
}

TEST_F(ClintTest, RefusesWhatIsNotARegister) {
  constexpr auto kError = tlm::TLM_ADDRESS_ERROR_RESPONSE;
  EXPECT_EQ(master.read_status(0x8, 4), kError) << "msip of a hart that is not there";
  EXPECT_EQ(master.read_status(0x0, 8), kError) << "two msip at once";
  EXPECT_EQ(master.read_status(0x0, 2), kError);
  EXPECT_EQ(master.read_status(0x1, 4), kError);
  EXPECT_EQ(master.read_status(0x4010, 8), kError);
  EXPECT_EQ(master.read_status(0x4004, 8), kError) << "across two mtimecmp";
  EXPECT_EQ(master.read_status(kMtime, 2), kError);
  EXPECT_EQ(master.read_status(kMtime + 8, 8), kError);
}

TEST_F(ClintTest, DebugReadsShowRegistersAtSimulatedTime) {
  local_time(500);
  EXPECT_EQ(master.peek(kMtime, 8), 0U);
  EXPECT_EQ(master.peek(kMtimecmp, 8), kNever);
  EXPECT_EQ(master.poke(kMtimecmp, 8, 0), 0U);
  EXPECT_EQ(clint.mtimecmp(0), kNever);
}

TEST_F(ClintSetup, OddTimebasesRoundDown) {
  Clint slow("slow", ClintConfig{1, 3, 0});  // one tick = 333 333 333 333.3 ps
  EXPECT_EQ(slow.ticks_at(333'333'333'333), 0U);
  EXPECT_EQ(slow.ticks_at(333'333'333'334), 1U);
  EXPECT_EQ(slow.time_of(1), 333'333'333'334U);
  EXPECT_EQ(slow.time_of(3), 1'000'000'000'000U);
}

TEST_F(ClintSetup, RefusesImpossibleTimebases) {
  EXPECT_THROW(Clint("stopped", ClintConfig{1, 0}), DeviceSetupError);
  EXPECT_THROW(Clint("fast", ClintConfig{1, 1'000'000'000'001}), DeviceSetupError);
}

}  // namespace
}  // namespace lookaside::devices
