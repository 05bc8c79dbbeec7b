// SPDX-License-Identifier: Apache-2.0
// Results of each instruction at the edges of its range, by hand from the ISA manual.
#include <string>

#include <gtest/gtest.h>

#include <lookaside/riscv/core/execute.h>

#include "riscv/isa_table.h"
#include "riscv/machine.h"

namespace lookaside::tests {
namespace {

using namespace assembler;  // NOLINT(google-build-using-namespace): instructions read as assembly

constexpr std::uint64_t kMin32 = 0x80000000;
constexpr std::uint64_t kMax32 = 0x7fffffff;
constexpr std::uint64_t kMin64 = 0x8000000000000000;
constexpr std::uint64_t kMax64 = 0x7fffffffffffffff;
constexpr std::uint64_t kOnes = ~0ULL;
constexpr std::uint64_t kNone = 0x1234567812345678;  ///< the instruction does not exist there

/// a0 = name(a1, a2), or name(a1, immediate b).
struct Case {
  const char* name;
  std::uint64_t a;
  std::uint64_t b;
  std::uint64_t rv32;
  std::uint64_t rv64;
};

// On RV32 operands and results are cut to 32 bits.
const Case kCases[] = {
    {"add", kOnes, 1, 0, 0},
    {"add", kMax32, 1, kMin32, 0x80000000},
    {"sub", 0, 1, kOnes, kOnes},
    {"sub", kMin32, 1, kMax32, 0x7fffffff},
    {"sll", 1, 31, kMin32, kMin32},
    {"sll", 1, 32, 1, 0x100000000},
    {"sll", 1, 63, kMin32, kMin64},
    {"sll", 1, 64, 1, 1},
    {"srl", kMin32, 31, 1, 1},
    {"srl", kOnes, 63, 1, 1},
    {"srl", kOnes, 64, kOnes, kOnes},
    {"sra", kMin32, 31, kOnes, 1},
    {"sra", kMin64, 63, 0, kOnes},
    {"sra", kOnes, 32, kOnes, kOnes},
    {"slt", kOnes, 0, 1, 1},
    {"slt", 0, kOnes, 0, 0},
    {"slt", kMin32, 0, 1, 0},
    {"slt", kMin64, 0, 0, 1},
    {"sltu", kOnes, 0, 0, 0},
    {"sltu", 0, kOnes, 1, 1},
    {"sltu", 5, 5, 0, 0},
    {"slti", 0, kOnes, 0, 0},
    {"sltiu", 0, kOnes, 1, 1},
    {"sltiu", kOnes, kOnes, 0, 0},
    {"addi", 0, 0xfffffffffffff800, 0xfffff800, 0xfffffffffffff800},
    {"xori", 0x0f0f, kOnes, 0xfffff0f0, 0xfffffffffffff0f0},
    {"ori", 0, 0xfffffffffffff800, 0xfffff800, 0xfffffffffffff800},
    {"andi", kOnes, 0xfffffffffffff800, 0xfffff800, 0xfffffffffffff800},
    {"mul", kOnes, kOnes, 1, 1},
    {"mul", kMin32, 2, 0, 0x100000000},
    {"mulh", kOnes, kOnes, 0, 0},
    {"mulh", kMin32, kMin32, 0x40000000, 0},
    {"mulh", kMin64, kMin64, 0, 0x4000000000000000},
    {"mulh", kOnes, 1, kOnes, kOnes},
    {"mulhu", kOnes, kOnes, 0xfffffffe, 0xfffffffffffffffe},
    {"mulhu", kMin32, 2, 1, 0},
    {"mulhsu", kOnes, kOnes, kOnes, kOnes},
    {"mulhsu", kMin32, kOnes, kMin32, kMax32},
    {"mulhsu", kMin64, kOnes, 0, kMin64},
    {"mulhsu", 1, kOnes, 0, 0},
    {"div", 7, 0, kOnes, kOnes},
    {"div", 0, 0, kOnes, kOnes},
    {"div", kMin32, kOnes, kMin32, 0xffffffff80000000},
    {"div", kMin64, kOnes, 0, kMin64},
    {"div", 0xfffffffffffffff9, 2, 0xfffffffd, 0xfffffffffffffffd},
    {"divu", 7, 0, kOnes, kOnes},
    {"divu", kOnes, 2, kMax32, kMax64},
    {"rem", 7, 0, 7, 7},
    {"rem", kMin32, kOnes, 0, 0},
    {"rem", kMin64, kOnes, 0, 0},
    {"rem", 0xfffffffffffffff9, 2, kOnes, kOnes},
    {"rem", 7, 0xfffffffffffffffe, 1, 1},
    {"remu", kOnes, 0, kOnes, kOnes},
    {"remu", 7, kOnes, 7, 7},
    // RV64 words: computed on 32 bits, sign-extended.
    {"addw", kMax32, 1, kNone, 0xffffffff80000000},
    {"addw", 0xffffffff00000000, 0, kNone, 0},
    {"addiw", kMax32, 1, kNone, 0xffffffff80000000},
    {"addiw", 0x1ffffffff, 0, kNone, kOnes},
    {"subw", kMin32, 1, kNone, kMax32},
    {"subw", 0, 1, kNone, kOnes},
    {"sllw", 1, 31, kNone, 0xffffffff80000000},
    {"sllw", 1, 32, kNone, 1},
    {"srlw", 0xffffffff80000000, 31, kNone, 1},
    {"srlw", 0xffffffff80000000, 32, kNone, 0xffffffff80000000},
    {"sraw", kMin32, 31, kNone, kOnes},
    {"sraw", kMin32, 32, kNone, 0xffffffff80000000},
    {"sraw", 0xffffffff7fffffff, 0, kNone, kMax32},
    {"mulw", 0x10000, 0x8000, kNone, 0xffffffff80000000},
    {"mulw", 0xffffffff00000001, 3, kNone, 3},
    {"divw", kMin32, kOnes, kNone, 0xffffffff80000000},
    {"divw", 0x100000007, 0, kNone, kOnes},
    {"divw", 0xfffffff9, 2, kNone, 0xfffffffffffffffd},
    {"divuw", kMin32, 1, kNone, 0xffffffff80000000},
    {"divuw", 7, 0x100000000, kNone, kOnes},
    {"remw", kMin32, kOnes, kNone, 0},
    {"remw", 0x80000007, 0, kNone, 0xffffffff80000007},
    {"remuw", 0x80000007, 0x100000000, kNone, 0xffffffff80000007},
    {"remuw", 7, kOnes, kNone, 7},
};

const IsaRow& row_of(const std::string& name, unsigned xlen) {
  for (const IsaRow& row : isa_rows()) {
    if (name == row.name && (row.xlen == 0 || row.xlen == xlen)) return row;
  }
  throw std::runtime_error("no such instruction: " + name);
}

TEST(ExecuteTest, ResultsAtTheEdges) {
  for (const Case& c : kCases) {
    for (const unsigned xlen : {32U, 64U}) {
      const std::uint64_t expected = xlen == 32 ? c.rv32 & 0xffffffffU : c.rv64;
      if (xlen == 32 && c.rv32 == kNone) continue;
      Machine m(xlen);
      const IsaRow& row = row_of(c.name, xlen);
      const bool immediate = std::string(row.imm) == "11:0";
      const auto operand = static_cast<std::uint32_t>(c.b);
      m.load({isa_fill(row, a0 << 7 | a1 << 15 | (immediate ? operand : a2) << 20)});
      m.hart.set_reg(a1, c.a);
      m.hart.set_reg(a2, c.b);
      m.retire(1);
      EXPECT_EQ(m.hart.reg(a0), expected)
          << c.name << " rv" << xlen << std::hex << " of " << c.a << ", " << c.b;
      EXPECT_EQ(m.exceptions(), 0U) << c.name;
    }
  }
}

TEST(ExecuteTest, ShiftImmediates) {
  struct {
    const char* name;
    std::uint64_t a;
    unsigned shamt;
    std::uint64_t rv32;
    std::uint64_t rv64;
  } const cases[] = {{"slli", 3, 31, 0x80000000, 0x180000000},
                     {"srli", kOnes, 31, 1, 0x1ffffffff},
                     {"srai", kMin32, 31, 0xffffffff, 1},
                     {"slli", 1, 63, kNone, kMin64},
                     {"srli", kOnes, 63, kNone, 1},
                     {"srai", kMin64, 63, kNone, kOnes},
                     {"slliw", 1, 31, kNone, 0xffffffff80000000},
                     {"srliw", kOnes, 1, kNone, kMax32},
                     {"sraiw", 0x80000000, 4, kNone, 0xfffffffff8000000}};
  for (const auto& c : cases) {
    for (const unsigned xlen : {32U, 64U}) {
      if (xlen == 32 && c.rv32 == kNone) continue;
      Machine m(xlen);
      m.load({isa_fill(row_of(c.name, xlen), a0 << 7 | a1 << 15 | c.shamt << 20)});
      m.hart.set_reg(a1, c.a);
      m.retire(1);
      EXPECT_EQ(m.hart.reg(a0), xlen == 32 ? c.rv32 : c.rv64) << c.name << " rv" << xlen;
    }
  }
}

TEST(ExecuteTest, UpperImmediatesAndLinks) {
  for (const unsigned xlen : {32U, 64U}) {
    Machine m(xlen);
    m.load({lui(a0, 0x80000), auipc(a1, 0xfffff), jal(a2, 8), nop(), jalr(a3, a2, 13)});
    m.retire(4);
    const std::uint64_t high = xlen == 32 ? 0 : 0xffffffff00000000;
    EXPECT_EQ(m.hart.reg(a0), 0x80000000 | high);
    EXPECT_EQ(m.hart.reg(a1), Machine::kBase + 4 - 0x1000);
    EXPECT_EQ(m.hart.reg(a2), Machine::kBase + 12);
    EXPECT_EQ(m.hart.reg(a3), Machine::kBase + 20);
    EXPECT_EQ(m.hart.pc(), Machine::kBase + 24) << "jalr clears bit 0";
  }
}

TEST(ExecuteTest, JalrReadsItsBaseBeforeItWritesTheLink) {
  Machine m(64);
  m.load({auipc(t0, 0), jalr(t0, t0, 16)});
  m.retire(2);
  EXPECT_EQ(m.hart.pc(), Machine::kBase + 16);
  EXPECT_EQ(m.hart.reg(t0), Machine::kBase + 8);
}

TEST(ExecuteTest, CompressedLinksAreTwoBytesOn) {
  Machine m(64);
  m.system.put<std::uint16_t>(Machine::kBase, 0x9582);  // c.jalr a1
  m.hart.set_reg(a1, Machine::kBase + 0x100);
  m.retire(1);
  EXPECT_EQ(m.hart.pc(), Machine::kBase + 0x100);
  EXPECT_EQ(m.hart.reg(ra), Machine::kBase + 2);
}

TEST(ExecuteTest, Branches) {
  struct {
    std::uint64_t a;
    std::uint64_t b;
    unsigned funct3;
    bool taken32;
    bool taken64;
  } const cases[] = {
      {1, 1, 0, true, true},       {1, 2, 0, false, false},     {kMin64, 0, 0, true, false},
      {1, 2, 1, true, true},       {1, 1, 1, false, false},     {kOnes, 0, 4, true, true},
      {kMin32, 0, 4, true, false}, {0, 0, 4, false, false},     {0, 0, 5, true, true},
      {kOnes, 0, 5, false, false}, {0, kOnes, 6, true, true},   {kOnes, 0, 6, false, false},
      {kOnes, 0, 7, true, true},   {0, kOnes, 7, false, false}, {3, 3, 7, true, true}};
  for (const auto& c : cases) {
    for (const unsigned xlen : {32U, 64U}) {
      Machine m(xlen);
      m.load({b(c.funct3, a0, a1, 0x40)});
      m.hart.set_reg(a0, c.a);
      m.hart.set_reg(a1, c.b);
      m.retire(1);
      const bool taken = xlen == 32 ? c.taken32 : c.taken64;
      EXPECT_EQ(m.hart.pc(), Machine::kBase + (taken ? 0x40 : 4)) << c.funct3 << " rv" << xlen;
    }
  }
}

TEST(ExecuteTest, LoadsExtendAndStoresCut) {
  struct {
    unsigned funct3;
    std::uint64_t rv32;
    std::uint64_t rv64;
  } const cases[] = {{0, 0xffffff88, 0xffffffffffffff88}, {4, 0x88, 0x88},
                     {1, 0xffff9988, 0xffffffffffff9988}, {5, 0x9988, 0x9988},
                     {2, 0xbbaa9988, 0xffffffffbbaa9988}, {6, kNone, 0xbbaa9988},
                     {3, kNone, 0xffeeddccbbaa9988}};
  for (const auto& c : cases) {
    for (const unsigned xlen : {32U, 64U}) {
      if (xlen == 32 && c.rv32 == kNone) continue;
      Machine m(xlen);
      m.system.put<std::uint64_t>(Machine::kData, 0xffeeddccbbaa9988);
      m.load({i(0x03, c.funct3, a0, a1, -8)});
      m.hart.set_reg(a1, Machine::kData + 8);
      m.retire(1);
      EXPECT_EQ(m.hart.reg(a0), xlen == 32 ? c.rv32 : c.rv64) << c.funct3 << " rv" << xlen;
    }
  }
  for (const unsigned funct3 : {0U, 1U, 2U, 3U}) {
    Machine m(64);
    m.load({s(funct3, a1, a0, 4)});
    m.hart.set_reg(a0, 0x1122334455667788);
    m.hart.set_reg(a1, Machine::kData);
    m.retire(1);
    const std::uint64_t mask = funct3 == 3 ? kOnes : (1ULL << (8U << funct3)) - 1;
    EXPECT_EQ(m.system.get<std::uint64_t>(Machine::kData + 4), 0x1122334455667788 & mask);
  }
}

TEST(ExecuteTest, RegisterZeroStaysZero) {
  Machine m(64);
  m.load({li(zero, 5), lw(zero, 0, a1), jal(zero, 4), csrrw(zero, riscv::csr::kMscratch, a1),
          csrr(zero, riscv::csr::kMscratch), amo(0, 2, zero, a1, a2), mv(a0, zero)});
  m.system.put<std::uint32_t>(Machine::kData, 77);
  m.hart.set_reg(a1, Machine::kData);
  m.hart.set_reg(a0, 1);
  m.retire(7);
  EXPECT_EQ(m.hart.reg(zero), 0U);
  EXPECT_EQ(m.hart.reg(a0), 0U);
}

TEST(ExecuteTest, Atomics) {
  struct {
    const char* name;
    std::uint64_t memory;
    std::uint64_t operand;
    std::uint64_t word;   ///< left in memory by the .w form
    std::uint64_t dword;  ///< by the .d form
  } const cases[] = {{"amoswap", 5, 7, 7, 7},
                     {"amoadd", 0xffffffff, 1, 0, 0x100000000},
                     {"amoxor", 0xff, 0x0f, 0xf0, 0xf0},
                     {"amoand", 0xff, 0x0f, 0x0f, 0x0f},
                     {"amoor", 0xf0, 0x0f, 0xff, 0xff},
                     {"amomin", 0x80000000, 1, 0x80000000, 1},
                     {"amomax", 0x80000000, 1, 1, 0x80000000},
                     {"amominu", 0x80000000, 1, 1, 1},
                     {"amomaxu", 0x80000000, 1, 0x80000000, 0x80000000}};
  for (const auto& c : cases) {
    for (const char* width : {".w", ".d"}) {
      const bool word = width[1] == 'w';
      Machine m(64);
      m.system.put<std::uint64_t>(Machine::kData, c.memory);
      m.load({isa_fill(row_of(std::string(c.name) + width, 64), a0 << 7 | a1 << 15 | a2 << 20)});
      m.hart.set_reg(a1, Machine::kData);
      m.hart.set_reg(a2, c.operand | (word ? 0xabcd00000000 : 0));  // .w ignores the upper half
      m.retire(1);
      const std::uint64_t old =
          word && (c.memory & kMin32) != 0 ? c.memory | 0xffffffff00000000 : c.memory;
      EXPECT_EQ(m.hart.reg(a0), old) << c.name << width;
      EXPECT_EQ(m.system.get<std::uint64_t>(Machine::kData), word ? c.word : c.dword)
          << c.name << width;
      EXPECT_EQ(m.system.transfers.back().access, translation::Access::kAmo);
    }
  }
}

TEST(ExecuteTest, LoadReservedAndStoreConditional) {
  Machine m(64);
  m.system.put<std::uint64_t>(Machine::kData, 0x80000001);
  m.hart.set_reg(a1, Machine::kData);
  m.hart.set_reg(a2, 9);
  m.load({amo(2, 2, a0, a1, 0), amo(3, 2, a3, a1, a2), amo(3, 2, a4, a1, a2)});
  m.retire(3);
  EXPECT_EQ(m.hart.reg(a0), 0xffffffff80000001);
  EXPECT_EQ(m.hart.reg(a3), 0U) << "success";
  EXPECT_EQ(m.hart.reg(a4), 1U) << "the reservation is used up";
  EXPECT_EQ(m.system.get<std::uint64_t>(Machine::kData), 9U);
  EXPECT_EQ(m.hart.statistics().atomics.value, 3U);
}

TEST(ExecuteTest, StoresToCodeAreSeenAtOnce) {
  // SPEC allows staleness until FENCE.I; this hart is always coherent, fast path or not.
  for (const bool grants : {false, true}) {
    Machine m(64);
    m.system.grants = grants;
    m.load({li(t0, 0), li(t1, 1), sw(a0, 0, a1), i(0x0f, 1, 0, 0, 0), nop(), bne(t0, t1, 0)});
    m.load({jal(zero, -20)}, Machine::kBase + 20);
    // First round executes the nop; the store then replaces it by addi t2, zero, 42.
    m.hart.set_reg(a0, nop());
    m.hart.set_reg(a1, Machine::kBase + 16);
    m.retire(6);
    m.hart.set_reg(a0, li(t2, 42));
    m.retire(6);
    EXPECT_EQ(m.hart.reg(t2), 42U);
  }
}

}  // namespace
}  // namespace lookaside::tests
