// SPDX-License-Identifier: Apache-2.0
// The platform as an elaborated SystemC module: configuration in, a SoC that runs out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/bus/router.h>
#include <lookaside/ddr/control.h>
#include <lookaside/ddr/controller.h>
#include <lookaside/devices/clint.h>
#include <lookaside/devices/ddr_registers.h>
#include <lookaside/devices/dma.h>
#include <lookaside/devices/fifo.h>
#include <lookaside/devices/finisher.h>
#include <lookaside/devices/framebuffer.h>
#include <lookaside/devices/plic.h>
#include <lookaside/devices/rom.h>
#include <lookaside/devices/uart.h>
#include <lookaside/devices/virtio_block.h>
#include <lookaside/mmu/mmu.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/platform/configuration.h>
#include <lookaside/platform/outcome.h>
#include <lookaside/riscv/module/hart_module.h>

namespace lookaside::platform {

/// What a platform is built for besides its configuration.
struct SocSetup {
  unsigned xlen = 64;
  std::uint64_t entry = 0x8000'0000;      ///< where the boot ROM jumps to
  std::vector<std::uint8_t> device_tree;  ///< handed over in the boot ROM
  /// Address of the riscv-tests word that ends a run: 1 passes, another odd value fails.
  std::optional<std::uint64_t> tohost;
  observe::SignalSink* sink = nullptr;  ///< waveform, or nobody
  /// Symbol of an address for the waveform; may be empty.
  std::function<std::string(std::uint64_t)> symbolizer;
  /// Receives every line of the commit log; may be empty.
  std::function<void(const std::string&)> trace;
  /// Makes the TLBs when mmu.tlb.backend is not `model`; the platform itself knows no RTL.
  mmu::TlbFactory make_tlb;
  /// Makes what translates when mmu.backend is not `model`.
  mmu::EngineFactory make_engine;
};

/// Shape: one hart behind its MMU, a bus, DDR memory, and the devices of QEMU's `virt` at their
/// addresses plus DMA, FIFO and framebuffer (memory_map.h). Processes: none of its own; run()
/// drives the kernel. The fast path between hart and MMU is off while a sink or a trace is there,
/// because nobody would see what goes that way; results, statistics and time stay the same. It is
/// off under temporal timing, where every access asks the DDR controller for its time. Errors:
/// the constructor throws the error of the block that refuses its configuration.
class Soc : public sc_core::sc_module {
 public:
  Soc(const sc_core::sc_module_name& name, const Configuration& configuration,
      const SocSetup& setup);

  /// Console: where the UART's output goes, and where its input comes from (-1: none now; -2: never
  /// again). Call before run().
  void set_output(std::function<void(std::string_view)> output);
  void set_input(std::function<int()> input);

  /// Puts bytes into memory before the first instruction, later calls over earlier ones. The place
  /// must be RAM, or run() throws ConfigurationError.
  void preload(std::uint64_t address, std::vector<std::uint8_t> bytes);
  /// Reads memory without time and side effects, once run() has begun; false if some byte is no
  /// memory.
  bool read(std::uint64_t address, std::vector<std::uint8_t>& bytes);

  /// Runs until the guest or a limit ends it; calls `progress` every millisecond of simulated time.
  /// Once.
  Outcome run(const std::function<void()>& progress = {});

  /// Ends a run from outside, e.g. from `progress`.
  void interrupt() { end(Outcome::Kind::kLimit, 0, "interrupted by the user"); }
  /// Ends a run as failed, from outside: a checker found something wrong.
  void fail(std::string reason) { end(Outcome::Kind::kFailed, 1, std::move(reason)); }

  std::uint64_t instructions() const { return hart_.hart().retired(); }
  /// Simulated time the hart has reached, in ps.
  std::uint64_t time_ps() const { return hart_.hart().time_ps(); }
  observe::StatisticGroup& statistics() { return statistics_; }
  const devices::Framebuffer& framebuffer() const { return framebuffer_; }
  const riscv::Hart& hart() const { return hart_.hart(); }
  ddr::Controller& ddr() { return ddr_; }

 private:
  struct Image {
    std::uint64_t address;
    std::vector<std::uint8_t> bytes;
  };

  void start_of_simulation() override;
  void connect(const Configuration& configuration);
  void connect_interrupts();
  void connect_disk(const Configuration& configuration, observe::SignalSink* sink);
  void collect_statistics();
  void watch_tohost(std::uint64_t address);
  /// The first call decides; it also stops the hart.
  void end(Outcome::Kind kind, std::uint64_t code, std::string reason);
  void finished(devices::Finish finish, std::uint32_t code);
  Outcome stopped() const;
  void printed(std::string_view bytes);
  int typed();
  bool debug(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
             std::uint64_t bytes);

  std::vector<Image> images_;
  std::uint64_t uart_limit_;
  std::uint64_t printed_bytes_ = 0;
  std::optional<Outcome> outcome_;
  std::function<void(std::string_view)> output_;
  std::function<int()> input_;
  bool input_ended_ = false;

  riscv::HartModule hart_;
  mmu::Mmu mmu_;
  bus::Router bus_;
  ddr::Controller ddr_;
  devices::Rom rom_;
  devices::Finisher finisher_;
  devices::Clint clint_;
  devices::Plic plic_;
  devices::Uart uart_;
  devices::Dma dma_;
  devices::Fifo fifo_;
  devices::Framebuffer framebuffer_;
  ddr::Control ddr_control_;
  devices::DdrRegisters ddr_registers_;
  std::unique_ptr<devices::VirtioBlock> disk_;
  std::vector<std::unique_ptr<devices::VirtioEmptySlot>> empty_slots_;
  tlm_utils::simple_initiator_socket<Soc, 64> loader_;  ///< debug accesses only

  observe::StatisticGroup statistics_;
};

}  // namespace lookaside::platform
