// SPDX-License-Identifier: Apache-2.0
// A hart on flat memory, with the handles most tests need.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include <lookaside/riscv/core/hart.h>

#include "riscv/flat_system.h"
#include "riscv/program.h"

namespace lookaside::tests {

/// Starts at kBase in M-mode; mtvec = kHandler, where endless loops stand in for a handler, so that
/// a trap is seen in the registers and nothing else happens.
struct Machine {
  static constexpr std::uint64_t kBase = FlatSystem::kBase;
  static constexpr std::uint64_t kHandler = kBase + 0x8000;
  static constexpr std::uint64_t kSupervisorHandler = kBase + 0x9000;
  static constexpr std::uint64_t kData = kBase + 0x10000;

  FlatSystem system;
  riscv::Hart hart;

  static riscv::HartConfig config(unsigned xlen) {
    riscv::HartConfig config;
    config.xlen = xlen;
    config.reset_pc = kBase;
    return config;
  }

  explicit Machine(unsigned xlen) : Machine(config(xlen)) {}
  explicit Machine(const riscv::HartConfig& config) : hart(config, system) {
    for (std::uint64_t a = kHandler; a < kHandler + 0x2000; a += 4) {
      system.put(a, assembler::stay());
    }
    csr(riscv::csr::kMtvec, kHandler);
    csr(riscv::csr::kStvec, kSupervisorHandler);
  }

  /// Writes a CSR as the M-mode program would, WARL rules included.
  void csr(unsigned number, std::uint64_t value) { hart.csrs().write(number, value); }
  std::uint64_t csr(unsigned number) const { return hart.csrs().peek(number); }

  void load(std::initializer_list<std::uint32_t> words, std::uint64_t address = kBase) {
    for (const std::uint32_t word : words) {
      system.put(address, word);
      address += 4;
    }
  }
  /// Continues at `pc` in `privilege`, by way of mret.
  void go(std::uint64_t pc, translation::Privilege privilege) {
    const std::uint64_t mpp = static_cast<std::uint64_t>(privilege) << riscv::mstatus::kMppShift;
    csr(riscv::csr::kMstatus, (csr(riscv::csr::kMstatus) & ~riscv::mstatus::kMpp) | mpp);
    csr(riscv::csr::kMepc, pc);
    hart.set_pc(hart.csrs().leave_machine_trap());
  }
  /// Lets S and U reach all memory.
  void open_pmp() {
    csr(riscv::csr::kPmpaddr0, ~0ULL);
    csr(riscv::csr::kPmpcfg0, 0x1f);
  }
  /// Runs until so many more instructions have retired.
  riscv::Pause retire(std::uint64_t instructions) {
    hart.set_instruction_limit(hart.retired() + instructions);
    return hart.run(~0ULL);
  }
  /// Runs for so many clocks without access latency: as many instructions or traps.
  riscv::Pause clocks(std::uint64_t count) {
    hart.set_instruction_limit(0);
    return hart.run(hart.time_ps() + count * hart.config().cycle_ps);
  }
  std::uint64_t exceptions() const {
    std::uint64_t sum = 0;
    for (std::uint64_t n : const_cast<riscv::Hart&>(hart).statistics().exceptions.values) sum += n;
    return sum;
  }
};

}  // namespace lookaside::tests
