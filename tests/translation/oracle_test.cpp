// SPDX-License-Identifier: Apache-2.0
// What makes the oracle worth asking: it shares nothing with the model. And what makes the fuzzing
// worth running: a failing case comes out small and spelt as a test.
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>

#include "translation/fuzz_case.h"
#include "translation/fuzz_generator.h"
#include "translation/fuzz_minimise.h"

namespace lookaside::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string source(const std::string& file) {
  std::ifstream in(std::string(LOOKASIDE_ORACLE_FOLDER) + "/" + file);
  EXPECT_TRUE(in) << file;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Oracle, IncludesNothingOfTheModel) {
  const std::set<std::string> allowed = {"#include \"translation/oracle.h\"", "#include <cstdint>",
                                         "#include <cstring>"};
  for (const char* file : {"oracle.h", "oracle.cpp"}) {
    const std::string text = source(file);
    EXPECT_THAT(text, Not(HasSubstr("lookaside")));
    EXPECT_THAT(text, Not(HasSubstr("tlm")));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("#include") != std::string::npos) {
        EXPECT_EQ(allowed.count(line), 1U) << line;
      }
    }
  }
}

// A made-up failure: only two bits of one PTE, one PMP write and SUM matter.
TEST(Minimise, KeepsOnlyWhatMatters) {
  const auto fails = [](const Case& c) {
    bool bits = false, write = false;
    for (const Cell& cell : c.cells) bits = bits || (cell.value & 0x81) == 0x81;
    for (const PmpWrite& w : c.pmp) write = write || (w.what == PmpWrite::kCfg && w.value >= 8);
    return bits && write && c.sum;
  };
  Random random(1);
  unsigned found = 0;
  while (found < 20) {
    const Case c = random_case(random);
    if (!fails(c)) continue;
    ++found;
    const Case small = minimise(c, fails);
    ASSERT_EQ(small.cells.size(), 1U);
    EXPECT_EQ(small.cells[0].value, 0x81U);
    ASSERT_EQ(small.pmp.size(), 1U);
    EXPECT_EQ(small.pmp[0].value & (small.pmp[0].value - 1), 0U) << "one bit is enough";
    EXPECT_TRUE(small.sum);
    EXPECT_FALSE(small.mxr || small.hardware_ad);
    EXPECT_EQ(small.va, 0U);
    EXPECT_TRUE(small.races.empty());
  }
}

TEST(AsTest, SpellsTheCase) {
  Case c;
  c.satp = 39;
  c.root = 0x80000000;
  c.sum = true;
  c.kind = oracle::kAmo;
  c.pmp_entries = 4;
  c.pmp.push_back({PmpWrite::kCfg, 3, 0x1f});
  c.cells.push_back({0x80000008, 0xcf, true, false});
  c.races.push_back(0x40);
  EXPECT_EQ(as_test(c),
            "TEST(Regression, FoundByFuzzing) {\n"
            "  Case c;\n"
            "  c.satp = 39;\n"
            "  c.root = 0x80000000;\n"
            "  c.sum = true;\n"
            "  c.kind = oracle::kAmo;\n"
            "  c.pmp_entries = 4;\n"
            "  c.pmp.push_back({PmpWrite::kCfg, 3, 0x1f});\n"
            "  c.cells.push_back({0x80000008, 0xcf, true, false});\n"
            "  c.races.push_back(0x40);\n"
            "  EXPECT_EQ(mismatch(c), \"\");\n"
            "}\n");
}

// The count of a row moves when, and only when, the oracle meets it.
TEST(Coverage, StartsWithEverythingMissing) {
  Coverage coverage;
  // 24 lines in 5 modes less what does not apply (20 rows in Bare, 2 in Sv32), and 29 cells.
  EXPECT_EQ(coverage.missing().size(), 24U * 5 - 20 - 2 + 29);
  Case c;
  c.data_mode = 3;
  EXPECT_EQ(mismatch(c, &coverage), "");
  EXPECT_EQ(coverage.missing().size(), 24U * 5 - 20 - 2 + 29 - 1);
  EXPECT_EQ(coverage.succeeded(), 1U);
  c.data_mode = 0;
  c.satp = 39;
  EXPECT_EQ(mismatch(c, &coverage), "");
  EXPECT_THAT(coverage.missing(), Not(::testing::Contains("row 2a not_valid in Sv39")));
}

}  // namespace
}  // namespace lookaside::tests
