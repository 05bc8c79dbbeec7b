// SPDX-License-Identifier: Apache-2.0
// The waveform of a whole MMU as RTL: the state machines of miss unit and walker by name, beside
// the TLM view of the same accesses, with the cycles that rtl/README.md gives.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "cosim/mmu/mmu_run.h"

namespace lookaside::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Change {
  std::uint64_t time_ps = 0;
  std::string value;
};

class MmuWaves : public MmuRun, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    const Finished run = run_mmu(LOOKASIDE_PROGRAM, "demo-rv64-sv39", GetParam(),
                                 {"--wave", "rtl.fst", "--wave-to", "300us"});
    ASSERT_EQ(run.status, 0) << run.err;
    dump_ = std::make_unique<record::WaveReader>(in("rtl.fst"));
  }
  bool lockstep() const { return std::string(GetParam()) == "lockstep"; }

  std::vector<Change> changes(const std::string& signal) const {
    const auto index = dump_->find(signal);
    EXPECT_TRUE(index.has_value()) << signal;
    std::vector<Change> all;
    if (!index) return all;
    for (const record::WaveChange& c : dump_->changes({*index})) {
      all.push_back({c.time_ps, dump_->shown(c)});
    }
    return all;
  }
  static std::vector<std::string> values(const std::vector<Change>& changes) {
    std::vector<std::string> all;
    for (const Change& c : changes) all.push_back(c.value);
    return all;
  }
  /// From one value of a signal on, `count` changes.
  static std::vector<Change> from(const std::vector<Change>& changes, const std::string& value,
                                  std::size_t count) {
    const auto first = std::find_if(changes.begin(), changes.end(),
                                    [&](const Change& c) { return c.value == value; });
    const auto left = static_cast<std::size_t>(changes.end() - first);
    return {first, first + static_cast<long>(std::min(left, count))};
  }

  std::unique_ptr<record::WaveReader> dump_;
};
INSTANTIATE_TEST_SUITE_P(Backends, MmuWaves, ::testing::Values("rtl", "lockstep"),
                         [](const auto& which) { return std::string(which.param); });

TEST_P(MmuWaves, TheSaveFileShowsOnlyWhatIsThere) {
  const std::string save = LOOKASIDE_WAVES_DIRECTORY "/rtl-mmu.gtkw";
  EXPECT_THAT(record::check_save_file(save, *dump_), IsEmpty());
  EXPECT_EQ(dump_->find("hart0.mmu.lockstep.differs").has_value(), lockstep());
}

// rtl/README.md: a walk of N levels takes N (L + 1) + 2 cycles: one to decide before each access, L
// to wait for it, one to decide about the leaf, one to answer. The demo's first walk is one of
// three levels that ends with a page.
TEST_P(MmuWaves, TheFirstWalkByName) {
  const std::vector<Change> walker = from(changes("hart0.mmu.rtl.walker"), "decide", 7);
  ASSERT_THAT(values(walker),
              ElementsAre("decide", "wait", "decide", "wait", "decide", "done", "idle"));
  constexpr std::uint64_t kClockPs = 1000;
  for (std::size_t i = 0; i + 1 < walker.size(); ++i) {
    const std::uint64_t took = walker[i + 1].time_ps - walker[i].time_ps;
    if (walker[i].value == "wait") {
      EXPECT_EQ(took % kClockPs, 0U) << i;
    } else if (lockstep() && walker[i + 1].value == "wait") {
      EXPECT_GE(took, kClockPs) << i << ": the clock stands while the model's memory works";
    } else {
      EXPECT_EQ(took, kClockPs) << i << ": " << walker[i].value;
    }
  }
  const std::vector<Change> miss = from(changes("hart0.mmu.rtl.miss"), "found", 3);
  ASSERT_THAT(values(miss), ElementsAre("found", "walking", "idle"));
  EXPECT_EQ(miss[1].time_ps, walker.front().time_ps);
  EXPECT_EQ(miss[2].time_ps, walker.back().time_ps);
  // The refill of the first level comes in the walker's last cycle.
  const std::vector<Change> refill = from(changes("hart0.mmu.l1i.rtl.work"), "refill", 1);
  ASSERT_THAT(values(refill), ElementsAre("refill"));
  EXPECT_EQ(refill[0].time_ps, walker[5].time_ps);
}

// What memory is asked for, in the RTL's view and in the TLM's; with the RTL alone at the same
// time.
TEST_P(MmuWaves, TheRtlAsksForThePtesOfTheTlmView) {
  const std::vector<Change> rtl = changes("hart0.mmu.rtl.pte_address");
  std::vector<Change> tlm = changes("hart0.mmu.pte_address");
  ASSERT_GT(rtl.size(), 5U);
  tlm.resize(std::min(tlm.size(), rtl.size()));
  for (std::size_t i = 0; i < tlm.size(); ++i) {
    ASSERT_EQ(rtl[i].value, tlm[i].value) << i;
    if (lockstep()) continue;
    EXPECT_EQ(rtl[i].time_ps, tlm[i].time_ps) << i;
  }
}

}  // namespace
}  // namespace lookaside::tests
