// SPDX-License-Identifier: Apache-2.0
// The allowed set, rule by rule of rule book A.9 to A.11, and against an MMU that is as stale as it
// may be.
#include "cosim/foreign/allowed_set.h"

#include <algorithm>
#include <map>
#include <vector>

#include <gmock/gmock.h>

#include "seed.h"
#include "translation/random.h"

namespace lookaside::foreign {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using translation::Access;
using translation::AdUpdate;
using translation::Cause;
using translation::Context;
using translation::Fence;
using translation::FenceForm;
using translation::Pmp;
using translation::Privilege;
using translation::Rule;

// Bits of a PTE, as in the specification.
constexpr std::uint64_t kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kG = 32, kA = 64, kD = 128;
constexpr std::uint64_t kLeaf = kV | kR | kW | kX | kU | kA | kD;

constexpr std::uint64_t pointer(std::uint64_t page, std::uint64_t bits = kV) {
  return (page >> 12) << 10 | bits;
}
constexpr std::uint64_t leaf(std::uint64_t page, std::uint64_t bits = kLeaf) {
  return (page >> 12) << 10 | bits;
}

/// Sv39 tables of two address spaces; addresses 0x0 to 0x3FFFFF lie in one level-1 table each.
class AllowedSetTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kRoot1 = 0x1000, kMid1 = 0x2000, kLow1 = 0x3000;
  static constexpr std::uint64_t kRoot2 = 0x5000, kMid2 = 0x6000, kLow2 = 0x7000;
  static constexpr std::uint64_t kOld = 0x8000'0000, kNew = 0x9000'0000;
  static constexpr std::uint64_t kVa = 0x4000, kEntry = kLow1 + 4 * 8;

  AllowedSetTest() : set({&translation::kSv39, 16, false}), pmp(0) {
    context.format = &translation::kSv39;
    context.asid = 1;
    context.fetch_privilege = context.data_privilege = Privilege::kUser;
    context.ad_update = AdUpdate::kFault;
    set.set_root(1, kRoot1);
    set.set_root(2, kRoot2);
    set.write(kRoot1, pointer(kMid1));
    set.write(kMid1, pointer(kLow1));
    set.write(kRoot2, pointer(kMid2));
    set.write(kMid2, pointer(kLow2));
    set.write(kEntry, leaf(kOld));
    set.write(kLow2 + 4 * 8, leaf(kOld + 0x10'0000));
    set.fence({});
  }

  std::vector<Answer> load(std::uint64_t va = kVa) const { return load_since(set.now(), va); }
  std::vector<Answer> load_since(AllowedSet::Time begun, std::uint64_t va = kVa) const {
    return set.allowed(context, pmp, {va, 4, Access::kLoad}, begun);
  }
  static Answer at(std::uint64_t pa) { return {false, pa, {}, Rule::kNone, 0}; }
  static Answer page_fault(std::uint64_t va = kVa) {
    return {true, 0, Cause::kLoadPage, Rule::kNone, va};
  }

  AllowedSet set;
  Context context;
  Pmp pmp;
};

TEST_F(AllowedSetTest, WithoutStaleValuesThereIsOneAnswer) {
  EXPECT_THAT(load(kVa + 0x123), UnorderedElementsAre(at(kOld + 0x123)));
  EXPECT_THAT(load(0x5000), UnorderedElementsAre(page_fault(0x5000)));
}

TEST_F(AllowedSetTest, AfterAChangeWithoutFenceOldAndNewAreLegal) {
  set.write(kEntry, leaf(kNew));
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew)));
  set.write(kEntry, 0);
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew), page_fault()));
}

TEST_F(AllowedSetTest, EveryCoveringFenceEndsTheOldValue) {
  std::uint64_t page = kNew;
  for (const Fence& fence :
       {Fence{FenceForm::kAll, 0, 0}, Fence{FenceForm::kAsid, 0, 1},
        Fence{FenceForm::kAddress, kVa + 8, 0}, Fence{FenceForm::kAddressAsid, kVa + 0xFFF, 1}}) {
    set.write(kEntry, leaf(page));
    EXPECT_EQ(load().size(), 2U);
    set.fence(fence);
    EXPECT_THAT(load(), UnorderedElementsAre(at(page))) << name(fence.form);
    page += 0x1000;
  }
}

