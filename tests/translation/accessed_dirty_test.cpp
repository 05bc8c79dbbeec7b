// SPDX-License-Identifier: Apache-2.0
// A and D bits (rule book A.7): by fault, by compare-and-swap, and when the swap is lost.
#include <gmock/gmock.h>

#include <lookaside/translation/walk.h>

#include "translation/tables.h"

namespace lookaside::translation {
namespace {

using namespace tests;  // NOLINT
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kVa = 0x40403000;
constexpr std::uint64_t kPage = 0x90000000;
constexpr std::uint64_t kNeither = kUserPage & ~(kA | kD);

Outcome go(Tables& t, const Context& c, Access a, const Pmp& pmp = open_pmp()) {
  return translate(c, pmp, kVa, 4, a, t.memory);
}

// Lets the PTE of kVa be read but not written by S.
Pmp read_only_pte(std::uint64_t at) {
  Pmp pmp = open_pmp();
  pmp.write_addr(0, (at >> 2) | 0x1ff);
  pmp.write_cfg(0, 0x19);
  return pmp;
}

// AD-01: page fault, memory unchanged.
TEST(AccessedDirty, ByFault) {
  for (const Format* f : kFormats) {
    for (const Access a : kAccesses) {
      Tables t{f, {}};
      const Context c = context(f, Privilege::kUser, AdUpdate::kFault);
      const std::uint64_t at = t.map(kVa, 0, pte(kPage, kNeither | kD));
      Outcome o = go(t, c, a);
      EXPECT_EQ(o.fault.rule, Rule::kAccessedClear);
      EXPECT_EQ(static_cast<unsigned>(o.fault.cause), page_cause(a));
      t.memory.words[at] = pte(kPage, kNeither | kA);
      o = go(t, c, a);
      EXPECT_EQ(o.ok, !is_store(a));
      if (is_store(a)) {
        EXPECT_EQ(o.fault.rule, Rule::kDirtyClear);
      }
      EXPECT_THAT(t.memory.writes, IsEmpty());
    }
  }
}

// AD-02, AD-10, AD-15, WALK-15: only the leaf, only the missing bits, RSW kept.
TEST(AccessedDirty, ByHardware) {
  for (const Format* f : kFormats) {
    for (const Access a : kAccesses) {
      for (const std::uint64_t before : {kNeither, kNeither | kA, kNeither | kD, kUserPage}) {
        Tables t{f, {}};
        const std::uint64_t at = t.map(kVa, 0, pte(kPage, before | 0x300));
        const auto untouched = t.memory.words;
        const Outcome o = go(t, context(f), a);
        ASSERT_TRUE(o.ok) << explain(o.fault);
        const std::uint64_t after = pte(kPage, before | 0x300 | kA | (is_store(a) ? kD : 0));
        EXPECT_EQ(t.memory.words[at], after);
        EXPECT_EQ(o.translation.pte, after);
        for (const auto& [address, value] : untouched) {
          if (address != at) {
            EXPECT_EQ(t.memory.words[address], value);
          }
        }
        EXPECT_EQ(t.memory.writes.size(), after == pte(kPage, before | 0x300) ? 0U : 1U);
        EXPECT_THAT(t.memory.sizes, ElementsAre(t.pte_bytes()));  // LVL-01, AD-03: full width
      }
    }
  }
}

// A superpage's leaf is updated where it stands.
TEST(AccessedDirty, OfASuperpage) {
  Tables t{&kSv57, {}};
  const std::uint64_t at = t.map(kVa, 3, pte(std::uint64_t{1} << 39, kNeither));
  ASSERT_TRUE(go(t, context(&kSv57), Access::kAmo).ok);
  EXPECT_THAT(t.memory.writes, ElementsAre(at));
}

// AD-11: PMP store permission for the PTE matters only when an update is needed.
TEST(AccessedDirty, PmpMustAllowTheUpdate) {
  for (const Format* f : kFormats) {
    for (const Access a : kAccesses) {
      Tables t{f, {}};
      const std::uint64_t at = t.map(kVa, 0, pte(kPage, kUserPage));
      const Pmp pmp = read_only_pte(at);
      EXPECT_TRUE(go(t, context(f), a, pmp).ok);
      t.memory.words[at] = pte(kPage, kNeither);
      const Outcome o = go(t, context(f), a, pmp);
      EXPECT_EQ(o.fault.rule, Rule::kPteUpdateRefused);
      EXPECT_EQ(static_cast<unsigned>(o.fault.cause), access_cause(a));
      EXPECT_EQ(o.fault.tval, kVa);
      EXPECT_EQ(o.fault.pte_address, at);
      EXPECT_EQ(o.fault.pte, pte(kPage, kNeither));
      EXPECT_THAT(t.memory.writes, IsEmpty());
    }
  }
}

// AD-12: memory that refuses the atomic gives an access fault.
TEST(AccessedDirty, MemoryMustAllowTheUpdate) {
  Tables t{&kSv39, {}};
  const std::uint64_t at = t.map(kVa, 0, pte(kPage, kNeither));
  t.memory.swap_errors.insert(at);
  const Outcome o = go(t, context(&kSv39), Access::kLoad);
  EXPECT_EQ(o.fault.rule, Rule::kPteUpdateBusError);
  EXPECT_EQ(o.fault.cause, Cause::kLoadAccess);
  EXPECT_EQ(t.memory.words[at], pte(kPage, kNeither));
}

// AD-08: row 11 comes after the update, which stays.
TEST(AccessedDirty, UpdateStaysWhenTheAccessIsRefused) {
  Tables t{&kSv39, {}};
  const std::uint64_t at = t.map(kVa, 0, pte(kPage, kNeither));
  Pmp pmp = open_pmp();
  pmp.write_addr(0, (kPage >> 2) | 0x1ff);
  pmp.write_cfg(0, 0x18);
  const Outcome o = go(t, context(&kSv39), Access::kStore, pmp);
  EXPECT_EQ(o.fault.rule, Rule::kPmpPermission);
  EXPECT_EQ(t.memory.words[at], pte(kPage, kUserPage));
}

// Row 10, AD-03, AD-04: after a lost swap the same PTE is read again and judged by every rule.
struct Race {
  const char* what;
  std::uint64_t becomes;  // flags and PPN of the PTE that somebody else writes
  Rule rule;              // kNone: the walk succeeds
};
const Race kRaces[] = {
    {"somebody else set A", pte(kPage, kNeither | kA), Rule::kNone},
    {"somebody else set both", pte(kPage, kUserPage), Rule::kNone},
    {"unmapped", 0, Rule::kNotValid},
    {"reserved encoding", pte(kPage, kV | kW | kU), Rule::kWriteWithoutRead},
    {"reserved bit", pte(kPage, kNeither) | std::uint64_t{1} << 60, Rule::kReservedBits},
    {"pointer", pte(kPage, kV), Rule::kPointerAtLeafLevel},
    {"supervisor page", pte(kPage, kNeither & ~kU), Rule::kSupervisorPage},
    {"no write", pte(kPage, kNeither & ~kW), Rule::kNoWrite},
    {"another page", pte(0xa0000000, kNeither), Rule::kNone}};

TEST(AccessedDirty, LostSwapStartsAgainAtTheSamePte) {
  for (const Race& race : kRaces) {
    SCOPED_TRACE(race.what);
    Tables t{&kSv39, {}};
    const std::uint64_t at = t.map(kVa, 0, pte(kPage, kNeither));
    t.memory.race = [&](ArrayMemory& m) { m.words[at] = race.becomes; };
    const Outcome o = go(t, context(&kSv39), Access::kStore);
    EXPECT_THAT(t.memory.reads, ElementsAre(t.pte_address(kVa, 2), t.pte_address(kVa, 1), at, at));
    EXPECT_EQ(o.ok, race.rule == Rule::kNone);
    EXPECT_EQ(o.fault.rule, race.rule);
    if (o.ok) {
      EXPECT_EQ(o.pa & ~0xfffULL, race.becomes >> 10 << 12);
      EXPECT_EQ(t.memory.words[at], race.becomes | kA | kD);
      EXPECT_EQ(o.translation.pte, race.becomes | kA | kD);
    } else {
      EXPECT_EQ(t.memory.words[at], race.becomes);
      EXPECT_EQ(o.fault.pte, race.becomes);
    }
  }
}

// The G of the PTE that was lost must not stick to the page found in its place.
TEST(AccessedDirty, LostSwapForgetsTheLostGlobalBit) {
  Tables t{&kSv39, {}};
  const std::uint64_t at = t.map(kVa, 0, pte(kPage, kNeither | kG));
  t.memory.race = [&](ArrayMemory& m) { m.words[at] = pte(kPage, kNeither); };
  const Outcome o = go(t, context(&kSv39), Access::kLoad);
  ASSERT_TRUE(o.ok);
  EXPECT_FALSE(o.translation.global);
}

// A superpage's leaf that turns into a pointer while being updated is followed downwards.
TEST(AccessedDirty, LostSwapMayLeadDeeper) {
  Tables t{&kSv39, {}};
  t.map(kVa, 0, pte(kPage, kUserPage));
  const std::uint64_t upper = t.pte_address(kVa, 1);
  t.memory.words[upper] = pte(0x80000000, kNeither);
  t.memory.race = [&](ArrayMemory& m) { m.words[upper] = pte(t.table(0), kV); };
  const Outcome o = go(t, context(&kSv39), Access::kLoad);
  ASSERT_TRUE(o.ok) << explain(o.fault);
  EXPECT_EQ(o.pa, kPage);
  EXPECT_EQ(o.translation.page_shift, 12U);
  EXPECT_THAT(t.memory.reads,
              ElementsAre(t.pte_address(kVa, 2), upper, upper, t.pte_address(kVa, 0)));
}

// A lost swap is no fault however often it happens; AD-05: memory is compared each time.
TEST(AccessedDirty, ManyLostSwaps) {
  const Context c = context(&kSv39);
  const Pmp pmp = open_pmp();
  Walk walk(c, pmp, 0, Access::kLoad);
  walk.read_done(pte(kRoot + 0x1000, kV));
  walk.read_done(pte(kRoot + 0x2000, kV));
  for (std::uint64_t n = 0; n < 100; ++n) {
    ASSERT_EQ(walk.step(), Walk::Step::kReadPte);
    EXPECT_EQ(walk.pte_address(), kRoot + 0x2000);
    EXPECT_EQ(walk.level(), 0U);
    const std::uint64_t value = pte(kPage + n * 0x1000, kNeither);
    walk.read_done(value);
    ASSERT_EQ(walk.step(), Walk::Step::kCompareAndSwap);
    EXPECT_EQ(walk.expected(), value);
    EXPECT_EQ(walk.desired(), value | kA);
    walk.swap_done(n == 99);
  }
  EXPECT_EQ(walk.step(), Walk::Step::kDone);
  EXPECT_EQ(walk.translation().pa_base, kPage + 0x63000);
}

}  // namespace
}  // namespace lookaside::translation
