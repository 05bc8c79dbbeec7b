// SPDX-License-Identifier: Apache-2.0
// One test for each firmware ELF and each machine it runs on.
#include <cstdio>
#include <ostream>
#include <set>
#include <tuple>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "runner.h"
#include "seed.h"

namespace lookaside::firmware_tests {
namespace {

const std::vector<std::string> kPrograms = {
#include "programs.inc"
};

class OnQemu : public ::testing::TestWithParam<std::string> {};
TEST_P(OnQemu, PrintsWhatIsExpected) {
  check(run(on_qemu(GetParam()), kQemuSeconds), parse_variant(GetParam()), all_waivers());
}

/// OpenSBI as Debian ships it hands over to our S-mode program.
TEST(UnderOpenSbi, OnQemuPrintsWhatIsExpected) {
  check(run(fmt::format("{} -M virt -bios '{}' -nographic -kernel '{}/sbi-payload.elf'",
                        LOOKASIDE_QEMU_RV64, LOOKASIDE_OPENSBI, LOOKASIDE_FIRMWARE_BINARY),
            kQemuSeconds),
        {"sbi-payload", "rv64", "sv39"}, {});
}

TEST(UnderOpenSbi, OnPlatformPrintsWhatIsExpected) {
  const auto result =
      run(fmt::format("'{}' run '{}' --load '{}/sbi-payload.bin@0x80200000'", LOOKASIDE_PLATFORM,
                      LOOKASIDE_OPENSBI, LOOKASIDE_FIRMWARE_BINARY));
  check(result, {"sbi-payload", "rv64", "sv39"}, {});
  // Its banner, and the platform as it reads it from the device tree.
  for (const char* line : {"\nOpenSBI v", "\nPlatform Name ", "\nPlatform HART Count ",
                           "\nDomain0 Next Address      : 0x0000000080200000"}) {
    EXPECT_NE(result.output.find(line), std::string::npos) << line;
  }
}

/// Configurations under which nothing a program prints may change.
struct Setup {
  const char* name;
  const char* options;
  friend void PrintTo(const Setup& setup, std::ostream* stream) { *stream << setup.name; }
};
const std::vector<Setup> kSetups = {
    {"Default", ""},
    {"TinyTlbsWithoutFastPath",
     "--set cpu.fast_path=false --set mmu.l1i.entries=2 --set mmu.l1i.ways=2 "
     "--set mmu.l1d.entries=2 --set mmu.l1d.ways=1 --set mmu.l2.enabled=false"},
    {"WithoutTlbs",
     "--set mmu.l1i.enabled=false --set mmu.l1d.enabled=false --set mmu.l2.enabled=false"},
};

class OnPlatform : public ::testing::TestWithParam<std::tuple<Setup, std::string>> {};
TEST_P(OnPlatform, PrintsWhatIsExpected) {
  const auto& [setup, elf] = GetParam();
  check(run(on_platform(elf, setup.options)), parse_variant(elf), {});
}

/// Pointers instead of transactions: the same counts, the same simulated time.
class FastPath : public ::testing::TestWithParam<std::string> {};
TEST_P(FastPath, ChangesNoStatistic) {
  const std::string fast = statistics_of(GetParam(), true);
  EXPECT_THAT(fast, ::testing::HasSubstr("simulated_time"));
  EXPECT_EQ(fast, statistics_of(GetParam(), false));
}

/// Every access at the time the DRAM gives it: slower, and nothing else may change. All programs
/// under LOOKASIDE_SOAK, else two.
std::vector<std::string> temporal_programs() {
  if (tests::from_environment("LOOKASIDE_SOAK", 0) != 0) return kPrograms;
  return {"demo-rv64-sv39", "interrupts-rv32-sv32"};
}
class TemporalTiming : public ::testing::TestWithParam<std::string> {};
TEST_P(TemporalTiming, PrintsWhatIsExpectedAndBreaksNoRuleOfTheDram) {
  const std::string file =
      ::testing::TempDir() + fmt::format("lookaside_{}_{}.json", getpid(), GetParam());
  check(run(on_platform(GetParam(),
                        fmt::format("--set platform.timing=temporal --stats '{}'", file))),
        parse_variant(GetParam()), {});
  const std::string statistics = read_file(file);
  std::remove(file.c_str());
  EXPECT_THAT(statistics, ::testing::HasSubstr("\"rule_violations\": 0"));
}

std::string name_of_program(const ::testing::TestParamInfo<std::string>& test) {
  return underscored(test.param);
}
std::string name_of_setup(const ::testing::TestParamInfo<std::tuple<Setup, std::string>>& test) {
  return std::get<0>(test.param).name + ("_" + underscored(std::get<1>(test.param)));
}
INSTANTIATE_TEST_SUITE_P(Firmware, OnQemu, ::testing::ValuesIn(kPrograms), name_of_program);
INSTANTIATE_TEST_SUITE_P(Firmware, TemporalTiming, ::testing::ValuesIn(temporal_programs()),
                         name_of_program);
INSTANTIATE_TEST_SUITE_P(Firmware, FastPath, ::testing::ValuesIn(kPrograms), name_of_program);
INSTANTIATE_TEST_SUITE_P(Firmware, OnPlatform,
                         ::testing::Combine(::testing::ValuesIn(kSetups),
                                            ::testing::ValuesIn(kPrograms)),
                         name_of_setup);

/// A waiver for a test or program that does not exist would never be seen as unused.
TEST(FirmwareWaivers, NameTestsThatExist) {
  std::set<std::string> programs;
  for (const std::string& elf : kPrograms) programs.insert(parse_variant(elf).program);
  for (const Entry& waiver : all_waivers()) {
    ASSERT_EQ(programs.count(waiver.program), 1U) << waiver.program;
    bool found = false;
    for (const Entry& entry : expected_of(waiver.program)) found |= entry.name == waiver.name;
    EXPECT_TRUE(found) << waiver.program << " has no test " << waiver.name;
  }
}

}  // namespace
}  // namespace lookaside::firmware_tests
