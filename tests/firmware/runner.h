// SPDX-License-Identifier: Apache-2.0
// Running a firmware program on a machine and judging what it printed.
#pragma once

#include <string>
#include <vector>

#include "comparison.h"

namespace lookaside::firmware_tests {

std::string read_file(const std::string& path);

/// The lines that firmware/expected asks of a program.
std::vector<Entry> expected_of(const std::string& program);
/// QEMU's known differences.
std::vector<Entry> all_waivers();

struct Run {
  std::string output;
  int status = 0;
};
/// Runs a command without input, for a time (status 124 if that is over). A sanitised platform on a
/// busy machine is slow; QEMU is not.
inline constexpr int kQemuSeconds = 20;
Run run(const std::string& command, int seconds = 100);

/// Command lines that run one ELF ("demo-rv64-sv39"), with further options.
std::string on_qemu(const std::string& elf, const std::string& options = "");
std::string on_platform(const std::string& elf, const std::string& options = "");

/// Checks the lines; the finisher must agree with them: success exactly if no line says FAIL.
void check(const Run& result, const Variant& variant, const std::vector<Entry>& waivers);

/// Statistics of a run on the platform that must pass, without the lines that name the switch
/// cpu.fast_path.
std::string statistics_of(const std::string& elf, bool fast_path);

/// A name that GoogleTest accepts for an ELF.
std::string underscored(std::string name);

}  // namespace lookaside::firmware_tests
