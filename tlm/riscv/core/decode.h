// SPDX-License-Identifier: Apache-2.0
// From instruction bits to a decoded instruction.
#pragma once

#include <lookaside/riscv/core/op.h>

namespace lookaside::riscv {

/// Decodes the instruction that starts with the low bits of `raw` under `xlen` (32 or 64). Bits
/// that belong to the next instruction are ignored. Every encoding that RV32IMAC or RV64IMAC with
/// the privileged instructions does not define gives Op::kIllegal.
Instruction decode(std::uint32_t raw, unsigned xlen);

/// Bytes of the instruction whose low half-word is given. Encodings reserved for more than 32 bits
/// are taken as 4 bytes; they decode as illegal.
constexpr unsigned instruction_length(std::uint32_t raw) {
  return (raw & 3U) == 3U ? 4 : 2;
}

}  // namespace lookaside::riscv
