// SPDX-License-Identifier: Apache-2.0
// Random programs of all instructions on the hart and on the naive interpreter: registers and
// memory must be equal at the end.
#include <cstring>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/riscv/core/decode.h>
#include <lookaside/riscv/core/disassemble.h>
#include <lookaside/riscv/core/hart.h>

#include "riscv/flat_system.h"
#include "riscv/isa_table.h"
#include "riscv/naive_hart.h"
#include "riscv/program.h"
#include "seed.h"

namespace lookaside::tests {
namespace {

constexpr std::uint64_t kCode = FlatSystem::kBase;
constexpr std::uint64_t kData = FlatSystem::kBase + 0x40000;
/// Registers that hold data addresses and are never written: x8 and x9 (reached by compressed
/// instructions) and sp.
bool is_base(unsigned r) {
  return r == 2 || r == 8 || r == 9;
}

bool is_control(const std::string& m) {
  return m == "jal" || m == "jalr" || m[0] == 'b';
}
bool is_system(const std::string& m) {
  return m == "ecall" || m == "ebreak" || m == "mret" || m == "sret" || m == "wfi" ||
         m == "sfence.vma" || m.rfind("csr", 0) == 0;
}
bool is_load_or_store(const std::string& m) {
  static const char* const kAll[] = {"lb",  "lh", "lw", "ld", "lbu", "lhu",
                                     "lwu", "sb", "sh", "sw", "sd"};
  for (const char* name : kAll) {
    if (m == name) return true;
  }
  return false;
}

/// Whether the instruction keeps the program inside its sandbox: bases stay, memory is reached
/// through a base. Where branches go is decided later.
bool harmless(const IsaInstruction& i) {
  const std::string& m = i.mnemonic;
  if (m.empty() || is_system(m) || m == "jalr") return false;
  const bool writes_register = m[0] != 'b' && m != "sb" && m != "sh" && m != "sw" && m != "sd" &&
                               m != "fence" && m != "fence.i";
  if (writes_register && is_base(i.rd)) return false;
  if (is_load_or_store(m)) return is_base(i.rs1);
  const bool atomic = m.find('.') != std::string::npos && m != "fence.i";
  return !atomic || is_base(i.rs1);
}

std::uint32_t random_word(std::mt19937& random, unsigned xlen, const IsaRow*& row) {
  const std::vector<IsaRow>& rows = isa_rows();
  for (;;) {
    row = &rows[random() % rows.size()];
    std::uint32_t word = isa_fill(*row, static_cast<std::uint32_t>(random()));
    // Half of the 32-bit instructions have a base as rs1, or memory would hardly be used.
    const auto base = static_cast<std::uint32_t>(8 + random() % 2);
    if ((word & 3U) == 3U && random() % 2 == 0) word = (word & ~(31U << 15)) | base << 15;
    if (((word ^ isa_fill(*row, word)) == 0) && harmless(isa_decode(word, xlen))) return word;
  }
}

/// The same branch or jump, but to `offset`; 0 if it cannot reach it.
std::uint32_t retarget(std::mt19937& random, const IsaRow& row, std::uint32_t word, unsigned xlen,
                       int offset) {
  const IsaInstruction i = isa_decode(word, xlen);
  if (i.length == 4) {
    if (i.mnemonic == "jal") return assembler::jal(i.rd, offset);
    return assembler::b((word >> 12) & 7U, i.rs1, i.rs2, offset);
  }
  for (int n = 0; n < 2'000; ++n) {
    const std::uint32_t other = isa_fill(row, static_cast<std::uint32_t>(random()));
    if (isa_decode(other, xlen).imm == offset && harmless(isa_decode(other, xlen))) return other;
  }
  return 0;
}

struct Program {
  std::vector<std::uint8_t> bytes;
  std::string listing;
};

/// Each listed instruction is equally likely; branches and jumps go forward to one of the next
/// eight instructions, so every program ends: in a jump to itself.
Program random_program(std::mt19937& random, unsigned xlen, unsigned instructions) {
  struct Line {
    const IsaRow* row;
    std::uint32_t word;
    int address;
  };
  std::vector<Line> lines;
  int address = 0;
  for (unsigned n = 0; n < instructions; ++n) {
    Line line{};
    line.word = random_word(random, xlen, line.row);
    line.address = address;
    lines.push_back(line);
    address += (line.word & 3U) == 3U ? 4 : 2;
  }
  Program program;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    std::uint32_t word = lines[n].word;
    if (is_control(isa_decode(word, xlen).mnemonic)) {
      const std::size_t target = n + 1 + random() % 8;
      const int to = target < lines.size() ? lines[target].address : address;
      const std::uint32_t other =
          retarget(random, *lines[n].row, word, xlen, to - lines[n].address);
      word = other != 0 ? other : (word & 3U) == 3U ? assembler::nop() : 0x0001U;
    }
    const IsaInstruction i = isa_decode(word, xlen);
    for (unsigned k = 0; k < i.length; ++k) {
      program.bytes.push_back(static_cast<std::uint8_t>(word >> (8 * k)));
    }
    program.listing += isa_text(i, word, static_cast<std::uint64_t>(lines[n].address), xlen) + "\n";
  }
  program.bytes.insert(program.bytes.end(), {0x01, 0xa0});  // c.j to itself
  return program;
}

std::uint64_t interesting(std::mt19937& random, unsigned xlen) {
  static constexpr std::uint64_t kValues[] = {
      0,          1,  ~0ULL, 0x7fffffff, 0x80000000, 0x7fffffffffffffff, 0x8000000000000000,
      0xffffffff, 31, 32,    63,         64};
  const std::uint64_t wide = std::uint64_t{random()} << 32 | random();
  const std::uint64_t value = random() % 2 == 0 ? kValues[random() % 12] : wide >> (random() % 64);
  return xlen == 32 ? value & 0xffffffffU : value;
}

void compare_once(std::mt19937& random, unsigned xlen, bool grants) {
  const Program program = random_program(random, xlen, 60);
  FlatSystem system;
  system.grants = grants;
  NaiveHart naive(xlen, FlatSystem::kBase, FlatSystem::kSize);
  for (std::uint64_t offset = 0; offset < 0x2000; offset += 4) {
    system.put(kData - 0x1000 + offset, static_cast<std::uint32_t>(random()));
  }
  std::memcpy(system.at(kCode), program.bytes.data(), program.bytes.size());
  naive.memory() = system.memory;

  riscv::HartConfig config;
  config.xlen = xlen;
  config.reset_pc = kCode;
  riscv::Hart hart(config, system);
  for (unsigned r = 1; r < 32; ++r) {
    const std::uint64_t value = is_base(r) ? kData + 8ULL * (r - 2) : interesting(random, xlen);
    hart.set_reg(r, value);
    naive.x[r] = value;
  }
  naive.pc = kCode;

  const std::uint64_t last = kCode + program.bytes.size() - 2;
  std::uint64_t steps = 0;
  for (; naive.pc != last; ++steps) {
    ASSERT_LT(steps, 1000U) << program.listing;
    naive.step();
  }
  hart.set_instruction_limit(steps);
  ASSERT_EQ(hart.run(~0ULL), riscv::Pause::kLimit);
  ASSERT_EQ(hart.pc(), naive.pc) << program.listing;
  for (unsigned r = 0; r < 32; ++r) {
    ASSERT_EQ(hart.reg(r), naive.x[r]) << riscv::register_name(r) << "\n" << program.listing;
  }
  ASSERT_TRUE(system.memory == naive.memory()) << program.listing;
  for (std::uint64_t count : hart.statistics().exceptions.values) ASSERT_EQ(count, 0U);
}

class ExecuteDifferentialTest : public ::testing::TestWithParam<std::tuple<unsigned, bool>> {};

TEST_P(ExecuteDifferentialTest, RandomProgramsEndEqual) {
  std::mt19937 random(static_cast<unsigned>(tests::seed()));
  const auto [xlen, grants] = GetParam();
  for (std::uint64_t n = 0; n < tests::rounds(400); ++n)
    ASSERT_NO_FATAL_FAILURE(compare_once(random, xlen, grants)) << n;
}

INSTANTIATE_TEST_SUITE_P(All, ExecuteDifferentialTest,
                         ::testing::Combine(::testing::Values(32U, 64U), ::testing::Bool()),
                         [](const auto& test) {
                           return "Rv" + std::to_string(std::get<0>(test.param)) +
                                  (std::get<1>(test.param) ? "Fast" : "Plain");
                         });

/// The generator must not silently lose an instruction: all but the excluded ones occur.
TEST(ExecuteDifferentialGeneratorTest, ProducesEveryHarmlessInstruction) {
  std::mt19937 random(static_cast<unsigned>(tests::seed()));
  for (const unsigned xlen : {32U, 64U}) {
    std::string all = "\n";
    for (int n = 0; n < 100; ++n) all += random_program(random, xlen, 60).listing;
    for (const IsaRow& row : isa_rows()) {
      const std::string m = row.mnemonic;
      if ((row.xlen != 0 && row.xlen != xlen) || is_system(m) || m == "jalr") continue;
      const std::string as_text = "\n" + m;
      EXPECT_NE(all.find(as_text), std::string::npos) << m << " never generated for " << xlen;
    }
  }
}

}  // namespace
}  // namespace lookaside::tests
