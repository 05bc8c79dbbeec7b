// SPDX-License-Identifier: Apache-2.0
// Which virtual addresses exist (A.3).
#include "tables.h"

// The topmost entry of the root table maps the highest addresses: negative ones on RV64.
static void high_half(void) {
  struct space space = space_new();
  const word_t va = -(word_t)kPageBytes;
  map_page(&space, va, frame_pa(0), PTE_RW | PTE_AD);
  *frame_word(0, 0x80) = 4711;
  space_use(&space);
  const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = va + 0x80};
  expect_equal("value", 4711, expect_pass(&load));
}

// Page 0 is a page like any other.
static void page_zero(void) {
  struct space space = space_new();
  map_page(&space, 0, frame_pa(0), PTE_RW | PTE_AD);
  *frame_word(0, 0) = 4712;
  space_use(&space);
  const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = 0};
  expect_equal("value", 4712, expect_pass(&load));
}

#if __riscv_xlen == 64
// Flips each bit from the sign bit upward in the address of a page that is mapped.
static void not_canonical(word_t good, enum privilege privilege) {
  struct space space = space_new();
  // Both addresses that differ in the sign bit alone are mapped: a walk from either would succeed.
  const word_t flags = PTE_RWX | PTE_AD | (privilege == kUser ? PTE_U : 0);
  map_page(&space, good, frame_pa(0), flags);
  map_page(&space, good ^ BIT(kVaBits - 1), frame_pa(0), flags);
  ecall_at(frames[0]);
  space_use(&space);
  for (int access = kFetch; access <= kLr; ++access) {
    struct probe probe = {.access = access, .privilege = privilege, .va = good};
    for (int bit = kVaBits - 1; bit < 64; ++bit) {
      probe.va = good ^ BIT(bit);
      expect_page_fault(&probe);
    }
    probe.va = good;
    ecall_at(frames[0]);
    expect_pass(&probe);
  }
}
static void not_canonical_positive(void) {
  not_canonical(TEST_VA, kSupervisor);
}
static void not_canonical_negative(void) {
  not_canonical(-(word_t)kPageBytes, kSupervisor);
}
static void not_canonical_from_u(void) {
  not_canonical(TEST_VA, kUser);
}

// A tagged pointer to memory is good in Bare mode only if the physical address exists.
static void no_check_in_bare(void) {
  space_use(0);
  const word_t va = frame_pa(0) | BIT(55);
  expect_access_fault(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = va});
}
#endif

static const struct test kTests[] = {
    {"high-half", "CAN-01", high_half},
    {"page-zero", "A.2", page_zero},
#if __riscv_xlen == 64
    {"not-canonical-positive", "CAN-01", not_canonical_positive},
    {"not-canonical-negative", "CAN-01", not_canonical_negative},
    {"not-canonical-from-u", "CAN-02", not_canonical_from_u},
    {"no-check-in-bare", "CAN-03", no_check_in_bare},
#endif
};

void canonical_tests(void) {
  RUN_TESTS(kTests);
}
