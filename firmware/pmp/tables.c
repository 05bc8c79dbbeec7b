// SPDX-License-Identifier: Apache-2.0
// Page tables in memory that PMP closes, or that does not exist: an access fault of the original
// access's kind, with the virtual address of the access (A.4 rows 1 and 9).
#include "pmp.h"

// A physical page where nothing answers, on QEMU's `virt` as on our platform: below the PLIC.
#define NOWHERE 0x8000000UL

// Closes the table that holds the PTE of `level` for TEST_VA, and tries an access.
static void closed_table(enum access access, unsigned permissions, bool refused) {
  for (int level = kTopLevel; level >= 0; --level) {
    for (int privilege = kUser; privilege <= kSupervisor; ++privilege) {
      struct space space = space_new();
      // The probes are mapped elsewhere in the tables, or they could not be fetched: at the top
      // level the root itself is closed, and the fetch of the probe is what faults.
      map_page(&space, TEST_VA, frame_pa(0), PTE_RWX | PTE_AD | (privilege == kUser ? PTE_U : 0));
      ecall_at(frames[0]);
      const pte_t* table = entry_at(&space, TEST_VA, level) - level_index(TEST_VA, level);
      pmp_set(0, PMP_NAPOT | permissions, pmp_napot((word_t)table, kPageBytes));
      space_use(&space);
      const struct probe probe = {.access = access, .privilege = privilege, .va = TEST_VA};
      if (!refused) {
        expect_pass(&probe);
      } else if (level == kTopLevel) {
        const struct outcome got = probe_run(&probe);
        expect_equal("cause", kFetchAccessFault, got.cause);
        expect_equal("tval", got.epc, got.tval);
      } else {
        expect_access_fault(&probe);
      }
      pmp_open();
    }
  }
}

// The same under MPRV: M-mode's load, made as S, is refused for the PTE; at every level.
static void closed_table_with_mprv(void) {
  for (int level = kTopLevel; level >= 0; --level) {
    struct space space = space_new();
    map_page(&space, TEST_VA, frame_pa(0), PTE_RW | PTE_AD);
    const pte_t* table = entry_at(&space, TEST_VA, level) - level_index(TEST_VA, level);
    pmp_set(0, PMP_NAPOT, pmp_napot((word_t)table, kPageBytes));
    space_use(&space);
    const struct outcome load = excursion(kMachine, 0, (word_t)probe_mprv_load, TEST_VA,
                                          STATUS_MPRV | STATUS_MPP(kSupervisor), 0);
    expect_outcome(&load, kLoadAccessFault, TEST_VA, (word_t)probe_mprv_load_at);
    const struct outcome store = excursion(kMachine, 0, (word_t)probe_mprv_store, TEST_VA,
                                           STATUS_MPRV | STATUS_MPP(kSupervisor), 0);
    expect_outcome(&store, kStoreAccessFault, TEST_VA, (word_t)probe_mprv_store_at);
    pmp_open();
  }
}

// Reading PTEs needs R and nothing more: not X, not W while A and D are set.
static void readable_table(void) {
  closed_table(kStore, PMP_R, false);
}

// A and D must be written, and PMP allows only reading the table: refused, PTE unchanged.
static void update_of_closed_table(void) {
  hardware_ad_update(true);
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), PTE_RW);
  const pte_t* entry = entry_at(&space, TEST_VA, 0);
  const pte_t before = *entry;
  pmp_set(0, PMP_NAPOT | PMP_R, pmp_napot((word_t)entry & -(word_t)kPageBytes, kPageBytes));
  space_use(&space);
  expect_access_fault(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = TEST_VA});
  expect_access_fault(&(struct probe){.access = kStore, .privilege = kSupervisor, .va = TEST_VA});
  expect_equal("PTE", before, *entry);
  hardware_ad_update(false);
  pmp_open();
}

// A pointer to where no memory is.
static void table_nowhere(enum access access) {
  for (int level = 1; level <= kTopLevel; ++level) {
    struct space space = space_new();
    *entry_at(&space, TEST_VA, level) = pointer((const pte_t*)NOWHERE);
    space_use(&space);
    expect_access_fault(&(struct probe){.access = access, .privilege = kSupervisor, .va = TEST_VA});
  }
}

static void data_nowhere(enum access access) {
  struct space space = space_new();
  map_page(&space, TEST_VA, NOWHERE, PTE_RWX | PTE_AD);
  space_use(&space);
  expect_access_fault(&(struct probe){.access = access, .privilege = kSupervisor, .va = TEST_VA});
}

static void root_nowhere(void) {
  const struct space space = {(pte_t*)NOWHERE, 1};
  space_use(&space);
  const struct outcome got = excursion(kSupervisor, 0, (word_t)probe_load, TEST_VA, 0, 0);
  expect_outcome(&got, kFetchAccessFault, (word_t)probe_load, (word_t)probe_load);
  space_use(0);
}

static const struct test kTests[] = {
    {"closed-table-with-mprv", "WALK-08", closed_table_with_mprv},
    {"readable-table", "WALK-08", readable_table},
    {"update-of-closed-table", "AD-11", update_of_closed_table},
    {"root-nowhere", "WALK-05", root_nowhere},
};

void table_tests(void) {
  for (int access = kFetch; access < kAccessKinds; ++access) {
    test_begin("closed-table", kAccessSuffix[access], "WALK-08");
    closed_table(access, 0, true);
    test_end();
  }
  for (int access = kFetch; access < kAccessKinds; ++access) {
    test_begin("table-nowhere", kAccessSuffix[access], "WALK-05");
    table_nowhere(access);
    test_end();
    test_begin("data-nowhere", kAccessSuffix[access], "WALK-06");
    data_nowhere(access);
    test_end();
  }
  RUN_TESTS(kTests);
}
