// SPDX-License-Identifier: Apache-2.0
#include "apart.h"

#include <filesystem>
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

}  // namespace lookaside::testbench
