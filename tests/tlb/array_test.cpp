// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>

#include <lookaside/tlb/array.h>

#include "seed.h"
#include "tlb/naive_tlb.h"

namespace lookaside::tests {
namespace {

using tlb::Array;
using tlb::Geometry;
using tlb::Replacement;
using translation::Fence;
using translation::FenceForm;
using translation::Translation;

constexpr std::uint64_t kPage = 4096;

Translation page(std::uint64_t va, std::uint64_t pa, unsigned shift = 12, bool global = false) {
  Translation t;
  t.page_shift = shift;
  t.va_base = va & ~t.offset_mask();
  t.pa_base = pa & ~t.offset_mask();
  t.global = global;
  t.format = &translation::kSv39;
  return t;
}

Geometry geometry(unsigned entries, unsigned ways, Replacement r,
                  std::vector<unsigned> shifts = {12, 21, 30}, unsigned asid_bits = 16) {
  Geometry g;
  g.entries = entries;
  g.ways = ways;
  g.replacement = r;
  g.page_shifts = std::move(shifts);
  g.asid_bits = asid_bits;
  return g;
}

// ---- against the naive list -------------------------------------------------------------------

struct Shape {
  const char* label;
  Geometry geometry;
};

void PrintTo(const Shape& s, std::ostream* os) {
  *os << s.label;
}

class ArrayAgainstNaive : public ::testing::TestWithParam<Shape> {
 protected:
  void compare_contents(const Array& array, const NaiveTlb& naive) {
    std::size_t valid = 0;
    const auto snapshot = array.snapshot();
    for (const auto& e : snapshot) valid += e.valid ? 1 : 0;
    ASSERT_EQ(valid, naive.entries().size());
    for (const NaiveEntry& e : naive.entries()) {
      const auto& got = snapshot[e.set * array.geometry().ways + e.way];
      ASSERT_TRUE(got.valid);
      ASSERT_EQ(got.translation.va_base, e.first);
      ASSERT_EQ(got.translation.pa_base, e.pa_first);
      ASSERT_EQ(got.translation.offset_mask(), e.last - e.first);
      ASSERT_EQ(got.translation.global, e.global);
      ASSERT_TRUE(e.global || got.asid == e.asid);
    }
  }
};

TEST_P(ArrayAgainstNaive, RandomOperations) {
  const std::uint64_t seed = tests::seed(20250711);
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const Geometry& g = GetParam().geometry;
  Array array(g);
  NaiveTlb naive(g);
  std::uint64_t hits = 0;
  std::uint64_t evictions = 0;
  std::uint64_t overlaps = 0;
  // Few pages, near the entry count, in two distant regions, so that hits, evictions and overlaps
  // of page sizes are all frequent.
  const auto address = [&] {
    const std::uint64_t region = random() % 4 == 0 ? 0xFFFF'FFC0'0000'0000 : 0x40'0000;
    return region + random() % (2 * g.entries) * kPage * (random() % 8 == 0 ? 512 : 1) +
           random() % kPage;
  };
  const unsigned sizes[] = {12, 12, 12, 12, 12, 21, 21, 30};
  const std::uint64_t steps = tests::rounds(1'000'000);
  for (std::uint64_t step = 0; step < steps; ++step) {
    const std::uint64_t va = address();
    const auto asid = static_cast<std::uint32_t>(random() % 5);
    const unsigned what = static_cast<unsigned>(random() % 100);
    if (what < 70) {
      const NaiveEntry* expected = naive.lookup(va, asid, what < 60);
      const auto got = what < 60 ? array.lookup(va, asid) : array.probe(va, asid);
      ASSERT_EQ(got.hit, expected != nullptr) << "step " << step;
      if (expected == nullptr) continue;
      ++hits;
      ASSERT_EQ(got.set, expected->set);
      ASSERT_EQ(got.way, expected->way);
      ASSERT_EQ(got.translation.physical(va), expected->pa_first + (va - expected->first));
    } else if (what < 98) {
      const auto shift = sizes[random() % 8];
      const Translation t = page(va, (random() % 1024) << 30, shift, random() % 16 == 0);
      const std::uint64_t before = array.generation();
      const auto expected = naive.fill(t, va, asid);
      const auto got = array.fill(t, va, asid);
      ASSERT_EQ(got.stored, expected.stored) << "step " << step;
      if (!got.stored) continue;
      ASSERT_NE(array.generation(), before);
      ASSERT_EQ(got.set, expected.set) << "step " << step;
      ASSERT_EQ(got.way, expected.way) << "step " << step;
      ASSERT_EQ(got.overlapping, expected.overlapping) << "step " << step;
      ASSERT_EQ(got.evicted, expected.victim.has_value());
      overlaps += got.overlapping;
      if (!got.evicted) continue;
      ++evictions;
      ASSERT_EQ(got.victim.translation.va_base, expected.victim->first);
    } else {
      const Fence fence{
          random() % 50 == 0 ? FenceForm::kAll : static_cast<FenceForm>(1 + random() % 3), va,
          asid};
      const std::uint64_t before = array.generation();
      const unsigned dropped = array.invalidate(fence);
      ASSERT_EQ(dropped, naive.fence(fence)) << "step " << step;
      ASSERT_EQ(array.generation() != before, dropped != 0);
    }
    if (step % 1000 != 0) continue;
    ASSERT_NO_FATAL_FAILURE(compare_contents(array, naive));
  }
  EXPECT_EQ(naive.matches(), hits) << "an address matched two entries at once";
  EXPECT_GT(hits, steps / 100);
  EXPECT_GT(evictions, 1000U);
  EXPECT_GT(overlaps, 1000U);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ArrayAgainstNaive,
    ::testing::Values(Shape{"FullPlru", geometry(16, 16, Replacement::kTreePlru)},
                      Shape{"FullLru", geometry(12, 12, Replacement::kLru)},
                      Shape{"FullFifo", geometry(16, 16, Replacement::kFifo, {12, 21}, 2)},
                      Shape{"FullRandom", geometry(10, 10, Replacement::kRandom, {12})},
                      Shape{"SetsPlru", geometry(32, 4, Replacement::kTreePlru)},
                      Shape{"SetsLru", geometry(24, 3, Replacement::kLru, {12, 21})},
                      Shape{"SetsFifo", geometry(32, 2, Replacement::kFifo)},
                      Shape{"SetsRandom", geometry(16, 4, Replacement::kRandom, {12, 30}, 1)},
                      Shape{"DirectMapped", geometry(16, 1, Replacement::kLru, {12, 21, 30}, 0)},
                      Shape{"LargePagesOnly", geometry(8, 8, Replacement::kTreePlru, {21, 30})}),
    [](const auto& shape) { return std::string(shape.param.label); });

// ---- replacement, by hand ---------------------------------------------------------------------

// Fills pages 0..3 of a 4-way array, makes the given hits, and tells the victims of the next fills.
std::vector<unsigned> victims(Replacement r, const std::vector<unsigned>& hits, unsigned fills) {
  Array array(geometry(4, 4, r, {12}));
  for (unsigned i = 0; i < 4; ++i) array.fill(page(i * kPage, 0), i * kPage, 0);
  for (const unsigned i : hits) EXPECT_TRUE(array.lookup(i * kPage, 0).hit);
  std::vector<unsigned> ways;
  for (unsigned i = 0; i < fills; ++i) {
    const std::uint64_t va = (100 + i) * kPage;
    ways.push_back(array.fill(page(va, 0), va, 0).way);
  }
  return ways;
}

using ::testing::ElementsAre;

TEST(Replacement, LruSendsTheLeastRecentlyUsedFirst) {
  EXPECT_THAT(victims(Replacement::kLru, {}, 5), ElementsAre(0, 1, 2, 3, 0));
  EXPECT_THAT(victims(Replacement::kLru, {0, 2, 0, 1}, 4), ElementsAre(3, 2, 0, 1));
}

TEST(Replacement, FifoIgnoresHits) {
  EXPECT_THAT(victims(Replacement::kFifo, {0, 0, 1, 3}, 5), ElementsAre(0, 1, 2, 3, 0));
}

TEST(Replacement, TreePlruPointsAwayFromTheLastUse) {
  // After fills 0,1,2,3 the root points to the lower half, and there to way 0. Filling 0 turns the
  // root to the upper half, whose node still points to way 2; and so on.
  EXPECT_THAT(victims(Replacement::kTreePlru, {}, 5), ElementsAre(0, 2, 1, 3, 0));
  // Hits 0 then 2: root points to the lower half (2 was last), lower node to 1; after that the root
  // points up and the upper node to 3.
  EXPECT_THAT(victims(Replacement::kTreePlru, {0, 2}, 4), ElementsAre(1, 3, 0, 2));
}

TEST(Replacement, RandomRepeatsWithItsSeedAndDiffersWithAnother) {
  const auto run = [](std::uint64_t seed) {
    Geometry g = geometry(8, 8, Replacement::kRandom, {12});
    g.seed = seed;
    Array array(g);
    std::vector<unsigned> ways;
    for (unsigned i = 0; i < 200; ++i)
      ways.push_back(array.fill(page(i * kPage, 0), i * kPage, 0).way);
    return ways;
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
  EXPECT_EQ(run(0), run(1)) << "seed 0 is taken as 1";
  const auto ways = run(7);
  for (unsigned way = 0; way < 8; ++way) EXPECT_THAT(ways, ::testing::Contains(way));
}

TEST(Replacement, AFreeWayGoesBeforeAnyVictim) {
  for (const Replacement r :
       {Replacement::kTreePlru, Replacement::kLru, Replacement::kFifo, Replacement::kRandom}) {
    Array array(geometry(4, 4, r, {12}));
    for (unsigned i = 0; i < 4; ++i) array.fill(page(i * kPage, 0), i * kPage, 0);
    array.invalidate({FenceForm::kAddress, 2 * kPage, 0});
    const auto fill = array.fill(page(9 * kPage, 0), 9 * kPage, 0);
    EXPECT_EQ(fill.way, 2U) << name(r);
    EXPECT_FALSE(fill.evicted);
  }
}

// ---- SFENCE.VMA: form x page size x global x ASID ----------------------------------------------

struct FenceCase {
  FenceForm form;
  bool drops_global;
  bool needs_asid;
  bool needs_address;
};

// Rule book A.10, written out.
constexpr FenceCase kFenceTable[] = {
    {FenceForm::kAll, true, false, false},
    {FenceForm::kAsid, false, true, false},
    {FenceForm::kAddress, true, false, true},
    {FenceForm::kAddressAsid, false, true, true},
};

TEST(Fence, EveryFormSizeGlobalAndAsid) {
  for (const unsigned ways : {16U, 4U}) {
    for (const FenceCase& c : kFenceTable) {
      for (const unsigned shift : {12U, 21U, 30U}) {
        for (const bool global : {false, true}) {
          for (const std::uint32_t asid : {5U, 6U}) {
            for (const bool inside : {false, true}) {
              Array array(geometry(16, ways, Replacement::kLru));
              const std::uint64_t base = 0x80'0000'0000 - (std::uint64_t{1} << shift);
              array.fill(page(base, 0x4000'0000, shift, global), base + 8, 5);
              // The last byte of the page (SFN-04), or the first one behind it.
              const std::uint64_t last = base + (std::uint64_t{1} << shift) - 1;
              const Fence fence{c.form, inside ? last : last + 1, asid};
              const bool drops = (!global || c.drops_global) && (!c.needs_asid || asid == 5) &&
                                 (!c.needs_address || inside);
              SCOPED_TRACE(std::string(translation::name(c.form)) + " 2^" + std::to_string(shift) +
                           (global ? " global" : "") + " asid " + std::to_string(asid));
              EXPECT_EQ(array.invalidate(fence), drops ? 1U : 0U);
              EXPECT_EQ(array.probe(base, 5).hit, !drops);
            }
          }
        }
      }
    }
  }
}

TEST(Fence, AsidIsCutToItsWidth_SFN02) {
  Array array(geometry(4, 4, Replacement::kLru, {12}, 3));
  array.fill(page(kPage, 0), kPage, 0xFFF8 | 2);
  EXPECT_TRUE(array.probe(kPage, 2).hit);
  EXPECT_EQ(array.invalidate({FenceForm::kAsid, 0, 0x100 | 2}), 1U);
}

TEST(Fence, NonCanonicalAddressDoesNothing_CAN07) {
  Array array(geometry(4, 4, Replacement::kLru));
  array.fill(page(0x7000, 0), 0x7000, 1);
  EXPECT_EQ(array.invalidate({FenceForm::kAddress, 0x8000'0000'0000'7000, 1}), 0U);
  EXPECT_TRUE(array.probe(0x7000, 1).hit);
}

// ---- entries ----------------------------------------------------------------------------------

TEST(Array, GlobalEntriesMatchEveryAsid_ASID01) {
  Array array(geometry(4, 4, Replacement::kLru));
  array.fill(page(0x1000, 0x9000, 12, true), 0x1000, 3);
  array.fill(page(0x2000, 0xA000), 0x2000, 3);
  EXPECT_TRUE(array.lookup(0x1000, 4).hit);
  EXPECT_FALSE(array.lookup(0x2000, 4).hit);
}

TEST(Array, ALargerPageIsBrokenIntoPieces_SFN06) {
  Array array(geometry(4, 4, Replacement::kLru, {12}));
  const std::uint64_t va = 0x4000'0000 + 5 * kPage + 0x123;
  Translation t = page(va, 0x8000'0000, 30);
  t.level = 2;
  t.pte = 0xCF;
  array.fill(t, va, 0);
  const auto hit = array.lookup(va, 0);
  ASSERT_TRUE(hit.hit);
  EXPECT_EQ(hit.translation.page_shift, 12U);
  EXPECT_EQ(hit.translation.physical(va), 0x8000'0000 + 5 * kPage + 0x123);
  EXPECT_EQ(hit.translation.level, 2U) << "faults speak of the leaf";
  EXPECT_EQ(hit.translation.pte, 0xCFU);
  EXPECT_FALSE(array.lookup(va + kPage, 0).hit);
  array.fill(t, va + kPage, 0);
  EXPECT_EQ(array.invalidate({FenceForm::kAddress, va, 0}), 1U);
  EXPECT_TRUE(array.lookup(va + kPage, 0).hit);
}

TEST(Array, ASmallerPageThanItHoldsIsDeclined) {
  Array array(geometry(4, 4, Replacement::kLru, {21}));
  const std::uint64_t before = array.generation();
  EXPECT_FALSE(array.fill(page(0x1000, 0), 0x1000, 0).stored);
  EXPECT_EQ(array.generation(), before);
}

TEST(Array, AProbeChangesNoVictim) {
  Array array(geometry(2, 2, Replacement::kLru, {12}));
  array.fill(page(0x1000, 0), 0x1000, 0);
  array.fill(page(0x2000, 0), 0x2000, 0);
  EXPECT_TRUE(array.probe(0x1000, 0).hit);
  const auto fill = array.fill(page(0x3000, 0), 0x3000, 0);
  ASSERT_TRUE(fill.evicted);
  EXPECT_EQ(fill.victim.translation.va_base, 0x1000U);
}

// ---- geometry ---------------------------------------------------------------------------------

TEST(Array, ADropRemovesWhatALookupWouldHitAndNothingElse) {
  Array array(geometry(4, 4, Replacement::kLru));
  array.fill(page(0, kPage), 0, 1);
  array.fill(page(0, 2 * kPage), 0, 2);
  array.fill(page(kPage, 3 * kPage, 12, true), kPage, 1);
  EXPECT_FALSE(array.drop(2 * kPage, 1).hit);
  const tlb::LookupResult own = array.drop(0, 1);
  ASSERT_TRUE(own.hit);
  EXPECT_EQ(own.translation.pa_base, kPage);
  EXPECT_FALSE(array.probe(0, 1).hit);
  EXPECT_TRUE(array.probe(0, 2).hit) << "of another address space";
  EXPECT_TRUE(array.drop(kPage, 7).hit) << "global";
  EXPECT_FALSE(array.probe(kPage, 1).hit);
  EXPECT_FALSE(array.drop(kPage, 7).hit);
}

TEST(Geometry, EveryBadShapeIsNamed) {
  using ::testing::HasSubstr;
  struct Case {
    Geometry geometry;
    const char* says;
  };
  const Case cases[] = {
      {geometry(0, 1, Replacement::kLru), "0 entries are out of range"},
      {geometry(70000, 1, Replacement::kLru), "70000 entries are out of range"},
      {geometry(16, 0, Replacement::kLru), "0 ways do not divide 16"},
      {geometry(16, 5, Replacement::kLru), "5 ways do not divide 16"},
      {geometry(48, 4, Replacement::kLru), "are 12 sets; expected a power of two"},
      {geometry(12, 12, Replacement::kTreePlru), "tree-PLRU cannot order 12 ways"},
      {geometry(128, 128, Replacement::kTreePlru), "tree-PLRU cannot order 128 ways"},
      {geometry(16, 16, Replacement::kLru, {}), "no page size is given"},
      {geometry(16, 16, Replacement::kLru, {12, 12}), "must ascend"},
      {geometry(16, 16, Replacement::kLru, {0}), "2^0 is out of range"},
      {geometry(16, 16, Replacement::kLru, {12}, 17), "17 ASID bits are out of range"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(tlb::validate(c.geometry), HasSubstr(c.says));
    EXPECT_THROW(Array{c.geometry}, tlb::GeometryError);
  }
  EXPECT_EQ(tlb::validate(geometry(1536, 12, Replacement::kLru)), "");
}

TEST(Geometry, PoliciesHaveTheNamesUsersType) {
  EXPECT_STREQ(name(Replacement::kTreePlru), "plru");
  EXPECT_STREQ(name(Replacement::kLru), "lru");
  EXPECT_STREQ(name(Replacement::kFifo), "fifo");
  EXPECT_STREQ(name(Replacement::kRandom), "random");
}

}  // namespace
}  // namespace lookaside::tests
