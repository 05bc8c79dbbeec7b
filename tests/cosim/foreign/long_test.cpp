// SPDX-License-Identifier: Apache-2.0
// Every fault of the examples, and our own RTL through a map.
#include <cstdio>
#include <iostream>

#include <gmock/gmock.h>

#include <lookaside/record/core/fst_reader.h>

#include "cosim/foreign/examples.h"
#include "seed.h"

namespace lookaside::foreign {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

struct Fault {
  const char* example;
  const char* define;
  const char* differs;  ///< in the names of the fields; a regular expression
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.example << " " << fault.define;
}

class ForeignFault : public ::testing::TestWithParam<Fault> {};

TEST_P(ForeignFault, IsCaughtWithWhateverSeed) {
  const Fault& fault = GetParam();
  const PortMap map = example_map(fault.example, std::string("define: {") + fault.define + ": 1}");
  const std::uint64_t first = tests::seed();
  for (std::uint64_t seed = first; seed < first + 5; ++seed) {
    const SessionResult result = check(map, example(fault.example), 100'000, seed);
    ASSERT_TRUE(result.difference) << "seed " << seed;
    EXPECT_THAT(result.difference->what(), ContainsRegex(fault.differs)) << "seed " << seed;
    EXPECT_LE(result.difference->history.operations.size(), 20U) << "seed " << seed;
    std::cout << fault.example << " " << fault.define << " seed " << seed << ": operation "
              << result.difference->number << ", minimised to "
              << result.difference->history.operations.size() << "\n";
  }
}

// FAULT_STALE of the TLB: beside another translation of the address the stale one has a wrong
// answer; alone it is a hit that may not be.
INSTANTIATE_TEST_SUITE_P(Examples, ForeignFault,
                         ::testing::Values(Fault{"direct_tlb", "FAULT_STALE", "hit|response"},
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

// The map of lookaside_mmu with another format.
TEST(ForeignFormats, TheMmuIsExactAndLegalInEach) {
  for (const char* bits : {"32", "48", "57"}) {
    std::string text = text_of_file(example("ours") + "/lookaside_mmu.yaml");
    text.replace(text.find("VaBits: 39"), 10, std::string("VaBits: ") + bits);
    text.replace(text.find("format: sv39"), 12, std::string("format: sv") + bits);
    PortMap map = parse_port_map(text, "m.yaml");
    for (const Compare compare : {Compare::kExact, Compare::kArchitectural}) {
      set_compare(map, compare);
      const SessionResult result = check(map, our_rtl(), 100'000, tests::seed());
      EXPECT_FALSE(result.difference) << bits << cosim::report(*result.difference, {});
    }
  }
}

TEST(ForeignExact, AnotherGeometryOfTheMmuIsADifference) {
  for (const char* tlb : {"l1i", "l1d", "l2"}) {
    PortMap map = example_map("ours", "", "lookaside_mmu.yaml");
    map.geometry.at(tlb).entries *= 2;
    const SessionResult result = check(map, our_rtl(), 100'000, tests::seed());
    ASSERT_TRUE(result.difference) << tlb;
    EXPECT_THAT(result.difference->what(), HasSubstr("PTE access 1")) << tlb;
  }
}

TEST(ForeignStop, ABlockThatStopsItselfIsADifference) {
  const PortMap map = example_map("direct_tlb", "define: {FAULT_STOP: 1}");
  const SessionResult result = check(map, example("direct_tlb"), 1'000, tests::seed());
  ASSERT_TRUE(result.difference);
  EXPECT_THAT(result.difference->remark, HasSubstr("direct_tlb.sv:"));
  EXPECT_THAT(result.difference->remark, HasSubstr("the RTL stopped itself"));
}

TEST(ForeignWave, IsWrittenWithTheSignalsOfTheBlock) {
  const PortMap map = example_map("direct_tlb");
  const std::string wave = ::testing::TempDir() + "foreign.fst";
  const std::string object = object_of(map, example("direct_tlb"), true);
  const auto drawn = random_operations(map, {true, true, true, true}, 100, 1);
  EXPECT_FALSE(run_session(map, object, *drawn, wave).difference);
  record::WaveReader reader(wave);
  EXPECT_GT(reader.signals().size(), 20U);
  EXPECT_GT(reader.end_ps(), 0U);
  std::remove(wave.c_str());
}

}  // namespace
}  // namespace lookaside::foreign
