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
    HartModuleConfig config = config_at_ram();
    config.core.xlen = xlen;
    config.stop_simulation = xlen == 64;
    const std::string name = "bench" + std::to_string(xlen);
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
    EXPECT_EQ(bench.hart().reg(t1), 55U) << "the instruction after the store must not run";
    EXPECT_EQ(bench.hart().retired(), 34U);
    // 34 instructions of one clock and one fetch, and one store.
    EXPECT_EQ(sc_core::sc_time_stamp(), sc_time(34 * 3 + 2, SC_NS));
    if (xlen == 32) {
      sc_core::sc_curr_simcontext = new sc_core::sc_simcontext();
      sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
    }
  }
}

}  // namespace
}  // namespace lookaside::tests
