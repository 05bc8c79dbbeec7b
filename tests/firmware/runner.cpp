// SPDX-License-Identifier: Apache-2.0
#include "runner.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace lookaside::firmware_tests {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
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

Run run(const std::string& command, int seconds) {
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

std::string on_qemu(const std::string& elf, const std::string& options) {
  const bool rv32 = parse_variant(elf).xlen == "rv32";
  return fmt::format("{} -M virt -bios none -nographic -kernel '{}/{}.elf' {}",
                     rv32 ? LOOKASIDE_QEMU_RV32 : LOOKASIDE_QEMU_RV64, LOOKASIDE_FIRMWARE_BINARY,
                     elf, options);
}

std::string on_platform(const std::string& elf, const std::string& options) {
  return fmt::format("'{}' run '{}/{}.elf' {}", LOOKASIDE_PLATFORM, LOOKASIDE_FIRMWARE_BINARY, elf,
                     options);
}

void check(const Run& result, const Variant& variant, const std::vector<Entry>& waivers) {
  SCOPED_TRACE(result.output);
  EXPECT_THAT(compare(result.output, variant, expected_of(variant.program), waivers),
              ::testing::IsEmpty());
  const bool failed =
      result.output.find("\nFAIL ") != std::string::npos || result.output.rfind("FAIL ", 0) == 0;
  EXPECT_NE(result.status, 124) << "the program did not end in time";
  EXPECT_EQ(result.status != 0, failed) << "exit status " << result.status;
}

std::string statistics_of(const std::string& elf, bool fast_path) {
  const std::string file =
      ::testing::TempDir() + fmt::format("lookaside_{}_{}_{}.json", getpid(), elf, fast_path);
  const Run result =
      run(on_platform(elf, fmt::format("--set cpu.fast_path={} --stats '{}'", fast_path, file)));
  EXPECT_EQ(result.status, 0) << result.output;
  std::istringstream lines(read_file(file));
  std::remove(file.c_str());
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("cpu.fast_path") == std::string::npos) kept += line + "\n";
  }
  return kept;
}

std::string underscored(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace lookaside::firmware_tests
