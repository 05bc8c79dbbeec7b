// SPDX-License-Identifier: Apache-2.0
// A and D (rule book A.7) in both schemes: by fault (menvcfg.ADUE = 0) and by hardware (ADUE = 1).
#include "check.h"
#include "protection.h"

enum { kFlags = PTE_RWX | PTE_RSW };

static struct space space;
static pte_t* entry;

// A fresh page with these A and D bits; gives the PTE as written.
static pte_t page_with(word_t ad) {
  space = space_new();
  entry = entry_at(&space, TEST_VA, 0);
  *entry = leaf(frame_pa(0), kFlags | ad);
  ecall_at(frames[0]);
  space_use(&space);
  return *entry;
}

static struct probe probe_of(enum access access) {
  return (struct probe){.access = access, .privilege = kSupervisor, .va = TEST_VA};
}

static bool is_store(enum access access) {
  return access >= kStore && access != kLr;
}

static void both_schemes_can_be_chosen(void) {
  expect_equal("ADUE = 1 taken", 1, hardware_ad_update(true));
  expect_equal("ADUE = 0 taken", 1, hardware_ad_update(false));
}

// By fault: the PTE in memory stays as it is.

static void accessed_clear_faults(enum access access) {
  hardware_ad_update(false);
  const pte_t before = page_with(0);
  const struct probe probe = probe_of(access);
  expect_page_fault(&probe);
  expect_equal("PTE", before, *entry);
  const pte_t dirty = page_with(PTE_D);  // D without A is no help
  expect_page_fault(&probe);
  expect_equal("PTE", dirty, *entry);
}

static void dirty_clear(enum access access) {
  hardware_ad_update(false);
  const pte_t before = page_with(PTE_A);
  const struct probe probe = probe_of(access);
  if (is_store(access)) {
    expect_page_fault(&probe);
  } else {
    expect_pass(&probe);
  }
  expect_equal("PTE", before, *entry);
}

// A cached translation with D=0 is no permission to write (AD-14); software sets D and goes on.
static void software_sets_dirty(void) {
  hardware_ad_update(false);
  const pte_t before = page_with(PTE_A);
  const struct probe load = probe_of(kLoad);
  const struct probe store = probe_of(kStore);
  expect_pass(&load);
  expect_page_fault(&store);
  *entry = before | PTE_D;
  fence_address(TEST_VA);
  expect_pass(&store);
  expect_equal("PTE", before | PTE_D, *entry);
}

// By hardware: A always, D with a store, nothing else.

static void hardware_updates(enum access access) {
  hardware_ad_update(true);
  for (int dirty = 0; dirty < 2; ++dirty) {
    const pte_t before = page_with(dirty ? PTE_D : 0);
    struct probe probe = probe_of(access);
    probe.reserve = TEST_VA;  // SC succeeds; its LR has set A then
    expect_pass(&probe);
    expect_equal("PTE", before | PTE_A | (is_store(access) ? PTE_D : 0), *entry);
  }
}

// The store goes through a translation that a load has cached with D=0.
static void hardware_sets_dirty_late(void) {
  hardware_ad_update(true);
  const pte_t before = page_with(0);
  const struct probe load = probe_of(kLoad);
  const struct probe store = probe_of(kStore);
  expect_pass(&load);
  expect_equal("PTE after the load", before | PTE_A, *entry);
  expect_pass(&store);
  expect_equal("PTE after the store", before | PTE_AD, *entry);
}

static void refused_access_sets_nothing(void) {
  hardware_ad_update(true);
  space = space_new();
  entry = entry_at(&space, TEST_VA, 0);
  const pte_t before = leaf(frame_pa(0), PTE_R);
  *entry = before;
  space_use(&space);
  const struct probe store = probe_of(kStore);
  expect_page_fault(&store);
  expect_equal("D", 0, *entry & PTE_D);
  const struct probe user = {.access = kLoad, .privilege = kUser, .va = TEST_VA};
  expect_page_fault(&user);
  expect_equal("D", 0, *entry & PTE_D);
}

static void pointers_are_left_alone(void) {
  hardware_ad_update(true);
  const pte_t before = page_with(0);
  pte_t* above = entry_at(&space, TEST_VA, 1);
  const pte_t pointer_before = *above;
  const struct probe store = probe_of(kStore);
  expect_pass(&store);
  expect_equal("leaf", before | PTE_AD, *entry);
  expect_equal("pointer", pointer_before, *above);
}

static void superpage_is_updated_too(void) {
  hardware_ad_update(true);
  space = space_new();
  entry = entry_at(&space, TEST_VA, 1);
  *entry = leaf(RAM_BASE, PTE_RW);
  space_use(&space);
  struct probe probe = probe_of(kLoad);
  probe.va = TEST_VA + (frame_pa(0) - RAM_BASE);
  expect_pass(&probe);
  expect_equal("PTE after the load", leaf(RAM_BASE, PTE_RW | PTE_A), *entry);
  probe.access = kStore;
  expect_pass(&probe);
  expect_equal("PTE after the store", leaf(RAM_BASE, PTE_RW | PTE_AD), *entry);
}

// With the scheme off again the same PTE faults again.
static void scheme_changes_back(void) {
  hardware_ad_update(true);
  page_with(0);
  const struct probe load = probe_of(kLoad);
  expect_pass(&load);
  hardware_ad_update(false);
  page_with(0);
  expect_page_fault(&load);
}

static const struct test kByHardware[] = {
    {"hardware-sets-dirty-late", "AD-14", hardware_sets_dirty_late},
    {"refused-access-sets-no-dirty", "AD-01", refused_access_sets_nothing},
    {"pointers-are-left-alone", "AD-10", pointers_are_left_alone},
    {"superpage-is-updated-too", "AD-02", superpage_is_updated_too},
};
static const struct test kByFault[] = {
    {"both-schemes-can-be-chosen", "SVD-01", both_schemes_can_be_chosen},
    {"software-sets-dirty", "AD-14", software_sets_dirty},
    {"scheme-changes-back", "SVD-01", scheme_changes_back},
};

static void for_each_access(const char* name, const char* rule, void (*run)(enum access)) {
  for (int access = kFetch; access < kAccessKinds; ++access) {
    test_begin(name, kAccessSuffix[access], rule);
    run(access);
    test_end();
  }
}

int main(void) {
  for_each_access("accessed-clear-faults", "AD-01", accessed_clear_faults);
  for_each_access("dirty-clear", "AD-01", dirty_clear);
  RUN_TESTS(kByFault);
  for_each_access("hardware-updates", "AD-02", hardware_updates);
  RUN_TESTS(kByHardware);
  return tests_summary("accessed-dirty");
}
