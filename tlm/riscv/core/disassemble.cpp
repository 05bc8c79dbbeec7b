// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <lookaside/riscv/core/csr.h>
#include <lookaside/riscv/core/disassemble.h>

namespace lookaside::riscv {

namespace {

std::string hex(std::uint64_t value, int digits = 0) {
  return fmt::format("0x{:0{}x}", value, digits);
}

/// The letters of a fence's predecessor or successor set; "0" for the empty one.
std::string fence_set(unsigned set) {
  std::string text;
  if ((set & 8U) != 0) text += 'i';
  if ((set & 4U) != 0) text += 'o';
  if ((set & 2U) != 0) text += 'r';
  if ((set & 1U) != 0) text += 'w';
  return text.empty() ? "0" : text;
}

/// aq and rl of an atomic are the only operands that the decoder drops; both lie in the raw word.
std::string ordering(const Instruction& i) {
  const bool aq = ((i.raw >> 26) & 1U) != 0;
  const bool rl = ((i.raw >> 25) & 1U) != 0;
  if (aq) return rl ? ".aqrl" : ".aq";
  return rl ? ".rl" : "";
}

std::string operands(const Instruction& i, std::uint64_t pc, unsigned xlen) {
  const std::string rd = register_name(i.rd);
  const std::string rs1 = register_name(i.rs1);
  const std::string rs2 = register_name(i.rs2);
  const std::string imm = std::to_string(i.imm);
  const std::uint64_t mask = xlen == 32 ? 0xffffffffULL : ~0ULL;
  const auto bits = static_cast<unsigned>(i.imm);
  const std::string target =
      hex((pc + static_cast<std::uint64_t>(static_cast<std::int64_t>(i.imm))) & mask);
  switch (row(i.op).shape) {
    case Shape::kNone:
      return "";
    case Shape::kRegister:
      return rd + ", " + rs1 + ", " + rs2;
    case Shape::kImmediate:
    case Shape::kShift:
    case Shape::kShiftWord:
      return rd + ", " + rs1 + ", " + imm;
    case Shape::kLoad:
      return rd + ", " + imm + "(" + rs1 + ")";
    case Shape::kStore:
      return rs2 + ", " + imm + "(" + rs1 + ")";
    case Shape::kBranch:
      return rs1 + ", " + rs2 + ", " + target;
    case Shape::kUpper:
      return rd + ", " + hex(bits >> 12);
    case Shape::kJump:
      return rd + ", " + target;
    case Shape::kFence:
      return fence_set((bits >> 4) & 0xfU) + ", " + fence_set(bits & 0xfU);
    case Shape::kAtomic:
      return rd + ", " + rs2 + ", (" + rs1 + ")";
    case Shape::kLoadReserved:
      return rd + ", (" + rs1 + ")";
    case Shape::kCsr:
      return rd + ", " + csr_name(bits) + ", " + rs1;
    case Shape::kCsrImmediate:
      return rd + ", " + csr_name(bits) + ", " + std::to_string(i.rs1);
    case Shape::kSfence:
      return rs1 + ", " + rs2;
  }
  return "";
}

}  // namespace

const char* register_name(unsigned number) {
  static constexpr const char* kNames[32] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                             "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                             "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                             "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  return kNames[number & 31U];
}

std::string disassemble(const Instruction& i, std::uint64_t pc, unsigned xlen) {
  if (i.op == Op::kIllegal) {
    return i.length == 2 ? ".short " + hex(i.raw, 4) : ".word " + hex(i.raw, 8);
  }
  std::string text = row(i.op).mnemonic;
  const Shape shape = row(i.op).shape;
  if (shape == Shape::kAtomic || shape == Shape::kLoadReserved) text += ordering(i);
  const std::string rest = operands(i, pc, xlen);
  return rest.empty() ? text : text + " " + rest;
}

}  // namespace lookaside::riscv
