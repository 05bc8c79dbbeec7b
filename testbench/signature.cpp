// SPDX-License-Identifier: Apache-2.0
#include "signature.h"

#include <iterator>

#include <fmt/format.h>

namespace lookaside::testbench {

std::string signature_text(const std::vector<std::uint8_t>& bytes, unsigned granularity) {
  std::string text;
  for (std::size_t line = 0; line < bytes.size(); line += granularity) {
    for (std::size_t i = granularity; i > 0; --i) {
      const std::size_t at = line + i - 1;
      fmt::format_to(std::back_inserter(text), "{:02x}", at < bytes.size() ? bytes[at] : 0);
    }
    text += '\n';
  }
  return text;
}

}  // namespace lookaside::testbench