TEST_F(AllowedSetTest, FencesOfAnotherAsidOrPageDoNotCover) {
  set.write(kEntry, leaf(kNew));
  set.fence({FenceForm::kAsid, 0, 2});
  set.fence({FenceForm::kAddress, kVa + 0x1000, 0});
  set.fence({FenceForm::kAddressAsid, kVa, 2});
  set.fence({FenceForm::kAddressAsid, kVa - 1, 1});
  // The address is 0x4000 cut to 39 bits, but not canonical.
  set.fence({FenceForm::kAddress, 0x4000'0000'4000, 0});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew)));
}

TEST_F(AllowedSetTest, TheAsidOfAFenceIsCutToItsImplementedBits) {
  AllowedSet narrow({&translation::kSv39, 1, false});
  narrow.set_root(1, kRoot1);
  narrow.write(kRoot1, leaf(0));
  narrow.write(kRoot1, leaf(0x4000'0000));
  narrow.fence({FenceForm::kAsid, 0, 3});
  EXPECT_THAT(narrow.allowed(context, pmp, {0, 1, Access::kLoad}, narrow.now()),
              UnorderedElementsAre(at(0x4000'0000)));
}

TEST_F(AllowedSetTest, GlobalTranslationsSurviveFencesOfAnAsid) {
  set.write(kEntry, leaf(kOld, kLeaf | kG));
  set.fence({});
  set.write(kEntry, leaf(kNew, kLeaf | kG));
  set.fence({FenceForm::kAsid, 0, 1});
  set.fence({FenceForm::kAddressAsid, kVa, 1});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew)));
  set.fence({FenceForm::kAddress, kVa, 0});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kNew)));
}

TEST_F(AllowedSetTest, GOfAPointerMakesTheLeafGlobal) {
  set.write(kMid1, pointer(kLow1, kV | kG));
  set.fence({});
  set.write(kEntry, leaf(kNew));
  set.fence({FenceForm::kAsid, 0, 1});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew)));
}

TEST_F(AllowedSetTest, TheChangeToGlobalIsJudgedPathByPath) {
  set.write(kEntry, leaf(kNew, kLeaf | kG));
  set.fence({FenceForm::kAsid, 0, 1});  // takes the old value, which was not global
  EXPECT_THAT(load(), UnorderedElementsAre(at(kNew)));
}

TEST_F(AllowedSetTest, AGlobalTranslationServesEveryAddressSpace) {
  set.write(kLow2 + 4 * 8, leaf(kNew, kLeaf | kG));
  set.fence({});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew)));
  context.asid = 2;
  EXPECT_THAT(load(), UnorderedElementsAre(at(kNew)));
}

TEST_F(AllowedSetTest, OldPointerWithNewLeafIsLegal) {
  // The walk cache holds the pointer to the old table, whose leaf is read from memory today.
  constexpr std::uint64_t kOther = 0x4000;
  set.write(kOther + 4 * 8, leaf(kNew));
  set.write(kMid1, pointer(kOther));
  set.write(kEntry, leaf(kOld + 0x20'0000));
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kOld + 0x20'0000), at(kNew), page_fault()))
      << "the fault: the new table's entry was 0 since the last fence";
  set.fence({FenceForm::kAddress, kVa, 0});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld + 0x20'0000), at(kNew)))
      << "a fence by address need not drop pointers (SFN-07), but leaves";
  set.fence({FenceForm::kAsid, 0, 1});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kNew)));
}

TEST_F(AllowedSetTest, ARootIsAPointerOfItsAsid) {
  set.set_root(1, kRoot2);
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kOld + 0x10'0000)));
  set.fence({FenceForm::kAsid, 0, 2});
  set.fence({FenceForm::kAddress, kVa, 0});
  EXPECT_EQ(load().size(), 2U);
  set.fence({FenceForm::kAsid, 0, 1});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld + 0x10'0000)));
}

