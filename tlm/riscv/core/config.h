// SPDX-License-Identifier: Apache-2.0
// What can be chosen about a hart.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace lookaside::riscv {

/// A configuration that no hart can have; the message says what was found and what is expected.
class HartError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Misaligned : std::uint8_t {
  kHardware,  ///< loads and stores of any alignment work
  kTrap,      ///< a misaligned one traps before it is translated (MIS-01)
};
enum class EbreakTval : std::uint8_t {
  kPc,    ///< xtval = address of the ebreak
  kZero,  ///< xtval = 0, as QEMU does
};
enum class AdPolicy : std::uint8_t {
  kMenvcfg,   ///< menvcfg.ADUE chooses
  kHardware,  ///< always updated by the walker; ADUE reads 0
  kFault,     ///< always a page fault; ADUE reads 0
};
/// The largest translation scheme satp accepts; the smaller ones of the same XLEN come with it
/// (SATP-06). On RV32 every value but kBare means Sv32.
enum class SatpMode : std::uint8_t { kBare, kSv32, kSv39, kSv48, kSv57 };

struct HartConfig {
  unsigned xlen = 64;               ///< 32 or 64
  unsigned hart_id = 0;             ///< mhartid
  std::uint64_t reset_pc = 0x1000;  ///< first instruction; the boot ROM
  std::uint64_t cycle_ps = 1000;    ///< time of one clock, picoseconds, at least 1
  Misaligned misaligned = Misaligned::kHardware;
  EbreakTval ebreak_tval = EbreakTval::kPc;
  AdPolicy ad_update = AdPolicy::kMenvcfg;
  bool reset_adue = true;       ///< menvcfg.ADUE after reset, under kMenvcfg
  unsigned pmp_entries = 16;    ///< 0 (PMP CSRs do not exist), 4 or 16
  bool reset_pmp_open = false;  ///< entry 0 lets everything through after reset
  SatpMode max_satp_mode = SatpMode::kSv57;
  unsigned asid_bits = 16;  ///< ASIDLEN; at most 9 on RV32 (SATP-07)
  /// So many traps in a row without a retired instruction end the simulation; at least 1.
  unsigned trap_loop_limit = 1000;
};

/// Throws HartError unless the configuration is possible.
void validate(const HartConfig& config);

}  // namespace lookaside::riscv
