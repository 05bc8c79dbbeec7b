// SPDX-License-Identifier: Apache-2.0
#include <lookaside/riscv/core/compressed.h>
#include <lookaside/riscv/core/op.h>

namespace lookaside::riscv {

namespace {

constexpr std::uint32_t kSp = 2;
constexpr std::uint32_t kRa = 1;

/// Bits [low, low+count) of a 16-bit instruction, moved to bit `to` of an immediate.
constexpr std::uint32_t bits(std::uint32_t raw, unsigned low, unsigned count, unsigned to) {
  return ((raw >> low) & ((1U << count) - 1U)) << to;
}
constexpr std::uint32_t sign_extend(std::uint32_t value, unsigned width) {
  const std::uint32_t sign = 1U << (width - 1U);
  return (value ^ sign) - sign;
}

constexpr std::uint32_t r_type(Op op, std::uint32_t rd, std::uint32_t rs1, std::uint32_t rs2) {
  return row(op).match | (rd << 7) | (rs1 << 15) | (rs2 << 20);
}
constexpr std::uint32_t i_type(Op op, std::uint32_t rd, std::uint32_t rs1, std::uint32_t imm) {
  return row(op).match | (rd << 7) | (rs1 << 15) | (imm << 20);
}
constexpr std::uint32_t s_type(Op op, std::uint32_t rs1, std::uint32_t rs2, std::uint32_t imm) {
  return row(op).match | (rs1 << 15) | (rs2 << 20) | ((imm & 0x1fU) << 7) | ((imm >> 5) << 25);
}
constexpr std::uint32_t b_type(Op op, std::uint32_t rs1, std::uint32_t imm) {
  return row(op).match | (rs1 << 15) | bits(imm, 11, 1, 7) | bits(imm, 1, 4, 8) |
         bits(imm, 5, 6, 25) | bits(imm, 12, 1, 31);
}
constexpr std::uint32_t j_type(std::uint32_t rd, std::uint32_t imm) {
  return row(Op::kJal).match | (rd << 7) | bits(imm, 12, 8, 12) | bits(imm, 11, 1, 20) |
         bits(imm, 1, 10, 21) | bits(imm, 20, 1, 31);
}

// Register fields: full at bits 11:7 and 6:2, x8..x15 at bits 9:7 and 4:2.
constexpr std::uint32_t rd(std::uint32_t raw) {
  return bits(raw, 7, 5, 0);
}
constexpr std::uint32_t rs2(std::uint32_t raw) {
  return bits(raw, 2, 5, 0);
}
constexpr std::uint32_t high(std::uint32_t raw) {
  return 8U + bits(raw, 7, 3, 0);
}
constexpr std::uint32_t low(std::uint32_t raw) {
  return 8U + bits(raw, 2, 3, 0);
}

// Immediates, named as the ISA manual groups them.
constexpr std::uint32_t imm6(std::uint32_t raw) {
  return sign_extend(bits(raw, 12, 1, 5) | bits(raw, 2, 5, 0), 6);
}
constexpr std::uint32_t shamt(std::uint32_t raw) {
  return bits(raw, 12, 1, 5) | bits(raw, 2, 5, 0);
}
constexpr std::uint32_t word_offset(std::uint32_t raw) {
  return bits(raw, 10, 3, 3) | bits(raw, 6, 1, 2) | bits(raw, 5, 1, 6);
}
constexpr std::uint32_t double_offset(std::uint32_t raw) {
  return bits(raw, 10, 3, 3) | bits(raw, 5, 2, 6);
}
constexpr std::uint32_t jump_offset(std::uint32_t raw) {
  return sign_extend(bits(raw, 3, 3, 1) | bits(raw, 11, 1, 4) | bits(raw, 2, 1, 5) |
                         bits(raw, 7, 1, 6) | bits(raw, 6, 1, 7) | bits(raw, 9, 2, 8) |
                         bits(raw, 8, 1, 10) | bits(raw, 12, 1, 11),
                     12);
}
constexpr std::uint32_t branch_offset(std::uint32_t raw) {
  return sign_extend(bits(raw, 3, 2, 1) | bits(raw, 10, 2, 3) | bits(raw, 2, 1, 5) |
                         bits(raw, 5, 2, 6) | bits(raw, 12, 1, 8),
                     9);
}

std::uint32_t quadrant0(std::uint32_t raw, bool rv64) {
  switch (raw >> 13) {
    case 0: {  // c.addi4spn; nzuimm = 0 is reserved (raw 0 among them)
      const std::uint32_t imm =
          bits(raw, 11, 2, 4) | bits(raw, 7, 4, 6) | bits(raw, 6, 1, 2) | bits(raw, 5, 1, 3);
      return imm == 0 ? 0 : i_type(Op::kAddi, low(raw), kSp, imm);
    }
    case 2:
      return i_type(Op::kLw, low(raw), high(raw), word_offset(raw));
    case 3:
      return rv64 ? i_type(Op::kLd, low(raw), high(raw), double_offset(raw)) : 0;
    case 6:
      return s_type(Op::kSw, high(raw), low(raw), word_offset(raw));
    case 7:
      return rv64 ? s_type(Op::kSd, high(raw), low(raw), double_offset(raw)) : 0;
    default:
      return 0;  // c.fld, c.fsd, reserved
  }
}

/// c.srli, c.srai, c.andi and the register-register group.
std::uint32_t arithmetic(std::uint32_t raw, bool rv64) {
  const std::uint32_t reg = high(raw);
  const bool shift_fits = rv64 || shamt(raw) < 32;  // RV32 shamt[5]=1 is for custom extensions
  switch (bits(raw, 10, 2, 0)) {
    case 0:
      return shift_fits ? i_type(Op::kSrli, reg, reg, shamt(raw)) : 0;
    case 1:
      return shift_fits ? i_type(Op::kSrai, reg, reg, shamt(raw)) : 0;
    case 2:
      return i_type(Op::kAndi, reg, reg, imm6(raw));
    default:
      break;
  }
  static constexpr Op kOps[8] = {Op::kSub,  Op::kXor,  Op::kOr,      Op::kAnd,
                                 Op::kSubw, Op::kAddw, Op::kIllegal, Op::kIllegal};
  const std::uint32_t select = bits(raw, 12, 1, 2) | bits(raw, 5, 2, 0);
  if (kOps[select] == Op::kIllegal || (select >= 4 && !rv64)) return 0;
  return r_type(kOps[select], reg, reg, low(raw));
}

/// c.addi16sp and c.lui; a zero immediate is reserved in both.
std::uint32_t upper(std::uint32_t raw) {
  if (imm6(raw) == 0) return 0;
  if (rd(raw) != kSp) return row(Op::kLui).match | (rd(raw) << 7) | (imm6(raw) << 12);
  const std::uint32_t imm = bits(raw, 6, 1, 4) | bits(raw, 2, 1, 5) | bits(raw, 5, 1, 6) |
                            bits(raw, 3, 2, 7) | bits(raw, 12, 1, 9);
  return i_type(Op::kAddi, kSp, kSp, sign_extend(imm, 10));
}

std::uint32_t quadrant1(std::uint32_t raw, bool rv64) {
  switch (raw >> 13) {
    case 0:
      return i_type(Op::kAddi, rd(raw), rd(raw), imm6(raw));
    case 1:
      if (!rv64) return j_type(kRa, jump_offset(raw));
      return rd(raw) == 0 ? 0 : i_type(Op::kAddiw, rd(raw), rd(raw), imm6(raw));
    case 2:
      return i_type(Op::kAddi, rd(raw), 0, imm6(raw));
    case 3:
      return upper(raw);
    case 4:
      return arithmetic(raw, rv64);
    case 5:
      return j_type(0, jump_offset(raw));
    case 6:
      return b_type(Op::kBeq, high(raw), branch_offset(raw));
    default:
      return b_type(Op::kBne, high(raw), branch_offset(raw));
  }
}

/// c.jr, c.mv, c.ebreak, c.jalr, c.add.
std::uint32_t moves(std::uint32_t raw) {
  const bool second = bits(raw, 12, 1, 0) != 0;
  if (rs2(raw) != 0) return r_type(Op::kAdd, rd(raw), second ? rd(raw) : 0, rs2(raw));
  if (rd(raw) == 0) return second ? row(Op::kEbreak).match : 0;  // c.jr x0 is reserved
  return i_type(Op::kJalr, second ? kRa : 0, rd(raw), 0);
}

std::uint32_t quadrant2(std::uint32_t raw, bool rv64) {
  switch (raw >> 13) {
    case 0:
      return rv64 || shamt(raw) < 32 ? i_type(Op::kSlli, rd(raw), rd(raw), shamt(raw)) : 0;
    case 2: {
      const std::uint32_t imm = bits(raw, 12, 1, 5) | bits(raw, 4, 3, 2) | bits(raw, 2, 2, 6);
      return rd(raw) == 0 ? 0 : i_type(Op::kLw, rd(raw), kSp, imm);
    }
    case 3: {
      const std::uint32_t imm = bits(raw, 12, 1, 5) | bits(raw, 5, 2, 3) | bits(raw, 2, 3, 6);
      return rd(raw) == 0 || !rv64 ? 0 : i_type(Op::kLd, rd(raw), kSp, imm);
    }
    case 4:
      return moves(raw);
    case 6:
      return s_type(Op::kSw, kSp, rs2(raw), bits(raw, 9, 4, 2) | bits(raw, 7, 2, 6));
    case 7:
      return rv64 ? s_type(Op::kSd, kSp, rs2(raw), bits(raw, 10, 3, 3) | bits(raw, 7, 3, 6)) : 0;
    default:
      return 0;  // c.fldsp, c.fsdsp
  }
}

}  // namespace

std::uint32_t expand_compressed(std::uint16_t raw, unsigned xlen) {
  const bool rv64 = xlen == 64;
  switch (raw & 3U) {
    case 0:
      return quadrant0(raw, rv64);
    case 1:
      return quadrant1(raw, rv64);
    case 2:
      return quadrant2(raw, rv64);
    default:
      return 0;
  }
}

}  // namespace lookaside::riscv
