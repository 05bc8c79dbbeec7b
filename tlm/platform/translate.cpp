// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <lookaside/platform/memory_map.h>
#include <lookaside/platform/translate.h>

namespace lookaside::platform {
namespace {

/// The value that a choice stands for. Everything the schema offers must have a row.
template <typename Value, std::size_t kRows>
Value chosen(const Configuration& c, const std::string& key,
             const std::array<std::pair<std::string_view, Value>, kRows>& rows) {
  for (const auto& [name, value] : rows) {
    if (c.text(key) == name) return value;
  }
  throw std::logic_error(key + " has a choice without meaning: " + c.text(key));
}

unsigned number(const Configuration& c, const std::string& key) {
  return static_cast<unsigned>(c.integer(key));
}

tlb::Replacement replacement(const Configuration& c, const std::string& key) {
  using tlb::Replacement;
  return chosen<Replacement, 4>(c, key,
                                {{{"plru", Replacement::kTreePlru},
                                  {"lru", Replacement::kLru},
                                  {"fifo", Replacement::kFifo},
                                  {"random", Replacement::kRandom}}});
}

std::uint64_t cycle_ps(const Configuration& c) {
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::llround(1e6 / c.real("cpu.clock_mhz"))));
}

/// RV32 has 9 bits at most (SATP-07).
unsigned asid_bits(const Configuration& c, unsigned xlen) {
  return std::min(number(c, "mmu.asid_bits"), xlen == 32 ? 9U : 16U);
}

mmu::TlbConfig tlb_config(const Configuration& c, const std::string& part) {
  mmu::TlbConfig config;
  config.enabled = c.boolean("mmu." + part + ".enabled");
  config.geometry = tlb_geometry(c, part);
  config.lookup_cycles = number(c, "mmu." + part + ".lookup_cycles");
  return config;
}

}  // namespace

std::uint64_t picoseconds(const Configuration& configuration, const std::string& key) {
  return static_cast<std::uint64_t>(std::llround(configuration.real(key) * 1000));
}

tlb::Geometry tlb_geometry(const Configuration& configuration, const std::string& part) {
  const std::string prefix = "mmu." + part + ".";
  tlb::Geometry geometry;
  geometry.entries = number(configuration, prefix + "entries");
  const auto ways = number(configuration, prefix + "ways");
  geometry.ways = ways == 0 ? geometry.entries : ways;
  geometry.page_shifts = {12, 21, 22, 30, 39, 48};
  geometry.asid_bits = number(configuration, "mmu.asid_bits");
  geometry.replacement = replacement(configuration, prefix + "replacement");
  geometry.seed = configuration.integer(prefix + "seed");
  return geometry;
}

riscv::HartConfig hart_config(const Configuration& c, unsigned xlen) {
  using namespace riscv;
  HartConfig config;
  config.xlen = xlen;
  config.reset_pc = kRom.base;
  config.cycle_ps = cycle_ps(c);
  config.misaligned = chosen<Misaligned, 2>(
      c, "cpu.misaligned", {{{"hardware", Misaligned::kHardware}, {"trap", Misaligned::kTrap}}});
  config.ebreak_tval = chosen<EbreakTval, 2>(
      c, "cpu.ebreak_tval", {{{"pc", EbreakTval::kPc}, {"zero", EbreakTval::kZero}}});
  config.ad_update = chosen<AdPolicy, 3>(c, "mmu.ad_update",
                                         {{{"menvcfg", AdPolicy::kMenvcfg},
                                           {"hardware", AdPolicy::kHardware},
                                           {"fault", AdPolicy::kFault}}});
  config.reset_adue = c.boolean("cpu.reset_adue");
  config.pmp_entries =
      chosen<unsigned, 3>(c, "cpu.pmp_entries", {{{"0", 0}, {"4", 4}, {"16", 16}}});
  config.reset_pmp_open = c.text("cpu.reset_pmp") == "open";
  config.max_satp_mode = chosen<SatpMode, 5>(c, "cpu.max_satp_mode",
                                             {{{"bare", SatpMode::kBare},
                                               {"sv32", SatpMode::kSv32},
                                               {"sv39", SatpMode::kSv39},
                                               {"sv48", SatpMode::kSv48},
                                               {"sv57", SatpMode::kSv57}}});
  config.asid_bits = asid_bits(c, xlen);
  config.trap_loop_limit = number(c, "limits.trap_loop");
  return config;
}

