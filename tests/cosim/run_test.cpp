// SPDX-License-Identifier: Apache-2.0
// `lookaside run` with mmu.tlb.backend rtl and lockstep, and `lookaside cosim replay`.
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "cosim/cosim_run.h"

namespace lookaside::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Backend : public CosimRun, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Firmware, Backend, ::testing::Values("demo-rv64-sv39", "demo-rv32-sv32"),
                         [](const auto& which) {
                           std::string name = which.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(Backend, RtlAndLockstepPrintWhatTheModelPrints) {
  const std::string elf = GetParam();
  const Finished model = run(LOOKASIDE_PROGRAM, elf, "model");
  ASSERT_EQ(model.status, 0) << model.err;
  const Finished rtl = run(LOOKASIDE_PROGRAM, elf, "rtl");
  const Finished both = run(LOOKASIDE_PROGRAM, elf, "lockstep");
  const Json json = statistics("lockstep");
  expect_the_same_as_the_model(model, rtl, both, statistics("model"), json);
  const auto lookups = sum(json["statistics"]["hart0"]["mmu"], "lookups");
  EXPECT_GT(lookups, 10'000U);
  EXPECT_THAT(both.err, HasSubstr(std::to_string(lookups) + " lookups compared of " +
                                  std::to_string(lookups) + " made"));
  EXPECT_THAT(rtl.err, HasSubstr(" lookups in "));
  EXPECT_FALSE(exists("lockstep-001.txt"));
}

TEST_F(CosimRun, InRtlTheCyclesOfTheSecondLevelCount) {
  run(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "model", {"--set", "mmu.l2.lookup_cycles=50"});
  run(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "rtl", {"--set", "mmu.l2.lookup_cycles=50"});
  run(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "lockstep", {"--set", "mmu.l2.lookup_cycles=50"});
  const auto time = [&](const char* backend) {
    return statistics(backend)["run"]["simulated_time_ps"].get<std::uint64_t>();
  };
  EXPECT_LT(time("rtl"), time("model"));
  EXPECT_EQ(time("lockstep"), time("model"));
}

TEST_F(CosimRun, AnotherShapeIsRefusedWithTheListAndNothingIsWritten) {
  for (const char* assignment :
       {"mmu.l1d.entries=2", "mmu.l1i.replacement=fifo", "mmu.l2.ways=8"}) {
    const Finished refused =
        run(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "lockstep", {"--set", assignment});
    EXPECT_EQ(refused.status, 2) << assignment;
    EXPECT_EQ(refused.out, "");
    const std::string key = std::string(assignment).substr(0, std::string(assignment).rfind('.'));
    EXPECT_THAT(refused.err, StartsWith("lookaside: " + key + ": found level "));
    EXPECT_THAT(refused.err, HasSubstr("l1_rv64 "));
    // Those that only `test --long` builds are listed too, with the way to build them.
    EXPECT_THAT(refused.err, HasSubstr("l1_rv64_lru "));
    const bool tells = refused.err.find("LOOKASIDE_ALL_VARIANTS") != std::string::npos;
    EXPECT_NE(tells, bool{LOOKASIDE_HAS_ALL_VARIANTS});
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(CosimRun, ATlbThatIsOffNeedsNoRtl) {
  const Finished both = run(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "lockstep",
                            {"--set", "mmu.l2.enabled=false", "--set", "mmu.l2.ways=8"});
  EXPECT_EQ(both.status, 0) << both.err;
  EXPECT_FALSE(statistics("lockstep")["statistics"]["lockstep"].contains("l2"));
}

TEST_F(CosimRun, OneWaveformHoldsTheTlmViewAndTheRtl) {
  for (const char* backend : {"rtl", "lockstep"}) {
    const Finished both = run(LOOKASIDE_PROGRAM, "demo-rv64-sv39", backend,
                              {"--wave", "rtl.fst", "--wave-to", "300us"});
    ASSERT_EQ(both.status, 0) << both.err;
    const record::WaveReader dump(in("rtl.fst"));
    EXPECT_THAT(record::check_save_file(LOOKASIDE_WAVES_DIRECTORY "/rtl-tlb.gtkw", dump),
                ::testing::IsEmpty());
    EXPECT_EQ(dump.find("hart0.mmu.l1d.lockstep.differs").has_value(),
              std::string(backend) == "lockstep");
  }
}

// A refill in the RTL of the first level, as rtl/timing.md draws it: the lookup misses, the fill
// takes a way, the next lookup of that page hits there.
TEST_F(CosimRun, TheWaveformTellsOfARefill) {
  ASSERT_EQ(
      run(LOOKASIDE_PROGRAM, "demo-rv64-sv39", "rtl", {"--wave", "rtl.fst", "--wave-to", "300us"})
          .status,
      0);
  const Finished dump =
      here(LOOKASIDE_PROGRAM,
           {"waves", "rtl.fst", "--dump", "--signal", "hart0.mmu.l1i.rtl.operation", "--signal",
            "hart0.mmu.l1i.rtl.hit", "--signal", "hart0.mmu.l1i.rtl.valid"});
  const std::size_t lookup = dump.out.find("\"lookup\"");
  const std::size_t fill = dump.out.find("\"fill\"", lookup);
  const std::size_t hit = dump.out.find("l1i.rtl.hit", fill);
  EXPECT_NE(lookup, std::string::npos) << dump.out.substr(0, 2000);
  EXPECT_NE(fill, std::string::npos);
  EXPECT_NE(hit, std::string::npos);
}

TEST_F(CosimRun, ReplayAgreesOnAStimulusOfOnesOwn) {
  write("own.stim",
        "block tlb format=sv32 entries=16 asid_bits=9\n"
        "fill va=0x1000 asid=1 ppn=0x80200 level=0 global=0 perm=rw-uad\n"
        "lookup va=0x1000 asid=1\nfence form=address+asid va=0x1000 asid=1\n"
        "lookup va=0x1000 asid=1\n");
  const Finished replay = here(LOOKASIDE_PROGRAM, {"cosim", "replay", "own.stim"});
  EXPECT_EQ(replay.status, 0) << replay.err;
  EXPECT_EQ(replay.out, "own.stim: no difference: RTL and model agree on 4 operations\n");
}

TEST_F(CosimRun, ReplayNamesWhatItCannotRead) {
  write("bad.stim", "block tlb\nlokup va=1 asid=1\n");
  write("block.stim", "block tbl\n");
  write("shape.stim", "block tlb entries=2\n");
  write("empty.stim", "");
  write("comment.stim", "# block tlb\n");
  write("no-operation.stim", "block tlb\n");
  const struct {
    const char* file;
    const char* message;
  } rows[] = {
      {"bad.stim", "lookaside: bad.stim:2: found operation 'lokup' (did you mean 'lookup'?)"},
      {"block.stim", "lookaside: block.stim: found block 'tbl' (did you mean 'tlb'?)"},
      {"shape.stim", "lookaside: shape.stim: block tlb: found level 1, Sv39, 1 x 2"},
      {"none.stim", "lookaside: none.stim: "},
      {"empty.stim", "lookaside: empty.stim: found an empty file, expected the line of a block"},
      {"comment.stim", "lookaside: comment.stim: found no line of a block, expected"},
      {"no-operation.stim", "lookaside: no-operation.stim: found no operation after the line"},
  };
  for (const auto& row : rows) {
    const Finished replay = here(LOOKASIDE_PROGRAM, {"cosim", "replay", row.file});
    EXPECT_EQ(replay.status, 2) << row.file;
    EXPECT_EQ(replay.out, "");
    EXPECT_THAT(replay.err, StartsWith(row.message));
  }
}

}  // namespace
}  // namespace lookaside::tests
