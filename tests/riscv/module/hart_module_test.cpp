// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <lookaside/riscv/module/hart_module.h>

#include "riscv/module/memory_target.h"
#include "riscv/program.h"
#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly
using riscv::HartModule;
using riscv::HartModuleConfig;
using riscv::StopReason;
using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;

/// A 10 MHz time base with one compare register.
struct TimeBase : sc_core::sc_module, protocol::time_source_if {
  sc_core::sc_export<protocol::time_source_if> port{"port"};
  std::uint64_t compare = ~0ULL;
  explicit TimeBase(const sc_core::sc_module_name& name) : sc_module(name) { port.bind(*this); }
  std::uint64_t ticks_at(std::uint64_t time_ps) const override { return time_ps / 100'000; }
  std::uint64_t time_of(std::uint64_t ticks) const override {
    return ticks > ~0ULL / 100'000 ? ~0ULL : ticks * 100'000;
  }
  std::uint64_t mtimecmp(unsigned) const override { return compare; }
};

/// A hart in front of a trivial memory.
struct Bench {
  MemoryTarget memory{"memory"};
  TimeBase time{"time"};
  HartModule module;

  explicit Bench(const HartModuleConfig& config, observe::SignalSink* sink = nullptr)
      : module("hart0", config, sink) {
    module.fetch_socket.bind(memory.fetch_socket);
    module.data_socket.bind(memory.data_socket);
    module.time_source.bind(time.port);
  }
  riscv::Hart& hart() { return module.hart(); }
};

HartModuleConfig config_at_ram() {
  HartModuleConfig config;
  config.core.reset_pc = MemoryTarget::kBase;
  return config;
}

class HartModuleTest : public SystemCTest {};

TEST_F(HartModuleTest, RunsAProgramAndStopsWhenADeviceAsksForIt) {
  for (const unsigned xlen : {32U, 64U}) {
    start_fresh_kernel();
    HartModuleConfig config = config_at_ram();
    config.core.xlen = xlen;
    Bench bench(config);
    bench.memory.latency = sc_time(2, SC_NS);
    bench.memory.device = [&](std::uint64_t value, const sc_time&) {
      EXPECT_EQ(value, 55U);
      bench.module.request_stop();
    };
    bench.memory.load(MemoryTarget::kBase,
                      {li(t0, 10), li(t1, 0), add(t1, t1, t0), addi(t0, t0, -1), bne(t0, zero, -8),
                       lui(t2, 0x10000), sw(t1, 0, t2), li(t1, 7), stay()});
    sc_core::sc_start();
    EXPECT_EQ(bench.module.stop_reason(), StopReason::kRequested);
    EXPECT_FALSE(bench.module.stop_sentence().empty());
    EXPECT_EQ(bench.hart().reg(t1), 55U) << "the instruction after the store must not run";
    EXPECT_EQ(bench.hart().retired(), 34U);
    // 34 instructions of one clock and one fetch, and one store.
    EXPECT_EQ(sc_core::sc_time_stamp(), sc_time(34 * 3 + 2, SC_NS));
  }
}

TEST_F(HartModuleTest, PayloadsSayWhoWantsWhat) {
  Bench bench(config_at_ram());
  bench.memory.load(MemoryTarget::kBase,
                    {lw(a0, 0, a1), sw(a0, 4, a1), amo(0, 3, a0, a1, a2), amo(2, 2, a0, a1, 0),
                     amo(3, 2, a0, a1, a2), i(0x03, 4, a0, a1, 3)});
  bench.hart().set_reg(a1, MemoryTarget::kBase + 0x100);
  bench.hart().set_instruction_limit(6);
  sc_core::sc_start();
  using translation::Access;
  struct {
    std::uint64_t offset;
    unsigned bytes;
    Access access;
  } const expected[] = {{0x100, 4, Access::kLoad},
                        {0x104, 4, Access::kStore},
                        {0x100, 8, Access::kAmo},
                        {0x100, 4, Access::kLoadReserved},
                        {0x100, 4, Access::kStoreConditional},
                        {0x103, 1, Access::kLoad}};
  const std::vector<MemoryTarget::Seen>& seen = bench.memory.seen;
  ASSERT_EQ(seen.size(), 12U);
  for (std::size_t n = 0; n < 6; ++n) {
    const MemoryTarget::Seen& fetch = seen[2 * n];
    EXPECT_EQ(fetch.access, Access::kFetch);
    EXPECT_EQ(fetch.requester, protocol::Requester::kHartFetch);
    EXPECT_EQ(fetch.address, MemoryTarget::kBase + 4ULL * n);
    EXPECT_EQ(fetch.bytes, 4U);
    EXPECT_EQ(fetch.pc, MemoryTarget::kBase + 4ULL * n);
    const MemoryTarget::Seen& data = seen[2 * n + 1];
    EXPECT_EQ(data.access, expected[n].access);
    EXPECT_EQ(data.requester, protocol::Requester::kHartData);
    EXPECT_EQ(data.address, MemoryTarget::kBase + expected[n].offset);
    EXPECT_EQ(data.bytes, expected[n].bytes);
    EXPECT_EQ(data.pc, MemoryTarget::kBase + 4ULL * n);
    EXPECT_EQ(data.atomic,
              expected[n].access != Access::kLoad && expected[n].access != Access::kStore);
    EXPECT_EQ(data.write, translation::is_store(expected[n].access)) << n;
    EXPECT_TRUE(data.pristine) << "H-GP-01";
  }
}

TEST_F(HartModuleTest, ErrorsWithoutAFaultRecordAreAccessFaults) {
  for (const bool acknowledged : {true, false}) {
    start_fresh_kernel();
    Bench bench(config_at_ram());
    bench.memory.acknowledge = acknowledged;
    bench.memory.load(MemoryTarget::kBase, {acknowledged ? lw(a0, 0, a1) : amo(0, 2, a0, a2, a3)});
    bench.memory.load(MemoryTarget::kBase + 0x800, {stay()});
    bench.hart().csrs().write(riscv::csr::kMtvec, MemoryTarget::kBase + 0x800);
    bench.hart().set_reg(a1, 0x40000000);
    bench.hart().set_reg(a2, MemoryTarget::kBase + 0x100);
    bench.hart().set_instruction_limit(3);
    sc_core::sc_start();
    EXPECT_EQ(bench.hart().csrs().peek(riscv::csr::kMcause), acknowledged ? 5U : 7U);
    EXPECT_EQ(bench.hart().csrs().peek(riscv::csr::kMtval),
              acknowledged ? 0x40000000U : MemoryTarget::kBase + 0x100);
  }
}

TEST_F(HartModuleTest, LimitsEndTheRunExactly) {
  HartModuleConfig config = config_at_ram();
  config.instruction_limit = 12'345;
  Bench bench(config);
  bench.memory.load(MemoryTarget::kBase, {stay()});
  sc_core::sc_start();
  EXPECT_EQ(bench.module.stop_reason(), StopReason::kInstructionLimit);
  EXPECT_EQ(bench.hart().retired(), 12'345U);
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_time(12'345, SC_NS));
  EXPECT_NE(bench.module.stop_sentence().find("12345"), std::string::npos);

  start_fresh_kernel();
  config.instruction_limit = 0;
  config.time_limit_ps = 7'500'500;
  Bench timed(config);
  timed.memory.load(MemoryTarget::kBase, {stay()});
  sc_core::sc_start();
  EXPECT_EQ(timed.module.stop_reason(), StopReason::kTimeLimit);
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_time(7501, SC_NS)) << "the first boundary after the limit";
}

TEST_F(HartModuleTest, TrapLoopsEndWithTheReason) {
  Bench bench(config_at_ram());
  bench.memory.load(MemoryTarget::kBase, {jalr(zero, zero, 0x40)});
  sc_core::sc_start();
  EXPECT_EQ(bench.module.stop_reason(), StopReason::kTrapLoop);
  const std::string sentence = bench.module.stop_sentence();
  EXPECT_NE(sentence.find("fetch_access_fault"), std::string::npos) << sentence;
}

TEST_F(HartModuleTest, AHartThatCanNeverWakeEndsTheRun) {
  Bench bench(config_at_ram());
  bench.memory.load(MemoryTarget::kBase, {wfi(), stay()});
  sc_core::sc_start();
  EXPECT_EQ(bench.module.stop_reason(), StopReason::kNeverWakes);
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_time(1, SC_NS));

  start_fresh_kernel();  // enabled, but nobody is left who could raise it
  Bench enabled(config_at_ram());
  enabled.memory.load(MemoryTarget::kBase, {wfi(), stay()});
  enabled.hart().csrs().write(riscv::csr::kMie, riscv::interrupt::kMeip);
  sc_core::sc_start();
  EXPECT_EQ(enabled.module.stop_reason(), StopReason::kNeverWakes);
  EXPECT_NE(enabled.module.stop_sentence().find("mie = 0x800"), std::string::npos);
}

/// Raises a line at given times: what a device with a process of its own does.
struct Device : sc_core::sc_module {
  sc_core::sc_port<protocol::interrupt_if> irq{"irq"};
  std::vector<std::uint64_t> times_ps;
  sc_core::sc_event go;
  SC_HAS_PROCESS(Device);
  Device(const sc_core::sc_module_name& name, std::vector<std::uint64_t> times)
      : sc_module(name), times_ps(std::move(times)) {
    SC_THREAD(run);
  }
  void run() {
    for (const std::uint64_t time : times_ps) {
      wait(sc_time::from_value(time) - sc_core::sc_time_stamp());
      irq->set_interrupt(11, true);
    }
    for (;;) {
      wait(go);
      irq->set_interrupt(11, true);
    }
  }
};

TEST_F(HartModuleTest, WfiSleepsUntilTheLineOrTheTimer) {
  Bench bench(config_at_ram());
  Device device("device", {123'456});
  device.irq.bind(bench.module.interrupts);
  bench.time.compare = 7;  // 700 ns
  bench.memory.load(MemoryTarget::kBase,
                    {wfi(), csrr(a0, riscv::csr::kMcycle), csrw(riscv::csr::kMie, a1), wfi(),
                     csrr(a2, riscv::csr::kMcycle), csrr(a3, riscv::csr::kTime)});
  bench.hart().csrs().write(riscv::csr::kMie, riscv::interrupt::kMeip | riscv::interrupt::kMtip);
  bench.hart().set_reg(a1, riscv::interrupt::kMtip);
  bench.hart().set_instruction_limit(6);
  sc_core::sc_start();
  EXPECT_EQ(bench.hart().reg(a0), 123U);
  EXPECT_EQ(bench.hart().reg(a2), 700U);
  EXPECT_EQ(bench.hart().reg(a3), 7U);
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_time(702, SC_NS));
}

/// What must not depend on the quantum.
struct Outcome {
  std::uint64_t time_ps;
  std::uint64_t retired;
  std::uint64_t pc;
  std::vector<std::uint64_t> registers;
  std::vector<std::uint8_t> memory;
  std::vector<std::uint64_t> stores_ps;
  bool operator==(const Outcome& o) const {
    return std::tie(time_ps, retired, pc, registers, memory, stores_ps) ==
           std::tie(o.time_ps, o.retired, o.pc, o.registers, o.memory, o.stores_ps);
  }
};

/// Counts while three kinds of interrupt come: a device at odd times, a device that a store starts,
/// and the machine timer; the handler keeps epc, cause and instret of each in memory.
Outcome run_interrupted(std::uint64_t quantum_ps, unsigned xlen) {
  start_fresh_kernel();
  HartModuleConfig config = config_at_ram();
  config.core.xlen = xlen;
  config.quantum_ps = quantum_ps;
  config.instruction_limit = 20'000;
  Bench bench(config);
  Device device("device", {1'111, 2'000, 77'777, 1'000'000, 1'000'001, 3'333'333});
  device.irq.bind(bench.module.interrupts);
  bench.memory.latency = sc_time(300, SC_PS);
  Outcome outcome;
  bench.memory.device = [&](std::uint64_t value, const sc_time& when) {
    outcome.stores_ps.push_back(when.value());
    if (value == 1) {
      device.go.notify(when + sc_time(555, SC_NS) - sc_core::sc_time_stamp());
    } else {
      static_cast<sc_core::sc_port<protocol::interrupt_if>&>(device.irq)->set_interrupt(11, false);
    }
    bench.time.compare = when.value() / 100'000 + 9;
  };
  bench.memory.load(MemoryTarget::kBase, {addi(a0, a0, 1), i(0x13, 7, a1, a0, 127),
                                          bne(a1, zero, -8), sw(a3, 0, a2), jal(zero, -16)});
  // Handler: silence the device (store 0), log.
  bench.memory.load(
      MemoryTarget::kBase + 0x800,
      {sw(zero, 0, a2), csrr(t0, riscv::csr::kMepc), sw(t0, 0, a4), csrr(t0, riscv::csr::kMcause),
       sw(t0, 4, a4), csrr(t0, riscv::csr::kMinstret), sw(t0, 8, a4), csrr(t0, riscv::csr::kTime),
       sw(t0, 12, a4), addi(a4, a4, 16), mret()});
  riscv::Hart& hart = bench.hart();
  hart.set_reg(a2, MemoryTarget::kDeviceAddress);
  hart.set_reg(a3, 1);
  hart.set_reg(a4, MemoryTarget::kBase + 0x1000);
  hart.csrs().write(riscv::csr::kMtvec, MemoryTarget::kBase + 0x800);
  hart.csrs().write(riscv::csr::kMie, riscv::interrupt::kMeip | riscv::interrupt::kMtip);
  hart.csrs().write(riscv::csr::kMstatus, riscv::mstatus::kMie);
  bench.time.compare = 5;
  sc_core::sc_start();
  outcome.time_ps = sc_core::sc_time_stamp().value();
  outcome.retired = hart.retired();
  outcome.pc = hart.pc();
  for (unsigned r = 0; r < 32; ++r) outcome.registers.push_back(hart.reg(r));
  outcome.memory = bench.memory.memory;
  return outcome;
}

TEST_F(HartModuleTest, TheQuantumChangesNothing) {
  for (const unsigned xlen : {32U, 64U}) {
    const Outcome reference = run_interrupted(0, xlen);
    EXPECT_EQ(reference.retired, 20'000U);
    EXPECT_GT(reference.registers[a4], MemoryTarget::kBase + 0x1000 + 320) << "interrupts came";
    for (const std::uint64_t quantum : {1'000ULL, 10'007ULL, 1'000'000ULL, 1'000'000'000ULL}) {
      EXPECT_TRUE(run_interrupted(quantum, xlen) == reference) << "quantum " << quantum << " ps";
    }
  }
}

TEST_F(HartModuleTest, StatisticsCountWhatHappened) {
  HartModuleConfig config = config_at_ram();
  config.scope = "hart0";
  Bench bench(config);
  bench.memory.load(MemoryTarget::kBase, {lw(a0, 0, a1), sw(a0, 0, a1), sw(a0, 1, a1),
                                          amo(0, 2, a0, a1, a2), sfence_vma(zero, zero), ecall()});
  bench.memory.load(MemoryTarget::kBase + 0x800, {stay()});
  bench.hart().csrs().write(riscv::csr::kMtvec, MemoryTarget::kBase + 0x800);
  bench.hart().set_reg(a1, MemoryTarget::kBase + 0x100);
  bench.hart().set_instruction_limit(10);
  sc_core::sc_start();
  struct Reader : observe::StatisticVisitor {
    std::map<std::string, double> values;
    void scalar(const std::string& path, const observe::Description& d, std::uint64_t v) override {
      values[path + "." + d.name] = static_cast<double>(v);
    }
    void derived(const std::string& path, const observe::Description& d, double v) override {
      values[path + "." + d.name] = v;
    }
    void vector(const std::string& path, const observe::Description& d,
                const observe::Vector& v) override {
      for (std::size_t n = 0; n < v.values.size(); ++n) {
        values[path + "." + d.name + "." + v.labels[n]] = static_cast<double>(v.values[n]);
      }
    }
    void histogram(const std::string&, const observe::Description&,
                   const observe::Histogram&) override {}
    void absent(const std::string&, const observe::Description&, const std::string&) override {}
  } reader;
  bench.module.statistics().visit(reader);
  EXPECT_EQ(reader.values["hart0.instructions"], 10);
  EXPECT_EQ(reader.values["hart0.cycles"], 11);
  EXPECT_DOUBLE_EQ(reader.values["hart0.cycles_per_instruction"], 1.1);
  EXPECT_EQ(reader.values["hart0.loads"], 1);
  EXPECT_EQ(reader.values["hart0.stores"], 2);
  EXPECT_EQ(reader.values["hart0.atomics"], 1);
  EXPECT_EQ(reader.values["hart0.misaligned"], 1);
  EXPECT_EQ(reader.values["hart0.fences"], 1);
  EXPECT_EQ(reader.values["hart0.exceptions.ecall_from_m"], 1);
  EXPECT_EQ(reader.values["hart0.exceptions.illegal_instruction"], 0);
  EXPECT_EQ(reader.values["hart0.interrupts.machine_timer_interrupt"], 0);
}

}  // namespace
}  // namespace lookaside::tests
