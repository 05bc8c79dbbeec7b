// SPDX-License-Identifier: Apache-2.0
// The proof that the RTL really answers: with bit 0 of its PPN inverted, firmware fails when the
// RTL is the TLB, and lockstep stops at the first lookup concerned, with a report that leads there.
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "cosim/cosim_run.h"

namespace lookaside::tests {
namespace {

using ::testing::HasSubstr;

constexpr const char* kElf = "demo-rv64-sv39";

class Inverted : public CosimRun {};

TEST_F(Inverted, FirmwareFailsWhenTheRtlAnswers) {
  const Finished model = run(LOOKASIDE_INVERTED, kElf, "model");
  EXPECT_EQ(model.status, 0) << "only the RTL is wrong";
  const Finished rtl = run(LOOKASIDE_INVERTED, kElf, "rtl", {"--instructions", "2000000"});
  EXPECT_NE(rtl.status, 0);
  EXPECT_NE(rtl.out, model.out);
}

TEST_F(Inverted, LockstepStopsAtTheFirstLookupConcerned) {
  const Finished both = run(LOOKASIDE_INVERTED, kElf, "lockstep");
  EXPECT_EQ(both.status, 1) << both.err;
  EXPECT_THAT(both.err, HasSubstr("RTL and model differ in ppn"));
  const Json json = statistics("lockstep");
  EXPECT_EQ(json["run"]["outcome"], "failed");
  // The lookups before it were misses: what they missed was filled, and the first hit is the first
  // answer with a PPN.
  const Json& made = json["statistics"]["hart0"]["mmu"];
  const Json& compared = json["statistics"]["lockstep"];
  EXPECT_EQ(compared["l1i"]["lookups_compared"], made["l1i"]["misses"]);
  EXPECT_EQ(compared["l1d"]["lookups_compared"], made["l1d"]["misses"]);
  const std::string page = read("lockstep-001.txt");
  for (const char* part :
       {"> ppn", "<-- differs", "simulated time", "before it, oldest first", "lockstep-001.stim",
        "lockstep-001.fst", "lockstep-001.gtkw", "cosim replay lockstep-001.stim"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(both.err, HasSubstr(page));
}

TEST_F(Inverted, TheMinimisedStimulusReproducesIt) {
  ASSERT_EQ(run(LOOKASIDE_INVERTED, kElf, "lockstep").status, 1);
  const std::string stimulus = read("lockstep-001.stim");
  EXPECT_EQ(std::count(stimulus.begin(), stimulus.end(), '\n'), 4)
      << "headline, block, one fill, one lookup:\n"
      << stimulus;
  const Finished inverted = here(LOOKASIDE_INVERTED, {"cosim", "replay", "lockstep-001.stim"});
  EXPECT_EQ(inverted.status, 1) << inverted.err;
  EXPECT_THAT(inverted.out, HasSubstr("> ppn"));
  EXPECT_THAT(inverted.out, HasSubstr("lockstep-001.stim:4; 1 operations before it agree"));
  const Finished good = here(LOOKASIDE_PROGRAM, {"cosim", "replay", "lockstep-001.stim"});
  EXPECT_EQ(good.status, 0) << good.err;
}

TEST_F(Inverted, TheWaveformShowsTheDifferenceAndTheSaveFileFitsIt) {
  ASSERT_EQ(run(LOOKASIDE_INVERTED, kElf, "lockstep").status, 1);
  const record::WaveReader dump(in("lockstep-001.fst"));
  EXPECT_THAT(record::check_save_file(in("lockstep-001.gtkw"), dump), ::testing::IsEmpty());
  const Finished changes = here(LOOKASIDE_PROGRAM, {"waves", "lockstep-001.fst", "--dump",
                                                    "--signal", "hart0.mmu.l1i.lockstep.differs"});
  EXPECT_EQ(changes.status, 0) << changes.err;
  EXPECT_THAT(changes.out, HasSubstr("1"));
}

TEST_F(Inverted, ItIsDeterministic) {
  ASSERT_EQ(run(LOOKASIDE_INVERTED, kElf, "lockstep").status, 1);
  const std::vector<std::string> names = {"lockstep-001.txt", "lockstep-001.stim",
                                          "lockstep-001.fst", "lockstep-001.gtkw"};
  std::vector<std::string> first;
  for (const std::string& name : names) first.push_back(read(name));
  ASSERT_EQ(run(LOOKASIDE_INVERTED, kElf, "lockstep").status, 1);
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(read(names[i]), first[i]) << names[i];
}

}  // namespace
}  // namespace lookaside::tests
