// SPDX-License-Identifier: Apache-2.0
// What a TLB may return, rule by rule of rule book A.9 to A.11.
#include "cosim/foreign/allowed_fills.h"

#include <gmock/gmock.h>

namespace lookaside::foreign {
namespace {

using translation::Fence;
using translation::FenceForm;
using translation::Translation;

Translation page(std::uint64_t va, unsigned shift, std::uint64_t pa, bool global = false) {
  Translation t;
  t.va_base = va;
  t.pa_base = pa;
  t.page_shift = shift;
  t.global = global;
  return t;
}

class AllowedFillsTest : public ::testing::Test {
 protected:
  std::size_t count(std::uint64_t va, std::uint32_t asid) const {
    return fills.allowed(va, asid, fills.now()).size();
  }
  AllowedFills fills{AllowedFills::Options{}};
};

TEST_F(AllowedFillsTest, AHitNeedsARefillOfThatAddressAndSpace) {
  EXPECT_EQ(count(0x1000, 1), 0U);
  fills.fill(page(0x1000, 12, 0x8000), 1);
  EXPECT_EQ(count(0x1FFF, 1), 1U);
  EXPECT_EQ(count(0x2000, 1), 0U);
  EXPECT_EQ(count(0x1000, 2), 0U);
  fills.fill(page(0x1000, 12, 0x9000, true), 1);
  EXPECT_EQ(count(0x1000, 1), 2U) << "an older one may stand beside a newer one (CACHE-01)";
  EXPECT_EQ(count(0x1000, 2), 1U) << "global";
}

TEST_F(AllowedFillsTest, EachFormOfAFenceTakesWhatItCoversAndNothingElse) {
  struct Case {
    Fence fence;
    unsigned left_asid1, left_asid2, left_global, left_other_page;
  };
  const Case cases[] = {{{FenceForm::kAll, 0, 0}, 0, 0, 0, 0},
                        {{FenceForm::kAsid, 0, 1}, 0, 1, 1, 0},
                        {{FenceForm::kAddress, 0x1008, 0}, 0, 0, 1, 1},
                        {{FenceForm::kAddress, 0x3000, 0}, 1, 1, 0, 1},
                        {{FenceForm::kAddressAsid, 0x1008, 1}, 0, 1, 1, 1},
                        {{FenceForm::kAddressAsid, 0x3000, 1}, 1, 1, 1, 1}};
  for (const Case& c : cases) {
    fills = AllowedFills{AllowedFills::Options{}};
    fills.fill(page(0x1000, 12, 0x8000), 1);
    fills.fill(page(0x1000, 12, 0x9000), 2);
    fills.fill(page(0x3000, 12, 0xA000, true), 1);
    fills.fill(page(0x5000, 12, 0xB000), 1);
    fills.fence(c.fence);
    EXPECT_EQ(count(0x1000, 1), c.left_asid1) << name(c.fence.form);
    EXPECT_EQ(count(0x1000, 2), c.left_asid2) << name(c.fence.form);
    EXPECT_EQ(count(0x3000, 3), c.left_global) << name(c.fence.form);
    EXPECT_EQ(count(0x5000, 1), c.left_other_page) << name(c.fence.form);
  }
}

TEST_F(AllowedFillsTest, AsidsAreCutToTheImplementedBits) {
  fills = AllowedFills{AllowedFills::Options{2, false, 12}};
  fills.fill(page(0x1000, 12, 0x8000), 5);
  EXPECT_EQ(count(0x1000, 1), 1U);
  fills.fence({FenceForm::kAsid, 0, 9});
  EXPECT_EQ(count(0x1000, 1), 0U);
}

TEST_F(AllowedFillsTest, AFenceInASuperpageTakesItWholeOrThePiece) {
  for (const bool pieces : {false, true}) {
    fills = AllowedFills{AllowedFills::Options{16, pieces, 12}};
    fills.fill(page(0x20'0000, 21, 0x8000'0000), 1);
    fills.fence({FenceForm::kAddress, 0x20'1000, 0});
    EXPECT_EQ(count(0x20'1FFF, 1), 0U);
    EXPECT_EQ(count(0x20'2000, 1), pieces ? 1U : 0U);
  }
}

TEST_F(AllowedFillsTest, ALookupInFlightMayStillReturnWhatAFenceTook) {
  fills.fill(page(0x1000, 12, 0x8000), 1);
  const AllowedFills::Time begun = fills.now();
  fills.fence({});
  EXPECT_EQ(fills.allowed(0x1000, 1, begun).size(), 1U);
  EXPECT_EQ(count(0x1000, 1), 0U);
  fills.forget(begun);
  EXPECT_EQ(fills.size(), 1U);
  fills.forget(fills.now());
  EXPECT_EQ(fills.size(), 0U);
}

}  // namespace
}  // namespace lookaside::foreign
