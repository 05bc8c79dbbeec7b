// SPDX-License-Identifier: Apache-2.0
// The walk, rule by rule (rule book A.1 to A.9). The order of the rows is walk_order_test's.
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

Outcome go(Tables& t, const Context& c, Access a = Access::kLoad, std::uint64_t va = kVa,
           const Pmp& pmp = open_pmp()) {
  return translate(c, pmp, va, 4, a, t.memory);
}

// LVL-01, SATP-20: index times PTE width from the root, one access of PTE width per level.
TEST(Walk, Sv39ReadsOnePtePerLevel) {
  ArrayMemory memory;
  const std::uint64_t va = (5ULL << 30) | (6ULL << 21) | (7ULL << 12) | 0x123;
  memory.words[0x80000028] = (0x80001ULL << 10) | 0x1;
  memory.words[0x80001030] = (0x80002ULL << 10) | 0x1;
  memory.words[0x80002038] = (0x12345678ULL << 10) | 0xdf;
  const Outcome o = translate(context(&kSv39), open_pmp(), va, 1, Access::kStore, memory);
  ASSERT_TRUE(o.ok) << explain(o.fault);
  EXPECT_EQ(o.pa, 0x12345678123U);
  EXPECT_THAT(memory.reads, ElementsAre(0x80000028, 0x80001030, 0x80002038));
  EXPECT_THAT(memory.sizes, ElementsAre(8U));
}

// LVL-01, LVL-04: Sv32 indices are times four, and all 34 bits of the physical address come out.
TEST(Walk, Sv32ReachesThirtyFourBits) {
  ArrayMemory memory;
  const std::uint64_t va = (0x3ffULL << 22) | (0x2aaULL << 12) | 0xffc;
  Context c = context(&kSv32);
  c.root = 0x3fffff000;  // the highest root satp can express
  memory.words[0x3fffffffc] = (0x3ffffeULL << 10) | 0x1;
  memory.words[0x3ffffeaa8] = (0x3ffffdULL << 10) | 0xdf;
  const Outcome o = translate(c, open_pmp(), va, 4, Access::kLoad, memory);
  ASSERT_TRUE(o.ok) << explain(o.fault);
  EXPECT_EQ(o.pa, 0x3ffffdffcU);
  EXPECT_THAT(memory.reads, ElementsAre(0x3fffffffc, 0x3ffffeaa8));
  EXPECT_THAT(memory.sizes, ElementsAre(4U));
}

// LVL-02, LVL-03: any level can be a leaf; low fields come from the VA.
TEST(Walk, SuperpagesOfEverySize) {
  for (const Format* f : kFormats) {
    for (unsigned level = 0; level < f->levels; ++level) {
      Tables t{f, {}};
      const unsigned shift = 12 + t.index_bits() * level;
      const std::uint64_t base = std::uint64_t{1} << (f == &kSv32 ? 33 : 55);
      const std::uint64_t at = t.map(kVa, level, pte(base, kUserPage));
      const Outcome o = go(t, context(f), Access::kFetch, kVa + 0xabc);
      ASSERT_TRUE(o.ok) << explain(o.fault);
      const std::uint64_t mask = (std::uint64_t{1} << shift) - 1;
      EXPECT_EQ(o.pa, base | ((kVa + 0xabc) & mask));
      EXPECT_EQ(o.translation.page_shift, shift);
      EXPECT_EQ(o.translation.va_base, kVa & ~mask);
      EXPECT_EQ(o.translation.pa_base, base);
      EXPECT_EQ(o.translation.level, level);
      EXPECT_EQ(o.translation.pte_address, at);
      EXPECT_EQ(o.translation.pte, pte(base, kUserPage));
      EXPECT_EQ(o.translation.format, f);
      EXPECT_EQ(t.memory.reads.size(), t.levels() - level);
    }
  }
}

// SATP-21: an address above what memory implements reaches the bus, uncut.
TEST(Walk, HighPhysicalAddressesReachTheBus) {
  Tables t{&kSv39, {}};
  Context c = context(&kSv39);
  c.root = 0x00fffffffffff000;
  const std::uint64_t first = c.root + ((kVa >> 30) & 0x1ff) * 8;
  t.memory.read_errors.insert(first);
  const Outcome o = go(t, c);
  EXPECT_THAT(t.memory.reads, ElementsAre(first));
  EXPECT_EQ(o.fault.rule, Rule::kPteBusError);
  EXPECT_EQ(o.fault.cause, Cause::kLoadAccess);

  Tables high{&kSv39, {}};
  high.map(kVa, 0, 0x003ffffffffffc00 | kUserPage);
  EXPECT_EQ(go(high, context(&kSv39)).pa, 0x00fffffffffff000U | (kVa & 0xfff));
}

