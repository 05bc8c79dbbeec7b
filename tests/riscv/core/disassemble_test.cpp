// SPDX-License-Identifier: Apache-2.0
// What decode_test does not compare: CSR names, fences, texts a person reads, by hand.
#include <gtest/gtest.h>

#include <lookaside/riscv/core/decode.h>
#include <lookaside/riscv/core/disassemble.h>

namespace lookaside::tests {
namespace {

TEST(DisassembleTest, Texts) {
  struct {
    std::uint32_t word;
    unsigned xlen;
    const char* text;
  } const cases[] = {
      {0x30529073, 64, "csrrw zero, mtvec, t0"},
      {0x10046073, 64, "csrrsi zero, sstatus, 8"},
      {0x7c002573, 64, "csrrs a0, unknown_7c0, zero"},
      {0xb1f02573, 64, "csrrs a0, mhpmcounter31, zero"},
      {0x0ff0000f, 64, "fence iorw, iorw"},
      {0x0330000f, 64, "fence rw, rw"},
      {0x0100000f, 64, "fence w, 0"},
      {0x0000100f, 64, "fence.i"},
      {0x12b50073, 64, "sfence.vma a0, a1"},
      {0x30200073, 32, "mret"},
      {0x10500073, 32, "wfi"},
      {0x9002, 32, "ebreak"},
      {0x1141, 64, "addi sp, sp, -16"},
      {0xfff50513, 32, "addi a0, a0, -1"},
      {0x000ff0b7, 64, "lui ra, 0xff"},
      {0xfffff097, 64, "auipc ra, 0xfffff"},
      {0xfe000ee3, 64, "beq zero, zero, 0x1ffc"},
      {0xffdff06f, 32, "jal zero, 0x1ffc"},
      {0x80000000 | 0x06f, 32, "jal zero, 0xfff02000"},
      {0x80000000 | 0x06f, 64, "jal zero, 0xfffffffffff02000"},
      {0x00008067, 64, "jalr zero, 0(ra)"},
      {0x06b5a52f, 64, "amoadd.w.aqrl a0, a1, (a1)"},
      {0x1005b52f, 64, "lr.d a0, (a1)"},
      {0x1005b52f, 32, ".word 0x1005b52f"},
      {0x0000, 64, ".short 0x0000"},
      {0x2000, 64, ".short 0x2000"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(riscv::disassemble(riscv::decode(c.word, c.xlen), 0x2000, c.xlen), c.text);
  }
}

TEST(DisassembleTest, RegisterNames) {
  EXPECT_STREQ(riscv::register_name(0), "zero");
  EXPECT_STREQ(riscv::register_name(8), "s0");
  EXPECT_STREQ(riscv::register_name(10), "a0");
  EXPECT_STREQ(riscv::register_name(27), "s11");
  EXPECT_STREQ(riscv::register_name(31), "t6");
}

}  // namespace
}  // namespace lookaside::tests
