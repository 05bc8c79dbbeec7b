// SPDX-License-Identifier: Apache-2.0
// The three timings of the DDR controller beside each other, and initiators at different local
// times. Expected clocks are JEDEC's DDR4-2400T: tRCD = tRP = CL = 17, BL/2 = 4; one clock more is
// the scheduler's.
#include <functional>
#include <sys/mman.h>
#include <vector>

#include "nb_system.h"

namespace lookaside::ddr {
namespace {

using protocol::Requester;
using sc_core::sc_time;

constexpr std::uint64_t kBank = 0x8000;  // the next bank of the same group

/// A thread that uses b_transport.
struct Blocking : tests::Master {
  SC_HAS_PROCESS(Blocking);
  explicit Blocking(const sc_core::sc_module_name& name) : Master(name) {
    payload.set_extension(&access);
    access.requester = Requester::kHartData;
    SC_THREAD(run);
  }
  ~Blocking() override { payload.clear_extension(&access); }
  void run() {
    if (body) body();
  }
  /// Time that a read takes at a local time.
  std::uint64_t duration(std::uint64_t address, std::uint64_t local_ps) {
    delay = sc_time::from_value(local_ps);
    const sc_time start = sc_core::sc_time_stamp() + delay;
    read(address, 8);
    EXPECT_EQ(status, tlm::TLM_OK_RESPONSE);
    return (sc_core::sc_time_stamp() + delay - start).value();
  }
  std::function<void()> body;
  protocol::AccessExtension access;
};

ControllerConfig with(Timing timing) {
  ControllerConfig config = NbSystem::small();
  config.timing = timing;
  return config;
}

class TimingTest : public tests::SystemCTest {};

TEST_F(TimingTest, TemporalAsksTheModelForEveryAccess) {
  Controller ddr("ddr", with(Timing::kTemporal));
  Blocking hart("hart");
  hart.socket.bind(ddr.socket);
  tests::elaborate();
  EXPECT_EQ(hart.duration(kBase, 0), clocks(39)) << "closed";
  EXPECT_EQ(hart.duration(kBase + 64, 1'000'000), clocks(22)) << "hit";
  EXPECT_EQ(hart.duration(kBase + kRow, 2'000'000), 46'667U) << "conflict";
  EXPECT_FALSE(hart.payload.is_dmi_allowed()) << "who follows hints stays in time";
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.accesses.hart-data"), 3U);
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.row_conflicts.hart-data"), 1U);
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.rule_violations"), 0U);
}

TEST_F(TimingTest, TwoInitiatorsAQuantumApart) {
  Controller ddr("ddr", with(Timing::kTemporal));
  Blocking ahead("ahead");
  ahead.socket.bind(ddr.socket);
  tests::elaborate();
  constexpr std::uint64_t kQuantum = 5'000'000;
  // One runs a quantum ahead on two rows of one bank.
  for (unsigned i = 0; i < 4; ++i) {
    ahead.duration(kBase + kRow * (i % 2), kQuantum + 200'000 * i);
  }
  // The other comes with an older time. Another bank: as if it were alone.
  EXPECT_EQ(ahead.duration(kBase + kBank, 0), clocks(39));
  EXPECT_EQ(ahead.duration(kBase + kBank + 64, 1'000'000), clocks(22));
  // The first one's own time is not disturbed by what came before it on another bank.
  EXPECT_EQ(ahead.duration(kBase + kRow, kQuantum + 1'000'000), clocks(22));
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.rule_violations"), 0U);
}

TEST_F(TimingTest, AnOlderRequestOnTheBankOfTheOtherIsQueued) {
  Controller ddr("ddr", with(Timing::kTemporal));
  Blocking hart("hart");
  hart.socket.bind(ddr.socket);
  tests::elaborate();
  for (unsigned i = 0; i < 3; ++i) hart.duration(kBase + 64 * i, 1000 * i);
  // Its row is not the one that the other keeps open: precharge, activate, read at the least.
  EXPECT_GE(hart.duration(kBase + kRow, 2000), clocks(56));
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.rule_violations"), 0U);
}

TEST_F(TimingTest, ApproximateLetsBTransportWaitInTheQueues) {
  ControllerConfig config = with(Timing::kApproximate);
  Controller ddr("ddr", config);
  Blocking hart("hart");
  hart.socket.bind(ddr.socket);
  std::vector<std::uint64_t> took;
  hart.body = [&] {
    took.push_back(hart.duration(kBase, 0));
    took.push_back(hart.duration(kBase + 64, 1'000'000));
    EXPECT_EQ(sc_core::sc_time_stamp().value(), clocks(39) + 1'000'000 + took[1]);
    EXPECT_EQ(hart.delay, sc_core::SC_ZERO_TIME) << "the time has passed";
    hart.write(kBase + 8, 8, 0x1234);
    EXPECT_EQ(hart.read(kBase + 8, 8), 0x1234U);
    hart.read(kBase + kBytes, 8);
    EXPECT_EQ(hart.status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  };
  sc_core::sc_start();
  ASSERT_EQ(took.size(), 2U);
  EXPECT_EQ(took[0], clocks(39));
  EXPECT_NEAR(static_cast<double>(took[1]), static_cast<double>(clocks(22)), 834)
      << "from between two edges";
  EXPECT_FALSE(sc_core::sc_pending_activity());
}

/// One socket, two initiators: the passthrough hands b_transport of one and nb_transport of the
/// other to it.
struct Join : sc_core::sc_module {
  tlm_utils::simple_target_socket<Join, 64> blocking, phases;
  tlm_utils::simple_initiator_socket<Join, 64> out;
  explicit Join(const sc_core::sc_module_name& name)
      : sc_module(name), blocking("blocking"), phases("phases"), out("out") {
    blocking.register_b_transport(this, &Join::b);
    phases.register_nb_transport_fw(this, &Join::fw);
    out.register_nb_transport_bw(this, &Join::bw);
  }
  void b(tlm::tlm_generic_payload& p, sc_time& d) { out->b_transport(p, d); }
  tlm::tlm_sync_enum fw(tlm::tlm_generic_payload& p, tlm::tlm_phase& f, sc_time& d) {
    return out->nb_transport_fw(p, f, d);
  }
  tlm::tlm_sync_enum bw(tlm::tlm_generic_payload& p, tlm::tlm_phase& f, sc_time& d) {
    return phases->nb_transport_bw(p, f, d);
  }
};

/// Mean time of 100 blocking reads while the queues are loaded.
std::uint64_t blocking_under_load(Timing timing) {
  Controller ddr("ddr", with(timing));
  Blocking hart("hart");
  tests::NbMaster master("master");
  protocol::Checker checker("checker");
  Join join("join");
  hart.socket.bind(join.blocking);
  master.socket.bind(checker.target_socket);
  checker.initiator_socket.bind(join.phases);
  join.out.bind(ddr.socket);
  for (unsigned i = 0; i < 4000; ++i) master.add(read(kBase + 64 * (i * 977 % 16'000)));
  master.add(write(kBase, {1, 2, 3, 4, 5, 6, 7, 8}));
  std::uint64_t sum = 0;
  hart.body = [&] {
    for (unsigned i = 0; i < 100; ++i) {
      sum += hart.duration(kBase + 64 * (i * 577 % 16'000), 0);
      wait(50, sc_core::SC_NS);
    }
    wait(100, sc_core::SC_US);
    EXPECT_EQ(hart.read(kBase, 8), 0x0807'0605'0403'0201U) << "one memory behind both";
  };
  sc_core::sc_start();
  EXPECT_EQ(master.responses, 4001U);
  EXPECT_EQ(checker.violations(), 0U);
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.rule_violations"), 0U);
  return sum / 100;
}

TEST_F(TimingTest, BothWaysAtOnceShareTheQueuesUnderApproximateTiming) {
  EXPECT_GT(blocking_under_load(Timing::kApproximate), clocks(100));
}

TEST_F(TimingTest, BothWaysAtOnceHaveBanksOfTheirOwnUnderTemporalTiming) {
  EXPECT_LT(blocking_under_load(Timing::kTemporal), clocks(56));
}

TEST_F(TimingTest, AnotherPresetAndSeveralChannels) {
  ControllerConfig config = with(Timing::kTemporal);
  config.organization = {dram::builtin_device("DDR3-1600"), 2, 2, 64};
  config.map = "row:bank:rank:column:channel";
  Controller ddr("ddr", config);
  Blocking hart("hart");
  hart.socket.bind(ddr.socket);
  tests::elaborate();
  // tRCD + CL + BL/2 + 1 = 11 + 11 + 4 + 1 clocks of 1250 ps.
  EXPECT_EQ(hart.duration(kBase, 0), 27 * 1250U);
  EXPECT_EQ(hart.duration(kBase + 64, 0), 27 * 1250U) << "the other channel is free";
  EXPECT_EQ(tests::statistic(ddr.statistics(), "ddr.commands.ACT"), 2U);
}

TEST_F(TimingTest, SixteenGibibytesCostWhatIsUsed) {
  ControllerConfig config;
  config.organization.ranks = 2;
  config.regions = {{kBase, 16ULL << 30}};
  Controller ddr("ddr", config);
  Blocking hart("hart");
  hart.socket.bind(ddr.socket);
  tests::elaborate();
  constexpr std::uint64_t kStep = (16ULL << 30) / 16;
  for (unsigned i = 0; i < 16; ++i) {
    EXPECT_EQ(hart.write(kBase + kStep * i, 8, i + 1), tlm::TLM_OK_RESPONSE);
  }
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(hart.read(kBase + kStep * i, 8), i + 1);
  const BackingStore::Span& span = ddr.store().spans().front();
  std::vector<unsigned char> resident((16ULL << 30) / 4096);
  ASSERT_EQ(mincore(span.host, 16ULL << 30, resident.data()), 0);
  std::uint64_t pages = 0;
  for (const unsigned char page : resident) pages += page & 1U;
  EXPECT_GE(pages, 16U);
  EXPECT_LE(pages * 4096, 16ULL * (2 << 20)) << "at worst a huge page each";
}

TEST_F(TimingTest, WhatCannotBeIsRefused) {
  const auto refused = [](void (*change)(ControllerConfig&), const char* expected) {
    ControllerConfig config;
    change(config);
    try {
      validate(config);
      ADD_FAILURE() << "accepted; expected " << expected;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  };
  refused([](ControllerConfig& c) { c.map = "row:bank:bank_group"; },
          "no bijection: column[0] is missing");
  refused([](ControllerConfig& c) { c.map = "row:bank:bank_group:colum"; },
          "unknown field 'colum'; did you mean 'column'?");
  refused([](ControllerConfig& c) { c.exclusive_or = {"bank[0]^bank[0]"}; }, "no bijection");
  refused([](ControllerConfig& c) { c.channel.queue_depth = 0; }, "at least 1 request");
  refused([](ControllerConfig& c) { c.organization.channels = 3; }, "power of two, found 3");
  refused(
      [](ControllerConfig& c) {
        c.regions = {{0, 9ULL << 30}};
      },
      "more than the 0x200000000 bytes of the DRAM (1 channels of 1 ranks of 8 devices");
}

}  // namespace
}  // namespace lookaside::ddr