// SATP-18, CAN-03, PERM-07: Bare and M use the VA as it is; PMP still applies.
TEST(Walk, BareAndMachineModeDoNotWalk) {
  ArrayMemory memory;
  Context bare = context(nullptr, Privilege::kUser);
  Context machine = context(&kSv39, Privilege::kMachine);
  for (const Context& c : {bare, machine}) {
    for (const std::uint64_t va :
         {std::uint64_t{0x1000}, std::uint64_t{0xfffffffc}, std::uint64_t{0x00800000'00000000}}) {
      const Outcome o = translate(c, open_pmp(), va, 4, Access::kFetch, memory);
      EXPECT_TRUE(o.ok) << explain(o.fault);
      EXPECT_EQ(o.pa, va);
      EXPECT_EQ(o.translation.format, nullptr);
    }
  }
  const Outcome o = translate(bare, Pmp(16), 0x1000, 4, Access::kStore, memory);
  EXPECT_EQ(o.fault.rule, Rule::kPmpNoMatch);
  EXPECT_EQ(o.fault.cause, Cause::kStoreAccess);
  EXPECT_EQ(o.fault.level, -1);
  EXPECT_EQ(o.fault.tval, 0x1000U);
  EXPECT_EQ(o.fault.physical, 0x1000U);
  EXPECT_TRUE(translate(machine, Pmp(16), 0x1000, 4, Access::kStore, memory).ok);
  EXPECT_THAT(memory.reads, IsEmpty());
}

// PRV-01, PRV-08: M with MPRV fetches untranslated and loads as MPP, in the same context.
TEST(Walk, MprvTranslatesDataOnly) {
  Tables t{&kSv39, {}};
  t.map(kVa, 0, pte(kPage, kUserPage));
  Context c = context(&kSv39, Privilege::kMachine);
  c.data_privilege = Privilege::kUser;
  EXPECT_EQ(go(t, c, Access::kFetch).pa, kVa);
  EXPECT_EQ(go(t, c, Access::kStore).pa, kPage);
  c.data_privilege = Privilege::kSupervisor;  // PERM-02: MPP=S obeys SUM
  EXPECT_EQ(go(t, c, Access::kLoad).fault.rule, Rule::kUserPageWithoutSum);
  c.sum = true;
  EXPECT_TRUE(go(t, c, Access::kLoad).ok);
}

// CAN-01, CAN-02, CAN-06: page fault, no PTE read, tval is the VA exactly.
TEST(Walk, NonCanonicalAddressesReadNothing) {
  for (const Format* f : {&kSv39, &kSv48, &kSv57}) {
    for (const Access a : kAccesses) {
      Tables t{f, {}};
      const std::uint64_t va = std::uint64_t{1} << f->va_bits;
      const Outcome o = go(t, context(f), a, va);
      EXPECT_EQ(static_cast<unsigned>(o.fault.cause), page_cause(a));
      EXPECT_EQ(o.fault.rule, Rule::kNotCanonical);
      EXPECT_EQ(o.fault.tval, va);
      EXPECT_EQ(o.fault.level, -1);
      EXPECT_THAT(t.memory.reads, IsEmpty());
    }
  }
}

// ASID-02, WALK-13: G of any PTE on the path.
TEST(Walk, GlobalComesFromAnyLevel) {
  for (const Format* f : kFormats) {
    for (unsigned level = 0; level < f->levels; ++level) {
      Tables t{f, {}};
      t.map(kVa, 0, pte(kPage, kUserPage));
      EXPECT_FALSE(go(t, context(f)).translation.global);
      t.memory.words[t.pte_address(kVa, level)] |= kG;
      const Outcome o = go(t, context(f));
      ASSERT_TRUE(o.ok);
      EXPECT_TRUE(o.translation.global) << f->name << level;
    }
  }
}

// WALK-20: a table may map itself.
TEST(Walk, SelfMapping) {
  ArrayMemory memory;
  memory.words[kRoot] = pte(kRoot, kV);
  const Outcome o = translate(context(&kSv48), open_pmp(), 0, 4, Access::kLoad, memory);
  EXPECT_EQ(o.fault.rule, Rule::kPointerAtLeafLevel);
  EXPECT_THAT(memory.reads, ElementsAre(kRoot, kRoot, kRoot, kRoot));
}

// WALK-22, WALK-21: LR on a read-only page passes, SC and AMO are store faults.
TEST(Walk, AtomicsOnAReadOnlyPage) {
  Tables t{&kSv32, {}};
  t.map(kVa, 0, pte(kPage, kV | kR | kU | kA | kD));
  EXPECT_TRUE(go(t, context(&kSv32), Access::kLoadReserved).ok);
  EXPECT_EQ(go(t, context(&kSv32), Access::kStoreConditional).fault.cause, Cause::kStorePage);
  EXPECT_EQ(go(t, context(&kSv32), Access::kAmo).fault.cause, Cause::kStorePage);
  t.map(kVa, 0, 0);
  EXPECT_EQ(go(t, context(&kSv32), Access::kAmo).fault.cause, Cause::kStorePage);
  EXPECT_EQ(go(t, context(&kSv32), Access::kLoadReserved).fault.cause, Cause::kLoadPage);
}

// WALK-08, WALK-16: PTE reads are S-mode loads, whoever asks and whatever SUM and MXR say.
TEST(Walk, PteReadsAreJudgedAsSupervisorLoads) {
  for (const Privilege p : {Privilege::kUser, Privilege::kSupervisor}) {
    for (const std::uint8_t permissions : std::initializer_list<std::uint8_t>{1, 3, 4, 7}) {
      Tables t{&kSv39, {}};
      const std::uint64_t page_flags = p == Privilege::kUser ? kUserPage : kSupervisorPage;
      t.map(kVa, 0, pte(kPage, page_flags));
      Pmp pmp = open_pmp();
      pmp.write_addr(0, (kRoot >> 2) | 0x1ff);  // the root table
      pmp.write_cfg(0, static_cast<std::uint8_t>(0x18 | permissions));
      Context c = context(&kSv39, p);
      c.sum = c.mxr = true;
      const Outcome o = go(t, c, Access::kFetch, kVa, pmp);
      EXPECT_EQ(o.ok, (permissions & 1) != 0);
      if (o.ok) continue;
      EXPECT_EQ(o.fault.rule, Rule::kPteAccessRefused);
      EXPECT_EQ(o.fault.cause, Cause::kFetchAccess);
      EXPECT_EQ(o.fault.level, 2);
      EXPECT_EQ(o.fault.tval, kVa);
      EXPECT_THAT(t.memory.reads, IsEmpty());
    }
  }
}

// PMP-10 on a PTE: an entry that matches half of it refuses it.
TEST(Walk, PteHalfCoveredByPmp) {
  Tables t{&kSv39, {}};
  const std::uint64_t at = t.map(kVa, 0, pte(kPage, kUserPage));
  Pmp pmp = open_pmp();
  pmp.write_addr(0, (at + 4) >> 2);
  pmp.write_cfg(0, 0x17);
  const Outcome o = go(t, context(&kSv39), Access::kLoad, kVa, pmp);
  EXPECT_EQ(o.fault.rule, Rule::kPteAccessRefused);
  EXPECT_EQ(o.fault.pte_address, at);
}

// PMP-10 on the access itself: all its bytes count, not only the first.
TEST(Walk, AccessHalfCoveredByPmp) {
  Tables t{&kSv39, {}};
  t.map(kVa, 0, pte(kPage, kUserPage));
  Pmp pmp = open_pmp();
  pmp.write_addr(0, (kPage + 4) >> 2);
  pmp.write_cfg(0, 0x17);
  const Context c = context(&kSv39);
  EXPECT_TRUE(translate(c, pmp, kVa, 4, Access::kLoad, t.memory).ok);
  EXPECT_TRUE(translate(c, pmp, kVa + 4, 4, Access::kLoad, t.memory).ok);
  const Outcome o = translate(c, pmp, kVa, 8, Access::kLoad, t.memory);
  EXPECT_EQ(o.fault.rule, Rule::kPmpPartialMatch);
  EXPECT_EQ(o.fault.cause, Cause::kLoadAccess);
  EXPECT_EQ(o.fault.tval, kVa);
}

// WALK-05, WALK-06, WALK-07: a bus error at each level is an access fault of the original access.
TEST(Walk, BusErrorOnAPte) {
  for (const Format* f : kFormats) {
    for (unsigned level = 0; level < f->levels; ++level) {
      for (const Access a : kAccesses) {
        Tables t{f, {}};
        t.map(kVa, 0, pte(kPage, kUserPage));
        t.memory.read_errors.insert(t.pte_address(kVa, level));
        const Outcome o = go(t, context(f), a);
        EXPECT_EQ(static_cast<unsigned>(o.fault.cause), access_cause(a));
        EXPECT_EQ(o.fault.rule, Rule::kPteBusError);
        EXPECT_EQ(o.fault.level, static_cast<int>(level));
        EXPECT_EQ(o.fault.pte_address, t.pte_address(kVa, level));
        EXPECT_EQ(o.fault.tval, kVa);
      }
    }
  }
}

}  // namespace
}  // namespace lookaside::translation
