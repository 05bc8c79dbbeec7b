// SPDX-License-Identifier: Apache-2.0
// Instructions as text, for waveforms and messages.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/riscv/core/op.h>

namespace lookaside::riscv {

/// ABI name of a register: "zero", "ra", "sp", ... `number` below 32.
const char* register_name(unsigned number);

/// Standard mnemonic and operands without pseudo-instructions ("addi a0, a1, -4"); compressed
/// instructions are shown as the instruction they stand for. Targets of branches and jumps are
/// absolute under `pc`. Illegal encodings give ".short 0x...." or ".word 0x........".
std::string disassemble(const Instruction& instruction, std::uint64_t pc, unsigned xlen);

}  // namespace lookaside::riscv
