// SPDX-License-Identifier: Apache-2.0
// One test for each firmware ELF and each machine it runs on.
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <sys/wait.h>
#include <tuple>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "comparison.h"

namespace lookaside::firmware_tests {
namespace {

const std::vector<std::string> kPrograms = {
#include "programs.inc"
};

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << "cannot read " << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Entry> expected_of(const std::string& program) {
  const std::string path = fmt::format(LOOKASIDE_FIRMWARE_SOURCE "/expected/{}.txt", program);
  return parse_expected(read_file(path), path);
}

std::vector<Entry> all_waivers() {
  const std::string path = LOOKASIDE_FIRMWARE_SOURCE "/waivers.txt";
  return parse_waivers(read_file(path), path);
}

struct Run {
  std::string output;
  int status = 0;
};

/// Runs a command without input, for a time (status 124 if that is over). A sanitised platform on a
/// busy machine is slow; QEMU is not.
Run run(const std::string& command, int seconds = 100) {
  Run result;
  FILE* pipe = popen(fmt::format("timeout {} {} </dev/null 2>&1", seconds, command).c_str(), "r");
  if (pipe == nullptr) return {"popen failed", -1};
  std::array<char, 4096> buffer{};
  for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    result.output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

/// The finisher must agree with the lines: success exactly if no line says FAIL.
void check(const Run& result, const Variant& variant, const std::vector<Entry>& waivers) {
  SCOPED_TRACE(result.output);
  EXPECT_THAT(compare(result.output, variant, expected_of(variant.program), waivers),
              ::testing::IsEmpty());
  const bool failed =
      result.output.find("\nFAIL ") != std::string::npos || result.output.rfind("FAIL ", 0) == 0;
  EXPECT_NE(result.status, 124) << "the program did not end in time";
  EXPECT_EQ(result.status != 0, failed) << "exit status " << result.status;
}

class OnQemu : public ::testing::TestWithParam<std::string> {};
TEST_P(OnQemu, PrintsWhatIsExpected) {
  const Variant variant = parse_variant(GetParam());
  const std::string qemu = variant.xlen == "rv32" ? LOOKASIDE_QEMU_RV32 : LOOKASIDE_QEMU_RV64;
  check(run(fmt::format("{} -M virt -bios none -nographic -kernel '{}/{}.elf'", qemu,
                        LOOKASIDE_FIRMWARE_BINARY, GetParam()),
            20),
        variant, all_waivers());
}

/// OpenSBI as Debian ships it hands over to our S-mode program.
TEST(UnderOpenSbi, OnQemuPrintsWhatIsExpected) {
  check(run(fmt::format("{} -M virt -bios '{}' -nographic -kernel '{}/sbi-payload.elf'",
                        LOOKASIDE_QEMU_RV64, LOOKASIDE_OPENSBI, LOOKASIDE_FIRMWARE_BINARY),
            20),
        {"sbi-payload", "rv64", "sv39"}, {});
}

TEST(UnderOpenSbi, OnPlatformPrintsWhatIsExpected) {
  check(run(fmt::format("'{}' run '{}' --load '{}/sbi-payload.bin@0x80200000'", LOOKASIDE_PLATFORM,
                        LOOKASIDE_OPENSBI, LOOKASIDE_FIRMWARE_BINARY)),
        {"sbi-payload", "rv64", "sv39"}, {});
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
  check(run(fmt::format("'{}' run '{}/{}.elf' {}", LOOKASIDE_PLATFORM, LOOKASIDE_FIRMWARE_BINARY,
                        elf, setup.options)),
        parse_variant(elf), {});
}

/// Statistics of a run, without the lines that name the switch under test.
std::string statistics_of(const std::string& elf, const std::string& fast_path) {
  const std::string file = ::testing::TempDir() + "lookaside_" + elf + "_" + fast_path + ".json";
  const Run result =
      run(fmt::format("'{}' run '{}/{}.elf' --set cpu.fast_path={} --stats '{}'",
                      LOOKASIDE_PLATFORM, LOOKASIDE_FIRMWARE_BINARY, elf, fast_path, file));
  EXPECT_EQ(result.status, 0) << result.output;
  std::istringstream lines(read_file(file));
  std::remove(file.c_str());
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("cpu.fast_path") == std::string::npos) kept += line + "\n";
  }
  return kept;
}

/// Pointers instead of transactions: the same counts, the same simulated time.
class FastPath : public ::testing::TestWithParam<std::string> {};
TEST_P(FastPath, ChangesNoStatistic) {
  const std::string fast = statistics_of(GetParam(), "true");
  EXPECT_THAT(fast, ::testing::HasSubstr("simulated_time"));
  EXPECT_EQ(fast, statistics_of(GetParam(), "false"));
}

std::string underscored(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
std::string name_of_program(const ::testing::TestParamInfo<std::string>& test) {
  return underscored(test.param);
}
std::string name_of_setup(const ::testing::TestParamInfo<std::tuple<Setup, std::string>>& test) {
  return std::get<0>(test.param).name + ("_" + underscored(std::get<1>(test.param)));
}
INSTANTIATE_TEST_SUITE_P(Firmware, OnQemu, ::testing::ValuesIn(kPrograms), name_of_program);
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
