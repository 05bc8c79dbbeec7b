// SPDX-License-Identifier: Apache-2.0
// A slow interpreter of the user-level instructions, written straight from the ISA manual over the
// listing in isa_table.h: the second opinion of the differential test. No traps, no CSRs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::tests {

class NaiveHart {
 public:
  NaiveHart(unsigned xlen, std::uint64_t base, std::uint64_t bytes)
      : xlen_(xlen), base_(base), memory_(bytes, 0) {}

  std::array<std::uint64_t, 32> x{};
  std::uint64_t pc = 0;
  std::vector<std::uint8_t>& memory() { return memory_; }

  /// Executes the instruction at pc. Throws std::out_of_range outside the memory and
  /// std::runtime_error for what it does not know.
  void step();
  std::uint64_t read(std::uint64_t address, unsigned bytes) const;
  void write(std::uint64_t address, unsigned bytes, std::uint64_t value);

 private:
  std::uint64_t cut(std::uint64_t value) const { return xlen_ == 32 ? value & 0xffffffffU : value; }
  std::uint64_t compute(const std::string& m, std::uint64_t a, std::uint64_t b) const;
  std::uint64_t multiply_high(std::uint64_t a, bool a_signed, std::uint64_t b, bool b_signed) const;
  std::uint64_t divide(const std::string& m, std::uint64_t a, std::uint64_t b) const;
  bool branches(const std::string& m, std::uint64_t a, std::uint64_t b) const;
  std::uint64_t atomic(const std::string& m, std::uint64_t address, std::uint64_t operand);

  unsigned xlen_;
  std::uint64_t base_;
  std::vector<std::uint8_t> memory_;
  bool reserved_ = false;
  std::uint64_t reservation_ = 0;
};

}  // namespace lookaside::tests
