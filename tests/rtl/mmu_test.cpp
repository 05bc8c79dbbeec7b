// SPDX-License-Identifier: Apache-2.0
// lookaside_mmu against the model's MMU, with random operations.
#include <MmuNoL2.h>
#include <MmuRv32.h>
#include <MmuRv64.h>
#include <iostream>

#include "rtl/functional_coverage.h"
#include "rtl/mmu_lockstep.h"
#include "seed.h"

namespace lookaside::tests {
namespace {

using translation::Format;

tlb::Geometry geometry(unsigned sets, unsigned ways, std::vector<unsigned> shifts,
                       tlb::Replacement policy = tlb::Replacement::kTreePlru) {
  tlb::Geometry g;
  g.entries = sets * ways;
  g.ways = ways;
  g.page_shifts = std::move(shifts);
  g.replacement = policy;
  return g;
}

/// The parameters in CMakeLists.txt once more.
MmuShape rv64() {
  const std::vector<unsigned> sizes = {12, 21, 30, 39, 48};
  return {&translation::kSv57,
          geometry(1, 4, sizes),
          geometry(2, 4, sizes),
          geometry(8, 2, sizes),
          true,
          16,
          16};
}
MmuShape rv32() {
  const std::vector<unsigned> sizes = {12, 22};
  return {&translation::kSv32,
          geometry(1, 5, sizes, tlb::Replacement::kLru),
          geometry(1, 8, sizes, tlb::Replacement::kLru),
          geometry(4, 4, sizes),
          true,
          9,
          4};
}

MmuShape no_l2() {
  const std::vector<unsigned> sizes = {12, 21, 30};
  return {&translation::kSv39, geometry(1, 2, sizes), geometry(1, 4, sizes), {}, false, 16, 4};
}

template <typename Model>
void lockstep(const std::string& name, const MmuShape& shape,
              const std::vector<const Format*>& formats) {
  const std::uint64_t steps = from_environment("LOOKASIDE_OPERATIONS", 60'000);
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  MmuLockstep<Model> bench(name, shape, formats, start);
  for (std::uint64_t i = 1; i <= steps; ++i) {
    bench.step();
    if (!::testing::Test::HasFailure()) continue;
    std::cout << "operation " << i << " differs\n";
    return;
  }
  std::cout << name << ": " << steps << " operations, " << bench.compared
            << " accesses compared in " << bench.cycles() << " cycles: " << bench.hits
            << " first-level hits, " << bench.l2_hits << " second-level hits, " << bench.walked
            << " with walks, " << bench.faults << " faults, " << bench.both
            << " times both ports at once, " << bench.fenced << " times a fence beside an access\n";
  EXPECT_GT(bench.hits, bench.compared / 20);
  if (shape.l2_enabled) {
    EXPECT_GT(bench.l2_hits, bench.compared / 200);
  } else {
    EXPECT_EQ(bench.l2_hits, 0U);
  }
  EXPECT_GT(bench.walked, bench.compared / 20);
  EXPECT_GT(bench.faults, bench.compared / 20);
  judge(bench.cover.coverage);
}

TEST(RtlMmuLockstep, Rv64EveryModeWithSweepingSecondLevel) {
  lockstep<MmuRv64>("MMU RV64", rv64(),
                    {&translation::kSv39, &translation::kSv48, &translation::kSv57});
}

TEST(RtlMmuLockstep, Sv39WithoutSecondLevel) {
  lockstep<MmuNoL2>("MMU Sv39 without L2", no_l2(), {&translation::kSv39});
}

TEST(RtlMmuLockstep, Rv32WithFlipFlopSecondLevel) {
  lockstep<MmuRv32>("MMU RV32", rv32(), {&translation::kSv32});
}

}  // namespace
}  // namespace lookaside::tests
