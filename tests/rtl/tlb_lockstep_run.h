// SPDX-License-Identifier: Apache-2.0
// A random lockstep of one TLB as a test: seed, figures, coverage.
#pragma once

#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "rtl/functional_coverage.h"
#include "rtl/tlb_lockstep.h"
#include "seed.h"

namespace lookaside::tests {

inline tlb::Geometry tlb_geometry(unsigned sets, unsigned ways, std::vector<unsigned> shifts,
                                  tlb::Replacement policy = tlb::Replacement::kTreePlru,
                                  unsigned asid_bits = 16) {
  tlb::Geometry g;
  g.entries = sets * ways;
  g.ways = ways;
  g.page_shifts = std::move(shifts);
  g.replacement = policy;
  g.asid_bits = asid_bits;
  return g;
}

/// LOOKASIDE_OPERATIONS operations, or enough for a quick run.
template <typename Rtl>
void tlb_lockstep(const std::string& name, const translation::Format& format,
                  const tlb::Geometry& geometry) {
  const std::uint64_t operations = from_environment("LOOKASIDE_OPERATIONS", 200'000);
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Rtl rtl;
  TlbLockstep<Rtl> bench(rtl, name, format, geometry, start);
  const auto begin = std::chrono::steady_clock::now();
  const LockstepCounts counts = bench.run(operations);
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  ASSERT_EQ(bench.difference(), "");
  std::cout << name << ": " << counts.operations << " operations, " << counts.lookups
            << " lookups, " << counts.hits << " hits, " << counts.fills << " fills, "
            << counts.evictions << " evictions, " << counts.fenced << " fenced; " << rtl.cycles()
            << " cycles, " << static_cast<std::uint64_t>(static_cast<double>(counts.operations) / s)
            << " operations/s\n";
  // The stimulus reaches what it is there for.
  EXPECT_GT(counts.hits, counts.lookups / 8);
  EXPECT_GT(counts.lookups - counts.hits, counts.lookups / 10);
  EXPECT_GT(counts.evictions, counts.fills / 20);
  EXPECT_GT(counts.fenced, counts.operations / 100);
  judge(bench.coverage());
}

}  // namespace lookaside::tests
