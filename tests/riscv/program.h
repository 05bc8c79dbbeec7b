// SPDX-License-Identifier: Apache-2.0
// A tiny assembler: encodes instructions from the formats of the ISA manual. It shares nothing with
// the decoder under test.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace lookaside::tests::assembler {

enum Register : unsigned {
  zero,
  ra,
  sp,
  gp,
  tp,
  t0,
  t1,
  t2,
  s0,
  s1,
  a0,
  a1,
  a2,
  a3,
  a4,
  a5,
  a6,
  a7,
  s2,
  s3,
  s4,
  s5,
  s6,
  s7,
  s8,
  s9,
  s10,
  s11,
  t3,
  t4,
  t5,
  t6
};

constexpr std::uint32_t r(unsigned opcode, unsigned f3, unsigned f7, unsigned rd, unsigned rs1,
                          unsigned rs2) {
  return opcode | rd << 7 | f3 << 12 | rs1 << 15 | rs2 << 20 | f7 << 25;
}
constexpr std::uint32_t i(unsigned opcode, unsigned f3, unsigned rd, unsigned rs1, int imm) {
  return opcode | rd << 7 | f3 << 12 | rs1 << 15 | (static_cast<unsigned>(imm) & 0xfffU) << 20;
}
constexpr std::uint32_t s(unsigned f3, unsigned rs1, unsigned rs2, int imm) {
  const unsigned u = static_cast<unsigned>(imm);
  return 0x23U | (u & 31U) << 7 | f3 << 12 | rs1 << 15 | rs2 << 20 | ((u >> 5) & 0x7fU) << 25;
}
constexpr std::uint32_t b(unsigned f3, unsigned rs1, unsigned rs2, int offset) {
  const unsigned u = static_cast<unsigned>(offset);
  return 0x63U | ((u >> 11) & 1U) << 7 | ((u >> 1) & 15U) << 8 | f3 << 12 | rs1 << 15 | rs2 << 20 |
         ((u >> 5) & 63U) << 25 | ((u >> 12) & 1U) << 31;
}

constexpr std::uint32_t lui(unsigned rd, unsigned imm20) {
  return 0x37U | rd << 7 | imm20 << 12;
}
constexpr std::uint32_t auipc(unsigned rd, unsigned imm20) {
  return 0x17U | rd << 7 | imm20 << 12;
}
constexpr std::uint32_t jal(unsigned rd, int offset) {
  const unsigned u = static_cast<unsigned>(offset);
  return 0x6fU | rd << 7 | (u & 0xff000U) | ((u >> 11) & 1U) << 20 | ((u >> 1) & 0x3ffU) << 21 |
         ((u >> 20) & 1U) << 31;
}
constexpr std::uint32_t jalr(unsigned rd, unsigned rs1, int imm) {
  return i(0x67, 0, rd, rs1, imm);
}
constexpr std::uint32_t beq(unsigned rs1, unsigned rs2, int offset) {
  return b(0, rs1, rs2, offset);
}
constexpr std::uint32_t bne(unsigned rs1, unsigned rs2, int offset) {
  return b(1, rs1, rs2, offset);
}
constexpr std::uint32_t addi(unsigned rd, unsigned rs1, int imm) {
  return i(0x13, 0, rd, rs1, imm);
}
constexpr std::uint32_t li(unsigned rd, int imm) {
  return addi(rd, zero, imm);
}
constexpr std::uint32_t mv(unsigned rd, unsigned rs1) {
  return addi(rd, rs1, 0);
}
constexpr std::uint32_t nop() {
  return addi(zero, zero, 0);
}
constexpr std::uint32_t slli(unsigned rd, unsigned rs1, int shamt) {
  return i(0x13, 1, rd, rs1, shamt);
}
constexpr std::uint32_t add(unsigned rd, unsigned rs1, unsigned rs2) {
  return r(0x33, 0, 0, rd, rs1, rs2);
}
constexpr std::uint32_t lw(unsigned rd, int imm, unsigned rs1) {
  return i(0x03, 2, rd, rs1, imm);
}
constexpr std::uint32_t ld(unsigned rd, int imm, unsigned rs1) {
  return i(0x03, 3, rd, rs1, imm);
}
constexpr std::uint32_t lbu(unsigned rd, int imm, unsigned rs1) {
  return i(0x03, 4, rd, rs1, imm);
}
constexpr std::uint32_t sw(unsigned rs2, int imm, unsigned rs1) {
  return s(2, rs1, rs2, imm);
}
constexpr std::uint32_t sd(unsigned rs2, int imm, unsigned rs1) {
  return s(3, rs1, rs2, imm);
}
constexpr std::uint32_t csrrw(unsigned rd, unsigned csr, unsigned rs1) {
  return i(0x73, 1, rd, rs1, static_cast<int>(csr));
}
constexpr std::uint32_t csrrs(unsigned rd, unsigned csr, unsigned rs1) {
  return i(0x73, 2, rd, rs1, static_cast<int>(csr));
}
constexpr std::uint32_t csrrc(unsigned rd, unsigned csr, unsigned rs1) {
  return i(0x73, 3, rd, rs1, static_cast<int>(csr));
}
constexpr std::uint32_t csrrwi(unsigned rd, unsigned csr, unsigned uimm) {
  return i(0x73, 5, rd, uimm, static_cast<int>(csr));
}
constexpr std::uint32_t csrr(unsigned rd, unsigned csr) {
  return csrrs(rd, csr, zero);
}
constexpr std::uint32_t csrw(unsigned csr, unsigned rs1) {
  return csrrw(zero, csr, rs1);
}
constexpr std::uint32_t ecall() {
  return 0x00000073;
}
constexpr std::uint32_t ebreak() {
  return 0x00100073;
}
constexpr std::uint32_t mret() {
  return 0x30200073;
}
constexpr std::uint32_t sret() {
  return 0x10200073;
}
constexpr std::uint32_t wfi() {
  return 0x10500073;
}
constexpr std::uint32_t sfence_vma(unsigned rs1, unsigned rs2) {
  return r(0x73, 0, 9, 0, rs1, rs2);
}
/// funct5 of the A extension, width 2 (word) or 3 (double).
constexpr std::uint32_t amo(unsigned funct5, unsigned width, unsigned rd, unsigned rs1,
                            unsigned rs2) {
  return r(0x2f, width, funct5 << 2, rd, rs1, rs2);
}
/// Endless loop.
constexpr std::uint32_t stay() {
  return jal(zero, 0);
}

/// Loads any 64-bit constant into rd (RV64): 12 bits at a time, straightforwardly.
inline std::vector<std::uint32_t> li64(unsigned rd, std::uint64_t value) {
  std::vector<std::uint32_t> code = {li(rd, 0)};
  for (int shift = 55; shift >= 0; shift -= 11) {
    code.push_back(slli(rd, rd, 11));
    code.push_back(i(0x13, 6, rd, rd, static_cast<int>((value >> shift) & 0x7ffU)));
  }
  return code;
}

}  // namespace lookaside::tests::assembler
