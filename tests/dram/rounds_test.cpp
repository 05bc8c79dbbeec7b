// SPDX-License-Identifier: Apache-2.0
// The patrol's rounds against a walk over all offsets.
#include <cstdint>

#include <gtest/gtest.h>

#include <lookaside/dram/rounds.h>

namespace lookaside::dram {
namespace {

TEST(Rounds, TheFirstByteComesFirstAndTheLastByTheEndOfThePeriod) {
  Rounds rounds(1ULL << 40, 1'000'000'000'000);
  rounds.begin(5);
  EXPECT_EQ(rounds.next_visit(0, 5), 6U);
  EXPECT_EQ(rounds.next_visit(0, 6), 1'000'000'000'006U);
  EXPECT_NEAR(static_cast<double>(rounds.next_visit(1ULL << 39, 5)), 0.5e12, 10);
  EXPECT_LE(rounds.next_visit((1ULL << 40) - 1, 5), 1'000'000'000'005U);
}

/// More bytes than ps, fewer, and as many; periods down to the shortest.
TEST(Rounds, TheNextOffsetIsTheLowestThatIsVisitedNext) {
  for (const std::uint64_t bytes : {16, 100, 1000}) {
    for (const std::uint64_t period : {1, 2, 3, 7, 100, 1000}) {
      Rounds rounds(bytes, period);
      rounds.begin(10);
      for (std::uint64_t after = 10; after < 10 + 3 * period; ++after) {
        const std::uint64_t end = after + period - (after - 10) % period;  // of its round
        const std::uint64_t found = rounds.next_offset(after);
        for (std::uint64_t offset = 0; offset < bytes; ++offset) {
          const std::uint64_t visit = rounds.next_visit(offset, after);
          ASSERT_GT(visit, after);
          ASSERT_LE(visit, after + period);
          ASSERT_EQ(rounds.next_visit(offset, visit), visit + period);
          ASSERT_EQ(rounds.last_visit(offset, visit), visit);
          ASSERT_EQ(rounds.last_visit(offset, visit + period - 1), visit);
          ASSERT_EQ(rounds.last_visit(offset, visit - 1), visit > 10 + period ? visit - period : 0);
          ASSERT_EQ(offset >= found, period == 1 || visit < end)
              << bytes << " bytes, " << period << " ps, after " << after << ", " << offset;
        }
      }
    }
  }
}

}  // namespace
}  // namespace lookaside::dram