TEST_F(AllowedSetTest, AFenceAnywhereInASuperpageTakesItWhole) {
  for (const bool pieces : {false, true}) {
    AllowedSet s({&translation::kSv39, 16, pieces});
    s.set_root(1, kRoot1);
    s.write(kRoot1, pointer(kMid1));
    s.write(kMid1 + 8, leaf(kOld));
    s.fence({});
    s.write(kMid1 + 8, leaf(kNew));
    s.fence({FenceForm::kAddress, 0x3F'F000, 0});
    const Request inside{0x20'0040, 4, Access::kLoad}, piece{0x3F'F040, 4, Access::kLoad};
    EXPECT_THAT(s.allowed(context, pmp, inside, s.now()).size(), pieces ? 2U : 1U);
    EXPECT_THAT(s.allowed(context, pmp, piece, s.now()),
                UnorderedElementsAre(at(kNew + 0x1F'F040)));
  }
}

TEST_F(AllowedSetTest, SuperpageAndSmallPagesMix) {
  // The table is replaced by a superpage without a fence: old page, new page, nothing else.
  set.write(kMid1, leaf(kNew));
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew + kVa)));
  EXPECT_THAT(load(0x5000), UnorderedElementsAre(page_fault(0x5000), at(kNew + 0x5000)));
  // A fence by address takes the old leaf; the pointer may stay and leads to the same leaf again.
  set.fence({FenceForm::kAddress, kVa, 0});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), at(kNew + kVa)));
  set.fence({FenceForm::kAsid, 0, 1});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kNew + kVa)));
}

TEST_F(AllowedSetTest, PermissionsAreJudgedInTheContextOfTheAccess) {
  set.write(kEntry, leaf(kOld, kLeaf & ~kR));
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), page_fault()));
  context.mxr = true;  // W without R is reserved, whatever MXR says
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), page_fault()));
  set.write(kEntry, leaf(kOld, kLeaf & ~(kR | kW)));
  set.fence({});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld)));
  context.data_privilege = Privilege::kSupervisor;
  EXPECT_THAT(load(), UnorderedElementsAre(page_fault())) << "no SUM";
}

TEST_F(AllowedSetTest, AccessedAndDirtyInHardwareMustReachMemory) {
  context.ad_update = AdUpdate::kHardware;
  set.write(kEntry, leaf(kNew, kLeaf & ~(kA | kD)));
  set.fence({});
  EXPECT_THAT(load(), IsEmpty()) << "no answer is legal before A is set in memory";
  set.write(kEntry, leaf(kNew, kLeaf & ~kD));
  EXPECT_THAT(load(), UnorderedElementsAre(at(kNew)));
  const Request store{kVa, 4, Access::kStore};
  EXPECT_THAT(set.allowed(context, pmp, store, set.now()), IsEmpty());
  set.write(kEntry, leaf(kNew));
  EXPECT_THAT(set.allowed(context, pmp, store, set.now()), UnorderedElementsAre(at(kNew)));
}

TEST_F(AllowedSetTest, AccessedAndDirtyInSoftwareAreFaults) {
  set.write(kEntry, leaf(kOld, kLeaf & ~kD));
  set.fence({});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld)));
  EXPECT_THAT(set.allowed(context, pmp, {kVa, 4, Access::kAmo}, set.now()),
              UnorderedElementsAre(Answer{true, 0, Cause::kStorePage, Rule::kDirtyClear, kVa}));
}

TEST_F(AllowedSetTest, BusErrorsAreAccessFaults) {
  set.write_error(kMid1);
  const Answer refused{true, 0, Cause::kLoadAccess, Rule::kPteBusError, kVa};
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld), refused));
  set.fence({});
  EXPECT_THAT(load(), UnorderedElementsAre(refused));
  EXPECT_TRUE(set.fails(kMid1));
  set.write(kMid1, set.value(kMid1));
  set.fence({});
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld)));
}

TEST_F(AllowedSetTest, AnUpdateThatEndsInABusErrorIsAnAccessFault) {
  context.ad_update = AdUpdate::kHardware;
  set.write(kEntry, leaf(kOld, kLeaf & ~kA));
  set.fence({});
  set.write_error(kEntry);  // after the read, before the update
  EXPECT_THAT(load(), UnorderedElementsAre(Answer{true, 0, Cause::kLoadAccess, Rule::kNone, kVa}));
}

TEST_F(AllowedSetTest, ProtectionRefusesTablesAndPages) {
  Pmp p(4, 56);
  p.write_addr(0, kMid1 >> 2 | 0x1FF);  // NAPOT, 4 KiB
  p.write_cfg(0, 0x18);                 // no permission
  p.write_addr(1, ~std::uint64_t{0});
  p.write_cfg(1, 0x1F);
  const Answer refused{true, 0, Cause::kLoadAccess, Rule::kPteAccessRefused, kVa};
  EXPECT_THAT(set.allowed(context, p, {kVa, 4, Access::kLoad}, set.now()),
              UnorderedElementsAre(refused));
  p.write_addr(0, kOld >> 2 | 0x1FF);
  EXPECT_THAT(set.allowed(context, p, {kVa, 4, Access::kLoad}, set.now()),
              UnorderedElementsAre(refused))
      << "the same cause, for another reason";
}

