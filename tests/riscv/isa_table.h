// SPDX-License-Identifier: Apache-2.0
// The instruction listing of the RISC-V ISA manual as bit strings: the authority decoder and
// disassembler are held against, and what the naive hart runs on. It shares nothing with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::tests {

/// What an instruction says, by its 32-bit mnemonic; "" = illegal.
struct IsaInstruction {
  std::string mnemonic;
  unsigned rd = 0;
  unsigned rs1 = 0;
  unsigned rs2 = 0;
  std::int64_t imm = 0;
  unsigned length = 2;
  bool aq = false;
  bool rl = false;
};

/// One line of the listing.
struct IsaRow {
  const char* name;      ///< as the manual writes it: "c.lwsp", "amoadd.w"
  const char* mnemonic;  ///< of the 32-bit instruction it stands for
  unsigned xlen;         ///< 0 = both
  /// Bits from the highest, blanks ignored: 0 and 1; d = rd, a = rs1, b = rs2 (fields of three bits
  /// name x8..x15), e = rd and rs1 in one field, i = immediate, q and r = aq and rl, x = any.
  const char* pattern;
  /// Which immediate bits the i stand for, in the manual's notation: "5:4|9:6|2|3".
  const char* imm = "";
  bool imm_signed = false;
  int rd = -1;  ///< fixed registers; -1 = from the pattern, or 0
  int rs1 = -1;
  int rs2 = -1;
  bool imm_nonzero = false;  ///< otherwise it is another line's encoding, or reserved
  bool rd_nonzero = false;
  bool rs2_nonzero = false;
  int rd_not = -1;
};

const std::vector<IsaRow>& isa_rows();

/// Decodes by walking down the listing.
IsaInstruction isa_decode(std::uint32_t raw, unsigned xlen);
/// A word that fits `row`, variable bits taken from `random`.
std::uint32_t isa_fill(const IsaRow& row, std::uint32_t random);
/// Bits of the row that are fixed.
std::uint32_t isa_fixed_bits(const IsaRow& row);
/// Assembly text of what was decoded.
std::string isa_text(const IsaInstruction& i, std::uint32_t raw, std::uint64_t pc, unsigned xlen);

}  // namespace lookaside::tests
