// SPDX-License-Identifier: Apache-2.0
// The comparison itself: a missing, extra, repeated or mislabelled line must not go unseen.
#include "comparison.h"

#include <stdexcept>

#include <gmock/gmock.h>

namespace lookaside::firmware_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Variant kVariant{"faults", "rv64", "sv39"};

std::vector<Entry> expected() {
  return parse_expected("# comment\none A.1 all\ntwo A.2 rv64 # why\nthree A.3 sv32\n", "e.txt");
}
std::vector<Entry> waiver_of_two() {
  return parse_waivers("faults two sv39 QEMU is odd\n", "w");
}

TEST(FirmwareComparison, ElfNamesSayWhereAProgramRuns) {
  const Variant paged = parse_variant("boot-protection-rv32-sv32");
  EXPECT_EQ(paged.program, "boot-protection");
  EXPECT_EQ(paged.xlen, "rv32");
  EXPECT_EQ(paged.mode, "sv32");
  EXPECT_EQ(parse_variant("hello-rv64").mode, "bare");
  EXPECT_THROW(parse_variant("hello"), std::runtime_error);
}

TEST(FirmwareComparison, ExactlyTheLinesOfThisModeAreRight) {
  EXPECT_THAT(compare("noise\nPASS one [A.1] rv64 sv39\r\nPASS two [A.2] rv64 sv39\n", kVariant,
                      expected(), {}),
              IsEmpty());
}

TEST(FirmwareComparison, MissingExtraAndRepeatedLinesAreNamed) {
  EXPECT_THAT(compare("PASS one [A.1] rv64 sv39\n", kVariant, expected(), {}),
              ElementsAre("missing: two [A.2]"));
  EXPECT_THAT(compare("PASS one [A.1] rv64 sv39\nPASS two [A.2] rv64 sv39\n"
                      "PASS three [A.3] rv64 sv39\nPASS one [A.1] rv64 sv39\n",
                      kVariant, expected(), {}),
              ElementsAre("not expected: PASS three [A.3] rv64 sv39",
                          "repeated: PASS one [A.1] rv64 sv39"));
}

TEST(FirmwareComparison, RuleAndModeBelongToTheLine) {
  EXPECT_THAT(
      compare("PASS one [A.9] rv64 sv39\nPASS two [A.2] rv64 sv48\n", kVariant, expected(), {}),
      ElementsAre(HasSubstr("expected [A.1]"), HasSubstr("expected [A.2] rv64 sv39")));
}

TEST(FirmwareComparison, AFailureNeedsAWaiverAndAWaiverAFailure) {
  const std::string failing =
      "PASS one [A.1] rv64 sv39\nFAIL two [A.2] rv64 sv39: expected 1 got 2\n";
  const std::string passing = "PASS one [A.1] rv64 sv39\nPASS two [A.2] rv64 sv39\n";
  EXPECT_THAT(compare(failing, kVariant, expected(), {}),
              ElementsAre(HasSubstr("failed: FAIL two")));
  EXPECT_THAT(compare(failing, kVariant, expected(), waiver_of_two()), IsEmpty());
  EXPECT_THAT(compare(passing, kVariant, expected(), waiver_of_two()),
              ElementsAre("unused waiver: two"));
  const Variant other{"faults", "rv64", "sv48"};
  EXPECT_THAT(compare("PASS one [A.1] rv64 sv48\nPASS two [A.2] rv64 sv48\n", other, expected(),
                      waiver_of_two()),
              IsEmpty());
}

TEST(FirmwareComparison, BadListsAreRefusedWithFileAndLine) {
  const auto message = [](auto parse) {
    try {
      parse();
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message([] { parse_expected("a B all\nc D\n", "e.txt"); }), HasSubstr("e.txt:2"));
  EXPECT_THAT(message([] { parse_expected("a B sv40\n", "e.txt"); }), HasSubstr("'sv40'"));
  EXPECT_THAT(message([] { parse_waivers("p t all\n", "w.txt"); }), HasSubstr("w.txt:1"));
}

}  // namespace
}  // namespace lookaside::firmware_tests
