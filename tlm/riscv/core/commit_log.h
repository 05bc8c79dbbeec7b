// SPDX-License-Identifier: Apache-2.0
// Instruction trace in the format of Spike's commit log, so that existing tools compare the two.
#pragma once

#include <string>

#include <lookaside/riscv/core/observer.h>

namespace lookaside::riscv {

/// One line without the newline:
///   core   0: 3 0x0000000080000000 (0x00000297) x5  0x0000000080000000
///   core   0: 3 0x0000000080000004 (0xe11c) mem 0x0000000080001000 0x000000000000002a
///   core   0: 1 0x80000010 (0x10529073) c261_stvec 0x80000040
/// Order: register, CSR, loads, stores; numbers have XLEN / 4 digits, stored values those of their
/// size.
std::string commit_log_line(const Commit& commit, unsigned hart_id, unsigned xlen);

}  // namespace lookaside::riscv
