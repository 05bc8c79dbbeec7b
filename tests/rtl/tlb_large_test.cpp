// SPDX-License-Identifier: Apache-2.0
// More TLBs against the model array: every format, and a large one. Built and run by the long tests
// only.
#include <TlbL2Sv39Large.h>
#include <TlbSv39Large.h>
#include <TlbSv48.h>
#include <TlbSv57.h>

#include "rtl/tlb_lockstep_run.h"

namespace lookaside::tests {
namespace {

using tlb::Replacement;

TEST(RtlTlbLockstep, Sv39SetAssociative64x2) {
  tlb_lockstep<RtlTlb<TlbSv39Large, 64>>("TLB Sv39 64x2", translation::kSv39,
                                         tlb_geometry(64, 2, {12, 21, 30}));
}

TEST(RtlTlbLockstep, Sv39SecondLevelSweep64x2) {
  tlb_lockstep<RtlTlbL2<TlbL2Sv39Large, 64>>("L2 TLB Sv39 64x2", translation::kSv39,
                                             tlb_geometry(64, 2, {12, 21, 30}));
}

TEST(RtlTlbLockstep, Sv48FullyAssociativeLru) {
  tlb_lockstep<RtlTlb<TlbSv48, 64>>("TLB Sv48 1x8 LRU", translation::kSv48,
                                    tlb_geometry(1, 8, {12, 21, 30, 39}, Replacement::kLru, 16));
}

TEST(RtlTlbLockstep, Sv57SetAssociative) {
  tlb_lockstep<RtlTlb<TlbSv57, 64>>("TLB Sv57 4x4 PLRU", translation::kSv57,
                                    tlb_geometry(4, 4, {12, 21, 30, 39, 48}));
}

}  // namespace
}  // namespace lookaside::tests
