// SPDX-License-Identifier: Apache-2.0
#include <lookaside/riscv/core/config.h>

namespace lookaside::riscv {

namespace {

[[noreturn]] void refuse(const std::string& key, std::uint64_t found, const std::string& expected) {
  throw HartError(key + " is " + std::to_string(found) + "; expected " + expected);
}

}  // namespace

void validate(const HartConfig& c) {
  if (c.xlen != 32 && c.xlen != 64) refuse("cpu.xlen", c.xlen, "32 or 64");
  if (c.cycle_ps == 0) refuse("the hart's clock period in ps", c.cycle_ps, "at least 1");
  if (c.pmp_entries != 0 && c.pmp_entries != 4 && c.pmp_entries != 16) {
    refuse("cpu.pmp_entries", c.pmp_entries, "0, 4 or 16");
  }
  if (c.asid_bits > 16) refuse("the hart's ASID width in bits", c.asid_bits, "0 to 16");
  if (c.trap_loop_limit == 0) refuse("cpu.trap_loop_limit", c.trap_loop_limit, "at least 1");
  if (c.xlen == 64 && c.max_satp_mode == SatpMode::kSv32) {
    throw HartError(
        "cpu.max_satp_mode is sv32 on a 64-bit hart; expected bare, sv39, sv48 or sv57");
  }
  if (c.xlen == 32 && c.reset_pc >> 32 != 0) {
    refuse("cpu.reset_pc", c.reset_pc, "an address of 32 bits");
  }
  if ((c.reset_pc & 1U) != 0) refuse("cpu.reset_pc", c.reset_pc, "an even address");
}

}  // namespace lookaside::riscv
