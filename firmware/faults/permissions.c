// SPDX-License-Identifier: Apache-2.0
// The leaf permission matrix of rule book A.5: who may do what to a page with which bits. One row
// is one page seen from one mode; each row gives three lines: plain accesses, SC, AMO.
#include "faults.h"

// Allowed accesses, as letters: r load and LR, w store, SC and AMO, x fetch.
struct row {
  const char* name;
  const char* rule;
  word_t flags;
  enum privilege privilege;
  word_t status;
  const char* allowed;
};

static const struct row kRows[] = {
    // One permission or combination after the other, S page from S and U page from U.
    {"s-page-r-from-s", "A.5", PTE_R, kSupervisor, 0, "r"},
    {"s-page-rw-from-s", "A.5", PTE_RW, kSupervisor, 0, "rw"},
    {"s-page-x-from-s", "A.5", PTE_X, kSupervisor, 0, "x"},
    {"s-page-rx-from-s", "A.5", PTE_RX, kSupervisor, 0, "rx"},
    {"s-page-rwx-from-s", "A.5", PTE_RWX, kSupervisor, 0, "rwx"},
    {"u-page-r-from-u", "A.5", PTE_U | PTE_R, kUser, 0, "r"},
    {"u-page-rw-from-u", "A.5", PTE_U | PTE_RW, kUser, 0, "rw"},
    {"u-page-x-from-u", "A.5", PTE_U | PTE_X, kUser, 0, "x"},
    {"u-page-rx-from-u", "A.5", PTE_U | PTE_RX, kUser, 0, "rx"},
    {"u-page-rwx-from-u", "A.5", PTE_U | PTE_RWX, kUser, 0, "rwx"},
    // The wrong side.
    {"s-page-from-u", "A.5", PTE_RWX, kUser, 0, ""},
    {"s-page-from-u-sum-mxr", "A.5", PTE_RWX, kUser, STATUS_SUM | STATUS_MXR, ""},
    {"u-page-from-s", "PERM-01", PTE_U | PTE_RWX, kSupervisor, 0, ""},
    // SUM opens user pages to S for data, never for fetch.
    {"u-page-from-s-sum", "PERM-01", PTE_U | PTE_RWX, kSupervisor, STATUS_SUM, "rw"},
    {"u-page-r-from-s-sum", "PERM-02", PTE_U | PTE_R, kSupervisor, STATUS_SUM, "r"},
    {"u-page-x-from-s-sum", "PERM-02", PTE_U | PTE_X, kSupervisor, STATUS_SUM, ""},
    // MXR makes executable pages readable: loads only.
    {"s-page-x-from-s-mxr", "PERM-03", PTE_X, kSupervisor, STATUS_MXR, "rx"},
    {"s-page-r-from-s-mxr", "PERM-03", PTE_R, kSupervisor, STATUS_MXR, "r"},
    {"u-page-x-from-u-mxr", "PERM-03", PTE_U | PTE_X, kUser, STATUS_MXR, "rx"},
    {"u-page-x-from-s-mxr", "PERM-03", PTE_U | PTE_X, kSupervisor, STATUS_MXR, ""},
    {"u-page-x-from-s-sum-mxr", "PERM-03", PTE_U | PTE_X, kSupervisor, STATUS_SUM | STATUS_MXR,
     "r"},
};

static bool allows(const struct row* row, enum access access) {
  const char wanted = access == kFetch ? 'x' : access == kLoad || access == kLr ? 'r' : 'w';
  for (const char* letter = row->allowed; *letter; ++letter) {
    if (*letter == wanted) return true;
  }
  return false;
}

static void try_access(const struct row* row, enum access access) {
  const struct probe probe = {
      .access = access,
      .privilege = row->privilege,
      .va = TEST_VA + 0x40,
      .status = row->status,
      // SC takes its reservation at the same address wherever LR may.
      .reserve = allows(row, kLr) ? TEST_VA + 0x40 : 0,
  };
  if (allows(row, access)) {
    expect_pass(&probe);
  } else {
    expect_page_fault(&probe);
  }
}

static void run_row(const struct row* row) {
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), row->flags | PTE_AD);
  ecall_at(&frames[0][0x40]);
  space_use(&space);
  test_begin(row->name, "", row->rule);
  try_access(row, kFetch);
  try_access(row, kLoad);
  try_access(row, kStore);
  ecall_at(&frames[0][0x40]);
  try_access(row, kFetch);
  try_access(row, kLr);
  test_end();
  test_begin(row->name, "-sc", row->rule);
  try_access(row, kSc);
  test_end();
  test_begin(row->name, "-amo", row->rule);
  try_access(row, kAmo);
  test_end();
}

// The permission bits of pointers do not exist: only the leaf decides (PERM-09). RSW is free.
static void rsw_is_ignored(void) {
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), PTE_RW | PTE_AD | PTE_RSW);
  *entry_at(&space, TEST_VA, 1) |= PTE_RSW;
  space_use(&space);
  *frame_word(0, 0) = 99;
  const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = TEST_VA};
  expect_equal("value", 99, expect_pass(&load));
}

// SUM and MXR act on the very next access, with the translation cached and no fence (PERM-05).
static void status_needs_no_fence(void) {
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), PTE_U | PTE_RW | PTE_AD);
  map_page(&space, TEST_VA + kPageBytes, frame_pa(1), PTE_X | PTE_AD);
  space_use(&space);
  struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = TEST_VA};
  for (int turn = 0; turn < 3; ++turn) {
    load.va = TEST_VA;
    load.status = STATUS_SUM;
    expect_pass(&load);
    load.status = 0;
    expect_page_fault(&load);
    load.va = TEST_VA + kPageBytes;
    load.status = STATUS_MXR;
    expect_pass(&load);
    load.status = 0;
    expect_page_fault(&load);
  }
}

// U and S look at the same cached translation with different eyes, without a fence in between.
static void privilege_needs_no_fence(void) {
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(0), PTE_RW | PTE_AD);
  space_use(&space);
  for (int turn = 0; turn < 3; ++turn) {
    expect_pass(&(struct probe){.access = kStore, .privilege = kSupervisor, .va = TEST_VA});
    expect_page_fault(&(struct probe){.access = kStore, .privilege = kUser, .va = TEST_VA});
    expect_page_fault(&(struct probe){.access = kLoad, .privilege = kUser, .va = TEST_VA});
  }
}

static const struct test kTests[] = {
    {"rsw-is-ignored", "WALK-15", rsw_is_ignored},
    {"sum-and-mxr-need-no-fence", "PERM-05", status_needs_no_fence},
    {"privilege-needs-no-fence", "SFN-22", privilege_needs_no_fence},
};

void permission_tests(void) {
  for (unsigned i = 0; i < sizeof(kRows) / sizeof(kRows[0]); ++i) run_row(&kRows[i]);
  RUN_TESTS(kTests);
}
