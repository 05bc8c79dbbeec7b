// SPDX-License-Identifier: Apache-2.0
// Speed of the hart's core alone, with flat memory: instructions per host second.
#include <benchmark/benchmark.h>

#include <lookaside/riscv/core/hart.h>

#include "riscv/flat_system.h"
#include "riscv/program.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly

/// xorshift, a dependent chain of additions, a load and a store: ten instructions a round.
const std::uint32_t kLoop[] = {
    auipc(s0, 0x10),  // data, 64 KiB further
    li(t0, 1),
    slli(t1, t0, 13),           // loop:
    r(0x33, 4, 0, t0, t0, t1),  // xor
    i(0x13, 5, t1, t0, 7),      // srli
    r(0x33, 4, 0, t0, t0, t1),
    lw(t2, 0, s0),
    add(t2, t2, t0),
    sw(t2, 0, s0),
    addi(s1, s1, 1),
    r(0x33, 0, 1, t3, t2, s1),  // mul
    bne(s1, zero, -36),
};

void integer_loop(benchmark::State& state) {
  FlatSystem system;
  system.grants = state.range(1) != 0;
  riscv::HartConfig config;
  config.xlen = static_cast<unsigned>(state.range(0));
  config.reset_pc = FlatSystem::kBase;
  riscv::Hart hart(config, system);
  std::uint64_t address = FlatSystem::kBase;
  for (const std::uint32_t word : kLoop) {
    system.put(address, word);
    address += 4;
  }
  const std::uint64_t before = hart.retired();
  for ([[maybe_unused]] auto _ : state) {
    hart.run(hart.time_ps() + 100'000'000);  // 100 000 instructions
    system.transfers.clear();
  }
  state.counters["instructions_per_second"] =
      benchmark::Counter(static_cast<double>(hart.retired() - before), benchmark::Counter::kIsRate);
}
BENCHMARK(integer_loop)
    ->ArgNames({"xlen", "fast_path"})
    ->Args({64, 1})
    ->Args({32, 1})
    ->Args({64, 0});

}  // namespace
}  // namespace lookaside::tests
