// SPDX-License-Identifier: Apache-2.0
#include "riscv/naive_hart.h"

#include <stdexcept>

#include "riscv/isa_table.h"

namespace lookaside::tests {

namespace {

/// `value` as a two's complement number of `bits` bits.
std::int64_t as_signed(std::uint64_t value, unsigned bits) {
  if (bits == 64) return static_cast<std::int64_t>(value);
  const std::uint64_t modulus = std::uint64_t{1} << bits;
  const std::uint64_t low = value % modulus;
  return low >= modulus / 2 ? -static_cast<std::int64_t>(modulus - low)
                            : static_cast<std::int64_t>(low);
}

bool is_any(const std::string& m, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (m == name) return true;
  }
  return false;
}

/// Arithmetic right shift by hand: fill with copies of the sign.
std::uint64_t shift_right_arithmetic(std::uint64_t value, unsigned by, unsigned bits) {
  std::uint64_t result = static_cast<std::uint64_t>(as_signed(value, bits));
  for (unsigned n = 0; n < by; ++n) {
    result = (result >> 1) | (result & 0x8000000000000000U);
  }
  return result;
}

}  // namespace

std::uint64_t NaiveHart::read(std::uint64_t address, unsigned bytes) const {
  std::uint64_t value = 0;
  for (unsigned n = bytes; n-- > 0;) value = value * 256 + memory_.at(address - base_ + n);
  return value;
}

void NaiveHart::write(std::uint64_t address, unsigned bytes, std::uint64_t value) {
  for (unsigned n = 0; n < bytes; ++n) {
    memory_.at(address - base_ + n) = static_cast<std::uint8_t>(value % 256);
    value /= 256;
  }
}

/// Upper half of a product, schoolbook on halves; signs are corrected afterwards.
std::uint64_t NaiveHart::multiply_high(std::uint64_t a, bool a_signed, std::uint64_t b,
                                       bool b_signed) const {
  const unsigned half = xlen_ / 2;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  const std::uint64_t a0 = a & mask;
  const std::uint64_t a1 = a >> half;
  const std::uint64_t b0 = b & mask;
  const std::uint64_t b1 = b >> half;
  const std::uint64_t middle = a1 * b0 + ((a0 * b0) >> half);
  const std::uint64_t other = a0 * b1 + (middle & mask);
  std::uint64_t high = a1 * b1 + (middle >> half) + (other >> half);
  if (a_signed && as_signed(a, xlen_) < 0) high -= b;
  if (b_signed && as_signed(b, xlen_) < 0) high -= a;
  return high;
}

std::uint64_t NaiveHart::divide(const std::string& m, std::uint64_t a, std::uint64_t b) const {
  const bool word = m.back() == 'w';
  const unsigned bits = word ? 32 : xlen_;
  const bool is_unsigned = is_any(m, {"divu", "remu", "divuw", "remuw"});
  const bool remainder = m[0] == 'r';
  const std::uint64_t mask = bits == 64 ? ~0ULL : (1ULL << bits) - 1;
  a &= mask;
  b &= mask;
  if (b == 0) return remainder ? a : ~0ULL;
  if (is_unsigned) return remainder ? a % b : a / b;
  // Magnitudes and signs apart: overflow then needs no special case.
  const bool a_negative = as_signed(a, bits) < 0;
  const bool b_negative = as_signed(b, bits) < 0;
  const std::uint64_t top = a_negative ? (0 - a) & mask : a;
  const std::uint64_t bottom = b_negative ? (0 - b) & mask : b;
  if (remainder) return a_negative ? 0 - top % bottom : top % bottom;
  return a_negative != b_negative ? 0 - top / bottom : top / bottom;
}

std::uint64_t NaiveHart::compute(const std::string& m, std::uint64_t a, std::uint64_t b) const {
  const std::int64_t sa = as_signed(a, xlen_);
  const std::int64_t sb = as_signed(b, xlen_);
  const unsigned shift = static_cast<unsigned>(b % xlen_);
  const unsigned word_shift = static_cast<unsigned>(b % 32);
  if (is_any(m, {"add", "addi", "addw", "addiw"})) return a + b;
  if (is_any(m, {"sub", "subw"})) return a - b;
  if (is_any(m, {"and", "andi"})) return a & b;
  if (is_any(m, {"or", "ori"})) return a | b;
  if (is_any(m, {"xor", "xori"})) return a ^ b;
  if (is_any(m, {"slt", "slti"})) return sa < sb ? 1 : 0;
  if (is_any(m, {"sltu", "sltiu"})) return a < b ? 1 : 0;
  if (is_any(m, {"sll", "slli"})) return a << shift;
  if (is_any(m, {"srl", "srli"})) return a >> shift;
  if (is_any(m, {"sra", "srai"})) return shift_right_arithmetic(a, shift, xlen_);
  if (is_any(m, {"sllw", "slliw"})) return a << word_shift;
  if (is_any(m, {"srlw", "srliw"})) return (a & 0xffffffffU) >> word_shift;
  if (is_any(m, {"sraw", "sraiw"})) return shift_right_arithmetic(a, word_shift, 32);
  if (is_any(m, {"mul", "mulw"})) return a * b;
  if (m == "mulh") return multiply_high(a, true, b, true);
  if (m == "mulhsu") return multiply_high(a, true, b, false);
  if (m == "mulhu") return multiply_high(a, false, b, false);
  if (is_any(m, {"div", "divu", "rem", "remu", "divw", "divuw", "remw", "remuw"})) {
    return divide(m, a, b);
  }
  throw std::runtime_error("the naive hart does not know " + m);
}

