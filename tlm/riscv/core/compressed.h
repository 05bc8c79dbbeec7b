// SPDX-License-Identifier: Apache-2.0
// The C extension: every 16-bit instruction stands for one 32-bit instruction.
#pragma once

#include <cstdint>

namespace lookaside::riscv {

/// The 32-bit instruction a 16-bit one stands for under `xlen` (32 or 64), or 0 (which is no
/// instruction) for reserved encodings and for the floating-point loads and stores, which need F or
/// D. HINTs expand to an instruction without effect.
std::uint32_t expand_compressed(std::uint16_t raw, unsigned xlen);

}  // namespace lookaside::riscv
