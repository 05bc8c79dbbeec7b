// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <vector>

#include <lookaside/riscv/core/compressed.h>
#include <lookaside/riscv/core/decode.h>

namespace lookaside::riscv {

namespace {

/// Rows of the table by major opcode (bits 6:2), so that a decode looks at a handful.
using Buckets = std::array<std::vector<const OpRow*>, 32>;

Buckets make_buckets() {
  Buckets buckets;
  for (const OpRow& r : kOpRows) {
    if (r.op != Op::kIllegal) buckets[(r.match >> 2) & 0x1fU].push_back(&r);
  }
  return buckets;
}

const OpRow& find(std::uint32_t raw, unsigned xlen) {
  static const Buckets buckets = make_buckets();
  for (const OpRow* r : buckets[(raw >> 2) & 0x1fU]) {
    if ((raw & r->mask) != r->match || (r->base == Base::k64 && xlen != 64)) continue;
    const bool wide_shift = r->shape == Shape::kShift && (raw & (1U << 25)) != 0;
    return wide_shift && xlen == 32 ? row(Op::kIllegal) : *r;
  }
  return row(Op::kIllegal);
}

/// Bits [low, low+count) of an instruction, moved to bit `to` of an immediate.
constexpr std::uint32_t bits(std::uint32_t raw, unsigned low, unsigned count, unsigned to) {
  return ((raw >> low) & ((1U << count) - 1U)) << to;
}
constexpr std::int32_t sign(std::uint32_t raw, unsigned to) {
  return (raw >> 31) != 0 ? -static_cast<std::int32_t>(1U << to) : 0;
}

std::int32_t immediate(std::uint32_t raw, Shape shape) {
  const auto plain = [](std::uint32_t value) { return static_cast<std::int32_t>(value); };
  switch (shape) {
    case Shape::kImmediate:
    case Shape::kLoad:
      return sign(raw, 11) | plain(bits(raw, 20, 11, 0));
    case Shape::kStore:
      return sign(raw, 11) | plain(bits(raw, 7, 5, 0) | bits(raw, 25, 6, 5));
    case Shape::kBranch:
      return sign(raw, 12) | plain(bits(raw, 8, 4, 1) | bits(raw, 25, 6, 5) | bits(raw, 7, 1, 11));
    case Shape::kUpper:
      return plain(raw & 0xfffff000U);
    case Shape::kJump:
      return sign(raw, 20) |
             plain(bits(raw, 21, 10, 1) | bits(raw, 20, 1, 11) | bits(raw, 12, 8, 12));
    case Shape::kShift:
      return plain(bits(raw, 20, 6, 0));
    case Shape::kShiftWord:
      return plain(bits(raw, 20, 5, 0));
    case Shape::kFence:
    case Shape::kCsr:
    case Shape::kCsrImmediate:
      return plain(bits(raw, 20, 12, 0));
    default:
      return 0;
  }
}

}  // namespace

Instruction decode(std::uint32_t raw, unsigned xlen) {
  Instruction result;
  result.length = static_cast<std::uint8_t>(instruction_length(raw));
  result.raw = result.length == 2 ? raw & 0xffffU : raw;
  const std::uint32_t full =
      result.length == 2 ? expand_compressed(static_cast<std::uint16_t>(raw), xlen) : raw;
  if ((full & 3U) != 3U) return result;
  const OpRow& r = find(full, xlen);
  result.op = r.op;
  result.imm = immediate(full, r.shape);
  result.rd = static_cast<std::uint8_t>(bits(full, 7, 5, 0));
  result.rs1 = static_cast<std::uint8_t>(bits(full, 15, 5, 0));
  result.rs2 = static_cast<std::uint8_t>(bits(full, 20, 5, 0));
  return result;
}

}  // namespace lookaside::riscv
