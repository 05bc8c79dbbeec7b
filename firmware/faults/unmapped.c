// SPDX-License-Identifier: Apache-2.0
// V=0: every kind of access faults with its own cause, at every level, whatever the other bits are.
#include "faults.h"

static void invalid_at_every_level(enum access access, enum privilege privilege) {
  for (int level = kTopLevel; level >= 0; --level) {
    struct space space = space_new();
    *entry_at(&space, TEST_VA, level) = 0;
    space_use(&space);
    expect_page_fault(
        &(struct probe){.access = access, .privilege = privilege, .va = TEST_VA + 0x124});
  }
}

// V=0 and one other bit set, for each bit of the PTE (WALK-10).
static void invalid_with_other_bits(void) {
  struct space space = space_new();
  pte_t* entry = entry_at(&space, TEST_VA, 0);
  for (int bit = 1; bit < __riscv_xlen; ++bit) {
    *entry = BIT(bit) | (leaf(frame_pa(0), PTE_RWX | PTE_AD) & ~PTE_V);
    space_use(&space);
    expect_page_fault(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = TEST_VA});
    expect_page_fault(&(struct probe){.access = kStore, .privilege = kSupervisor, .va = TEST_VA});
    expect_page_fault(&(struct probe){.access = kFetch, .privilege = kSupervisor, .va = TEST_VA});
  }
}

// A store that faults leaves memory alone; after the mapping is made the same store passes.
static void fault_then_map(void) {
  struct space space = space_new();
  const struct probe store = {
      .access = kStore, .privilege = kSupervisor, .va = TEST_VA + 8, .value = 0x1234};
  *frame_word(0, 8) = 7;
  space_use(&space);
  expect_page_fault(&store);
  expect_equal("memory", 7, *frame_word(0, 8));
  map_page(&space, TEST_VA, frame_pa(0), PTE_RW | PTE_AD);
  fence_address(TEST_VA);
  expect_pass(&store);
  expect_equal("memory", 0x1234, *frame_word(0, 8));
}

// Without translation S and U reach physical addresses whatever the tables say (SATP-18).
static void bare(void) {
  *frame_word(0, 0) = 0x5a5a;
  space_use(0);
  for (int privilege = kUser; privilege <= kSupervisor; ++privilege) {
    const word_t got =
        expect_pass(&(struct probe){.access = kLoad, .privilege = privilege, .va = frame_pa(0)});
    expect_equal("value", 0x5a5a, got);
  }
}

static const struct test kTests[] = {
    {"invalid-with-other-bits", "WALK-10", invalid_with_other_bits},
    {"fault-then-map", "WALK-07", fault_then_map},
    {"bare", "SATP-18", bare},
};

void unmapped_tests(void) {
  for (int access = kFetch; access < kAccessKinds; ++access) {
    test_begin("unmapped-s", kAccessSuffix[access], "WALK-06");
    invalid_at_every_level(access, kSupervisor);
    test_end();
    test_begin("unmapped-u", kAccessSuffix[access], "WALK-06");
    invalid_at_every_level(access, kUser);
    test_end();
  }
  RUN_TESTS(kTests);
}
