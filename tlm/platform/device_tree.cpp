// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>
#include <stdexcept>

#include <fmt/format.h>

#include <lookaside/platform/device_tree.h>
#include <lookaside/platform/memory_map.h>

extern "C" {
#include <libfdt.h>
}

namespace lookaside::platform {
namespace {

constexpr std::uint32_t kCpuHandle = 1, kCpuInterrupts = 2, kPlicHandle = 3, kFinisherHandle = 4;

/// libfdt's sequential writer with the few property shapes a device tree needs.
class Writer {
 public:
  explicit Writer(std::size_t limit) : blob_(limit) {
    check(fdt_create(blob_.data(), static_cast<int>(blob_.size())));
    check(fdt_finish_reservemap(blob_.data()));
  }
  std::vector<std::uint8_t> finish() {
    check(fdt_finish(blob_.data()));
    blob_.resize(fdt_totalsize(blob_.data()));
    return std::move(blob_);
  }
  void begin(const std::string& name) { check(fdt_begin_node(blob_.data(), name.c_str())); }
  void end() { check(fdt_end_node(blob_.data())); }
  void empty(const char* name) { check(fdt_property(blob_.data(), name, nullptr, 0)); }
  void text(const char* name, const std::string& value) {
    check(fdt_property(blob_.data(), name, value.c_str(), static_cast<int>(value.size() + 1)));
  }
  /// Several strings, each with its terminator.
  void texts(const char* name, std::initializer_list<const char*> values) {
    std::string all;
    for (const char* value : values) all.append(value).push_back('\0');
    check(fdt_property(blob_.data(), name, all.data(), static_cast<int>(all.size())));
  }
  void cells(const char* name, std::initializer_list<std::uint32_t> values) {
    std::vector<fdt32_t> big;
    for (const std::uint32_t value : values) big.push_back(cpu_to_fdt32(value));
    check(fdt_property(blob_.data(), name, big.data(),
                       static_cast<int>(big.size() * sizeof(fdt32_t))));
  }
  void reg(std::uint64_t base, std::uint64_t size) {
    cells("reg", {static_cast<std::uint32_t>(base >> 32), static_cast<std::uint32_t>(base),
                  static_cast<std::uint32_t>(size >> 32), static_cast<std::uint32_t>(size)});
  }

