// SPDX-License-Identifier: Apache-2.0
// When things happen in the TLBs of rtl/: cycle by cycle, by hand.
#include <TlbL2FlipFlop.h>
#include <TlbL2Sv48.h>
#include <TlbSv39.h>

#include <gmock/gmock.h>

#include "rtl/tlb_drivers.h"

namespace lookaside::tests {
namespace {

using translation::Fence;
using translation::FenceForm;

constexpr std::uint64_t kPage = 4096;

RtlPage page(std::uint64_t va, std::uint32_t asid = 1, unsigned level = 0) {
  RtlPage p;
  p.va = va;
  p.asid = asid;
  p.level = level;
  p.ppn = 0x80000;
  p.perm = 0x3f;
  return p;
}

class RtlTlbTiming : public ::testing::Test {
 protected:
  RtlTlbTiming() {
    tlb_.reset();
    for (unsigned i = 0; i < 4; ++i) tlb_.fill(page(i * kPage));
  }
  bool hits(std::uint64_t va) {
    tlb_.ports().lookup_valid_i = 0;
    tlb_.ports().lookup_vpn_i = va / kPage;
    tlb_.ports().lookup_asid_i = 1;
    tlb_.clock().settle();
    return tlb_.ports().hit_o != 0;
  }
  RtlTlb<TlbSv39, 64> tlb_;
};

TEST_F(RtlTlbTiming, LookupAnswersInItsCycleAndFillCountsFromTheNext) {
  EXPECT_TRUE(hits(0));
  EXPECT_FALSE(hits(9 * kPage));
  const unsigned long long before = tlb_.cycles();
  tlb_.fill(page(9 * kPage));
  EXPECT_EQ(tlb_.cycles(), before + 1);
  EXPECT_TRUE(hits(9 * kPage));
}

TEST_F(RtlTlbTiming, EveryFenceFormTakesOneCycle) {
  const Fence kFences[] = {{FenceForm::kAll, 0, 0},
                           {FenceForm::kAsid, 0, 1},
                           {FenceForm::kAddress, 2 * kPage, 0},
                           {FenceForm::kAddressAsid, 2 * kPage, 1}};
  for (const Fence& f : kFences) {
    tlb_.fill(page(2 * kPage));
    ASSERT_TRUE(hits(2 * kPage));
    const unsigned long long before = tlb_.cycles();
    tlb_.fence(f);
    EXPECT_EQ(tlb_.cycles(), before + 1);
    EXPECT_FALSE(hits(2 * kPage)) << name(f.form);
  }
}

// The operands belong to the pulse: what stands on the port a cycle later does not matter.
TEST_F(RtlTlbTiming, FenceOperandsAreThoseOfThePulse) {
  tlb_.set_fence({FenceForm::kAddress, 0, 0});
  tlb_.clock().edge();
  tlb_.set_fence({FenceForm::kAddress, kPage, 0});
  tlb_.idle();
  tlb_.clock().edge();
  EXPECT_FALSE(hits(0));
  EXPECT_TRUE(hits(kPage));
}

TEST_F(RtlTlbTiming, AFenceGoesBeforeAFillAndAFillBeforeALookup) {
  TlbSv39& ports = tlb_.ports();
  tlb_.set_fence({FenceForm::kAddress, 0, 0});
  tlb_.set_fill(page(5 * kPage));
  tlb_.set_lookup(3 * kPage, 1, true);  // would remove what it hits
  tlb_.clock().settle();
  EXPECT_EQ(ports.fill_ready_o, 0);
  EXPECT_EQ(ports.lookup_ready_o, 0);
  tlb_.clock().edge();
  EXPECT_EQ(tlb_.valid(), 0b1110U) << "the fence alone was taken";

  ports.fence_valid_i = 0;
  tlb_.clock().settle();
  EXPECT_EQ(ports.fill_ready_o, 1);
  EXPECT_EQ(ports.lookup_ready_o, 0);
  tlb_.clock().edge();
  EXPECT_EQ(tlb_.valid(), 0b1111U) << "the fill alone was taken, into the lowest free way";

  ports.fill_valid_i = 0;
  tlb_.clock().settle();
  EXPECT_EQ(ports.lookup_ready_o, 1);
  tlb_.clock().edge();
  tlb_.idle();
  EXPECT_EQ(tlb_.valid(), 0b0111U) << "the lookup removed what it hit";
}

TEST_F(RtlTlbTiming, ResetEmptiesEverything) {
  tlb_.reset();
  EXPECT_EQ(tlb_.valid(), 0U);
}

// ---- second level, sweeping: 16 sets, four levels, no 1 GiB pages
// --------------------------------

class RtlTlbSweepTiming : public ::testing::Test {
 protected:
  static constexpr unsigned kSets = 16, kLevels = 4;
  RtlTlbSweepTiming() { tlb_.reset(); }
  template <typename Operation>
  unsigned long long cycles_of(Operation operation) {
    const unsigned long long before = tlb_.cycles();
    operation();
    return tlb_.cycles() - before;
  }
  unsigned long long lookup(std::uint64_t va) {
    return cycles_of([&] { hit_ = tlb_.lookup(va, 1, false).hit; });
  }
  RtlTlbL2<TlbL2Sv48, 64> tlb_;
  bool hit_ = false;
};

TEST_F(RtlTlbSweepTiming, ALookupVisitsOnePageSizePerCycle) {
  tlb_.fill(page(0x5000));
  tlb_.fill(page(0x4020'0000, 1, 1));
  EXPECT_EQ(lookup(0x5000), 2U);
  EXPECT_TRUE(hit_);
  EXPECT_EQ(lookup(0x4020'3000), 3U);
  EXPECT_TRUE(hit_);
  EXPECT_EQ(lookup(0x7000'0000), 1U + kLevels);
  EXPECT_FALSE(hit_);
}

TEST_F(RtlTlbSweepTiming, FencesAndFillsTakeTheirVisits) {
  const auto fence = [&](FenceForm form) {
    return cycles_of([&] { tlb_.fence({form, 0x5000, 1}); });
  };
  // One cycle to latch, one to start; without operands the start is the end.
  EXPECT_EQ(fence(FenceForm::kAll), 2U);
  EXPECT_EQ(fence(FenceForm::kAddress), 2U + kLevels);
  EXPECT_EQ(fence(FenceForm::kAddressAsid), 2U + kLevels);
  EXPECT_EQ(fence(FenceForm::kAsid), 2U + kSets);
  // One to take it, one to write, one until the pulse.
  EXPECT_EQ(cycles_of([&] { tlb_.fill(page(0x5000)); }), 2U + kLevels);
  EXPECT_EQ(cycles_of([&] { tlb_.fill(page(0x4020'0000, 1, 1)); }), 2U + kSets);
}

TEST_F(RtlTlbSweepTiming, AFenceDuringAFillIsTakenAndLookupsWaitForIt) {
  TlbL2Sv48& ports = tlb_.ports();
  tlb_.set_fill(page(0x5000));
  tlb_.clock().edge();
  tlb_.idle();
  tlb_.set_fence({FenceForm::kAddress, 0x5000, 0});
  tlb_.clock().settle();
  ASSERT_EQ(ports.fence_ready_o, 1);
  tlb_.clock().edge();
  tlb_.idle();
  tlb_.set_fence({FenceForm::kAll, 0, 0});
  tlb_.clock().settle();
  EXPECT_EQ(ports.fence_ready_o, 0) << "one fence waits already";
  tlb_.idle();
  tlb_.set_lookup(0x5000, 1, false);
  tlb_.clock().settle();
  unsigned held = 0;
  while (ports.lookup_ready_o == 0) {
    EXPECT_EQ(ports.busy_o, 1);
    tlb_.clock().edge();
    tlb_.clock().settle();
    ASSERT_LT(++held, 100U);
  }
  EXPECT_EQ(ports.valid_o, 0U);
  EXPECT_EQ(lookup(0x5000), 1U + kLevels);
  EXPECT_FALSE(hit_);
}

// ---- second level of flip-flops: 8 sets of 2
// ---------------------------------------------------------------

class RtlTlbFlipFlopTiming : public ::testing::Test {
 protected:
  RtlTlbFlipFlopTiming() { tlb_.reset(); }
  /// Lets the edge come, after which nothing is offered.
  void edge() {
    tlb_.clock().edge();
    tlb_.idle();
    tlb_.clock().settle();
  }
  RtlTlbL2<TlbL2FlipFlop, 64> tlb_;
  TlbL2FlipFlop& ports_ = tlb_.ports();
};

TEST_F(RtlTlbFlipFlopTiming, WhatIsNotTakenHasNoAnswer) {
  tlb_.set_fence({FenceForm::kAll, 0, 0});
  tlb_.set_fill(page(0x5000));
  tlb_.set_lookup(0x5000, 1, false);
  tlb_.clock().settle();
  EXPECT_EQ(ports_.fill_ready_o, 0) << "a fence goes first";
  EXPECT_EQ(ports_.lookup_ready_o, 0);
  edge();
  EXPECT_EQ(ports_.fill_done_o, 0);
  EXPECT_EQ(ports_.rsp_valid_o, 0);
  tlb_.set_fill(page(0x5000));
  tlb_.set_lookup(0x5000, 1, false);
  tlb_.clock().settle();
  EXPECT_EQ(ports_.fill_ready_o, 1);
  EXPECT_EQ(ports_.lookup_ready_o, 0) << "a fill goes before a lookup";
  edge();
  EXPECT_EQ(ports_.fill_done_o, 1);
  EXPECT_EQ(ports_.rsp_valid_o, 0);
  edge();
  EXPECT_EQ(ports_.fill_done_o, 0);
  EXPECT_TRUE(tlb_.lookup(0x5000, 1, false).hit);
}

TEST_F(RtlTlbFlipFlopTiming, AnAddressThatIsNotCanonicalIsNotStored) {
  EXPECT_FALSE(tlb_.fill(page(std::uint64_t{1} << 45)).stored);
  EXPECT_EQ(tlb_.valid(), 0U);
  EXPECT_TRUE(tlb_.fill(page(0x5000)).stored);
}

TEST_F(RtlTlbFlipFlopTiming, ResetTakesAnswersBack) {
  tlb_.set_fill(page(0x5000));
  edge();
  ASSERT_EQ(ports_.fill_done_o, 1);
  ports_.rst_ni = 0;
  tlb_.clock().settle();
  EXPECT_EQ(ports_.fill_done_o, 0);
  ports_.rst_ni = 1;
  tlb_.set_lookup(0x5000, 1, false);
  edge();
  ASSERT_EQ(ports_.rsp_valid_o, 1);
  ports_.rst_ni = 0;
  tlb_.clock().settle();
  EXPECT_EQ(ports_.rsp_valid_o, 0);
}

}  // namespace
}  // namespace lookaside::tests