TEST_F(AllowedSetTest, WithoutTranslationAddressesAreWhatTheyAre) {
  context.format = nullptr;
  EXPECT_THAT(load(0x1234'5678'9ABC), UnorderedElementsAre(at(0x1234'5678'9ABC)));
}

TEST_F(AllowedSetTest, AnAccessInFlightIsJudgedByTheFencesBeforeIt) {
  set.write(kEntry, leaf(kNew));
  const AllowedSet::Time begun = set.now();
  set.fence({});
  EXPECT_THAT(load_since(begun), UnorderedElementsAre(at(kOld), at(kNew)));
  EXPECT_THAT(load(), UnorderedElementsAre(at(kNew)));
  set.forget(begun);
  EXPECT_THAT(load_since(begun), UnorderedElementsAre(at(kOld), at(kNew)));
  set.write(kEntry, 0);  // and by the values until it is answered
  EXPECT_THAT(load_since(begun), UnorderedElementsAre(at(kOld), at(kNew), page_fault()));
}

TEST_F(AllowedSetTest, ForgetsWhatNobodyCanUse) {
  set.write(kEntry, leaf(kNew));
  set.set_root(1, kRoot2);
  EXPECT_GT(set.stale_values(), 1U);
  set.forget(set.now());
  EXPECT_GT(set.stale_values(), 1U) << "no fence of everything yet";
  set.fence({});
  set.forget(set.now());
  EXPECT_EQ(set.stale_values(), 0U);
  EXPECT_THAT(load(), UnorderedElementsAre(at(kOld + 0x10'0000)));
}

TEST_F(AllowedSetTest, WalkersReadInTablesOnly) {
  for (const std::uint64_t table : {kRoot1, kMid1, kLow1, kRoot2, kMid2, kLow2}) {
    EXPECT_TRUE(set.is_table(table + 0xFF8));
  }
  EXPECT_FALSE(set.is_table(0x4000));
  EXPECT_FALSE(set.is_table(kOld)) << "a leaf points to a page, not to a table";
}

/// An MMU that keeps every translation and every pointer until a fence takes it, and answers with
/// any of them: its own walk, its own idea of fences, nothing of the code under test.
class StaleMmu {
 public:
  explicit StaleMmu(tests::Random& random) : random_(random) {}

  struct Entry {
    std::uint64_t page = 0, pte = 0;
    unsigned asid = 0;
    bool global = false;
  };
  std::map<std::uint64_t, std::uint64_t> memory;
  std::map<unsigned, std::uint64_t> roots;

  /// Walks the two upper levels through any cached pointer, or memory.
  void walk(std::uint64_t va, unsigned asid) {
    std::uint64_t table = roots[asid];
    bool global = false;
    for (unsigned level = 2; level > 0; --level) {
      const std::uint64_t address = table + ((va >> (12 + 9 * level)) & 511) * 8;
      std::vector<std::uint64_t> choice{memory[address]};
      for (const Entry& p : pointers) {
        if (p.page == address && (p.asid == asid || p.global)) choice.push_back(p.pte);
      }
      const std::uint64_t pte = choice[random_.below(static_cast<unsigned>(choice.size()))];
      global = global || (pte & kG) != 0;
      pointers.push_back({address, pte, asid, global});
      table = (pte >> 10) << 12;
    }
    const std::uint64_t pte = memory[table + ((va >> 12) & 511) * 8];
    leaves.push_back({va >> 12, pte, asid, global || (pte & kG) != 0});
  }
  std::uint64_t translate(std::uint64_t va, unsigned asid) {
    if (random_.chance(60)) walk(va, asid);
    std::vector<std::uint64_t> choice;
    for (const Entry& e : leaves) {
      if (e.page == va >> 12 && (e.asid == asid || e.global)) choice.push_back(e.pte);
    }
    if (choice.empty()) {
      walk(va, asid);
      choice.push_back(leaves.back().pte);
    }
    return choice[random_.below(static_cast<unsigned>(choice.size()))];
  }
  void fence(const Fence& f) {
    const unsigned form = static_cast<unsigned>(f.form);
    const auto taken = [&](const Entry& e, bool leaf) {
      if ((form & 2) != 0 && (!leaf || e.page != f.va >> 12)) return false;
      return (form & 1) == 0 || (!e.global && e.asid == f.asid);
    };
    drop(leaves, [&](const Entry& e) { return taken(e, true); });
    drop(pointers, [&](const Entry& e) { return taken(e, false); });
  }
  std::vector<Entry> leaves, pointers;

 private:
  template <typename Which>
  static void drop(std::vector<Entry>& entries, Which which) {
    entries.erase(std::remove_if(entries.begin(), entries.end(), which), entries.end());
  }
  tests::Random& random_;
};

// Soundness: whatever such an MMU answers is in the set. Sharpness: the set is never larger than
// the pages that were ever mapped there, and after a fence of everything it is one answer.
TEST(AllowedSetRandom, WhateverAnMmuMayAnswerIsAllowed) {
  tests::Random random(tests::seed());
  Pmp pmp(0);
  unsigned stale = 0;
  for (std::uint64_t round = 0; round < tests::rounds(200); ++round) {
    AllowedSet set({&translation::kSv39, 16, false});
    StaleMmu mmu(random);
    const auto write = [&](std::uint64_t pa, std::uint64_t pte) {
      set.write(pa, pte);
      mmu.memory[pa] = pte;
    };
    const auto root = [&](unsigned asid) {
      mmu.roots[asid] = std::uint64_t{0x1000} * (1 + random.below(2));
      set.set_root(asid, mmu.roots[asid]);
    };
    const auto bits = [&] { return random.chance(10) ? kG : 0; };
    const auto change = [&] {
      const std::uint64_t slot = random.below(2) * 8;
      switch (random.below(4)) {
        case 0:
          write(0x1000 * (1 + random.below(2)),
                pointer(0x3000 + 0x1000 * random.below(2), kV | bits()));
          break;
        case 1:
          write(0x3000 + 0x1000 * random.below(2),
                pointer(0x5000 + 0x1000 * random.below(2), kV | bits()));
          break;
        default:
          write(0x5000 + 0x1000 * random.below(2) + slot,
                leaf(std::uint64_t{0x8000'0000} + 0x1000 * random.below(64), kLeaf | bits()));
      }
    };
    for (std::uint64_t table = 0x1000; table < 0x3000; table += 0x1000)
      write(table, pointer(0x3000));
    for (std::uint64_t table = 0x3000; table < 0x5000; table += 0x1000)
      write(table, pointer(0x5000));
    for (std::uint64_t table = 0x5000; table < 0x7000; table += 0x1000) {
      write(table, leaf(0x8000'0000));
      write(table + 8, leaf(0x8000'1000));
    }
    root(0);
    root(1);
    set.fence({});
    for (unsigned step = 0; step < 60; ++step) {
      const unsigned what = random.below(10);
      if (what < 3) {
        change();
      } else if (what == 3) {
        root(random.below(2));
      } else if (what == 4) {
        const Fence f{static_cast<FenceForm>(random.below(4)), random.below(2) * 0x1000U,
                      random.below(2)};
        set.fence(f);
        mmu.fence(f);
        if (random.chance(50)) set.forget(set.now());
      } else {
        Context context;
        context.format = &translation::kSv39;
        context.asid = random.below(2);
        context.data_privilege = Privilege::kUser;
        const std::uint64_t va = random.below(2) * 0x1000;
        const std::uint64_t pte = mmu.translate(va, context.asid);
        const auto allowed = set.allowed(context, pmp, {va, 8, Access::kLoad}, set.now());
        const Answer answer{false, (pte >> 10) << 12, {}, Rule::kNone, 0};
        ASSERT_THAT(allowed, ::testing::Contains(answer)) << "round " << round << " step " << step;
        stale += allowed.size() > 1 ? 1 : 0;
      }
    }
    set.fence({});
    for (unsigned asid = 0; asid < 2; ++asid) {
      mmu.leaves.clear();
      mmu.pointers.clear();
      Context context;
      context.format = &translation::kSv39;
      context.asid = asid;
      context.data_privilege = Privilege::kUser;
      const Answer answer{false, (mmu.translate(0, asid) >> 10) << 12, {}, Rule::kNone, 0};
      EXPECT_THAT(set.allowed(context, pmp, {0, 8, Access::kLoad}, set.now()),
                  ::testing::Contains(answer));
    }
  }
  EXPECT_GT(stale, 1000U) << "the stimulus must offer a choice";
}

}  // namespace
}  // namespace lookaside::foreign
