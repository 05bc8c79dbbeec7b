// SPDX-License-Identifier: Apache-2.0
// The seed of randomised tests: printed, and taken from LOOKASIDE_SEED to repeat a failure.
#pragma once

#include <cstdlib>
#include <iostream>

namespace lookaside::tests {

inline unsigned seed() {
  const char* text = std::getenv("LOOKASIDE_SEED");
  const unsigned value =
      text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 0)) : 20260u;
  std::cout << "LOOKASIDE_SEED=" << value << "\n";
  return value;
}

}  // namespace lookaside::tests
