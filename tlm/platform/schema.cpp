// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/schema.h>
#include <lookaside/platform/schema_rows.h>
#include <lookaside/platform/text.h>

namespace lookaside::platform {
namespace {

using observe::Parameter;
using observe::ParameterKind;
using Table = std::vector<Parameter>;

Table platform_rows() {
  return {
      choice("platform.timing", {"calibrated", "temporal"}, "calibrated",
             "How memory time is modelled. calibrated: plain RAM accesses of the hart cost one "
             "constant, walks, atomics, DMA and devices the modelled time. temporal: every access "
             "costs the time that banks, rows, buses and refresh give it at its initiator's own "
             "time; without caches that is a memory access for each instruction."),
      integer("platform.harts", "1", 1, 1, "harts", "Number of harts."),
      real("platform.quantum_ns", "10000", 0, 1e9, "ns",
           "How far a hart may run ahead of simulated time before it lets the others catch up. "
           "Interrupts of its own timer are exact whatever the quantum."),
      text("platform.bootargs", "", "Command line for a kernel, put into the device tree."),
  };
}

Table cpu_rows() {
  return {
      real("cpu.clock_mhz", "1000", 1, 10000, "MHz",
           "Clock of the hart: one instruction takes one cycle, plus its memory accesses."),
      integer("cpu.timebase_hz", "10000000", 1000, 1e9, "Hz",
              "Frequency of mtime and of the time CSR; the device tree says it to software."),
      choice("cpu.misaligned", {"hardware", "trap"}, "hardware",
             "Misaligned loads and stores: performed, or trapped with causes 4 and 6."),
      choice("cpu.ebreak_tval", {"pc", "zero"}, "pc",
             "What mtval or stval says after EBREAK: the address of the instruction, or zero."),
      flag("cpu.reset_adue", true,
           "Reset value of menvcfg.ADUE: true lets the hardware set A and D bits, so that software "
           "that never sets them runs."),
      choice("cpu.pmp_entries", {"0", "4", "16"}, "16",
             "Number of PMP entries; the CSRs of the others read zero."),
      choice(
          "cpu.reset_pmp", {"closed", "open"}, "closed",
          "PMP at reset: closed refuses every access below M-mode, open lets all through by entry "
          "0."),
      choice("cpu.max_satp_mode", {"bare", "sv32", "sv39", "sv48", "sv57"}, "sv57",
             "The largest translation mode that satp accepts; on RV32 everything above bare means "
             "Sv32."),
      flag("cpu.fast_path", true,
           "Lets the hart reach plain memory without a transaction. Results, statistics and time "
           "are "
           "the same either way; false is slower and for comparison."),
  };
}

struct TlbDefaults {
  const char* part;
  const char* what;
  const char* entries;
  const char* ways;
  const char* cycles;
};

void append_tlb(Table& table, const TlbDefaults& d) {
  const std::string prefix = std::string("mmu.") + d.part + ".";
  table.push_back(flag(prefix + "enabled", true, fmt::format("Whether there is {}.", d.what)));
  table.push_back(
      integer(prefix + "entries", d.entries, 1, 65536, "entries", "Number of entries."));
  table.push_back(integer(prefix + "ways", d.ways, 0, 65536, "ways",
                          "Entries in a set; 0: all of them, a fully associative TLB."));
  table.push_back(choice(prefix + "replacement", {"plru", "lru", "fifo", "random"}, "plru",
                         "Which entry of a full set makes room."));
  table.push_back(integer(prefix + "seed", "1", 0, kNoLimit, "",
                          "Seed of the random replacement; nothing else uses it."));
  table.push_back(integer(prefix + "lookup_cycles", d.cycles, 0, 1e6, "cycles",
                          "Added to every access that looks here, hit or miss."));
}

Table mmu_rows() {
  Table table;
  append_tlb(table, {"l1i", "a first-level TLB for fetches", "16", "0", "0"});
  append_tlb(table, {"l1d", "a first-level TLB for loads and stores", "16", "0", "0"});
  append_tlb(table, {"l2", "a second-level TLB shared by both", "512", "4", "2"});
  const Table rest = {
      choice("mmu.tlb.backend", {"model", "rtl", "lockstep"}, "model",
             "What the TLBs are. rtl: the Verilated blocks of rtl/, whose cycles count as the "
             "latency of a lookup. lockstep: both side by side, every answer compared; time is the "
             "model's. In both every access is a real lookup: no fast path, no DMI. Shapes that "
             "were not built are refused with the list."),
      choice("mmu.backend", {"model", "rtl", "lockstep"}, "model",
             "What the whole MMU is, its TLBs and walker included. rtl: the Verilated "
             "lookaside_mmu, whose cycles count instead of the latencies below. lockstep: both "
             "side by side, every answer and every page-table access compared; time is the "
             "model's. As with mmu.tlb.backend."),
      integer("mmu.asid_bits", "16", 0, 16, "bits",
              "Width of the address-space identifier; RV32 has at most 9."),
      integer("mmu.miss_cycles", "1", 0, 1e6, "cycles",
              "From a first-level miss to the second-level lookup or the walk."),
      integer("mmu.refill_cycles", "1", 0, 1e6, "cycles",
              "From the translation at hand to the access."),
      integer("mmu.fault_cycles", "1", 0, 1e6, "cycles", "From a refusal to the response."),
      integer("mmu.fence_cycles", "1", 0, 1e6, "cycles", "One SFENCE.VMA."),
      choice("mmu.ad_update", {"menvcfg", "hardware", "fault"}, "menvcfg",
             "A and D bits: as menvcfg.ADUE says, always set by hardware, or always a page fault; "
             "in the last two ADUE reads 0."),
      choice(
          "mmu.dmi", {"off", "resident", "mapped"}, "resident",
          "Standard TLM DMI for initiators other than the hart: off, for pages that a TLB holds, "
          "or until a fence. Accesses made so are not counted."),
  };
  table.insert(table.end(), rest.begin(), rest.end());
  return table;
}

Table memory_rows() {
  return {
      size("memory.size", "128MiB", 4096, 1099511627776.0,
           "Size of the RAM at 0x80000000; a multiple of 4 KiB. Only touched pages cost host "
           "memory."),
      {"memory.regions",
       ParameterKind::kList,
       "[]",
       0,
       0,
       {},
       "",
       "Further RAM, a list of {base: address, size: bytes}, at any free physical address."},
  };
}

Table bus_rows() {
  return {
      real("bus.latency_ns", "0", 0, 1e6, "ns", "Added by the bus to every transaction."),
  };
}

Parameter access_ns(const std::string& part) {
  return integer(part + ".access_ns", "10", 0, 1e6, "ns", "Time one register access takes.");
}

Table console_rows() {
  return {
      access_ns("clint"),
      access_ns("plic"),
      access_ns("uart"),
      choice("uart.input", {"stdin", "none"}, "stdin", "Where the UART's receiver reads from."),
      integer("uart.poll_ns", "1000000", 1000, 1e12, "ns",
              "How often the UART looks for input while its receive interrupt is enabled."),
  };
}

Table device_rows() {
  return {
      text("virtio.disk", "",
           "File behind the block device in virtio slot 0; empty: see virtio.size."),
      size("virtio.size", "0", 0, 1099511627776.0,
           "Size of a disk that lives in memory only, when no file is named; 0: no disk."),
      flag("virtio.read_only", false, "The guest may not write the disk."),
      choice("virtio.version", {"1", "2"}, "2", "Version of the virtio-mmio slots; 1 is legacy."),
      choice("virtio.queue_size", {"16", "64", "128", "256", "1024"}, "256",
             "Largest queue the block device offers."),
      access_ns("virtio"),
      integer("virtio.request_ns", "10000", 0, 1e9, "ns", "Service time of any disk request."),
      integer("virtio.sector_ns", "1000", 0, 1e9, "ns", "Added for each sector of 512 bytes."),
      access_ns("dma"),
      integer("dma.setup_ns", "100", 0, 1e9, "ns", "Before each copy."),
      integer("dma.burst_bytes", "64", 4, 4096, "bytes",
              "Largest bus transfer of the DMA engine, a power of two."),
      integer("dma.max_descriptors", "1024", 1, 1e9, "descriptors",
              "A longer list of copies is an error."),
      access_ns("fifo"),
      integer("fifo.capacity", "4096", 4, 1048576, "bytes", "Size of each direction's FIFO."),
      integer("fifo.packet_ns", "200", 0, 1e9, "ns", "Latency of the link for each packet."),
      integer("fifo.byte_ns", "8", 0, 1e6, "ns", "Added for each byte; 8 ns are 1 Gbit/s."),
      access_ns("framebuffer"),
      integer("framebuffer.vram_access_ns", "50", 0, 1e6, "ns",
              "One access to video memory, whatever its size."),
      integer("framebuffer.frame_hz", "60", 1, 1000, "Hz", "Frames a second of simulated time."),
  };
}

Table limit_rows() {
  return {
      integer("limits.instructions", "10000000000", 0, kNoLimit, "instructions",
              "Ends a run after this many retired instructions; 0: never."),
      real("limits.time_ns", "0", 0, 9e15, "ns", "Ends a run at this simulated time; 0: never."),
      integer("limits.trap_loop", "1000", 1, 1e9, "traps",
              "Ends a run after this many traps in a row without one instruction retired between "
              "them: a trap handler that is not there."),
      size("limits.uart_output", "256MiB", 0, kNoLimit,
           "Ends a run after the guest wrote this much to the UART; 0: never."),
  };
}

Table build() {
  Table table;
  for (auto* rows : {platform_rows, cpu_rows, mmu_rows, memory_rows, ddr_rows, bus_rows,
                     console_rows, device_rows, limit_rows}) {
    for (Parameter& row : rows()) table.push_back(std::move(row));
  }
  return table;
}

std::string bound(double value, ParameterKind kind) {
  if (kind == ParameterKind::kSize) return format_size(static_cast<std::uint64_t>(value));
  return fmt::format("{:.15g}", value);
}

}  // namespace

const std::vector<Parameter>& schema() {
  static const Table kTable = build();
  return kTable;
}

const std::vector<std::string>& schema_keys() {
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys;
    for (const Parameter& parameter : schema()) keys.push_back(parameter.key);
    return keys;
  }();
  return kKeys;
}

