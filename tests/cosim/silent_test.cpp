// SPDX-License-Identifier: Apache-2.0
// RTL that never answers: the run ends at once, in order, and says which block was silent.
#include "cosim/mmu/mmu_run.h"

namespace lookaside::tests {
namespace {

using ::testing::HasSubstr;

constexpr const char* kElf = "demo-rv64-sv39";

class Silent : public MmuRun {
 protected:
  /// The geometries of the silent variants.
  Finished run_tlb(const std::string& backend) const {
    return run(LOOKASIDE_INVERTED, kElf, backend,
               {"--set", "mmu.l2.entries=16", "--set", "mmu.l2.ways=2"});
  }
  Finished run_whole(const std::string& backend) const {
    return run_mmu(LOOKASIDE_INVERTED, kElf, backend,
                   {"--set", "mmu.l1i.entries=2", "--set", "mmu.l1d.entries=2", "--set",
                    "mmu.l2.enabled=false", "--set", "cpu.pmp_entries=4"});
  }
  void expect_the_end(const Finished& finished, const std::string& because) const {
    EXPECT_EQ(finished.status, 1) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("FAILED with code 1"));
    EXPECT_THAT(finished.err, HasSubstr(because));
    EXPECT_EQ(finished.err.find(because), finished.err.rfind(because)) << "said once";
    const Json json = statistics("rtl");
    EXPECT_EQ(json["run"]["outcome"], "failed");
    EXPECT_EQ(json["run"]["reason"], because);
    EXPECT_EQ(json["statistics"]["hart0"]["mmu"]["walker"]["walks_faulted"], 0)
        << "what ends the run is no fault of the guest";
  }
};

TEST_F(Silent, ATlbEndsTheRun) {
  expect_the_end(run_tlb("rtl"), "hart0.mmu.l2: the RTL never shows rsp_valid_o");
}

TEST_F(Silent, AnMmuEndsTheRun) {
  expect_the_end(run_whole("rtl"), "hart0.mmu: the RTL never answers the request");
}

TEST_F(Silent, InLockstepItIsADifference) {
  for (const bool whole : {false, true}) {
    const Finished both = whole ? run_whole("lockstep") : run_tlb("lockstep");
    EXPECT_EQ(both.status, 1) << both.err;
    EXPECT_THAT(both.err, HasSubstr("RTL and model differ in answer"));
    EXPECT_THAT(read("lockstep-001.txt"), HasSubstr("the RTL never "));
  }
}

}  // namespace
}  // namespace lookaside::tests
