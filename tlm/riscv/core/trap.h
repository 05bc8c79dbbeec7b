// SPDX-License-Identifier: Apache-2.0
// Causes of traps, and the record of one trap.
#pragma once

#include <cstdint>

#include <lookaside/translation/access.h>
#include <lookaside/translation/fault.h>

namespace lookaside::riscv {

/// Exception codes of xcause. Those of address translation are equal to translation::Cause.
enum class Exception : std::uint8_t {
  kFetchMisaligned = 0,
  kFetchAccess = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadAccess = 5,
  kStoreMisaligned = 6,
  kStoreAccess = 7,
  kEcallFromUser = 8,
  kEcallFromSupervisor = 9,
  kEcallFromMachine = 11,
  kFetchPage = 12,
  kLoadPage = 13,
  kStorePage = 15,
};
inline constexpr unsigned kCauseCount = 16;

/// "illegal_instruction", "load_page_fault", ...; "reserved_10" and "reserved_14" for unused codes.
const char* exception_name(unsigned code);
/// "machine_timer_interrupt", ...; "reserved_interrupt" for unused codes.
const char* interrupt_name(unsigned code);

struct Instruction;

/// A trap that has just been taken.
struct Trap {
  std::uint64_t time_ps = 0;  ///< local time of the trapped instruction
  bool interrupt = false;
  unsigned code = 0;  ///< exception or interrupt code
  std::uint64_t epc = 0;
  std::uint64_t tval = 0;
  std::uint64_t handler = 0;  ///< where execution goes on
  translation::Privilege from = translation::Privilege::kMachine;
  translation::Privilege to = translation::Privilege::kMachine;
  /// The refused access, for exceptions of translation and protection; else nullptr.
  const translation::Fault* fault = nullptr;
  /// The instruction that raised the exception; nullptr for an interrupt and a failed fetch.
  const Instruction* instruction = nullptr;
};

}  // namespace lookaside::riscv
