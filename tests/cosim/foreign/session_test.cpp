// SPDX-License-Identifier: Apache-2.0
// The worked examples under the checker: what is right passes, what is wrong is reported.
#include <gmock/gmock.h>

#include "cosim/foreign/examples.h"
#include "seed.h"

namespace lookaside::foreign {
namespace {

using ::testing::HasSubstr;

TEST(ForeignTlb, ADirectMappedTlbIsLegal) {
  const SessionResult result =
      check(example_map("direct_tlb"), example("direct_tlb"), 50'000, tests::seed());
  ASSERT_FALSE(result.difference) << cosim::report(*result.difference, {});
  EXPECT_GT(count(result, "hits"), count(result, "lookups") / 8);
  EXPECT_GT(count(result, "while lookups were under way"), 1000U) << "its two cycles overlap";
}

TEST(ForeignTlb, AStaleHitInASuperpageIsReported) {
  const PortMap map = example_map("direct_tlb", "define: {FAULT_STALE: 1}");
  const SessionResult result = check(map, example("direct_tlb"), 50'000, tests::seed());
  ASSERT_TRUE(result.difference);
  const cosim::Difference& d = *result.difference;
  EXPECT_THAT(d.operation, HasSubstr("lookup va="));
  EXPECT_THAT(d.what(), HasSubstr("response"));
  EXPECT_FALSE(d.before.empty());
  // Minimised: a page, the fence that should have taken it, and what makes it seen.
  EXPECT_LE(d.history.operations.size(), 8U);
  EXPECT_GE(d.history.operations.size(), 3U);
  // It repeats, and the right block passes it.
  const std::string wrong = object_of(map, example("direct_tlb"));
  EXPECT_TRUE(run_session(map, wrong, *listed_operations(d.history.operations)).difference);
  const PortMap good = example_map("direct_tlb");
  const std::string right = object_of(good, example("direct_tlb"));
  EXPECT_FALSE(run_session(good, right, *listed_operations(d.history.operations)).difference);
}

TEST(ForeignTlb, OurOwnIsExactUnlessTheMapSaysAnotherPolicy) {
  PortMap map = example_map("ours", "", "lookaside_tlb.yaml");
  const SessionResult same = check(map, our_rtl(), 10'000, tests::seed());
  EXPECT_FALSE(same.difference) << cosim::report(*same.difference, {});
  map.geometry.at("tlb").replacement = tlb::Replacement::kTreePlru;
  const SessionResult other = check(map, our_rtl(), 10'000, tests::seed());
  ASSERT_TRUE(other.difference) << "the RTL has LRU";
  EXPECT_EQ(other.difference->what(), "fill.way");
}

TEST(ForeignMmu, ASmallMmuIsLegal) {
  const SessionResult result =
      check(example_map("small mmu"), example("small mmu"), 20'000, tests::seed());
  ASSERT_FALSE(result.difference) << cosim::report(*result.difference, {});
  EXPECT_GT(count(result, "answers"), 10'000U);
  EXPECT_LT(count(result, "faults"), count(result, "answers") * 3 / 4);
  EXPECT_GT(count(result, "without a PTE access"), count(result, "answers") / 10) << "its TLBs hit";
  EXPECT_GT(count(result, "with more than one legal answer"), count(result, "answers") / 10);
  EXPECT_GT(count(result, "in the middle of a walk"), 100U);
}

TEST(ForeignMmu, AStaleRefillAfterAFenceIsReported) {
  const PortMap map = example_map("small mmu", "define: {FAULT_REFILL: 1}");
  const SessionResult result = check(map, example("small mmu"), 20'000, tests::seed());
  ASSERT_TRUE(result.difference);
  EXPECT_THAT(result.difference->remark,
              HasSubstr("no PTE values in memory since the last covering fence"));
  EXPECT_THAT(line_of(result.difference->history.operations.back()), HasSubstr("access kind="));
}

}  // namespace
}  // namespace lookaside::foreign
