// SPDX-License-Identifier: Apache-2.0
// Numbers of the control and status registers, and the bits of their fields.
#pragma once

#include <cstdint>
#include <string>

namespace lookaside::riscv {

/// CSR numbers that code refers to. Bits 9:8 are the lowest privilege that may access it; 11:10 = 3
/// means read-only.
namespace csr {
enum Number : std::uint16_t {
  kSstatus = 0x100,
  kSie = 0x104,
  kStvec = 0x105,
  kScounteren = 0x106,
  kSenvcfg = 0x10a,
  kSscratch = 0x140,
  kSepc = 0x141,
  kScause = 0x142,
  kStval = 0x143,
  kSip = 0x144,
  kStimecmp = 0x14d,
  kStimecmph = 0x15d,
  kSatp = 0x180,
  kMstatus = 0x300,
  kMisa = 0x301,
  kMedeleg = 0x302,
  kMideleg = 0x303,
  kMie = 0x304,
  kMtvec = 0x305,
  kMcounteren = 0x306,
  kMenvcfg = 0x30a,
  kMstatush = 0x310,
  kMenvcfgh = 0x31a,
  kMcountinhibit = 0x320,
  kMhpmevent3 = 0x323,
  kMhpmevent31 = 0x33f,
  kMscratch = 0x340,
  kMepc = 0x341,
  kMcause = 0x342,
  kMtval = 0x343,
  kMip = 0x344,
  kPmpcfg0 = 0x3a0,
  kPmpcfg3 = 0x3a3,
  kPmpaddr0 = 0x3b0,
  kPmpaddr15 = 0x3bf,
  kMcycle = 0xb00,
  kMinstret = 0xb02,
  kMhpmcounter3 = 0xb03,
  kMhpmcounter31 = 0xb1f,
  kMcycleh = 0xb80,
  kMinstreth = 0xb82,
  kMhpmcounter3h = 0xb83,
  kMhpmcounter31h = 0xb9f,
  kCycle = 0xc00,
  kTime = 0xc01,
  kInstret = 0xc02,
  kHpmcounter3 = 0xc03,
  kHpmcounter31 = 0xc1f,
  kCycleh = 0xc80,
  kTimeh = 0xc81,
  kInstreth = 0xc82,
  kHpmcounter3h = 0xc83,
  kHpmcounter31h = 0xc9f,
  kMvendorid = 0xf11,
  kMarchid = 0xf12,
  kMimpid = 0xf13,
  kMhartid = 0xf14,
  kMconfigptr = 0xf15,
};
}  // namespace csr

/// Name of a CSR as in assembly ("mstatus", "mhpmcounter3"); "unknown_7c0" for a number that this
/// hart does not implement.
std::string csr_name(unsigned number);
/// True if the hart implements the CSR under `xlen` (32 or 64); a lack of PMP entries aside.
bool csr_exists(unsigned number, unsigned xlen);

constexpr std::uint64_t bit(unsigned n) {
  return std::uint64_t{1} << n;
}

/// Fields of mstatus (sstatus is a window on it).
namespace mstatus {
inline constexpr std::uint64_t kSie = bit(1), kMie = bit(3), kSpie = bit(5), kMpie = bit(7),
                               kSpp = bit(8), kMpp = bit(11) | bit(12), kMprv = bit(17),
                               kSum = bit(18), kMxr = bit(19), kTvm = bit(20), kTw = bit(21),
                               kTsr = bit(22);
inline constexpr unsigned kMppShift = 11;
inline constexpr std::uint64_t kUxl64 = std::uint64_t{2} << 32;
inline constexpr std::uint64_t kSxl64 = std::uint64_t{2} << 34;
inline constexpr std::uint64_t kSupervisor = kSie | kSpie | kSpp | kSum | kMxr;
}  // namespace mstatus

namespace menvcfg {
inline constexpr std::uint64_t kFiom = bit(0), kAdue = bit(61), kStce = bit(63);
}

/// Bits of mip, mie, sip and sie: interrupt causes as masks.
namespace interrupt {
inline constexpr unsigned kSupervisorSoftware = 1, kMachineSoftware = 3, kSupervisorTimer = 5,
                          kMachineTimer = 7, kSupervisorExternal = 9, kMachineExternal = 11;
inline constexpr std::uint64_t kSsip = bit(kSupervisorSoftware), kMsip = bit(kMachineSoftware),
                               kStip = bit(kSupervisorTimer), kMtip = bit(kMachineTimer),
                               kSeip = bit(kSupervisorExternal), kMeip = bit(kMachineExternal);
inline constexpr std::uint64_t kSupervisor = kSsip | kStip | kSeip;
inline constexpr std::uint64_t kAll = kSupervisor | kMsip | kMtip | kMeip;
/// Lines a device may drive through interrupt_if.
inline constexpr std::uint64_t kLines = kMsip | kSeip | kMeip;
}  // namespace interrupt

}  // namespace lookaside::riscv
