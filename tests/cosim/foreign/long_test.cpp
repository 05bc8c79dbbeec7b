// SPDX-License-Identifier: Apache-2.0
// Every fault of the examples, and our own RTL through a map.
#include <gmock/gmock.h>

#include "cosim/foreign/examples.h"
#include "seed.h"

namespace lookaside::foreign {
namespace {

using ::testing::HasSubstr;

struct Fault {
  const char* example;
  const char* define;
  const char* differs;  ///< part of the names of the fields
};

class ForeignFault : public ::testing::TestWithParam<Fault> {};

TEST_P(ForeignFault, IsCaughtWithWhateverSeed) {
  const Fault& fault = GetParam();
  const PortMap map = example_map(fault.example, std::string("define: {") + fault.define + ": 1}");
  const std::uint64_t first = tests::seed();
  for (std::uint64_t seed = first; seed < first + 5; ++seed) {
    const SessionResult result = check(map, example(fault.example), 100'000, seed);
    ASSERT_TRUE(result.difference) << "seed " << seed;
    EXPECT_THAT(result.difference->what(), HasSubstr(fault.differs)) << "seed " << seed;
    EXPECT_LE(result.difference->history.operations.size(), 20U) << "seed " << seed;
    std::cout << fault.example << " " << fault.define << " seed " << seed << ": operation "
              << result.difference->number << ", minimised to "
              << result.difference->history.operations.size() << "\n";
  }
}

INSTANTIATE_TEST_SUITE_P(Examples, ForeignFault,
                         ::testing::Values(Fault{"direct_tlb", "FAULT_STALE", "response"},
                                           Fault{"direct_tlb", "FAULT_ASID", ""},
                                           Fault{"direct_tlb", "FAULT_SUPERPAGE",
                                                 "response.page_ppn"},
                                           Fault{"small mmu", "FAULT_STALE", "answer"},
                                           Fault{"small mmu", "FAULT_ASID", "answer"},
                                           Fault{"small mmu", "FAULT_SUPERPAGE", "answer"},
                                           Fault{"small mmu", "FAULT_REFILL", "answer"}));

TEST(ForeignLong, TheExamplesAreLegal) {
  for (const char* name : {"direct_tlb", "small mmu"}) {
    const SessionResult result =
        check(example_map(name), example(name), tests::rounds(1'000'000), tests::seed());
    EXPECT_FALSE(result.difference) << cosim::report(*result.difference, {});
  }
}

class OurRtl : public ::testing::TestWithParam<const char*> {};

TEST_P(OurRtl, IsExactAndLegalThroughAMap) {
  for (const Compare compare : {Compare::kExact, Compare::kArchitectural}) {
    PortMap map = example_map("ours", "", GetParam());
    set_compare(map, compare);
    const SessionResult result = check(map, our_rtl(), tests::rounds(300'000), tests::seed());
    EXPECT_FALSE(result.difference) << name(compare) << cosim::report(*result.difference, {});
  }
}

INSTANTIATE_TEST_SUITE_P(Maps, OurRtl,
                         ::testing::Values("lookaside_tlb.yaml", "lookaside_mmu.yaml"));

}  // namespace
}  // namespace lookaside::foreign
