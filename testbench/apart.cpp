// SPDX-License-Identifier: Apache-2.0
#include "apart.h"

#include <filesystem>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include <lookaside/platform/files.h>

namespace lookaside::testbench {

void check_apart(const std::string& output, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code none;
    if (!std::filesystem::equivalent(input, output, none)) continue;
    throw platform::FileError(
        fmt::format("{}: found an input and an output of this name, expected one", output));
  }
}

void check_distinct(const std::vector<std::string>& outputs) {
  std::set<std::string> taken;
  for (const std::string& output : outputs) {
    const auto place = std::filesystem::absolute(output).lexically_normal();
    if (taken.insert(place.string()).second) continue;
    throw platform::FileError(
        fmt::format("{}: found two outputs of this name, expected one", output));
  }
}

}  // namespace lookaside::testbench
