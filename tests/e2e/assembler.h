// SPDX-License-Identifier: Apache-2.0
// Encodes the few RISC-V instructions that the guests of these tests are made of, after the tables
// of the unprivileged and privileged specifications.
#pragma once

#include <cstdint>

namespace lookaside::tests::rv {

enum Register : std::uint32_t { kZero = 0, kT0 = 5, kT1 = 6, kT2 = 7 };
enum Csr : std::uint32_t {
  kSatp = 0x180,
  kMstatus = 0x300,
  kMie = 0x304,
  kMtvec = 0x305,
  kMepc = 0x341,
  kPmpcfg0 = 0x3a0,
  kPmpaddr0 = 0x3b0,
};

constexpr std::uint32_t lui(std::uint32_t rd, std::uint32_t upper) {
  return upper << 12 | rd << 7 | 0x37;
}
constexpr std::uint32_t auipc(std::uint32_t rd, std::uint32_t upper) {
  return upper << 12 | rd << 7 | 0x17;
}
constexpr std::uint32_t addi(std::uint32_t rd, std::uint32_t rs, int value) {
  return static_cast<std::uint32_t>(value) << 20 | rs << 15 | rd << 7 | 0x13;
}
constexpr std::uint32_t slli(std::uint32_t rd, std::uint32_t rs, std::uint32_t by) {
  return by << 20 | rs << 15 | 1 << 12 | rd << 7 | 0x13;
}
constexpr std::uint32_t or_(std::uint32_t rd, std::uint32_t a, std::uint32_t b) {
  return b << 20 | a << 15 | 6 << 12 | rd << 7 | 0x33;
}
constexpr std::uint32_t srli(std::uint32_t rd, std::uint32_t rs, std::uint32_t by) {
  return by << 20 | rs << 15 | 5 << 12 | rd << 7 | 0x13;
}
/// width: 0 byte, 2 word, 3 double word. Offsets 0 to 2047.
constexpr std::uint32_t store(std::uint32_t width, std::uint32_t value, std::uint32_t base,
                              std::uint32_t offset = 0) {
  return (offset >> 5) << 25 | value << 20 | base << 15 | width << 12 | (offset & 31) << 7 | 0x23;
}
constexpr std::uint32_t load(std::uint32_t width, std::uint32_t rd, std::uint32_t base,
                             std::uint32_t offset = 0) {
  return offset << 20 | base << 15 | width << 12 | rd << 7 | 0x03;
}
/// Jump by `bytes`, -4096 to 4094, without a link.
constexpr std::uint32_t jump(int bytes) {
  const auto b = static_cast<std::uint32_t>(bytes);
  return (b >> 20 & 1) << 31 | (b >> 1 & 0x3ff) << 21 | (b >> 11 & 1) << 20 |
         (b >> 12 & 0xff) << 12 | 0x6f;
}
/// Branch by `bytes` if rs is zero (equal) or not.
constexpr std::uint32_t branch_if_zero(std::uint32_t rs, bool zero, int bytes) {
  const auto b = static_cast<std::uint32_t>(bytes);
  return (b >> 12 & 1) << 31 | (b >> 5 & 0x3f) << 25 | rs << 15 | (zero ? 0U : 1U) << 12 |
         (b >> 1 & 15) << 8 | (b >> 11 & 1) << 7 | 0x63;
}
constexpr std::uint32_t jump_to(std::uint32_t rs) {
  return rs << 15 | 0x67;
}
constexpr std::uint32_t csrw(Csr csr, std::uint32_t rs) {
  return csr << 20 | rs << 15 | 1 << 12 | 0x73;
}
constexpr std::uint32_t kEcall = 0x00000073;
constexpr std::uint32_t kMret = 0x30200073;
constexpr std::uint32_t kWfi = 0x10500073;

}  // namespace lookaside::tests::rv
