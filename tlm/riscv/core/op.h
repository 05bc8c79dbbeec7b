// SPDX-License-Identifier: Apache-2.0
// The instructions of RV32IMAC and RV64IMAC with Zicsr, Zifencei and the privileged instructions,
// as one table: enum, decoder, disassembler and dispatch all come from it.
#pragma once

#include <cstdint>

namespace lookaside::riscv {

/// How the operands lie in the instruction word, and how they are written in assembly.
enum class Shape : std::uint8_t {
  kNone,          ///< no operands: ecall
  kRegister,      ///< rd, rs1, rs2
  kImmediate,     ///< rd, rs1, imm
  kShift,         ///< rd, rs1, shamt of XLEN bits' width
  kShiftWord,     ///< rd, rs1, shamt of 5 bits
  kLoad,          ///< rd, imm(rs1)
  kStore,         ///< rs2, imm(rs1)
  kBranch,        ///< rs1, rs2, pc-relative target
  kUpper,         ///< rd, imm[31:12]
  kJump,          ///< rd, pc-relative target
  kFence,         ///< pred, succ; rd and rs1 are reserved and ignored
  kAtomic,        ///< rd, rs2, (rs1)
  kLoadReserved,  ///< rd, (rs1)
  kCsr,           ///< rd, csr, rs1
  kCsrImmediate,  ///< rd, csr, uimm
  kSfence,        ///< rs1, rs2
};

/// Which XLEN has the instruction.
enum class Base : std::uint8_t { kAny, k64 };

// X(enumerator, function of the executor, mnemonic, match, mask, shape, base), sorted by nothing:
// the decoder groups the rows by major opcode.
#define LOOKASIDE_RISCV_INTEGER_OPS(X)                                     \
  X(kLui, do_lui, "lui", 0x00000037, 0x0000007f, kUpper, kAny)             \
  X(kAuipc, do_auipc, "auipc", 0x00000017, 0x0000007f, kUpper, kAny)       \
  X(kJal, do_jal, "jal", 0x0000006f, 0x0000007f, kJump, kAny)              \
  X(kJalr, do_jalr, "jalr", 0x00000067, 0x0000707f, kLoad, kAny)           \
  X(kBeq, do_beq, "beq", 0x00000063, 0x0000707f, kBranch, kAny)            \
  X(kBne, do_bne, "bne", 0x00001063, 0x0000707f, kBranch, kAny)            \
  X(kBlt, do_blt, "blt", 0x00004063, 0x0000707f, kBranch, kAny)            \
  X(kBge, do_bge, "bge", 0x00005063, 0x0000707f, kBranch, kAny)            \
  X(kBltu, do_bltu, "bltu", 0x00006063, 0x0000707f, kBranch, kAny)         \
  X(kBgeu, do_bgeu, "bgeu", 0x00007063, 0x0000707f, kBranch, kAny)         \
  X(kAddi, do_addi, "addi", 0x00000013, 0x0000707f, kImmediate, kAny)      \
  X(kSlti, do_slti, "slti", 0x00002013, 0x0000707f, kImmediate, kAny)      \
  X(kSltiu, do_sltiu, "sltiu", 0x00003013, 0x0000707f, kImmediate, kAny)   \
  X(kXori, do_xori, "xori", 0x00004013, 0x0000707f, kImmediate, kAny)      \
  X(kOri, do_ori, "ori", 0x00006013, 0x0000707f, kImmediate, kAny)         \
  X(kAndi, do_andi, "andi", 0x00007013, 0x0000707f, kImmediate, kAny)      \
  X(kSlli, do_slli, "slli", 0x00001013, 0xfc00707f, kShift, kAny)          \
  X(kSrli, do_srli, "srli", 0x00005013, 0xfc00707f, kShift, kAny)          \
  X(kSrai, do_srai, "srai", 0x40005013, 0xfc00707f, kShift, kAny)          \
  X(kAdd, do_add, "add", 0x00000033, 0xfe00707f, kRegister, kAny)          \
  X(kSub, do_sub, "sub", 0x40000033, 0xfe00707f, kRegister, kAny)          \
  X(kSll, do_sll, "sll", 0x00001033, 0xfe00707f, kRegister, kAny)          \
  X(kSlt, do_slt, "slt", 0x00002033, 0xfe00707f, kRegister, kAny)          \
  X(kSltu, do_sltu, "sltu", 0x00003033, 0xfe00707f, kRegister, kAny)       \
  X(kXor, do_xor, "xor", 0x00004033, 0xfe00707f, kRegister, kAny)          \
  X(kSrl, do_srl, "srl", 0x00005033, 0xfe00707f, kRegister, kAny)          \
  X(kSra, do_sra, "sra", 0x40005033, 0xfe00707f, kRegister, kAny)          \
  X(kOr, do_or, "or", 0x00006033, 0xfe00707f, kRegister, kAny)             \
  X(kAnd, do_and, "and", 0x00007033, 0xfe00707f, kRegister, kAny)          \
  X(kAddiw, do_addiw, "addiw", 0x0000001b, 0x0000707f, kImmediate, k64)    \
  X(kSlliw, do_slliw, "slliw", 0x0000101b, 0xfe00707f, kShiftWord, k64)    \
  X(kSrliw, do_srliw, "srliw", 0x0000501b, 0xfe00707f, kShiftWord, k64)    \
  X(kSraiw, do_sraiw, "sraiw", 0x4000501b, 0xfe00707f, kShiftWord, k64)    \
  X(kAddw, do_addw, "addw", 0x0000003b, 0xfe00707f, kRegister, k64)        \
  X(kSubw, do_subw, "subw", 0x4000003b, 0xfe00707f, kRegister, k64)        \
  X(kSllw, do_sllw, "sllw", 0x0000103b, 0xfe00707f, kRegister, k64)        \
  X(kSrlw, do_srlw, "srlw", 0x0000503b, 0xfe00707f, kRegister, k64)        \
  X(kSraw, do_sraw, "sraw", 0x4000503b, 0xfe00707f, kRegister, k64)        \
  X(kMul, do_mul, "mul", 0x02000033, 0xfe00707f, kRegister, kAny)          \
  X(kMulh, do_mulh, "mulh", 0x02001033, 0xfe00707f, kRegister, kAny)       \
  X(kMulhsu, do_mulhsu, "mulhsu", 0x02002033, 0xfe00707f, kRegister, kAny) \
  X(kMulhu, do_mulhu, "mulhu", 0x02003033, 0xfe00707f, kRegister, kAny)    \
  X(kDiv, do_div, "div", 0x02004033, 0xfe00707f, kRegister, kAny)          \
  X(kDivu, do_divu, "divu", 0x02005033, 0xfe00707f, kRegister, kAny)       \
  X(kRem, do_rem, "rem", 0x02006033, 0xfe00707f, kRegister, kAny)          \
  X(kRemu, do_remu, "remu", 0x02007033, 0xfe00707f, kRegister, kAny)       \
  X(kMulw, do_mulw, "mulw", 0x0200003b, 0xfe00707f, kRegister, k64)        \
  X(kDivw, do_divw, "divw", 0x0200403b, 0xfe00707f, kRegister, k64)        \
  X(kDivuw, do_divuw, "divuw", 0x0200503b, 0xfe00707f, kRegister, k64)     \
  X(kRemw, do_remw, "remw", 0x0200603b, 0xfe00707f, kRegister, k64)        \
  X(kRemuw, do_remuw, "remuw", 0x0200703b, 0xfe00707f, kRegister, k64)

#define LOOKASIDE_RISCV_MEMORY_OPS(X)                                            \
  X(kLb, do_lb, "lb", 0x00000003, 0x0000707f, kLoad, kAny)                       \
  X(kLh, do_lh, "lh", 0x00001003, 0x0000707f, kLoad, kAny)                       \
  X(kLw, do_lw, "lw", 0x00002003, 0x0000707f, kLoad, kAny)                       \
  X(kLd, do_ld, "ld", 0x00003003, 0x0000707f, kLoad, k64)                        \
  X(kLbu, do_lbu, "lbu", 0x00004003, 0x0000707f, kLoad, kAny)                    \
  X(kLhu, do_lhu, "lhu", 0x00005003, 0x0000707f, kLoad, kAny)                    \
  X(kLwu, do_lwu, "lwu", 0x00006003, 0x0000707f, kLoad, k64)                     \
  X(kSb, do_sb, "sb", 0x00000023, 0x0000707f, kStore, kAny)                      \
  X(kSh, do_sh, "sh", 0x00001023, 0x0000707f, kStore, kAny)                      \
  X(kSw, do_sw, "sw", 0x00002023, 0x0000707f, kStore, kAny)                      \
  X(kSd, do_sd, "sd", 0x00003023, 0x0000707f, kStore, k64)                       \
  X(kLrW, do_lr_w, "lr.w", 0x1000202f, 0xf9f0707f, kLoadReserved, kAny)          \
  X(kScW, do_sc_w, "sc.w", 0x1800202f, 0xf800707f, kAtomic, kAny)                \
  X(kAmoswapW, do_amoswap_w, "amoswap.w", 0x0800202f, 0xf800707f, kAtomic, kAny) \
  X(kAmoaddW, do_amoadd_w, "amoadd.w", 0x0000202f, 0xf800707f, kAtomic, kAny)    \
  X(kAmoxorW, do_amoxor_w, "amoxor.w", 0x2000202f, 0xf800707f, kAtomic, kAny)    \
  X(kAmoandW, do_amoand_w, "amoand.w", 0x6000202f, 0xf800707f, kAtomic, kAny)    \
  X(kAmoorW, do_amoor_w, "amoor.w", 0x4000202f, 0xf800707f, kAtomic, kAny)       \
  X(kAmominW, do_amomin_w, "amomin.w", 0x8000202f, 0xf800707f, kAtomic, kAny)    \
  X(kAmomaxW, do_amomax_w, "amomax.w", 0xa000202f, 0xf800707f, kAtomic, kAny)    \
  X(kAmominuW, do_amominu_w, "amominu.w", 0xc000202f, 0xf800707f, kAtomic, kAny) \
  X(kAmomaxuW, do_amomaxu_w, "amomaxu.w", 0xe000202f, 0xf800707f, kAtomic, kAny) \
  X(kLrD, do_lr_d, "lr.d", 0x1000302f, 0xf9f0707f, kLoadReserved, k64)           \
  X(kScD, do_sc_d, "sc.d", 0x1800302f, 0xf800707f, kAtomic, k64)                 \
  X(kAmoswapD, do_amoswap_d, "amoswap.d", 0x0800302f, 0xf800707f, kAtomic, k64)  \
  X(kAmoaddD, do_amoadd_d, "amoadd.d", 0x0000302f, 0xf800707f, kAtomic, k64)     \
  X(kAmoxorD, do_amoxor_d, "amoxor.d", 0x2000302f, 0xf800707f, kAtomic, k64)     \
  X(kAmoandD, do_amoand_d, "amoand.d", 0x6000302f, 0xf800707f, kAtomic, k64)     \
  X(kAmoorD, do_amoor_d, "amoor.d", 0x4000302f, 0xf800707f, kAtomic, k64)        \
  X(kAmominD, do_amomin_d, "amomin.d", 0x8000302f, 0xf800707f, kAtomic, k64)     \
  X(kAmomaxD, do_amomax_d, "amomax.d", 0xa000302f, 0xf800707f, kAtomic, k64)     \
  X(kAmominuD, do_amominu_d, "amominu.d", 0xc000302f, 0xf800707f, kAtomic, k64)  \
  X(kAmomaxuD, do_amomaxu_d, "amomaxu.d", 0xe000302f, 0xf800707f, kAtomic, k64)

#define LOOKASIDE_RISCV_SYSTEM_OPS(X)                                               \
  X(kFence, do_fence, "fence", 0x0000000f, 0x0000707f, kFence, kAny)                \
  X(kFenceI, do_fence, "fence.i", 0x0000100f, 0x0000707f, kNone, kAny)              \
  X(kEcall, do_ecall, "ecall", 0x00000073, 0xffffffff, kNone, kAny)                 \
  X(kEbreak, do_ebreak, "ebreak", 0x00100073, 0xffffffff, kNone, kAny)              \
  X(kSret, do_sret, "sret", 0x10200073, 0xffffffff, kNone, kAny)                    \
  X(kMret, do_mret, "mret", 0x30200073, 0xffffffff, kNone, kAny)                    \
  X(kWfi, do_wfi, "wfi", 0x10500073, 0xffffffff, kNone, kAny)                       \
  X(kSfenceVma, do_sfence_vma, "sfence.vma", 0x12000073, 0xfe007fff, kSfence, kAny) \
  X(kCsrrw, do_csrrw, "csrrw", 0x00001073, 0x0000707f, kCsr, kAny)                  \
  X(kCsrrs, do_csrrs, "csrrs", 0x00002073, 0x0000707f, kCsr, kAny)                  \
  X(kCsrrc, do_csrrc, "csrrc", 0x00003073, 0x0000707f, kCsr, kAny)                  \
  X(kCsrrwi, do_csrrwi, "csrrwi", 0x00005073, 0x0000707f, kCsrImmediate, kAny)      \
  X(kCsrrsi, do_csrrsi, "csrrsi", 0x00006073, 0x0000707f, kCsrImmediate, kAny)      \
  X(kCsrrci, do_csrrci, "csrrci", 0x00007073, 0x0000707f, kCsrImmediate, kAny)

#define LOOKASIDE_RISCV_OPS(X)   \
  LOOKASIDE_RISCV_INTEGER_OPS(X) \
  LOOKASIDE_RISCV_MEMORY_OPS(X)  \
  LOOKASIDE_RISCV_SYSTEM_OPS(X)

/// The operation of a decoded instruction. kIllegal is every encoding that is none of the others.
enum class Op : std::uint8_t {
  kIllegal = 0,
#define LOOKASIDE_ENUMERATOR(op, function, mnemonic, match, mask, shape, base) op,
  LOOKASIDE_RISCV_OPS(LOOKASIDE_ENUMERATOR)
#undef LOOKASIDE_ENUMERATOR
};

/// One row of the table above.
struct OpRow {
  Op op;
  const char* mnemonic;
  std::uint32_t match;
  std::uint32_t mask;
  Shape shape;
  Base base;
};

inline constexpr OpRow kOpRows[] = {
    {Op::kIllegal, "illegal", 0, 0xffffffff, Shape::kNone, Base::kAny},
#define LOOKASIDE_ROW(op, function, mnemonic, match, mask, shape, base) \
  {Op::op, mnemonic, match, mask, Shape::shape, Base::base},
    LOOKASIDE_RISCV_OPS(LOOKASIDE_ROW)
#undef LOOKASIDE_ROW
};
inline constexpr unsigned kOpCount = sizeof(kOpRows) / sizeof(kOpRows[0]);

constexpr const OpRow& row(Op op) {
  return kOpRows[static_cast<unsigned>(op)];
}

/// A decoded instruction, 16 bytes. `raw` are the bits in memory (16 of them when length is 2).
struct Instruction {
  std::uint32_t raw = 0;
  /// Sign-extended immediate; for kShift the shift amount; for kCsr and kCsrImmediate the CSR
  /// number (the immediate operand is then in rs1); for kFence the fm, pred and succ fields.
  std::int32_t imm = 0;
  Op op = Op::kIllegal;
  std::uint8_t rd = 0;
  std::uint8_t rs1 = 0;
  std::uint8_t rs2 = 0;
  std::uint8_t length = 2;  ///< bytes: 2 or 4
};

}  // namespace lookaside::riscv
