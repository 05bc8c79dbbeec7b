// SPDX-License-Identifier: Apache-2.0
// Locked PMP entries. A lock lasts until reset, so these tests are a program of their own and use
// up entries one after the other.
#include "check.h"
#include "protection.h"

enum { kAll = PMP_NAPOT | PMP_R | PMP_W | PMP_X, kReadOnly = PMP_NAPOT | PMP_R | PMP_L };

// A locked entry binds M-mode.
static void lock_binds_machine_mode(void) {
  pmp_set(0, kReadOnly, pmp_napot(frame_pa(0), kPageBytes));
  space_use(0);
  expect_pass(&(struct probe){.access = kLoad, .privilege = kMachine, .va = frame_pa(0)});
  expect_access_fault(&(struct probe){.access = kStore, .privilege = kMachine, .va = frame_pa(0)});
  expect_access_fault(&(struct probe){.access = kFetch, .privilege = kMachine, .va = frame_pa(0)});
  expect_pass(&(struct probe){.access = kStore, .privilege = kMachine, .va = frame_pa(1)});
}

static void lock_refuses_writes(void) {
  const word_t address = pmp_address(0);
  pmp_set(0, PMP_OFF, 0);
  expect_equal("configuration", kReadOnly, pmp_configuration(0));
  expect_equal("address", address, pmp_address(0));
}

// The other bytes of the same pmpcfg register still take values.
static void neighbours_stay_open(void) {
  pmp_set(1, PMP_NAPOT | PMP_R, pmp_napot(frame_pa(1), kPageBytes));
  expect_equal("configuration", PMP_NAPOT | PMP_R, pmp_configuration(1));
  pmp_set(1, PMP_OFF, 0);
  expect_equal("configuration", PMP_OFF, pmp_configuration(1));
  expect_equal("address", 0, pmp_address(1));
}

// A locked TOR entry also freezes the address of the entry before it, but not its configuration.
static void locked_tor_freezes_its_base(void) {
  pmp_set(2, PMP_OFF, frame_pa(2) >> 2);
  pmp_set(3, PMP_TOR | PMP_R | PMP_L, frame_pa(3) >> 2);
  pmp_set(2, PMP_OFF, 0);
  expect_equal("address of the base", frame_pa(2) >> 2, pmp_address(2));
  space_use(0);
  expect_access_fault(&(struct probe){.access = kStore, .privilege = kMachine, .va = frame_pa(2)});
  expect_pass(&(struct probe){.access = kLoad, .privilege = kMachine, .va = frame_pa(2)});
}

// L locks an entry that is OFF as well.
static void lock_of_an_entry_that_is_off(void) {
  pmp_set(5, PMP_OFF | PMP_L, 0x1234);
  pmp_set(5, PMP_NAPOT | PMP_R, 0x5678);
  expect_equal("configuration", PMP_OFF | PMP_L, pmp_configuration(5));
  expect_equal("address", 0x1234, pmp_address(5));
}

static const struct test kTests[] = {
    {"lock-binds-machine-mode", "PMP-16", lock_binds_machine_mode},
    {"lock-refuses-writes", "PMP-14", lock_refuses_writes},
    {"neighbours-stay-open", "PMP-14", neighbours_stay_open},
    {"locked-tor-freezes-its-base", "PMP-15", locked_tor_freezes_its_base},
    {"lock-of-an-entry-that-is-off", "PMP-14", lock_of_an_entry_that_is_off},
};

int main(void) {
  pmp_set(15, kAll, PMP_ALL);
  pmp_set(0, PMP_OFF, 0);
  RUN_TESTS(kTests);
  return tests_summary("pmp-lock");
}
