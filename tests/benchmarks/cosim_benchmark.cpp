// SPDX-License-Identifier: Apache-2.0
// What the RTL costs. lookups: lookups per second of CPU time, alone and in lockstep with the
// model, every answer compared, no trace. firmware: guest instructions per second of CPU time with
// each mmu.tlb.backend and mmu.backend, the model without its fast path too, because RTL has none.
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <systemc>

#include <lookaside/platform/boot_rom.h>
#include <lookaside/platform/configuration.h>
#include <lookaside/platform/device_tree.h>
#include <lookaside/platform/elf.h>
#include <lookaside/platform/memory_map.h>
#include <lookaside/platform/soc.h>

#include "cosim/mmu/backend.h"
#include "cosim/tlb/backend.h"
#include "fresh_kernel.h"

namespace lookaside::benchmarks {
namespace {

using cosim::TlbVariant;

constexpr std::uint64_t kPage = 4096;

tlb::Geometry geometry_of(const TlbVariant& v) {
  tlb::Geometry g;
  g.entries = v.sets * v.ways;
  g.ways = v.ways;
  g.asid_bits = v.asid_bits;
  g.replacement = v.policy;
  g.page_shifts = {12, 21, 22, 30, 39, 48};
  return g;
}

/// 16 pages that all stay, met in an order that jumps about.
void lookups(benchmark::State& state, tlb::Tlb& tlb, const translation::Format& format) {
  constexpr unsigned kPages = 16;
  const auto va_of = [](std::uint64_t i) { return 0x4000'0000 + i * 7 % kPages * kPage; };
  for (unsigned i = 0; i < kPages; ++i) {
    translation::Translation t;
    t.format = &format;
    t.page_shift = 12;
    t.va_base = va_of(i);
    t.pa_base = 0x8000'0000 + i * kPage;
    t.pte = 0xCF;
    tlb.fill(t, t.va_base, 1);
  }
  std::uint64_t i = 0;
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(tlb.lookup(va_of(i++), 1).hit);
  state.SetItemsProcessed(static_cast<std::int64_t>(i));
}

void rtl_lookups(benchmark::State& state, const TlbVariant& variant) {
  cosim::RtlTlb tlb(variant, geometry_of(variant));
  lookups(state, tlb, format_of(variant));
}

void lockstep_lookups(benchmark::State& state, const TlbVariant& variant) {
  cosim::Monitor monitor;
  cosim::TlbComparisons counts("tlb");
  cosim::LockstepTlb tlb("tlb", variant, geometry_of(variant), monitor, counts);
  lookups(state, tlb, format_of(variant));
  if (monitor.differed()) state.SkipWithError("RTL and model differ");
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Backend {
  const char* label;
  const char* backend;  ///< of the TLBs
  bool fast_path;
  const char* mmu = "model";  ///< of the whole MMU
};

double run_once(const std::string& file, const Backend& b, std::uint64_t& instructions) {
  const platform::Elf elf = platform::Elf::read(std::string(LOOKASIDE_FIRMWARE) + "/" + file);
  platform::Configuration configuration;
  configuration.set("mmu.tlb.backend", b.backend, "benchmark");
  configuration.set("mmu.backend", b.mmu, "benchmark");
  configuration.set("cpu.fast_path", b.fast_path ? "true" : "false", "benchmark");
  cosim::Monitor monitor;
  cosim::TlbBackendConfig config;
  config.lockstep = std::strcmp(b.backend, "lockstep") == 0;
  config.va_bits = elf.xlen() == 32 ? 32 : 57;
  cosim::TlbBackend tlbs(config, cosim::tlb_variants(), monitor);
  platform::SocSetup setup;
  setup.xlen = elf.xlen();
  setup.entry = elf.entry();
  setup.device_tree = platform::device_tree(configuration, elf.xlen(),
                                            platform::kRom.size - platform::kDeviceTreeOffset);
  setup.make_tlb = [&](const std::string& name, const tlb::Geometry& geometry) {
    return tlbs.make(name, geometry);
  };
  cosim::MmuBackendConfig mmu;
  mmu.lockstep = std::strcmp(b.mmu, "lockstep") == 0;
  mmu.va_bits = config.va_bits;
  setup.make_engine = cosim::mmu_engines(mmu, cosim::mmu_variants(), monitor);
  platform::Soc soc("soc", configuration, setup);
  soc.set_output([](std::string_view) {});
  for (const platform::Segment& s : elf.segments()) {
    const std::uint8_t* data = elf.data(s);
    soc.preload(s.physical_address, {data, data + s.data_size});
  }
  monitor.set_clock([&] { return soc.time_ps(); });
  const double start = cpu_seconds();
  const platform::Outcome outcome = soc.run();
  const double seconds = cpu_seconds() - start;
  const bool good = outcome.kind == platform::Outcome::Kind::kPassed && !monitor.differed();
  instructions = good ? soc.instructions() : 0;
  return seconds;
}

void firmware(benchmark::State& state, const std::string& file, const Backend& b) {
  std::uint64_t total = 0;
  for ([[maybe_unused]] auto _ : state) {
    std::uint64_t instructions = 0;
    state.SetIterationTime(run_once(file, b, instructions));
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
  for (const TlbVariant& v : cosim::tlb_variants()) {
    if (v.make == nullptr) continue;
    benchmark::RegisterBenchmark(("lookups/rtl/" + v.name).c_str(), rtl_lookups, v);
    benchmark::RegisterBenchmark(("lookups/lockstep/" + v.name).c_str(), lockstep_lookups, v);
  }
  const Backend backends[] = {{"model", "model", true},
                              {"model_without_fast_path", "model", false},
                              {"rtl", "rtl", false},
                              {"lockstep", "lockstep", false},
                              {"mmu_rtl", "model", false, "rtl"},
                              {"mmu_lockstep", "model", false, "lockstep"}};
  for (const char* file :
       {"demo-rv64-sv39.elf", "paged-stride-rv64-sv39.elf", "paged-stride-rv32-sv32.elf"}) {
    for (const Backend& b : backends) {
      const std::string name = std::string("firmware/") + file + "/" + b.label;
      benchmark::RegisterBenchmark(name.c_str(),
                                   [file, b](benchmark::State& state) { firmware(state, file, b); })
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
