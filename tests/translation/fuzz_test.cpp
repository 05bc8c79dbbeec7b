// SPDX-License-Identifier: Apache-2.0
// Model against oracle on random cases. LOOKASIDE_SEED repeats a run, LOOKASIDE_CASES sets its
// length.
#include <iostream>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "translation/fuzz_case.h"
#include "translation/fuzz_generator.h"
#include "translation/fuzz_minimise.h"

namespace lookaside::tests {
namespace {

TEST(TranslationFuzz, ModelAgreesWithOracle) {
  const std::uint64_t seed = tests::seed(std::random_device{}());  // other cases each time
  const std::uint64_t cases = rounds(from_environment("LOOKASIDE_CASES", LOOKASIDE_FUZZ_CASES));
  std::cout << fmt::format("seed {:#x}, {} cases\n", seed, cases);
  Random random(seed);
  Coverage coverage;
  for (std::uint64_t n = 0; n < cases; ++n) {
    const Case c = random_case(random);
    if (mismatch(c, &coverage).empty()) continue;
    const Case small = minimise(c, [](const Case& s) { return !mismatch(s).empty(); });
    FAIL() << fmt::format("case {} of seed {:#x}; repeat with LOOKASIDE_SEED={:#x}\n{}\n{}", n,
                          seed, seed, mismatch(small), as_test(small));
  }
  std::cout << coverage.report();
  EXPECT_THAT(coverage.missing(), ::testing::IsEmpty()) << "never exercised";
}

}  // namespace
}  // namespace lookaside::tests