const Parameter* find_parameter(const std::string& key) {
  const auto& table = schema();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Parameter& row) { return row.key == key; });
  return found == table.end() ? nullptr : &*found;
}

std::string expectation(const Parameter& p) {
  const std::string unit = p.unit.empty() ? "" : " (" + p.unit + ")";
  const std::string range =
      p.max >= kNoLimit ? fmt::format("of at least {}", bound(p.min, p.kind))
                        : fmt::format("from {} to {}", bound(p.min, p.kind), bound(p.max, p.kind));
  switch (p.kind) {
    case ParameterKind::kBool:
      return "true or false";
    case ParameterKind::kInteger:
      return p.min == p.max ? fmt::format("{}", bound(p.min, p.kind))
                            : "an integer " + range + unit;
    case ParameterKind::kSize:
      return "a size in bytes or with KiB, MiB or GiB, " + range;
    case ParameterKind::kReal:
      return "a number " + range + unit;
    case ParameterKind::kChoice:
      return p.choices.size() == 1 ? p.choices.front()
                                   : fmt::format("one of {}", fmt::join(p.choices, ", "));
    case ParameterKind::kText:
      return "a text";
    case ParameterKind::kList:
      return "a list like [{base: 0x100000000, size: 64MiB}]";
  }
  return "";
}

}  // namespace lookaside::platform
