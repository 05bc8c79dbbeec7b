// SPDX-License-Identifier: Apache-2.0
// What randomised tests take from the environment:
//   LOOKASIDE_SEED=N  repeats a run; each test prints the seed it used
//   LOOKASIDE_SOAK=N  multiplies the number of rounds (`./lookaside test --long` sets it)
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>

namespace lookaside::tests {

/// A number from the environment, or `otherwise`.
inline std::uint64_t from_environment(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

/// LOOKASIDE_SEED, or `usual`; printed either way.
inline std::uint64_t seed(std::uint64_t usual = 20260101) {
  const std::uint64_t value = from_environment("LOOKASIDE_SEED", usual);
  std::cout << "LOOKASIDE_SEED=" << value << "\n";
  return value;
}

/// `usual` rounds, or LOOKASIDE_SOAK times as many.
inline std::uint64_t rounds(std::uint64_t usual) {
  return usual * from_environment("LOOKASIDE_SOAK", 1);
}

}  // namespace lookaside::tests
