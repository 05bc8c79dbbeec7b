// SPDX-License-Identifier: Apache-2.0
// R, W and X of an entry against every kind of access, from S and U, bare and translated.
#include "pmp.h"

struct row {
  const char* name;
  unsigned permissions;
  const char* allowed;
};
static const struct row kRows[] = {
    {"pmp-none", 0, ""},
    {"pmp-r", PMP_R, "r"},
    {"pmp-rw", PMP_R | PMP_W, "rw"},
    {"pmp-x", PMP_X, "x"},
    {"pmp-rx", PMP_R | PMP_X, "rx"},
    {"pmp-rwx", PMP_R | PMP_W | PMP_X, "rwx"},
};

static bool allows(const struct row* row, enum access access) {
  const char wanted = access == kFetch ? 'x' : access == kLoad || access == kLr ? 'r' : 'w';
  for (const char* letter = row->allowed; *letter; ++letter) {
    if (*letter == wanted) return true;
  }
  return false;
}

static void try_access(const struct row* row, enum access access, word_t va) {
  for (int privilege = kUser; privilege <= kSupervisor; ++privilege) {
    const struct probe probe = {.access = access,
                                .privilege = privilege,
                                .va = va + 0x100,
                                .status = STATUS_SUM | STATUS_MXR,  // no business of PMP
                                .reserve = allows(row, kLr) ? va + 0x100 : 0};
    ecall_at(&frames[0][0x100]);
    // The page is a U page: S-mode may not fetch from it, and that is another fault.
    if (va == TEST_VA && access == kFetch && privilege == kSupervisor) continue;
    if (allows(row, access)) {
      expect_pass(&probe);
    } else {
      expect_access_fault(&probe);
    }
  }
}

static void for_row(const struct row* row) {
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), PTE_U | PTE_RWX | PTE_AD);
  pmp_frame(0, row->permissions);
  for (int translated = 0; translated < 2; ++translated) {
    space_use(translated ? &space : 0);
    const word_t va = translated ? TEST_VA : frame_pa(0);
    const char* const suffix = translated ? "-translated" : "-bare";
    test_begin(row->name, suffix, "PMP-11");
    try_access(row, kFetch, va);
    try_access(row, kLoad, va);
    try_access(row, kStore, va);
    try_access(row, kLr, va);
    test_end();
    test_begin(row->name, translated ? "-translated-sc" : "-bare-sc", "PMP-19");
    try_access(row, kSc, va);
    test_end();
    test_begin(row->name, translated ? "-translated-amo" : "-bare-amo", "PMP-19");
    try_access(row, kAmo, va);
    test_end();
  }
  pmp_open();
}

// M-mode passes where the entry is not locked, but not as MPP=S under MPRV.
static void machine_mode(void) {
  pmp_frame(0, 0);
  space_use(0);
  expect_pass(&(struct probe){.access = kLoad, .privilege = kMachine, .va = frame_pa(0)});
  expect_pass(&(struct probe){.access = kStore, .privilege = kMachine, .va = frame_pa(0)});
  const struct outcome got = excursion(kMachine, 0, (word_t)probe_mprv_load, frame_pa(0),
                                       STATUS_MPRV | STATUS_MPP(kSupervisor), 0);
  expect_outcome(&got, kLoadAccessFault, frame_pa(0), (word_t)probe_mprv_load_at);
  pmp_open();
}

// No entry matches: M-mode passes, S and U do not even fetch.
static void nothing_for_s_and_u(void) {
  space_use(0);
  pmp_set(kLastEntry, PMP_OFF, PMP_ALL);
  expect_pass(&(struct probe){.access = kLoad, .privilege = kMachine, .va = frame_pa(0)});
  for (int privilege = kUser; privilege <= kSupervisor; ++privilege) {
    const struct outcome got = excursion(privilege, 0, (word_t)probe_load, frame_pa(0), 0, 0);
    expect_outcome(&got, kFetchAccessFault, (word_t)probe_load, (word_t)probe_load);
  }
  pmp_open();
}
static void no_match(void) {
  pmp_frame(7, PMP_R);  // an entry that is on, but elsewhere
  nothing_for_s_and_u();
}
static void all_off(void) {
  nothing_for_s_and_u();
}

// A border inside a superpage: both sides keep their own verdict, in whatever order they are used.
static void superpage_across_a_border(void) {
  struct space space = space_new();
  map_at(&space, TEST_VA, RAM_BASE, PTE_RW | PTE_AD, 1);
  space_use(&space);
  pmp_frame(0, PMP_R);
  const word_t closed = TEST_VA + frame_pa(0) - RAM_BASE;
  const word_t open = TEST_VA + frame_pa(1) - RAM_BASE;
  for (int turn = 0; turn < 3; ++turn) {
    expect_pass(&(struct probe){.access = kStore, .privilege = kSupervisor, .va = open});
    expect_access_fault(&(struct probe){.access = kStore, .privilege = kSupervisor, .va = closed});
    expect_pass(&(struct probe){.access = kLoad, .privilege = kSupervisor, .va = closed});
  }
  pmp_open();
}

static const struct test kTests[] = {
    {"pmp-machine-mode", "PMP-17", machine_mode},
    {"pmp-no-match", "PMP-12", no_match},
    {"pmp-all-off", "PMP-12", all_off},
    {"pmp-superpage-across-a-border", "CACHE-11", superpage_across_a_border},
};

void data_tests(void) {
  for (unsigned i = 0; i < sizeof(kRows) / sizeof(kRows[0]); ++i) for_row(&kRows[i]);
  RUN_TESTS(kTests);
}
