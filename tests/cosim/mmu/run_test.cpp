// SPDX-License-Identifier: Apache-2.0
// `lookaside run` with mmu.backend, and the proof that the RTL really answers: with bit 0 of the
// PPN inverted, firmware fails under rtl, and lockstep stops at the first access concerned.
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "cosim/mmu/mmu_run.h"

namespace lookaside::tests {
namespace {

using ::testing::HasSubstr;

class RunWithRtlMmu : public MmuRun {};

TEST_F(RunWithRtlMmu, PrintsWhatTheModelPrintsRv64) {
  expect_the_model("demo-rv64-sv39");
}

TEST_F(RunWithRtlMmu, PrintsWhatTheModelPrintsRv32) {
  expect_the_model("demo-rv32-sv32");
}

TEST_F(RunWithRtlMmu, TheSummarySaysHowManyWereCompared) {
  const Finished both = run_mmu(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "lockstep");
  const Json json = statistics("lockstep");
  const std::string made = json["statistics"]["hart0"]["mmu"]["translations"].dump();
  EXPECT_THAT(both.err, HasSubstr(made + " accesses compared of " + made + " made"));
}

TEST_F(RunWithRtlMmu, TimeIsThatOfTheClock) {
  const auto time = [&](const char* backend) {
    run_mmu(LOOKASIDE_PROGRAM, "demo-rv64-sv39", backend);
    return statistics(backend)["run"]["simulated_time_ps"].get<std::uint64_t>();
  };
  EXPECT_EQ(time("lockstep"), time("model"));
  EXPECT_NE(time("rtl"), time("model"));
}

TEST_F(RunWithRtlMmu, WhatNobodyBuiltIsRefused) {
  const auto refused = [&](std::vector<std::string> more) {
    const Finished run = run_mmu(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "rtl", std::move(more));
    EXPECT_EQ(run.status, 2);
    EXPECT_FALSE(exists("rtl.json"));
    return run.err;
  };
  const std::string list = refused({"--set", "mmu.l1d.entries=24", "--set", "mmu.l1d.ways=24",
                                    "--set", "mmu.l1d.replacement=lru"});
  EXPECT_THAT(list, HasSubstr("mmu.backend: found Sv57, l1i 1 x 16 plru, l1d 1 x 24 lru"));
  EXPECT_THAT(list, HasSubstr("rv64"));
  EXPECT_THAT(list, HasSubstr("rv32"));
  EXPECT_THAT(refused({"--set", "cpu.pmp_entries=0"}), HasSubstr("expected 4 or 16"));
  EXPECT_THAT(refused({"--set", "mmu.tlb.backend=lockstep"}),
              HasSubstr("mmu.tlb.backend: found lockstep beside mmu.backend rtl"));
}

constexpr const char* kElf = "demo-rv64-sv39";
/// The geometry of the inverted variant.
const std::vector<std::string> kSmall = {
    "--set", "mmu.l1i.entries=4", "--set", "mmu.l1d.entries=4", "--set", "mmu.l2.enabled=false"};

class InvertedMmu : public MmuRun {
 protected:
  Finished run_inverted(const std::string& backend, std::vector<std::string> more = {}) const {
    more.insert(more.end(), kSmall.begin(), kSmall.end());
    return run_mmu(LOOKASIDE_INVERTED, kElf, backend, std::move(more));
  }
};

TEST_F(InvertedMmu, FirmwareFailsWhenTheRtlAnswers) {
  const Finished model = run_inverted("model");
  EXPECT_EQ(model.status, 0) << "only the RTL is wrong";
  const Finished rtl = run_inverted("rtl", {"--instructions", "2000000"});
  EXPECT_NE(rtl.status, 0);
  EXPECT_NE(rtl.out, model.out);
}

TEST_F(InvertedMmu, LockstepStopsAtTheFirstAccessConcerned) {
  const Finished both = run_inverted("lockstep");
  EXPECT_EQ(both.status, 1) << both.err;
  EXPECT_THAT(both.err, HasSubstr("RTL and model differ in physical address"));
  const Json json = statistics("lockstep");
  EXPECT_EQ(json["run"]["outcome"], "failed");
  // Misses are answered by the miss unit, which is right; the first hit is the first wrong answer.
  const Json& mmu = json["statistics"]["hart0"]["mmu"];
  const auto number = [&](const char* tlb, const char* what) {
    return mmu[tlb][what].get<std::uint64_t>();
  };
  EXPECT_EQ(
      mmu["lockstep"]["accesses_compared"].get<std::uint64_t>(),
      mmu["bypasses"].get<std::uint64_t>() + number("l1i", "misses") + number("l1d", "misses"));
  const std::string page = read("lockstep-001.txt");
  for (const char* part : {"> physical address", "<-- differs", "before it, oldest first",
                           "cosim replay lockstep-001.stim", "lockstep-001.gtkw"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST_F(InvertedMmu, TheMinimisedStimulusReproducesIt) {
  ASSERT_EQ(run_inverted("lockstep").status, 1);
  const Finished again = here(LOOKASIDE_INVERTED, {"cosim", "replay", "lockstep-001.stim"});
  EXPECT_EQ(again.status, 1) << again.err;
  EXPECT_THAT(again.out, HasSubstr("> physical address"));
  const std::string stimulus = read("lockstep-001.stim");
  EXPECT_LE(std::count(stimulus.begin(), stimulus.end(), '\n'), 10) << stimulus;
}

TEST_F(InvertedMmu, TheWaveformShowsTheDifferenceAndTheSaveFileFitsIt) {
  ASSERT_EQ(run_inverted("lockstep").status, 1);
  const record::WaveReader dump(in("lockstep-001.fst"));
  EXPECT_THAT(record::check_save_file(in("lockstep-001.gtkw"), dump), ::testing::IsEmpty());
  const Finished changes = here(LOOKASIDE_PROGRAM, {"waves", "lockstep-001.fst", "--dump",
                                                    "--signal", "hart0.mmu.lockstep.differs"});
  EXPECT_EQ(changes.status, 0) << changes.err;
  EXPECT_THAT(changes.out, HasSubstr("1"));
}

}  // namespace
}  // namespace lookaside::tests
