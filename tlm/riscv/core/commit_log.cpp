// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include <fmt/format.h>

#include <lookaside/riscv/core/commit_log.h>
#include <lookaside/riscv/core/csr.h>

namespace lookaside::riscv {

std::string commit_log_line(const Commit& commit, unsigned hart_id, unsigned xlen) {
  const unsigned digits = xlen / 4;
  const Instruction& i = *commit.instruction;
  std::string line =
      fmt::format("core{:4}: {} 0x{:0{}x} (0x{:0{}x})", hart_id,
                  static_cast<unsigned>(commit.privilege), commit.pc, digits, i.raw, 2 * i.length);
  auto out = std::back_inserter(line);
  if (commit.writes_register) {
    fmt::format_to(out, " x{:<2} 0x{:0{}x}", i.rd, commit.register_value, digits);
  }
  if (commit.csr >= 0) {
    fmt::format_to(out, " c{}_{} 0x{:0{}x}", commit.csr,
                   csr_name(static_cast<unsigned>(commit.csr)), commit.csr_value, digits);
  }
  for (unsigned n = 0; n < commit.memory_count; ++n) {  // loads before stores
    const Commit::Memory& m = commit.memory[n];
    fmt::format_to(out, " mem 0x{:0{}x}", m.va, digits);
    if (m.store) fmt::format_to(out, " 0x{:0{}x}", m.value, 2 * m.bytes);
  }
  return line;
}

}  // namespace lookaside::riscv
