// SPDX-License-Identifier: Apache-2.0
// Simulation speed of the whole platform: guest instructions per second of CPU time, with the fast
// path between hart and MMU (direct memory pointers) and without (a transaction for each access).
// items_per_second is instructions per second; the ratio of the two lines of a program is what
// direct memory access gains on this host.
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <systemc>

#include <lookaside/platform/boot_rom.h>
#include <lookaside/platform/configuration.h>
#include <lookaside/platform/device_tree.h>
#include <lookaside/platform/elf.h>
#include <lookaside/platform/memory_map.h>
#include <lookaside/platform/soc.h>

#include "fresh_kernel.h"

namespace lookaside::benchmarks {
namespace {

/// A word of the guest that is changed before the run.
struct Patch {
  const char* symbol;
  std::uint32_t value;
};

struct Program {
  const char* elf;
  std::vector<Patch> patches;
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Runs a program once in a fresh SystemC kernel; returns the CPU seconds of the run alone.
double run_once(const Program& program, bool fast_path, std::uint64_t& instructions) {
  const platform::Elf elf =
      platform::Elf::read(std::string(LOOKASIDE_FIRMWARE) + "/" + program.elf);
  platform::Configuration configuration;
  configuration.set("cpu.fast_path", fast_path ? "true" : "false", "benchmark");
  platform::SocSetup setup;
  setup.xlen = elf.xlen();
  setup.entry = elf.entry();
  setup.device_tree = platform::device_tree(configuration, elf.xlen(),
                                            platform::kRom.size - platform::kDeviceTreeOffset);
  platform::Soc soc("soc", configuration, setup);
  soc.set_output([](std::string_view) {});
  for (const platform::Segment& s : elf.segments()) {
    const std::uint8_t* data = elf.data(s);
    soc.preload(s.physical_address, {data, data + s.data_size});
  }
  for (const Patch& patch : program.patches) {
    std::vector<std::uint8_t> bytes(sizeof patch.value);
    std::memcpy(bytes.data(), &patch.value, bytes.size());
    soc.preload(elf.symbol(patch.symbol).value(), bytes);
  }
  const double start = cpu_seconds();
  const platform::Outcome outcome = soc.run();
  const double seconds = cpu_seconds() - start;
  instructions = outcome.kind == platform::Outcome::Kind::kPassed ? soc.instructions() : 0;
  return seconds;
}

void run(benchmark::State& state, const Program& program, bool fast_path) {
  std::uint64_t total = 0;
  for ([[maybe_unused]] auto _ : state) {
    std::uint64_t instructions = 0;
    state.SetIterationTime(run_once(program, fast_path, instructions));
    if (instructions == 0) {
      state.SkipWithError("the guest did not pass");
      break;
    }
    total += instructions;
    tests::start_fresh_kernel();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(total));
}

void register_all() {
  const struct {
    const char* name;
    Program program;
  } rows[] = {
      {"integer_loop/rv32", {"integer-loop-rv32.elf", {}}},
      {"integer_loop/rv64", {"integer-loop-rv64.elf", {}}},
      // 8 pages stay in the 16 entries of the L1 TLB; 256 pages miss it at every load.
      {"paged_stride/rv64_sv39/8_pages",
       {"paged-stride-rv64-sv39.elf", {{"benchmark_pages", 8}, {"benchmark_passes", 20000}}}},
      {"paged_stride/rv64_sv39/256_pages", {"paged-stride-rv64-sv39.elf", {}}},
      {"paged_stride/rv32_sv32/256_pages", {"paged-stride-rv32-sv32.elf", {}}},
      // A load from each 64 bytes: 64 loads from a page before the next one.
      {"paged_stride/rv64_sv39/64_bytes",
       {"paged-stride-rv64-sv39.elf", {{"benchmark_stride", 64}, {"benchmark_passes", 20}}}},
  };
  for (const auto& row : rows) {
    for (const bool fast : {true, false}) {
      const std::string name = std::string(row.name) + (fast ? "/dmi_on" : "/dmi_off");
      benchmark::RegisterBenchmark(
          name.c_str(),
          [program = row.program, fast](benchmark::State& state) { run(state, program, fast); })
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
}

}  // namespace
}  // namespace lookaside::benchmarks

int sc_main(int argc, char** argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);  // each kernel would print its banner
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  benchmark::Initialize(&argc, argv);
  lookaside::benchmarks::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
