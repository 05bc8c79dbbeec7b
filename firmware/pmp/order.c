// SPDX-License-Identifier: Apache-2.0
// Pairs of reasons to refuse one access, of which one is a page fault and the other an access
// fault: the earlier row of A.4 wins (WALK-01).
#include "pmp.h"

static struct space space;
static const struct probe kLoadIt = {.access = kLoad, .privilege = kSupervisor, .va = TEST_VA};
static const struct probe kStoreIt = {.access = kStore, .privilege = kSupervisor, .va = TEST_VA};

// A table closed by PMP that holds this PTE for TEST_VA, at level 0.
static void closed_pte(pte_t pte) {
  space = space_new();
  pte_t* entry = entry_at(&space, TEST_VA, 0);
  *entry = pte;
  pmp_set(0, PMP_NAPOT, pmp_napot((word_t)entry & -(word_t)kPageBytes, kPageBytes));
  space_use(&space);
}

// Row 1 before everything below it: the PTE cannot even be read.
static void closed_table_before_garbage(void) {
  static const pte_t kGarbage[] = {0, PTE_V | PTE_W, PTE_V, PTE_V | PTE_X | PTE_U, ~(pte_t)0};
  for (unsigned i = 0; i < sizeof(kGarbage) / sizeof(kGarbage[0]); ++i) {
    closed_pte(kGarbage[i]);
    expect_access_fault(&kLoadIt);
    expect_access_fault(&kStoreIt);
    pmp_open();
  }
}

// The frame is closed and the leaf is wrong in a way that an earlier row sees.
static void closed_frame_behind(pte_t pte, int level, bool translates) {
  space = space_new();
  *entry_at(&space, TEST_VA, level) = pte;
  pmp_frame(0, 0);
  space_use(&space);
  if (translates) {
    expect_access_fault(&kStoreIt);
  } else {
    expect_page_fault(&kStoreIt);
  }
  pmp_open();
}

static void invalid_before_closed_frame(void) {
  closed_frame_behind(leaf(frame_pa(0), PTE_RWX | PTE_AD) & ~PTE_V, 0, false);
}
static void reserved_before_closed_frame(void) {
  closed_frame_behind(leaf(frame_pa(0), PTE_W | PTE_AD), 0, false);
}
static void no_permission_before_closed_frame(void) {
  closed_frame_behind(leaf(frame_pa(0), PTE_R | PTE_AD), 0, false);
}
static void user_page_before_closed_frame(void) {
  closed_frame_behind(leaf(frame_pa(0), PTE_RW | PTE_U | PTE_AD), 0, false);
}
static void good_page_then_closed_frame(void) {
  closed_frame_behind(leaf(frame_pa(0), PTE_RW | PTE_AD), 0, true);
}

static void misaligned_superpage_before_closed_frame(void) {
  // The superpage's PPN is that of the closed frame, which is not aligned to a superpage.
  closed_frame_behind(leaf(frame_pa(0), PTE_RW | PTE_AD), 1, false);
}

// D=0 under the fault scheme is row 8: before the frame's PMP.
static void dirty_clear_before_closed_frame(void) {
  hardware_ad_update(false);
  closed_frame_behind(leaf(frame_pa(0), PTE_RW | PTE_A), 0, false);
}

#if __riscv_xlen == 64
// Row 0 before row 1: no table is read for an address that is not canonical.
static void not_canonical_before_closed_table(void) {
  closed_pte(0);
  struct probe load = kLoadIt;
  load.va = TEST_VA ^ BIT(kVaBits - 1);
  expect_page_fault(&load);
  pmp_open();
}
#endif

static const struct test kTests[] = {
    {"closed-table-before-garbage", "WALK-02", closed_table_before_garbage},
    {"invalid-before-closed-frame", "WALK-01", invalid_before_closed_frame},
    {"reserved-before-closed-frame", "WALK-01", reserved_before_closed_frame},
    {"misaligned-superpage-before-closed-frame", "WALK-03",
     misaligned_superpage_before_closed_frame},
    {"user-page-before-closed-frame", "WALK-04", user_page_before_closed_frame},
    {"no-permission-before-closed-frame", "WALK-04", no_permission_before_closed_frame},
    {"dirty-clear-before-closed-frame", "WALK-01", dirty_clear_before_closed_frame},
    {"good-page-then-closed-frame", "WALK-01", good_page_then_closed_frame},
#if __riscv_xlen == 64
    {"not-canonical-before-closed-table", "WALK-01", not_canonical_before_closed_table},
#endif
};

void order_tests(void) {
  RUN_TESTS(kTests);
}
