// SPDX-License-Identifier: Apache-2.0
// Leaves above level 0: the low VPN fields pass into the physical address (LVL-02), and the low PPN
// fields must be zero (A.4 row 4).
#include "tables.h"

static const char* const kLevelNames[] = {"-level-0", "-level-1", "-level-2", "-level-3",
                                          "-level-4"};

static void superpage_at(int level) {
  struct space space = space_new();
  const word_t base = RAM_BASE & -level_bytes(level);
  map_at(&space, TEST_VA, base, PTE_RWX | PTE_AD, level);
  space_use(&space);
  for (int frame = 0; frame < kFrames; ++frame) {
    const word_t offset = frame_pa(frame) + 0x10 * frame + 8 - base;
    struct probe probe = {.privilege = kSupervisor, .va = TEST_VA + offset, .value = 77 + frame};
    probe.access = kStore;
    expect_pass(&probe);
    expect_equal("memory", 77 + frame, *frame_word(frame, 0x10 * frame + 8));
    *frame_word(frame, 0x10 * frame + 8) = 33;
    probe.access = kLoad;
    expect_equal("value", 33, expect_pass(&probe));
    ecall_at(&frames[frame][0x10 * frame + 8]);
    probe.access = kFetch;
    expect_pass(&probe);
  }
}

static void misaligned_at(int level) {
  struct space space = space_new();
  const word_t base = RAM_BASE & -level_bytes(level);
  pte_t* entry = entry_at(&space, TEST_VA, level);
  for (int bit = 0; bit < level * INDEX_BITS; ++bit) {
    *entry = leaf(base, PTE_RWX | PTE_AD) | BIT(PTE_PPN_SHIFT + bit);
    space_use(&space);
    expect_all_page_faults(TEST_VA + 0x100);
  }
}

// A page and a superpage side by side, in one table.
static void page_beside_superpage(void) {
  struct space space = space_new();
  map_at(&space, TEST_VA, RAM_BASE, PTE_R | PTE_AD, 1);
  map_page(&space, TEST_VA + level_bytes(1), frame_pa(0), PTE_R | PTE_AD);
  space_use(&space);
  *frame_word(0, 0) = 1;
  *frame_word(1, 0) = 2;
  const struct probe page = {
      .access = kLoad, .privilege = kSupervisor, .va = TEST_VA + level_bytes(1)};
  const struct probe super = {
      .access = kLoad, .privilege = kSupervisor, .va = TEST_VA + frame_pa(1) - RAM_BASE};
  for (int turn = 0; turn < 3; ++turn) {
    expect_equal("value of the page", 1, expect_pass(&page));
    expect_equal("value of the superpage", 2, expect_pass(&super));
  }
}

// U-mode superpage, read-only: the same checks as on a page.
static void superpage_permissions(void) {
  struct space space = space_new();
  map_at(&space, TEST_VA, RAM_BASE, PTE_U | PTE_R | PTE_AD, 1);
  space_use(&space);
  const word_t va = TEST_VA + 0x40;
  expect_pass(&(struct probe){.access = kLoad, .privilege = kUser, .va = va});
  expect_page_fault(&(struct probe){.access = kStore, .privilege = kUser, .va = va});
  expect_page_fault(&(struct probe){.access = kFetch, .privilege = kUser, .va = va});
  expect_page_fault(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = va});
}

static const struct test kTests[] = {
    {"page-beside-superpage", "LVL-03", page_beside_superpage},
    {"superpage-permissions", "A.5", superpage_permissions},
};

void superpage_tests(void) {
  for (int level = 1; level <= kTopLevel; ++level) {
    test_begin("superpage", kLevelNames[level], "LVL-02");
    superpage_at(level);
    test_end();
    test_begin("misaligned-superpage", kLevelNames[level], "A.4");
    misaligned_at(level);
    test_end();
  }
  RUN_TESTS(kTests);
}
