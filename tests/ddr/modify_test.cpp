// SPDX-License-Identifier: Apache-2.0
// With error correction a write of part of a word of 8 bytes reads the word first: commands and
// time, by hand. Expected clocks are JEDEC's DDR4-2400T: tRCD = CL = 17, CWL = 12, BL/2 = 4; one
// clock more is the scheduler's.
#include <functional>
#include <memory>
#include <vector>

#include <lookaside/ddr/control.h>

#include "nb_system.h"

namespace lookaside::ddr {
namespace {

using protocol::Requester;
using sc_core::sc_time;

/// A thread that uses b_transport.
struct Writer : tests::Initiator {
  SC_HAS_PROCESS(Writer);
  explicit Writer(const sc_core::sc_module_name& name) : Initiator(name) {
    payload.set_extension(&access);
    SC_THREAD(run);
  }
  ~Writer() override { payload.clear_extension(&access); }
  void run() { body(); }
  /// Writes `bytes` bytes; `enables` repeat. The time it takes.
  std::uint64_t write(std::uint64_t address, std::size_t bytes,
                      std::vector<std::uint8_t> enables = {}) {
    std::vector<std::uint8_t> data(bytes, 0xA5);
    payload.set_write();
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    payload.set_byte_enable_ptr(enables.empty() ? nullptr : enables.data());
    payload.set_byte_enable_length(static_cast<unsigned>(enables.size()));
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    const sc_time start = sc_core::sc_time_stamp() + delay;
    socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
    return (sc_core::sc_time_stamp() + delay - start).value();
  }
  std::uint64_t atomic(protocol::AtomicOp op, std::uint64_t address, std::size_t bytes) {
    protocol::AtomicExtension extension;
    extension.op = op;
    payload.set_extension(&extension);
    const std::uint64_t time = write(address, bytes);
    payload.clear_extension(&extension);
    EXPECT_TRUE(extension.succeeded || op != protocol::AtomicOp::kStoreConditional);
    return time;
  }
  tlm::tlm_generic_payload payload;
  protocol::AccessExtension access;
  sc_time delay;
  std::function<void()> body;
};

struct Commands {
  std::uint64_t reads, writes;
  bool operator==(const Commands& o) const { return reads == o.reads && writes == o.writes; }
};
std::ostream& operator<<(std::ostream& out, const Commands& c) {
  return out << c.reads << " RD, " << c.writes << " WR";
}

class ModifyTest : public tests::SystemCTest {
 protected:
  struct System {
    System(const ControllerConfig& config, bool ecc)
        : ddr("ddr", config), control("control", ddr, control_config(ecc)), writer("writer") {
      writer.socket.bind(ddr.socket);
      writer.access.requester = Requester::kHartData;
    }
    static ControlConfig control_config(bool ecc) {
      ControlConfig config;
      config.ecc = ecc;
      return config;
    }
    Controller ddr;
    Control control;
    Writer writer;
  };
  /// What `body` makes of a fresh memory.
  static Commands commands(Timing timing, bool ecc, const std::function<void(Writer&)>& body,
                           bool posted = false) {
    ControllerConfig config = NbSystem::small();
    config.timing = timing;
    config.channel.posted_writes = config.channel.split_queues = posted;
    Commands found{};
    {
      System s(config, ecc);
      s.writer.body = [&] { body(s.writer); };
      sc_core::sc_start(sc_time(1, sc_core::SC_MS));
      s.ddr.drain_ps();
      found = {tests::statistic(s.ddr.statistics(), "ddr.commands.RD"),
               tests::statistic(s.ddr.statistics(), "ddr.commands.WR")};
      EXPECT_EQ(tests::statistic(s.ddr.statistics(), "ddr.rule_violations"), 0U);
    }
    tests::start_fresh_kernel();
    return found;
  }
};

class ModifyTimingTest : public ModifyTest, public ::testing::WithParamInterface<Timing> {};

TEST_P(ModifyTimingTest, OnlyBurstsThatHoldPartOfAWordAreReadFirst) {
  constexpr std::uint8_t kOn = TLM_BYTE_ENABLED;
  constexpr std::uint8_t kOff = TLM_BYTE_DISABLED;
  const std::vector<std::uint8_t> upper_word = {kOff, kOff, kOff, kOff, kOff, kOff, kOff, kOff,
                                                kOn,  kOn,  kOn,  kOn,  kOn,  kOn,  kOn,  kOn};
  struct Row {
    const char* what;
    std::uint64_t offset;
    std::size_t bytes;
    std::vector<std::uint8_t> enables;
    Commands expected;  // with the code; without it as many writes and no read
  };
  const std::vector<Row> rows = {
      {"a byte", 3, 1, {}, {1, 1}},
      {"half a word", 4, 4, {}, {1, 1}},
      {"a word", 8, 8, {}, {0, 1}},
      {"two half words", 4, 8, {}, {1, 1}},
      {"half words in two bursts", 60, 8, {}, {2, 2}},
      {"a burst", 64, 64, {}, {0, 1}},
      {"whole words in two bursts", 32, 64, {}, {0, 2}},
      {"parts at both ends of four bursts", 4, 192, {}, {2, 4}},
      {"a part at the end of two bursts", 0, 124, {}, {1, 2}},
      {"byte enables that leave out a word", 16, 16, upper_word, {0, 1}},
      {"byte enables that leave out bytes", 16, 16, {kOn, kOff}, {1, 1}},
      {"byte enables that leave out bytes of two bursts", 0, 128, {kOn, kOff}, {2, 2}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const auto body = [&row](Writer& w) { w.write(kBase + row.offset, row.bytes, row.enables); };
    EXPECT_EQ(commands(GetParam(), true, body), row.expected);
    EXPECT_EQ(commands(GetParam(), false, body), (Commands{0, row.expected.writes}));
    EXPECT_EQ(commands(GetParam(), true, body, true), row.expected) << "posted";
  }
}

TEST_P(ModifyTimingTest, ManyByteStores) {
  const auto body = [](Writer& w) {
    for (unsigned i = 0; i < 500; ++i) w.write(kBase + 8 * i, 1);
  };
  EXPECT_EQ(commands(GetParam(), true, body), (Commands{500, 500}));
  EXPECT_EQ(commands(GetParam(), false, body), (Commands{0, 500}));
}

TEST_P(ModifyTimingTest, AStoreConditionalOfHalfAWordReadsFirst) {
  using protocol::AtomicOp;
  const auto conditional = [](std::size_t bytes) {
    return [bytes](Writer& w) {
      w.atomic(AtomicOp::kLoadReserved, kBase, bytes);
      w.atomic(AtomicOp::kStoreConditional, kBase, bytes);
    };
  };
  EXPECT_EQ(commands(GetParam(), true, conditional(4)), (Commands{2, 1}));
  EXPECT_EQ(commands(GetParam(), true, conditional(8)), (Commands{1, 1}));
  EXPECT_EQ(commands(GetParam(), false, conditional(4)), (Commands{1, 1}));
  EXPECT_EQ(commands(GetParam(), true, [](Writer& w) { w.atomic(AtomicOp::kAdd, kBase, 4); }),
            (Commands{1, 1}))
      << "it reads anyway, once";
}

TEST_P(ModifyTimingTest, IsAnsweredWhenItHasRead) {
  std::vector<std::uint64_t> took;
  const auto body = [&took](Writer& w) { took.push_back(w.write(kBase + 1, 1)); };
  commands(GetParam(), false, body);
  commands(GetParam(), true, body);
  EXPECT_EQ(took[0], clocks(1 + 17 + 12 + 4));
  EXPECT_EQ(took[1], clocks(1 + 17 + 17 + 4));
}

INSTANTIATE_TEST_SUITE_P(Timings, ModifyTimingTest,
                         ::testing::Values(Timing::kTemporal, Timing::kApproximate),
                         [](const auto& test) {
                           return test.param == Timing::kTemporal ? "Temporal" : "Approximate";
                         });

TEST_F(ModifyTest, APlainHartAccessStaysAtTheConstant) {
  std::uint64_t took = 0;
  const auto found =
      commands(Timing::kCalibrated, true, [&took](Writer& w) { took = w.write(kBase + 1, 1); });
  EXPECT_EQ(took, 20'000U);
  EXPECT_EQ(found, (Commands{0, 0}));
}

TEST_F(ModifyTest, PhasesReadThenWriteToo) {
  ControllerConfig config = NbSystem::small();
  config.channel.queue_depth = 2;
  NbSystem s(config);
  Control control("control", s.ddr, System::control_config(true));
  std::vector<std::uint8_t> data(1000);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
  s.master.add(write(kBase + 5, data));  // of 16 bursts the first and the last are read
  s.master.add(write(kBase + 64, std::vector<std::uint8_t>(64, 1)));
  s.master.add(write(kBase + 65, {2}));
  s.master.add(read(kBase, 1024));
  s.run();
  EXPECT_EQ(s.master.results[2].status, tlm::TLM_OK_RESPONSE);
  const std::vector<std::uint8_t>& back = s.master.results[3].data;
  EXPECT_EQ(back[4], 0U);
  EXPECT_EQ(back[5], data[0]);
  EXPECT_EQ(back[64], 1U);
  EXPECT_EQ(back[65], 2U);
  EXPECT_EQ(back[1004], data[999]);
  EXPECT_EQ(s.statistic("commands.RD"), 2U + 1 + 16);
  EXPECT_EQ(s.statistic("commands.WR"), 16U + 1 + 1);
}

}  // namespace
}  // namespace lookaside::ddr
