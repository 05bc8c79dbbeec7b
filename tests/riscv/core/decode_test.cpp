// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/riscv/core/compressed.h>
#include <lookaside/riscv/core/decode.h>
#include <lookaside/riscv/core/disassemble.h>

#include "riscv/isa_table.h"
#include "seed.h"

namespace lookaside::tests {
namespace {

constexpr std::uint64_t kPc = 0x80001000;

/// Everything the listing says about `raw` must be what the decoder says.
void expect_as_listed(std::uint32_t raw, unsigned xlen) {
  const IsaInstruction expected = isa_decode(raw, xlen);
  const riscv::Instruction i = riscv::decode(raw, xlen);
  const std::string where = "xlen " + std::to_string(xlen) + ", word " + std::to_string(raw);
  const bool legal = i.op != riscv::Op::kIllegal;
  ASSERT_EQ(legal, !expected.mnemonic.empty()) << where << " listed as " << expected.mnemonic;
  ASSERT_EQ(i.length, expected.length) << where;
  ASSERT_EQ(i.raw, expected.length == 2 ? raw & 0xffffU : raw) << where;
  if (!legal) return;
  ASSERT_EQ(riscv::row(i.op).mnemonic, expected.mnemonic) << where;
  const riscv::Shape shape = riscv::row(i.op).shape;
  if (shape == riscv::Shape::kNone || shape == riscv::Shape::kFence) return;
  // CSR and fence texts are compared in disassemble_test.
  if (shape == riscv::Shape::kCsr || shape == riscv::Shape::kCsrImmediate) {
    ASSERT_EQ(i.imm, expected.imm) << where;
    ASSERT_EQ(i.rd, expected.rd) << where;
    ASSERT_EQ(i.rs1, expected.rs1) << where;
    return;
  }
  ASSERT_EQ(riscv::disassemble(i, kPc, xlen), isa_text(expected, raw, kPc, xlen)) << where;
}

TEST(DecodeTest, EveryCompressedEncodingIsAsListed) {
  for (const unsigned xlen : {32U, 64U}) {
    for (std::uint32_t raw = 0; raw < 0x10000; ++raw) {
      if ((raw & 3U) == 3U) continue;
      ASSERT_NO_FATAL_FAILURE(expect_as_listed(raw, xlen));
    }
  }
}

TEST(DecodeTest, CompressedEncodingsAreWithoutEffectOnTheNextHalfword) {
  EXPECT_EQ(riscv::decode(0xffff0001U, 64).raw, 1U);
  EXPECT_EQ(riscv::decode(0xffff0001U, 64).op, riscv::Op::kAddi);
}

TEST(DecodeTest, TheTwoAllZeroAndAllOneWordsAreIllegal) {
  for (const unsigned xlen : {32U, 64U}) {
    EXPECT_EQ(riscv::decode(0, xlen).op, riscv::Op::kIllegal);
    EXPECT_EQ(riscv::decode(0, xlen).length, 2);
    EXPECT_EQ(riscv::decode(~0U, xlen).op, riscv::Op::kIllegal);
    EXPECT_EQ(riscv::decode(~0U, xlen).length, 4);
  }
}

TEST(DecodeTest, EveryListedInstructionWithRandomOperands) {
  std::mt19937 random(static_cast<unsigned>(tests::seed()));
  for (const IsaRow& row : isa_rows()) {
    for (std::uint64_t n = 0; n < tests::rounds(300); ++n) {
      const std::uint32_t word = isa_fill(row, static_cast<std::uint32_t>(random()));
      for (const unsigned xlen : {32U, 64U}) ASSERT_NO_FATAL_FAILURE(expect_as_listed(word, xlen));
    }
  }
}

TEST(DecodeTest, NeighboursOfEveryListedInstruction) {
  std::mt19937 random(static_cast<unsigned>(tests::seed()));
  for (const IsaRow& row : isa_rows()) {
    for (int n = 0; n < 40; ++n) {
      const std::uint32_t word = isa_fill(row, static_cast<std::uint32_t>(random()));
      for (unsigned bit = 0; bit < 32; ++bit) {
        if (((isa_fixed_bits(row) >> bit) & 1U) == 0) continue;
        for (const unsigned xlen : {32U, 64U}) {
          ASSERT_NO_FATAL_FAILURE(expect_as_listed(word ^ (1U << bit), xlen));
        }
      }
    }
  }
}

TEST(DecodeTest, RandomWords) {
  std::mt19937 random(static_cast<unsigned>(tests::seed()));
  for (std::uint64_t n = 0; n < tests::rounds(40'000); ++n) {
    const auto word = static_cast<std::uint32_t>(random()) | 3U;
    for (const unsigned xlen : {32U, 64U}) ASSERT_NO_FATAL_FAILURE(expect_as_listed(word, xlen));
  }
}

}  // namespace
}  // namespace lookaside::tests
