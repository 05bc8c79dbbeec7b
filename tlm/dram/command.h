// SPDX-License-Identifier: Apache-2.0
// What a controller sends to DRAM.
#pragma once

#include <cstdint>

namespace lookaside::dram {

enum class Op : std::uint8_t {
  kAct = 0,
  kPre,
  kPreAll,
  kRd,
  kRda,  ///< read, then precharge by itself
  kWr,
  kWra,
  kRef,
  kRefBank,  ///< refresh of one bank (LPDDR4) or of one bank in each group (DDR5)
  kPde,      ///< power-down entry
  kPdx,
  kSre,  ///< self-refresh entry
  kSrx,
};
inline constexpr unsigned kOpCount = static_cast<unsigned>(Op::kSrx) + 1;
/// "ACT", "PRE", "PREA", "RD", ...
const char* name(Op op);

/// Set of commands, one bit each.
using Ops = std::uint16_t;
constexpr Ops bit(Op op) {
  return static_cast<Ops>(1U << static_cast<unsigned>(op));
}

/// Commands that carry a row: ACT, reads and writes.
inline constexpr Ops kOpsWithRow =
    bit(Op::kAct) | bit(Op::kRd) | bit(Op::kRda) | bit(Op::kWr) | bit(Op::kWra);
/// Commands to a rank as a whole: they carry no bank.
inline constexpr Ops kOpsOfRank = bit(Op::kPreAll) | bit(Op::kRef) | bit(Op::kPde) | bit(Op::kPdx) |
                                  bit(Op::kSre) | bit(Op::kSrx);
constexpr bool carries_row(Op op) {
  return (bit(op) & kOpsWithRow) != 0;
}
constexpr bool carries_bank(Op op) {
  return (bit(op) & kOpsOfRank) == 0;
}

/// One command on the command bus of a channel. Fields that the command does not carry are 0.
struct Command {
  std::uint64_t clock = 0;  ///< its last clock on the command bus
  Op op = Op::kAct;
  std::uint8_t rank = 0;
  std::uint8_t bank_group = 0;
  std::uint8_t bank = 0;  ///< within the rank: bank_group * banks_per_group + bank of the group
  std::uint32_t row = 0;  ///< ACT; the row that is open, of reads and writes
};

}  // namespace lookaside::dram
