// SPDX-License-Identifier: Apache-2.0
// MPRV: M-mode makes its loads and stores as MPP would (rule book A.6). Fetches are never affected.
#include "faults.h"

struct row {
  const char* name;
  const char* rule;
  word_t flags;  // of the page
  enum privilege mpp;
  word_t status;
  const char* allowed;  // letters r, w
};
static const struct row kRows[] = {
    {"mprv-u-on-u-page", "PRV-01", PTE_U | PTE_RW, kUser, 0, "rw"},
    {"mprv-u-on-s-page", "PRV-01", PTE_RW, kUser, 0, ""},
    {"mprv-u-on-read-only-page", "PRV-01", PTE_U | PTE_R, kUser, 0, "r"},
    {"mprv-s-on-s-page", "PRV-01", PTE_RW, kSupervisor, 0, "rw"},
    {"mprv-s-on-read-only-page", "PRV-01", PTE_R, kSupervisor, 0, "r"},
    {"mprv-s-on-u-page", "PERM-02", PTE_U | PTE_RW, kSupervisor, 0, ""},
    {"mprv-s-on-u-page-sum", "PERM-02", PTE_U | PTE_RW, kSupervisor, STATUS_SUM, "rw"},
    {"mprv-u-on-s-page-sum", "PERM-02", PTE_RW, kUser, STATUS_SUM, ""},
    {"mprv-s-on-x-page", "PERM-03", PTE_X, kSupervisor, 0, ""},
    {"mprv-s-on-x-page-mxr", "PERM-03", PTE_X, kSupervisor, STATUS_MXR, "r"},
};

static struct outcome with_mprv(const char* code, word_t va, word_t status) {
  return excursion(kMachine, 0, (word_t)code, va, STATUS_MPRV | status, 0);
}

static void check_access(const struct row* row, char letter, const char* code, const char* blamed,
                         word_t cause) {
  bool allowed = false;
  for (const char* at = row->allowed; *at; ++at) allowed |= *at == letter;
  const struct outcome got = with_mprv(code, TEST_VA, STATUS_MPP(row->mpp) | row->status);
  if (allowed) {
    expect_equal("cause", kMachineCall, got.cause);
  } else {
    expect_outcome(&got, cause, TEST_VA, (word_t)blamed);
  }
}

// MPP=M: no translation at all, so the page's own address is the physical one.
static void as_machine(void) {
  struct space space = space_new();
  *entry_at(&space, RAM_BASE, 1) = 0;  // nobody below M-mode reaches RAM now
  *entry_at(&space, RAM_BASE + level_bytes(1), 1) = 0;
  *frame_word(0, 0) = 31;
  space_use(&space);
  const struct outcome got = with_mprv(probe_mprv_load, frame_pa(0), STATUS_MPP(kMachine));
  expect_equal("cause", kMachineCall, got.cause);
  expect_equal("value", 31, got.value);
}

// The probe page is no U page, and yet M-mode goes on fetching from it.
static void fetch_is_not_affected(void) {
  struct space space = space_new();
  space_use(&space);
  const struct outcome got = with_mprv(probe_mprv_fetch, 0, STATUS_MPP(kUser));
  expect_equal("cause", kMachineCall, got.cause);
}

// Leaving for a lower mode clears MPRV. It is set here while machine_enter still loads registers:
// as S-mode that works, for RAM is mapped.
static void mret_clears_mprv(void) {
  struct space space = space_new();
  space_use(&space);
  struct frame frame = {.pc = probe_address(kSupervisor, probe_load) + 4};  // an ecall
  frame.status = STATUS_MPP(kSupervisor) | STATUS_MPRV;
  machine_enter(&frame);
  csr_clear(mstatus, STATUS_MPRV);
  expect_equal("cause", kSupervisorCall, frame.cause);
  expect_equal("MPRV", 0, frame.status & STATUS_MPRV);
}

static const struct test kTests[] = {
    {"mprv-m-is-not-translated", "PRV-02", as_machine},
    {"mprv-fetch-is-not-affected", "PRV-01", fetch_is_not_affected},
    {"mret-clears-mprv", "PRV-04", mret_clears_mprv},
};

void mprv_tests(void) {
  for (unsigned i = 0; i < sizeof(kRows) / sizeof(kRows[0]); ++i) {
    const struct row* row = &kRows[i];
    struct space space = space_new();
    map_page(&space, TEST_VA, frame_pa(0), row->flags | PTE_AD);
    space_use(&space);
    test_begin(row->name, "", row->rule);
    check_access(row, 'r', probe_mprv_load, probe_mprv_load_at, kLoadPageFault);
    check_access(row, 'w', probe_mprv_store, probe_mprv_store_at, kStorePageFault);
    test_end();
  }
  RUN_TESTS(kTests);
}
