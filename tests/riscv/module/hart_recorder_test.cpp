// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/riscv/module/hart_recorder.h>

#include "riscv/machine.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly

/// Keeps declarations and events by full name.
struct Sink : observe::SignalSink {
  std::vector<observe::SignalDescription> signals;
  std::vector<std::tuple<std::uint64_t, std::string, std::string>> events;
  observe::SignalId declare(const observe::SignalDescription& d) override {
    signals.push_back(d);
    return static_cast<observe::SignalId>(signals.size() - 1);
  }
  void emit(observe::SignalId id, std::uint64_t time, std::uint64_t value) override {
    std::string text = std::to_string(value);
    for (const auto& [number, name] : signals.at(id).names) {
      if (number == value) text = name;
    }
    events.emplace_back(time, signals.at(id).scope + "." + signals.at(id).name, text);
  }
  void emit_text(observe::SignalId id, std::uint64_t time, std::string_view text) override {
    events.emplace_back(time, signals.at(id).scope + "." + signals.at(id).name, text);
  }
  std::vector<std::pair<std::uint64_t, std::string>> of(const std::string& name) const {
    std::vector<std::pair<std::uint64_t, std::string>> result;
    for (const auto& [time, signal, value] : events) {
      if (signal == name) result.emplace_back(time, value);
    }
    return result;
  }
};

using Events = std::vector<std::pair<std::uint64_t, std::string>>;

TEST(HartRecorderTest, SignalsShowInstructionsModesAndTraps) {
  Sink sink;
  const auto symbolizer = [](std::uint64_t pc) -> std::string {
    return pc == Machine::kBase ? "start" : "";
  };
  std::vector<std::string> trace;
  riscv::HartRecorder recorder(
      "hart0", 64, 0, symbolizer, [&](const std::string& line) { trace.push_back(line); }, &sink);
  ASSERT_TRUE(recorder.wanted());
  Machine m(64);
  m.open_pmp();
  m.hart.set_observer(&recorder);
  m.load({csrw(riscv::csr::kMepc, t0), mret(), nop(), ecall()});
  m.hart.set_reg(t0, Machine::kBase + 8);
  m.clocks(6);  // csrw, mret, nop, ecall traps, two rounds of the handler
  const std::string base = std::to_string(Machine::kBase);
  EXPECT_EQ(sink.of("hart0.privilege"), (Events{{0, "M"}, {2000, "U"}, {4000, "M"}}));
  EXPECT_EQ(sink.of("hart0.trap"), (Events{{0, "none"}, {3000, "ecall_from_u"}, {4000, "none"}}));
  EXPECT_EQ(sink.of("hart0.instret"),
            (Events{{0, "1"}, {1000, "2"}, {2000, "3"}, {4000, "4"}, {5000, "5"}}));
  EXPECT_EQ(sink.of("hart0.instruction")[0],
            (std::pair<std::uint64_t, std::string>{0, "csrrw zero, mepc, t0  <start>"}));
  EXPECT_EQ(sink.of("hart0.instruction")[1].second, "mret");
  EXPECT_EQ(sink.of("hart0.pc")[2].second, std::to_string(Machine::kBase + 8));
  EXPECT_EQ(sink.of("hart0.instruction")[3], (std::pair<std::uint64_t, std::string>{3000, "ecall"}))
      << "an instruction that traps is shown, though it does not retire";
  EXPECT_EQ(trace.size(), 5U);
}

TEST(HartRecorderTest, AFailedFetchShowsItsAddressAndTheModeItHappenedIn) {
  Sink sink;
  riscv::HartRecorder recorder("hart0", 64, 0, nullptr, nullptr, &sink);
  Machine m(64);
  m.hart.set_observer(&recorder);
  m.load({mret()});
  m.csr(riscv::csr::kMepc, 0x4000);
  m.clocks(3);  // mret to U, the fetch faults (no PMP entry lets U in), one round of the handler
  EXPECT_EQ(sink.of("hart0.privilege"), (Events{{0, "M"}, {1000, "U"}, {2000, "M"}}));
  EXPECT_EQ(sink.of("hart0.pc")[1],
            (std::pair<std::uint64_t, std::string>{1000, std::to_string(0x4000)}));
  EXPECT_EQ(sink.of("hart0.instruction")[1].second, "(no fetch)");
  EXPECT_EQ(sink.of("hart0.trap")[1].second, "fetch_access_fault");
}

TEST(HartRecorderTest, TheCauseOfAnInterruptStaysVisible) {
  Sink sink;
  riscv::HartRecorder recorder("hart0", 64, 0, nullptr, nullptr, &sink);
  Machine m(64);
  m.hart.set_observer(&recorder);
  m.load({nop(), nop()});
  m.csr(riscv::csr::kMie, riscv::interrupt::kMsip);
  m.csr(riscv::csr::kMstatus, riscv::mstatus::kMie);
  m.clocks(1);
  m.hart.set_interrupt(3, true);
  m.clocks(2);
  // The handler's first instruction starts at the time of the trap; the cause lasts as long as it.
  EXPECT_EQ(sink.of("hart0.trap"),
            (Events{{0, "none"}, {1000, "machine_software_interrupt"}, {2000, "none"}}));
}

TEST(HartRecorderTest, WithoutSinkAndTraceNothingIsWanted) {
  EXPECT_FALSE(riscv::HartRecorder("hart0", 64, 0, nullptr, nullptr, nullptr).wanted());
}

TEST(HartRecorderTest, EnumsCarryTheirNames) {
  Sink sink;
  riscv::HartRecorder recorder("hart0", 32, 0, nullptr, nullptr, &sink);
  for (const observe::SignalDescription& d : sink.signals) {
    EXPECT_EQ(d.scope, "hart0");
    EXPECT_FALSE(d.sentence.empty());
    if (d.kind != observe::SignalKind::kEnum) continue;
    for (const observe::EnumName& name : d.names) EXPECT_LT(name.value, 1U << d.width) << name.name;
  }
  EXPECT_EQ(sink.signals[0].width, 64U) << "one save file fits both XLENs";
}

}  // namespace
}  // namespace lookaside::tests