mmu::Config mmu_config(const Configuration& c, unsigned xlen, bool direct) {
  using mmu::DmiPolicy;
  mmu::Config config;
  config.clock_ps = cycle_ps(c);
  config.l1i = tlb_config(c, "l1i");
  config.l1d = tlb_config(c, "l1d");
  config.l2 = tlb_config(c, "l2");
  config.asid_bits = asid_bits(c, xlen);
  config.miss_cycles = number(c, "mmu.miss_cycles");
  config.refill_cycles = number(c, "mmu.refill_cycles");
  config.fault_cycles = number(c, "mmu.fault_cycles");
  config.fence_cycles = number(c, "mmu.fence_cycles");
  config.dmi = chosen<DmiPolicy, 3>(c, "mmu.dmi",
                                    {{{"off", DmiPolicy::kOff},
                                      {"resident", DmiPolicy::kResident},
                                      {"mapped", DmiPolicy::kMapped}}});
  config.direct = direct;
  return config;
}

bus::RouterConfig bus_config(const Configuration& c) {
  bus::RouterConfig config;
  config.latency_ps = picoseconds(c, "bus.latency_ns");
  return config;
}

devices::ClintConfig clint_config(const Configuration& c) {
  devices::ClintConfig config;
  config.timebase_hz = c.integer("cpu.timebase_hz");
  config.latency_ps = 1000 * c.integer("clint.access_ns");
  return config;
}

devices::PlicConfig plic_config(const Configuration& c) {
  devices::PlicConfig config;
  config.sources = kPlicSources;
  config.latency_ps = 1000 * c.integer("plic.access_ns");
  return config;
}

devices::UartConfig uart_config(const Configuration& c) {
  devices::UartConfig config;
  config.irq_line = kUartLine;
  config.latency_ps = 1000 * c.integer("uart.access_ns");
  config.poll_interval_ps = 1000 * c.integer("uart.poll_ns");
  return config;
}

devices::VirtioBlock::Config virtio_config(const Configuration& c) {
  devices::VirtioBlock::Config config;
  config.legacy = c.text("virtio.version") == "1";
  config.irq_line = kVirtioLine;
  config.queue_size = static_cast<std::uint16_t>(
      chosen<unsigned, 5>(c, "virtio.queue_size",
                          {{{"16", 16}, {"64", 64}, {"128", 128}, {"256", 256}, {"1024", 1024}}}));
  config.access_ns = c.integer("virtio.access_ns");
  config.request_ns = c.integer("virtio.request_ns");
  config.sector_ns = c.integer("virtio.sector_ns");
  return config;
}

devices::Dma::Config dma_config(const Configuration& c) {
  devices::Dma::Config config;
  config.irq_line = kDmaLine;
  config.access_ns = c.integer("dma.access_ns");
  config.setup_ns = c.integer("dma.setup_ns");
  config.burst_bytes = static_cast<std::uint32_t>(c.integer("dma.burst_bytes"));
  config.max_descriptors = static_cast<std::uint32_t>(c.integer("dma.max_descriptors"));
  config.index = 1;  // the hart is 0
  return config;
}

devices::Fifo::Config fifo_config(const Configuration& c) {
  devices::Fifo::Config config;
  config.irq_line = kFifoLine;
  config.capacity_bytes = c.integer("fifo.capacity");
  config.access_ns = c.integer("fifo.access_ns");
  config.packet_ns = c.integer("fifo.packet_ns");
  config.byte_ns = c.integer("fifo.byte_ns");
  return config;
}

devices::DdrRegisters::Config ddr_registers_config(const Configuration& c) {
  devices::DdrRegisters::Config config;
  config.irq_line = kDdrLine;
  config.access_ns = c.integer("ddr.register_access_ns");
  return config;
}

devices::Framebuffer::Config framebuffer_config(const Configuration& c) {
  devices::Framebuffer::Config config;
  config.vram_bytes = kVideoMemory.size;
  config.irq_line = kFramebufferLine;
  config.access_ns = c.integer("framebuffer.access_ns");
  config.vram_access_ns = c.integer("framebuffer.vram_access_ns");
  config.frame_hz = static_cast<std::uint32_t>(c.integer("framebuffer.frame_hz"));
  return config;
}

std::unique_ptr<devices::Disk> make_disk(const Configuration& c) {
  const bool read_only = c.boolean("virtio.read_only");
  if (!c.text("virtio.disk").empty()) {
    return std::make_unique<devices::FileDisk>(c.text("virtio.disk"), read_only);
  }
  const std::uint64_t size = c.integer("virtio.size");
  return size == 0 ? nullptr : std::make_unique<devices::MemoryDisk>(size, read_only);
}

}  // namespace lookaside::platform