bool NaiveHart::branches(const std::string& m, std::uint64_t a, std::uint64_t b) const {
  if (m == "beq") return a == b;
  if (m == "bne") return a != b;
  if (m == "bltu") return a < b;
  if (m == "bgeu") return !(a < b);
  const bool less = as_signed(a, xlen_) < as_signed(b, xlen_);
  return m == "blt" ? less : !less;
}

std::uint64_t NaiveHart::atomic(const std::string& m, std::uint64_t address,
                                std::uint64_t operand) {
  const unsigned bytes = m.back() == 'w' ? 4 : 8;
  const unsigned bits = bytes * 8;
  const std::string op = m.substr(0, m.find('.'));
  const std::uint64_t old = read(address, bytes);
  const auto result = static_cast<std::uint64_t>(as_signed(old, bits));
  if (op == "lr") {
    reserved_ = true;
    reservation_ = address;
    return result;
  }
  if (op == "sc") {
    const bool done = reserved_ && reservation_ == address;
    reserved_ = false;
    if (done) write(address, bytes, operand);
    return done ? 0 : 1;
  }
  const std::uint64_t mask = bits == 64 ? ~0ULL : 0xffffffffULL;
  const std::uint64_t b = operand & mask;
  const bool less = as_signed(old, bits) < as_signed(b, bits);
  std::uint64_t next = b;
  if (op == "amoadd") next = old + b;
  if (op == "amoxor") next = old ^ b;
  if (op == "amoand") next = old & b;
  if (op == "amoor") next = old | b;
  if (op == "amomin") next = less ? old : b;
  if (op == "amomax") next = less ? b : old;
  if (op == "amominu") next = old < b ? old : b;
  if (op == "amomaxu") next = old < b ? b : old;
  write(address, bytes, next);
  return result;
}

void NaiveHart::step() {
  std::uint32_t raw = static_cast<std::uint32_t>(read(pc, 2));
  if ((raw & 3U) == 3U) raw |= static_cast<std::uint32_t>(read(pc + 2, 2)) << 16;
  const IsaInstruction i = isa_decode(raw, xlen_);
  const std::string& m = i.mnemonic;
  const std::uint64_t a = x[i.rs1];
  const std::uint64_t b = x[i.rs2];
  const auto imm = cut(static_cast<std::uint64_t>(i.imm));
  std::uint64_t next = cut(pc + i.length);
  std::uint64_t value = 0;
  bool writes = true;
  if (is_any(m, {"beq", "bne", "blt", "bge", "bltu", "bgeu"})) {
    if (branches(m, a, b)) next = cut(pc + imm);
    writes = false;
  } else if (m == "jal" || m == "jalr") {
    value = next;
    next = m == "jal" ? cut(pc + imm) : cut(a + imm) - cut(a + imm) % 2;
  } else if (m == "lui" || m == "auipc") {
    value = m == "lui" ? imm : pc + imm;
  } else if (is_any(m, {"lb", "lh", "lw", "ld", "lbu", "lhu", "lwu"})) {
    const unsigned bytes = m[1] == 'b' ? 1 : m[1] == 'h' ? 2 : m[1] == 'w' ? 4 : 8;
    value = read(cut(a + imm), bytes);
    if (m.back() != 'u') value = static_cast<std::uint64_t>(as_signed(value, bytes * 8));
  } else if (is_any(m, {"sb", "sh", "sw", "sd"})) {
    write(cut(a + imm), m[1] == 'b' ? 1 : m[1] == 'h' ? 2 : m[1] == 'w' ? 4 : 8, b);
    writes = false;
  } else if (m.find('.') != std::string::npos && m != "fence.i") {
    value = atomic(m, a, b);
  } else if (m == "fence" || m == "fence.i") {
    writes = false;
  } else {
    const bool immediate = m.back() == 'i' || m == "addiw" || m == "slliw" || m == "srliw" ||
                           m == "sraiw" || m == "sltiu";
    value = compute(m, a, immediate ? imm : b);
    const bool word = m.back() == 'w' && xlen_ == 64;
    if (word) value = static_cast<std::uint64_t>(as_signed(value, 32));
  }
  if (writes && i.rd != 0) x[i.rd] = cut(value);
  pc = next;
}

}  // namespace lookaside::tests
