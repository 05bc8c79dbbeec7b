// SPDX-License-Identifier: Apache-2.0
// The TLBs of rtl/ against the model array, and their timing by hand.
#include <TlbL2Sv48.h>
#include <TlbSv32.h>
#include <TlbSv39.h>
#include <chrono>
#include <iostream>

#include <gmock/gmock.h>

#include "rtl/tlb_lockstep.h"

namespace lookaside::tests {
namespace {

using tlb::Geometry;
using tlb::Replacement;

/// LOOKASIDE_OPERATIONS, or enough for a quick run.
unsigned long long operations() {
  return from_environment("LOOKASIDE_OPERATIONS", 200'000);
}

Geometry geometry(unsigned sets, unsigned ways, std::vector<unsigned> shifts, Replacement policy,
                  unsigned asid_bits = 16) {
  Geometry g;
  g.entries = sets * ways;
  g.ways = ways;
  g.page_shifts = std::move(shifts);
  g.replacement = policy;
  g.asid_bits = asid_bits;
  return g;
}

template <typename Rtl>
void lockstep(const translation::Format& format, const Geometry& g) {
  const std::uint64_t start = seed();
  ::testing::Test::RecordProperty("seed", std::to_string(start));
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Rtl rtl;
  TlbLockstep<Rtl> bench(rtl, format, g, start);
  const auto begin = std::chrono::steady_clock::now();
  const LockstepCounts counts = bench.run(operations());
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::cout << "seed " << start << ": " << counts.lookups << " lookups, " << counts.hits
            << " hits, " << counts.fills << " fills, " << counts.evictions << " evictions, "
            << counts.fenced << " fenced; " << rtl.cycles() << " cycles, "
            << static_cast<std::uint64_t>(static_cast<double>(counts.operations) / s)
            << " operations/s\n";
  EXPECT_EQ(counts.operations, operations());
  // The stimulus reaches what it is there for.
  EXPECT_GT(counts.hits, counts.lookups / 10);
  EXPECT_GT(counts.lookups - counts.hits, counts.lookups / 10);
  EXPECT_GT(counts.evictions, counts.fills / 20);
  EXPECT_GT(counts.fenced, counts.operations / 100);
}

TEST(RtlTlbLockstep, Sv39FullyAssociativePlru) {
  lockstep<RtlTlb<TlbSv39, 64>>(translation::kSv39,
                                geometry(1, 16, {12, 21, 30}, Replacement::kTreePlru));
}

TEST(RtlTlbLockstep, Sv32SetAssociativeLru) {
  lockstep<RtlTlb<TlbSv32, 32>>(translation::kSv32, geometry(4, 3, {12, 22}, Replacement::kLru, 9));
}

// The largest page but one is held in pieces.
TEST(RtlTlbLockstep, Sv48SecondLevelSweepWithoutGibibytePages) {
  lockstep<RtlTlbL2<TlbL2Sv48, 64>>(translation::kSv48,
                                    geometry(16, 4, {12, 21, 39}, Replacement::kTreePlru));
}

}  // namespace
}  // namespace lookaside::tests
