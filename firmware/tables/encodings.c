// SPDX-License-Identifier: Apache-2.0
// Page-table entries that no table may hold (A.4 rows 2b, 2c, 3), and one that it may.
#include "tables.h"

// W without R, with and without X, at every level.
static void write_without_read(void) {
  for (int level = 0; level <= kTopLevel; ++level) {
    struct space space = space_new();
    pte_t* entry = entry_at(&space, TEST_VA, level);
    for (int execute = 0; execute < 2; ++execute) {
      *entry = leaf(RAM_BASE & -level_bytes(level), PTE_W | (execute ? PTE_X : 0) | PTE_AD);
      space_use(&space);
      expect_all_page_faults(TEST_VA);
    }
  }
}

// Makes a good mapping of TEST_VA, spoils its entry at each level of [first, last] with each of
// `bits` in turn, and expects page faults.
static void spoil(int first, int last, word_t bits) {
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), PTE_RWX | PTE_AD);
  for (int level = first; level <= last; ++level) {
    pte_t* entry = entry_at(&space, TEST_VA, level);
    for (int bit = 0; bit < __riscv_xlen; ++bit) {
      if (!(bits & BIT(bit))) continue;
      *entry ^= BIT(bit);
      space_use(&space);
      expect_all_page_faults(TEST_VA);
      *entry ^= BIT(bit);
    }
  }
  space_use(&space);
  expect_pass(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = TEST_VA});
}

static void pointer_with_a_d_u(void) {
  spoil(1, kTopLevel, PTE_A | PTE_D | PTE_U);
}

// From level 0 there is nowhere to point to.
static void pointer_at_level_0(void) {
  struct space space = space_new();
  *entry_at(&space, TEST_VA, 0) = pointer(table_new());
  space_use(&space);
  expect_all_page_faults(TEST_VA);
}

// G is the one attribute that a pointer may carry.
static void global_pointer(void) {
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), PTE_R | PTE_AD);
  *entry_at(&space, TEST_VA, 1) |= PTE_G;
  space_use(&space);
  expect_pass(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = TEST_VA});
}

// Physical addresses beyond memory reach the bus with all their bits, and nothing answers there.
static void beyond_memory(enum access access) {
  struct space space = space_new();
  // The top bits of the PPN: PA 33:32 in Sv32, PA 55:37 in the others.
  const int first = __riscv_xlen == 32 ? PTE_PPN_SHIFT + 20 : PTE_PPN_SHIFT + 25;
  const int last = __riscv_xlen == 32 ? 31 : 53;
  pte_t* entry = entry_at(&space, TEST_VA, 0);
  for (int bit = first; bit <= last; ++bit) {
    *entry = leaf(frame_pa(0), PTE_RWX | PTE_AD) | BIT(bit);
    space_use(&space);
    expect_access_fault(&(struct probe){.access = access, .privilege = kSupervisor, .va = TEST_VA});
  }
}
static void fetch_beyond_memory(void) {
  beyond_memory(kFetch);
}
static void load_beyond_memory(void) {
  beyond_memory(kLoad);
}
static void store_beyond_memory(void) {
  beyond_memory(kStore);
}

#if __riscv_xlen == 64
// Bits 60:54, PBMT (menvcfg.PBMTE is 0) and N, on leaves and pointers. PPN[3:0] of the page is not
// 1000, so N is wrong even where Svnapot exists.
static void reserved_bits_of_leaf(void) {
  struct space space = space_new();
  const int frame = (frame_pa(0) >> kPageShift & 15) == 8 ? 1 : 0;
  for (int bit = 54; bit < 64; ++bit) {
    *entry_at(&space, TEST_VA, 0) = leaf(frame_pa(frame), PTE_RWX | PTE_AD) | BIT(bit);
    space_use(&space);
    expect_all_page_faults(TEST_VA);
  }
}
static void reserved_bits_of_pointer(void) {
  spoil(1, kTopLevel, (word_t)0x3ff << 54);
}
static void reserved_bits_of_superpage(void) {
  struct space space = space_new();
  for (int bit = 54; bit < 64; ++bit) {
    *entry_at(&space, TEST_VA, 1) = leaf(RAM_BASE, PTE_RWX | PTE_AD) | BIT(bit);
    space_use(&space);
    expect_all_page_faults(TEST_VA);
  }
}
#endif

static const struct test kTests[] = {
    {"write-without-read", "WALK-11", write_without_read},
    {"pointer-with-a-d-u", "WALK-12", pointer_with_a_d_u},
    {"pointer-at-level-0", "WALK-14", pointer_at_level_0},
    {"global-pointer", "WALK-13", global_pointer},
    {"fetch-beyond-memory", "LVL-04", fetch_beyond_memory},
    {"load-beyond-memory", "LVL-04", load_beyond_memory},
    {"store-beyond-memory", "LVL-04", store_beyond_memory},
#if __riscv_xlen == 64
    {"reserved-bits-of-leaf", "A.2", reserved_bits_of_leaf},
    {"reserved-bits-of-pointer", "A.2", reserved_bits_of_pointer},
    {"reserved-bits-of-superpage", "A.2", reserved_bits_of_superpage},
#endif
};

void encoding_tests(void) {
  RUN_TESTS(kTests);
}
