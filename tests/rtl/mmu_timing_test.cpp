// SPDX-License-Identifier: Apache-2.0
// When lookaside_mmu answers, and what a fence means while it works: by hand.
#include <MmuNoL2.h>
#include <MmuRv32.h>
#include <MmuRv64.h>
#include <map>

#include <gmock/gmock.h>

#include "rtl/rtl_mmu.h"
#include "translation/random.h"

namespace lookaside::tests {
namespace {

using translation::Access;
using translation::Context;
using translation::Fence;
using translation::FenceForm;
using translation::Format;
using translation::Pmp;
using translation::Privilege;
using translation::Rule;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kRoot = 0x8000'0000;
constexpr std::uint64_t kLeaf = 0xcf;  // V R W X A D, supervisor

/// One chain of tables from kRoot; the last one maps neighbouring pages from address 0.
template <typename Model>
class TimedMmu {
 public:
  explicit TimedMmu(const Format& format) : format_(format) {
    mmu.bus.perform = [this](PteAccess& a) {
      const auto it = words.find(a.address);
      a.data = it == words.end() ? 0 : it->second;
      if (!a.cas) return;
      a.swapped = it != words.end() && a.data == a.expected;
      if (a.swapped) it->second = a.desired;
    };
    for (unsigned depth = 0; depth + 1 < format.levels; ++depth) {
      words[kRoot + depth * kPage] = (kRoot / kPage + depth + 1) << 10 | 1;
    }
    for (unsigned i = 0; i < 16; ++i) map(i * kPage, 0x90000 + i, kLeaf);
    Context c;
    c.format = &format;
    c.root = kRoot;
    c.asid = 1;
    c.fetch_privilege = c.data_privilege = Privilege::kSupervisor;
    mmu.set_context(c);
    Pmp pmp(4, format.pa_bits);
    pmp.write_addr(3, ~std::uint64_t{0});
    pmp.write_cfg(3, 0x1f);
    mmu.set_pmp(pmp);
  }
  void map(std::uint64_t va, std::uint64_t ppn, std::uint64_t flags) {
    const std::uint64_t table = kRoot + (format_.levels - 1) * kPage;
    words[table + va / kPage * format_.pte_bytes] = ppn << 10 | flags;
  }
  MmuAnswer access(MmuPort port, std::uint64_t va, Access access = Access::kLoad) {
    mmu.request(port, {va, 4, access});
    EXPECT_TRUE(mmu.run());
    return mmu.answered(port) ? mmu.answer(port) : MmuAnswer{};
  }
  void fence(const Fence& f) {
    mmu.fence(f);
    EXPECT_TRUE(mmu.run());
  }

  RtlMmu<Model> mmu;
  std::map<std::uint64_t, std::uint64_t> words;

