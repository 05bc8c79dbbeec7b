// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <lookaside/platform/boot_rom.h>
#include <lookaside/platform/ddr_settings.h>
#include <lookaside/platform/memory_map.h>
#include <lookaside/platform/soc.h>
#include <lookaside/platform/translate.h>

namespace lookaside::platform {
namespace {

bool fast_path(const Configuration& configuration, const SocSetup& setup) {
  return configuration.boolean("cpu.fast_path") &&
         configuration.text("platform.timing") == "calibrated" &&
         configuration.text("mmu.tlb.backend") == "model" &&
         configuration.text("mmu.backend") == "model" && setup.sink == nullptr && !setup.trace;
}

/// What a backend other than the model needs from outside must be there.
bool from_outside(const Configuration& c, const std::string& key, bool made) {
  const std::string& backend = c.text(key);
  if (backend == "model") return false;
  if (made) return true;
  throw ConfigurationError(key + ": found " + backend +
                           ", but this program was built without RTL; expected model");
}

/// RTL answers every access itself: nothing is lent that would go past it.
mmu::Config mmu_module_config(const Configuration& c, const SocSetup& setup) {
  mmu::Config config = mmu_config(c, setup.xlen, fast_path(c, setup));
  const bool tlbs = from_outside(c, "mmu.tlb.backend", setup.make_tlb != nullptr);
  const bool engine = from_outside(c, "mmu.backend", setup.make_engine != nullptr);
  if (tlbs && engine) {
    throw ConfigurationError("mmu.tlb.backend: found " + c.text("mmu.tlb.backend") +
                             " beside mmu.backend " + c.text("mmu.backend") +
                             ", whose TLBs are part of it; expected model");
  }
  if (tlbs || engine) config.dmi = mmu::DmiPolicy::kOff;
  if (tlbs) config.make_tlb = setup.make_tlb;
  if (engine) config.make_engine = setup.make_engine;
  return config;
}

riscv::HartModuleConfig hart_module_config(const Configuration& c, const SocSetup& setup) {
  riscv::HartModuleConfig config;
  config.core = hart_config(c, setup.xlen);
  config.quantum_ps = picoseconds(c, "platform.quantum_ns");
  config.instruction_limit = c.integer("limits.instructions");
  config.time_limit_ps = picoseconds(c, "limits.time_ns");
  config.direct = fast_path(c, setup);
  config.scope = "hart0";
  config.symbolizer = setup.symbolizer;
  config.trace = setup.trace;
  return config;
}

devices::FinisherConfig finisher_config() {
  return {};
}
devices::RomConfig rom_config() {
  devices::RomConfig config;
  config.size = kRom.size;
  return config;
}

}  // namespace

Soc::Soc(const sc_core::sc_module_name& name, const Configuration& c, const SocSetup& setup)
    : sc_module(name),
      uart_limit_(c.integer("limits.uart_output")),
      hart_("hart0", hart_module_config(c, setup), setup.sink),
      mmu_("hart0_mmu", mmu_module_config(c, setup), setup.sink),
      bus_("bus", bus_config(c), setup.sink),
      ddr_("ddr", ddr_config(c), setup.sink),
      rom_("rom", rom_config(), setup.sink),
      finisher_("finisher", finisher_config(), setup.sink),
      clint_("clint", clint_config(c), setup.sink),
      plic_("plic", plic_config(c), setup.sink),
      uart_("uart0", uart_config(c), setup.sink),
      dma_("dma", dma_config(c), setup.sink),
      fifo_("fifo", fifo_config(c), setup.sink),
      framebuffer_("framebuffer", framebuffer_config(c), setup.sink),
      ddr_control_("ddr_ecc", ddr_, ddr_control_config(c)),
      ddr_registers_("ddr_registers", ddr_registers_config(c)),
      loader_("loader"),
      statistics_("") {
  rom_.load(0, boot_rom(setup.xlen, setup.entry, setup.device_tree));
  connect(c);
  connect_disk(c, setup.sink);
  connect_interrupts();
  collect_statistics();
  finisher_.on_finish([this](devices::Finish finish, std::uint32_t code, std::uint64_t) {
    finished(finish, code);
  });
  uart_.set_output([this](std::string_view bytes) { printed(bytes); });
  if (setup.tohost) watch_tohost(*setup.tohost);
}

void Soc::connect(const Configuration& c) {
  using bus::TargetKind;
  hart_.fetch_socket.bind(mmu_.fetch_socket);
  hart_.data_socket.bind(mmu_.data_socket);
  hart_.control.bind(mmu_.control);
  hart_.translation.bind(mmu_.port);
  mmu_.physical_socket.bind(bus_.target_socket);
  mmu_.walk_socket.bind(bus_.target_socket);
  dma_.bus.bind(bus_.target_socket);
  loader_.bind(bus_.target_socket);

  const unsigned ram = bus_.attach("ddr", TargetKind::kMemory, ddr_.socket);
  for (const Region& region : c.ram()) bus_.map(ram, region.base, region.size, region.base);
  bus_.attach("rom", TargetKind::kMemory, rom_.socket, kRom.base, kRom.size);
  bus_.attach("framebuffer_vram", TargetKind::kMemory, framebuffer_.vram, kVideoMemory.base,
              kVideoMemory.size);
  const auto device = [&](const Window& window, tlm::tlm_base_target_socket_b<64>& socket) {
    bus_.attach(std::string(window.name), TargetKind::kDevice, socket, window.base, window.size);
  };
  device(kFinisher, finisher_.socket);
  device(kClint, clint_.socket);
  device(kPlic, plic_.socket);
  device(kUart, uart_.socket);
  device(kDma, dma_.socket);
  device(kFifo, fifo_.socket);
  device(kFramebuffer, framebuffer_.socket);
  device(kDdrRegisters, ddr_registers_.socket);
  ddr_registers_.control.bind(ddr_control_.control);
}

void Soc::connect_disk(const Configuration& c, observe::SignalSink* sink) {
  const auto attach = [&](unsigned slot, tlm::tlm_base_target_socket_b<64>& socket) {
    bus_.attach("virtio" + std::to_string(slot), bus::TargetKind::kDevice, socket,
                kVirtio.base + slot * kVirtioSlotSize, kVirtioSlotSize);
  };
  const devices::VirtioBlock::Config config = virtio_config(c);
  unsigned first_empty = 0;
  if (auto disk = make_disk(c)) {
    disk_ = std::make_unique<devices::VirtioBlock>("virtio0", config, std::move(disk), sink);
    attach(0, disk_->socket);
    disk_->bus.bind(bus_.target_socket);
    disk_->irq.bind(plic_.sources);
    first_empty = 1;
  }
  devices::VirtioEmptySlot::Config empty;
  empty.legacy = config.legacy;
  empty.access_ps = 1000 * config.access_ns;
  for (unsigned slot = first_empty; slot < kVirtioSlots; ++slot) {
    const std::string name = "virtio" + std::to_string(slot);
    empty_slots_.push_back(std::make_unique<devices::VirtioEmptySlot>(name.c_str(), empty));
    attach(slot, empty_slots_.back()->socket);
  }
}

void Soc::connect_interrupts() {
  clint_.harts.bind(hart_.interrupts);
  plic_.harts.bind(hart_.interrupts);
  hart_.time_source.bind(clint_.time_source);
  uart_.irq.bind(plic_.sources);
  dma_.irq.bind(plic_.sources);
  fifo_.irq.bind(plic_.sources);
  framebuffer_.irq.bind(plic_.sources);
  ddr_registers_.irq.bind(plic_.sources);
}

void Soc::collect_statistics() {
  for (observe::StatisticGroup* group :
       {&hart_.statistics(), &mmu_.statistics(), &bus_.statistics(), &ddr_.statistics(),
        &ddr_control_.statistics(), &clint_.statistics(), &plic_.statistics(),
        &uart_.statistics()}) {
    statistics_.add_child(*group);
  }
  if (disk_) statistics_.add_child(disk_->statistics());
  for (observe::StatisticGroup* group : {&dma_.statistics(), &fifo_.statistics(),
                                         &framebuffer_.statistics(), &finisher_.statistics()}) {
    statistics_.add_child(*group);
  }
}

}  // namespace lookaside::platform
