// SPDX-License-Identifier: Apache-2.0
// Standby told from commands; energy and sleep under temporal timing.
#include <array>
#include <target_fixture.h>

#include <gtest/gtest.h>

#include <lookaside/ddr/controller.h>
#include <lookaside/ddr/standby.h>
#include <lookaside/dram/preset.h>

namespace lookaside::ddr {
namespace {

using dram::Command;
using dram::Op;
using Clocks = std::array<std::uint64_t, dram::kStandbyCount>;

dram::Organization ddr4() {
  return {dram::builtin_device("DDR4-2400"), 1, 2, 64};
}
Command command(std::uint64_t clock, Op op, unsigned bank = 0, unsigned rank = 0) {
  Command c;
  c.clock = clock;
  c.op = op;
  c.rank = static_cast<std::uint8_t>(rank);
  c.bank = static_cast<std::uint8_t>(bank);
  c.bank_group = static_cast<std::uint8_t>(bank / 4);
  return c;
}

// Order: active, precharged, active power-down, precharged power-down, self-refresh.
TEST(Standby, RowsOpenAndClose) {
  StandbyMeter meter(ddr4(), {});
  meter.add(command(100, Op::kAct, 0));
  meter.add(command(110, Op::kAct, 5));
  meter.add(command(150, Op::kPre, 0));
  meter.add(command(200, Op::kPre, 5));
  meter.add(command(300, Op::kAct, 1));
  meter.add(command(350, Op::kPreAll));
  EXPECT_EQ(meter.clocks(1000)[0], (Clocks{100 + 50, 850, 0, 0, 0}));
  EXPECT_EQ(meter.clocks(1000)[1], (Clocks{0, 1000, 0, 0, 0}));
}

TEST(Standby, AutomaticPrechargeClosesLater) {
  StandbyMeter meter(ddr4(), {});
  meter.add(command(100, Op::kAct, 0));
  meter.add(command(140, Op::kRda, 0));  // tRTP: 9
  meter.add(command(200, Op::kAct, 0));
  meter.add(command(240, Op::kWra, 0));  // CWL + BL/2 + tWR: 12 + 4 + 18
  EXPECT_EQ(meter.clocks(260)[0], (Clocks{49 + 60, 151, 0, 0, 0})) << "still open";
  EXPECT_EQ(meter.clocks(1000)[0], (Clocks{49 + 74, 877, 0, 0, 0}));
}

TEST(Standby, AnIdleRankSleeps) {
  dram::ControllerConfig config;
  config.power_down_after = 100;
  config.self_refresh_after = 1000;
  StandbyMeter meter(ddr4(), config);
  meter.add(command(0, Op::kAct, 0));
  meter.add(command(20, Op::kRd, 0));
  meter.add(command(500, Op::kPreAll));
  meter.add(command(520, Op::kRef));
  meter.add(command(2000, Op::kRef));
  meter.add(command(3000, Op::kAct, 0));
  // Active to 120, active power-down to 500, precharged power-down to 1020, then self-refresh.
  EXPECT_EQ(meter.clocks(3000)[0], (Clocks{120, 0, 380, 520, 1980}));
  dram::Counters counters;
  counters.commands[static_cast<unsigned>(Op::kRef)] = 2;
  counters = meter.without_self_refreshes(counters);
  EXPECT_EQ(counters.commands[static_cast<unsigned>(Op::kRef)], 1U) << "the second is asleep";
}

class SleepTest : public tests::SystemCTest {};

TEST_F(SleepTest, ARankThatSleptTakesItsTimeToWake) {
  ControllerConfig config;
  config.timing = Timing::kTemporal;
  config.channel.power_down_after = 120;     // 100 ns
  config.channel.self_refresh_after = 3600;  // 3 us
  Controller ddr("ddr", config);
  tests::Master master("master");
  master.socket.bind(ddr.socket);
  tests::elaborate();
  const auto duration = [&](std::uint64_t at_ps) {
    master.delay = sc_core::sc_time::from_value(at_ps);
    master.read(0x8000'0000, 8);
    return master.delay.value() - at_ps;
  };
  duration(0);
  EXPECT_EQ(duration(100'000), 18'334U) << "22 clocks: a hit";
  EXPECT_EQ(duration(500'000), 25'000U) << "tXP of 6 ns: 8 clocks more";
  EXPECT_EQ(duration(5'000'000), 18'334 + 625'833U) << "tXSDLL less tRCD: 751 clocks more";
  EXPECT_GT(duration(5'100'000), 360'000U - 100'000) << "nor does one that comes meanwhile find it";
  EXPECT_LT(duration(4'900'000), 100'000U) << "an older one came before it slept";
  const auto energy = [&](const char* part) {
    return tests::statistic(ddr.statistics(), std::string("ddr.energy_vdd_nj.") + part);
  };
  EXPECT_GT(energy("self-refresh"), 0U);
  EXPECT_GT(energy("standby"), 0U);
}

// Time passes for a memory that nobody has asked yet: 1 ms is 128 times tREFI of 7.8 us.
TEST_F(SleepTest, AnUnusedMemoryIsRefreshed) {
  for (const Timing timing : {Timing::kCalibrated, Timing::kTemporal}) {
    ControllerConfig config;
    config.timing = timing;
    Controller ddr(timing == Timing::kTemporal ? "temporal" : "calibrated", config);
    tests::Master master(timing == Timing::kTemporal ? "master_t" : "master_c");
    master.socket.bind(ddr.socket);
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
    const Totals totals = ddr.totals();
    EXPECT_EQ(totals.counters.commands[static_cast<unsigned>(Op::kRef)], 128U);
    EXPECT_EQ(totals.channel_clocks, 1'200'000U);
    tests::start_fresh_kernel();
  }
}

}  // namespace
}  // namespace lookaside::ddr
