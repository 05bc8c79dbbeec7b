// SPDX-License-Identifier: Apache-2.0
#include "command_line.h"

#include <cstdlib>

namespace lookaside::testbench {
namespace {

constexpr const char* kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";

}  // namespace

std::string command_name() {
  const char* name = std::getenv("LOOKASIDE_COMMAND");
  return name == nullptr || *name == '\0' ? "lookaside" : quoted(name);
}

std::string quoted(const std::string& word) {
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace lookaside::testbench