 private:
  const Format& format_;
};

// The second level of MmuRv32 answers in 1 cycle; that of MmuRv64 looks at one page size per cycle.
constexpr unsigned kFlipFlopLookup = 1, kSweepMiss = 1 + 5, kSweepHit = 2;

template <typename Model>
void expect_walk_cycles(const Format& format, unsigned l2_miss) {
  for (unsigned latency = 1; latency <= 6; ++latency) {
    TimedMmu<Model> t(format);
    t.mmu.bus.latency = latency;
    const unsigned walk = format.levels * (latency + 1) + 2;
    EXPECT_EQ(t.access(kDataPort, 0).cycles, walk + 2 + l2_miss) << "latency " << latency;
    EXPECT_EQ(t.access(kFetchPort, kPage).cycles, walk + 2 + l2_miss) << "latency " << latency;
    // One compare-and-swap more: D is set by the first store.
    t.map(2 * kPage, 0x1234, kLeaf & ~0x80U);
    const MmuAnswer store = t.access(kDataPort, 2 * kPage, Access::kStore);
    EXPECT_EQ(store.cycles, walk + latency + 1 + 2 + l2_miss) << "latency " << latency;
    EXPECT_EQ(store.pa, 0x1234 * kPage);
  }
}

TEST(RtlMmuTiming, AMissIsTheSecondLevelTheWalkAndTwoCycles) {
  expect_walk_cycles<MmuRv32>(translation::kSv32, kFlipFlopLookup);
  expect_walk_cycles<MmuRv64>(translation::kSv39, kSweepMiss);
  expect_walk_cycles<MmuRv64>(translation::kSv48, kSweepMiss);
  expect_walk_cycles<MmuRv64>(translation::kSv57, kSweepMiss);
}

TEST(RtlMmuTiming, AFirstLevelHitTakesOneCycleAndASecondLevelHitTwoMoreThanItsLookup) {
  TimedMmu<MmuRv32> flip_flop(translation::kSv32);
  flip_flop.access(kDataPort, 0);
  EXPECT_EQ(flip_flop.access(kDataPort, 0).cycles, 1U);
  EXPECT_EQ(flip_flop.access(kFetchPort, 0).cycles, 2 + kFlipFlopLookup);
  EXPECT_EQ(flip_flop.access(kFetchPort, 0).cycles, 1U);
  TimedMmu<MmuRv64> sweep(translation::kSv39);
  sweep.access(kDataPort, 0);
  EXPECT_EQ(sweep.access(kFetchPort, 0).cycles, 2 + kSweepHit);
}

// The first store finds D clear in the first level; or only in the second, which is then looked up
// to drop the page too.
template <typename Model>
void expect_update_cycles(const Format& format, unsigned l2_hit) {
  for (unsigned latency = 1; latency <= 6; ++latency) {
    TimedMmu<Model> t(format);
    t.mmu.bus.latency = latency;
    t.map(0, 0x1234, kLeaf & ~0x80U);
    t.access(kDataPort, 0);
    ASSERT_EQ(t.access(kDataPort, 0).cycles, 1U);
    const unsigned walk = (format.levels + 1) * (latency + 1) + 2;
    EXPECT_EQ(t.access(kDataPort, 0, Access::kStore).cycles, walk + 4 + l2_hit)
        << "latency " << latency;
    if (l2_hit == 0) continue;
    t.map(kPage, 0x1234, kLeaf & ~0x80U);
    t.access(kFetchPort, kPage);
    EXPECT_EQ(t.access(kDataPort, kPage, Access::kStore).cycles, walk + 4 + 2 * l2_hit)
        << "latency " << latency;
  }
}

TEST(RtlMmuTiming, AnUpdateOfAHitIsTheSecondLevelTheWalkAndFourCycles) {
  expect_update_cycles<MmuRv32>(translation::kSv32, kFlipFlopLookup);
  expect_update_cycles<MmuRv64>(translation::kSv39, kSweepHit);
  expect_update_cycles<MmuNoL2>(translation::kSv39, 0);
}

TEST(RtlMmuTiming, BothPortsTakeAndAnswerOneHitPerCycle) {
  TimedMmu<MmuRv64> t(translation::kSv39);
  for (unsigned i = 0; i < 4; ++i) {
    t.access(kDataPort, i * kPage);
    t.access(kFetchPort, i * kPage);
  }
  const unsigned long long before = t.mmu.cycles();
  for (unsigned i = 0; i < 20; ++i) {
    const std::uint64_t va = i % 4 * kPage;
    t.mmu.request(kDataPort, {va + 8, 8, Access::kLoad});
    t.mmu.request(kFetchPort, {va + 4, 4, Access::kFetch});
    t.mmu.cycle();
    // The answer to the request before stands beside the next request.
    if (i == 0) continue;
    ASSERT_TRUE(t.mmu.answered(kDataPort));
    ASSERT_TRUE(t.mmu.answered(kFetchPort));
    ASSERT_EQ(t.mmu.answer(kDataPort).pa, (0x90000 + (i - 1) % 4) * kPage + 8);
    ASSERT_EQ(t.mmu.answer(kFetchPort).pa, (0x90000 + (i - 1) % 4) * kPage + 4);
  }
  EXPECT_EQ(t.mmu.cycles(), before + 20);
}

TEST(RtlMmuTiming, NoTranslationAndBadAddressesTakeOneCycle) {
  TimedMmu<MmuRv64> t(translation::kSv39);
  const MmuAnswer bad = t.access(kDataPort, std::uint64_t{1} << 40);
  EXPECT_EQ(bad.cycles, 1U);
  EXPECT_EQ(bad.rule, Rule::kNotCanonical);
  EXPECT_EQ(bad.cause, 13U);
  EXPECT_EQ(bad.tval, std::uint64_t{1} << 40);
  t.mmu.set_context({});
  const MmuAnswer bare = t.access(kDataPort, 0x8000'1234);
  EXPECT_EQ(bare.cycles, 1U);
  EXPECT_EQ(bare.pa, 0x8000'1234U);
  EXPECT_FALSE(bare.fault);
}

// Every byte of an access is protected, of the longest too; every bit of a PMP register counts.
TEST(RtlMmuProtection, AnAccessMayFillItsPage) {
  TimedMmu<MmuRv64> t(translation::kSv39);
  t.mmu.set_context({});
  for (unsigned bytes = 1; bytes <= kPage; bytes *= 2) {
    Pmp pmp(16, translation::kSv39.pa_bits);
    for (unsigned i = 1; i < 16; ++i) {
      pmp.write_addr(i, ~std::uint64_t{0});
      pmp.write_cfg(i, 0x9f);
    }
    pmp.write_addr(0, (kRoot + bytes) / 4);
    pmp.write_cfg(0, 0x9b);  // NAPOT, not executable: 8 bytes behind the access
    t.mmu.set_pmp(pmp);
    const auto fetch = [&](unsigned length) {
      t.mmu.request(kFetchPort, {kRoot, length, Access::kFetch});
      EXPECT_TRUE(t.mmu.run());
      return t.mmu.answer(kFetchPort).rule;
    };
    if (bytes >= 8) {
      EXPECT_EQ(fetch(bytes), Rule::kNone) << bytes;
    }
    if (bytes >= 8 && bytes < kPage) {
      EXPECT_EQ(fetch(bytes + 1), Rule::kPmpPartialMatch) << bytes;
    }
    t.mmu.set_pmp(Pmp(16, translation::kSv39.pa_bits));
    EXPECT_EQ(fetch(bytes), Rule::kNone) << "M-mode, no entry";
  }
}

// In the cycle of a fence nothing else is taken; in the next one the entry is gone.
TEST(RtlMmuTiming, AFirstLevelFenceTakesOneCycle) {
  for (const FenceForm form :
       {FenceForm::kAll, FenceForm::kAsid, FenceForm::kAddress, FenceForm::kAddressAsid}) {
    TimedMmu<MmuRv64> t(translation::kSv39);
    t.access(kDataPort, 0);
    t.access(kFetchPort, 0);
    t.mmu.events = {};
    t.mmu.fence({form, 0, 1});
    t.mmu.request(kDataPort, {0, 4, Access::kLoad});
    t.mmu.request(kFetchPort, {0, 4, Access::kFetch});
    t.mmu.cycle();
    EXPECT_TRUE(t.mmu.fence_done());
    EXPECT_TRUE(t.mmu.events[kL1D].empty());
    EXPECT_EQ(t.mmu.valid(kL1D) | t.mmu.valid(kL1I), 0U) << name(form);
    t.mmu.cycle();
    EXPECT_THAT(t.mmu.events[kL1D], ::testing::ElementsAre(TlbEvent{})) << name(form);
    EXPECT_THAT(t.mmu.events[kL1I], ::testing::ElementsAre(TlbEvent{})) << name(form);
    ASSERT_TRUE(t.mmu.run());
  }
}

// SFN-11, SFN-12: a page moves and a fence follows while accesses are under way. Whatever they are
// answered, the next access sees the new page.
template <typename Model>
void fence_race(const Format& format) {
  const std::uint64_t start = seed();
  std::cout << "seed " << start << "\n";
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Random random(start);
  TimedMmu<Model> t(format);
  constexpr unsigned kRounds = 4000;
  constexpr FenceForm kForms[] = {FenceForm::kAll, FenceForm::kAsid, FenceForm::kAddress,
                                  FenceForm::kAddressAsid};
  unsigned old_answers = 0;
  for (unsigned round = 0; round < kRounds && !::testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    const std::uint64_t va = random.below(6) * kPage;
    const std::uint64_t old_ppn = 0x1000 + 2 * round, new_ppn = old_ppn + 1;
    t.map(va, old_ppn, kLeaf);
    t.fence({FenceForm::kAddress, va, 0});
    if (random.chance(30)) t.access(random.chance(50) ? kDataPort : kFetchPort, va);
    t.mmu.bus.latency = 1 + random.below(4);

    const unsigned fence_cycle = random.below(25);
    const unsigned ports = 1 + random.below(3);
    if ((ports & 1) != 0) t.mmu.request(kFetchPort, {va, 4, Access::kFetch});
    if ((ports & 2) != 0) t.mmu.request(kDataPort, {va, 4, Access::kLoad});
    for (unsigned cycle = 0; cycle < fence_cycle; ++cycle) t.mmu.cycle();
    t.map(va, new_ppn, kLeaf);
    t.mmu.fence({kForms[random.below(4)], va, 1});
    ASSERT_TRUE(t.mmu.run());
    for (const MmuPort port : {kFetchPort, kDataPort}) {
      if ((ports >> port & 1) == 0) continue;
      const std::uint64_t ppn = t.mmu.answer(port).pa / kPage;
      ASSERT_THAT(ppn, ::testing::AnyOf(old_ppn, new_ppn));
      old_answers += ppn == old_ppn;
    }
    ASSERT_EQ(t.access(kDataPort, va).pa, new_ppn * kPage);
    ASSERT_EQ(t.access(kFetchPort, va).pa, new_ppn * kPage);
  }
  // The race was run both ways.
  EXPECT_GT(old_answers, kRounds / 10);
  EXPECT_LT(old_answers, kRounds);
}

TEST(RtlMmuFence, NothingReadBeforeAFenceIsUsedAfterItRv64) {
  fence_race<MmuRv64>(translation::kSv39);
}
TEST(RtlMmuFence, NothingReadBeforeAFenceIsUsedAfterItRv32) {
  fence_race<MmuRv32>(translation::kSv32);
}

}  // namespace
}  // namespace lookaside::tests
