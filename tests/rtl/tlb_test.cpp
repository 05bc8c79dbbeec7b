// SPDX-License-Identifier: Apache-2.0
// The TLBs of rtl/ against the model array, operation by operation.
#include <TlbL2FlipFlop.h>
#include <TlbL2Sv48.h>
#include <TlbSv32.h>
#include <TlbSv39.h>

#include "rtl/tlb_lockstep_run.h"

namespace lookaside::tests {
namespace {

using tlb::Replacement;

TEST(RtlTlbLockstep, Sv39FullyAssociativePlru) {
  tlb_lockstep<RtlTlb<TlbSv39, 64>>("TLB Sv39 1x16 PLRU", translation::kSv39,
                                    tlb_geometry(1, 16, {12, 21, 30}));
}

TEST(RtlTlbLockstep, Sv32SetAssociativeLru) {
  tlb_lockstep<RtlTlb<TlbSv32, 32>>("TLB Sv32 4x3 LRU", translation::kSv32,
                                    tlb_geometry(4, 3, {12, 22}, Replacement::kLru, 9));
}

// The largest page but one is held in pieces.
TEST(RtlTlbLockstep, Sv48SecondLevelSweepWithoutGibibytePages) {
  tlb_lockstep<RtlTlbL2<TlbL2Sv48, 64>>("L2 TLB Sv48 16x4", translation::kSv48,
                                        tlb_geometry(16, 4, {12, 21, 39}));
}

TEST(RtlTlbLockstep, SecondLevelOfFlipFlops) {
  tlb_lockstep<RtlTlbL2<TlbL2FlipFlop, 64>>("L2 TLB Sv39 8x2 flip-flops", translation::kSv39,
                                            tlb_geometry(8, 2, {12, 21, 30}));
}

}  // namespace
}  // namespace lookaside::tests
