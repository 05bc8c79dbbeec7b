// SPDX-License-Identifier: Apache-2.0
// Expected words are what riscv64-unknown-elf-as makes of the reset vector in the comments.
#include <gtest/gtest.h>

#include <lookaside/platform/boot_rom.h>

namespace lookaside::platform {
namespace {

std::uint64_t word(const std::vector<std::uint8_t>& rom, std::size_t at, unsigned bytes = 4) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{rom.at(at + i)} << (8 * i);
  return value;
}

TEST(BootRom, HandsOverHartIdAndDeviceTree) {
  const std::vector<std::uint8_t> tree{0xd0, 0x0d, 0xfe, 0xed};
  const auto rv64 = boot_rom(64, 0xffffffff80001234, tree);
  EXPECT_EQ(word(rv64, 0), 0x00000297U);   // auipc t0, 0
  EXPECT_EQ(word(rv64, 4), 0xf1402573U);   // csrr a0, mhartid
  EXPECT_EQ(word(rv64, 8), 0x0202b583U);   // ld a1, 32(t0)
  EXPECT_EQ(word(rv64, 12), 0x0182b283U);  // ld t0, 24(t0)
  EXPECT_EQ(word(rv64, 16), 0x00000613U);  // li a2, 0
  EXPECT_EQ(word(rv64, 20), 0x00028067U);  // jr t0
  EXPECT_EQ(word(rv64, 24, 8), 0xffffffff80001234U);
  EXPECT_EQ(word(rv64, 32, 8), 0x1100U);
  EXPECT_EQ(rv64.size(), 0x104U);
  EXPECT_EQ(rv64[0x100], 0xd0);
  const auto rv32 = boot_rom(32, 0x80000000, tree);
  EXPECT_EQ(word(rv32, 8), 0x0202a583U);   // lw a1, 32(t0)
  EXPECT_EQ(word(rv32, 12), 0x0182a283U);  // lw t0, 24(t0)
}

}  // namespace
}  // namespace lookaside::platform