 private:
  static void check(int result) {
    if (result == 0) return;
    throw ConfigurationError(fmt::format(
        "the device tree does not fit: {} (too many memory.regions?)", fdt_strerror(result)));
  }
  std::vector<std::uint8_t> blob_;
};

void write_cpus(Writer& w, const Configuration& c, unsigned xlen) {
  w.begin("cpus");
  w.cells("#address-cells", {1});
  w.cells("#size-cells", {0});
  w.cells("timebase-frequency", {static_cast<std::uint32_t>(c.integer("cpu.timebase_hz"))});
  w.begin("cpu@0");
  w.cells("phandle", {kCpuHandle});
  w.text("device_type", "cpu");
  w.cells("reg", {0});
  w.text("status", "okay");
  w.text("compatible", "riscv");
  w.text("riscv,isa", isa_string(c, xlen));
  w.text("mmu-type", mmu_type(c, xlen));
  w.begin("interrupt-controller");
  w.cells("#interrupt-cells", {1});
  w.cells("#address-cells", {0});
  w.empty("interrupt-controller");
  w.text("compatible", "riscv,cpu-intc");
  w.cells("phandle", {kCpuInterrupts});
  w.end();
  w.end();
  w.begin("cpu-map");
  w.begin("cluster0");
  w.begin("core0");
  w.cells("cpu", {kCpuHandle});
  w.end();
  w.end();
  w.end();
  w.end();
}

/// A device that raises one PLIC line; the caller adds what is special and ends the node.
void begin_device(Writer& w, const char* name, std::uint64_t base, std::uint64_t size,
                  const char* compatible, unsigned line) {
  w.begin(fmt::format("{}@{:x}", name, base));
  w.text("compatible", compatible);
  w.reg(base, size);
  if (line != 0) {
    w.cells("interrupts", {line});
    w.cells("interrupt-parent", {kPlicHandle});
  }
}

void write_interrupt_controllers(Writer& w) {
  w.begin(fmt::format("clint@{:x}", kClint.base));
  w.texts("compatible", {"sifive,clint0", "riscv,clint0"});
  w.reg(kClint.base, kClint.size);
  w.cells("interrupts-extended", {kCpuInterrupts, 3, kCpuInterrupts, 7});
  w.end();
  w.begin(fmt::format("plic@{:x}", kPlic.base));
  w.texts("compatible", {"sifive,plic-1.0.0", "riscv,plic0"});
  w.reg(kPlic.base, kPlic.size);
  w.cells("phandle", {kPlicHandle});
  w.cells("#interrupt-cells", {1});
  w.cells("#address-cells", {0});
  w.empty("interrupt-controller");
  w.cells("interrupts-extended", {kCpuInterrupts, 11, kCpuInterrupts, 9});
  w.cells("riscv,ndev", {kPlicSources});
  w.end();
}

void write_devices(Writer& w) {
  begin_device(w, "serial", kUart.base, kUart.size, "ns16550a", kUartLine);
  w.cells("clock-frequency", {3686400});
  w.end();
  for (unsigned slot = 0; slot < kVirtioSlots; ++slot) {
    begin_device(w, "virtio_mmio", kVirtio.base + slot * kVirtioSlotSize, kVirtioSlotSize,
                 "virtio,mmio", kVirtioLine + slot);
    w.end();
  }
  begin_device(w, "dma", kDma.base, kDma.size, "lookaside,dma", kDmaLine);
  w.end();
  begin_device(w, "fifo", kFifo.base, kFifo.size, "lookaside,fifo", kFifoLine);
  w.end();
  begin_device(w, "memory-controller", kDdrRegisters.base, kDdrRegisters.size, "lookaside,ddr",
               kDdrLine);
  w.end();
  w.begin(fmt::format("framebuffer@{:x}", kFramebuffer.base));
  w.text("compatible", "lookaside,framebuffer");
  w.cells("reg", {0, static_cast<std::uint32_t>(kFramebuffer.base), 0,
                  static_cast<std::uint32_t>(kFramebuffer.size), 0,
                  static_cast<std::uint32_t>(kVideoMemory.base), 0,
                  static_cast<std::uint32_t>(kVideoMemory.size)});
  w.cells("interrupts", {kFramebufferLine});
  w.cells("interrupt-parent", {kPlicHandle});
  w.end();
}

void write_soc(Writer& w) {
  w.begin("soc");
  w.cells("#address-cells", {2});
  w.cells("#size-cells", {2});
  w.text("compatible", "simple-bus");
  w.empty("ranges");
  w.begin(fmt::format("test@{:x}", kFinisher.base));
  w.cells("phandle", {kFinisherHandle});
  w.reg(kFinisher.base, kFinisher.size);
  w.texts("compatible", {"sifive,test1", "sifive,test0", "syscon"});
  w.end();
  write_interrupt_controllers(w);
  write_devices(w);
  w.end();
}

void write_syscon(Writer& w, const char* name, const char* compatible, std::uint32_t value) {
  w.begin(name);
  w.cells("value", {value});
  w.cells("offset", {0});
  w.cells("regmap", {kFinisherHandle});
  w.text("compatible", compatible);
  w.end();
}

}  // namespace

std::string isa_string(const Configuration& configuration, unsigned xlen) {
  const std::string& update = configuration.text("mmu.ad_update");
  const char* scheme = update == "menvcfg" ? "_svadu" : update == "fault" ? "_svade" : "";
  return fmt::format("rv{}imac_zicsr_zifencei_sstc{}", xlen, scheme);
}

std::string mmu_type(const Configuration& configuration, unsigned xlen) {
  const std::string& mode = configuration.text("cpu.max_satp_mode");
  if (mode == "bare" || (xlen == 64 && mode == "sv32")) return "riscv,none";
  return "riscv," + (xlen == 32 ? "sv32" : mode);
}

std::vector<std::uint8_t> device_tree(const Configuration& configuration, unsigned xlen,
                                      std::size_t limit) {
  Writer w(limit);
  w.begin("");
  w.cells("#address-cells", {2});
  w.cells("#size-cells", {2});
  w.text("compatible", "riscv-virtio");
  w.text("model", "lookaside");
  w.begin("chosen");
  w.text("stdout-path", fmt::format("/soc/serial@{:x}", kUart.base));
  if (!configuration.text("platform.bootargs").empty()) {
    w.text("bootargs", configuration.text("platform.bootargs"));
  }
  w.end();
  for (const Region& region : configuration.ram()) {
    w.begin(fmt::format("memory@{:x}", region.base));
    w.text("device_type", "memory");
    w.reg(region.base, region.size);
    w.end();
  }
  write_cpus(w, configuration, xlen);
  write_soc(w);
  write_syscon(w, "poweroff", "syscon-poweroff", 0x5555);
  write_syscon(w, "reboot", "syscon-reboot", 0x7777);
  w.end();
  return w.finish();
}

}  // namespace lookaside::platform
