// SPDX-License-Identifier: Apache-2.0
// satp's own rules, and who may touch which control register or instruction.
#include "check.h"
#include "protection.h"

#define CODE(name) extern const char probe_##name[]
CODE(read_satp);
CODE(write_satp);
CODE(sfence);
CODE(sret);
CODE(mret);
CODE(wfi);
CODE(read_sstatus);
CODE(read_mstatus);
CODE(read_pmpcfg);
CODE(read_pmpcfg1);
CODE(read_unallocated);
CODE(write_readonly);

// One instruction in one mode, with mstatus bits: refused as illegal or not.
struct row {
  const char* name;
  const char* rule;
  const char* code;
  enum privilege privilege;
  word_t status;
  bool illegal;
};
static const struct row kRows[] = {
    {"satp-from-u", "SATP-15", probe_read_satp, kUser, 0, true},
    {"satp-from-s", "SATP-15", probe_read_satp, kSupervisor, 0, false},
    {"satp-read-from-s-tvm", "SATP-15", probe_read_satp, kSupervisor, STATUS_TVM, true},
    {"satp-write-from-s-tvm", "SATP-15", probe_write_satp, kSupervisor, STATUS_TVM, true},
    {"satp-from-m-tvm", "SATP-15", probe_read_satp, kMachine, STATUS_TVM, false},
    {"sfence-from-u", "SFN-10", probe_sfence, kUser, 0, true},
    {"sfence-from-s", "SFN-10", probe_sfence, kSupervisor, 0, false},
    {"sfence-from-s-tvm", "SFN-10", probe_sfence, kSupervisor, STATUS_TVM, true},
    {"sfence-from-m-tvm", "SFN-10", probe_sfence, kMachine, STATUS_TVM, false},
    {"sret-from-u", "mstatus-TSR", probe_sret, kUser, 0, true},
    {"sret-from-s-tsr", "mstatus-TSR", probe_sret, kSupervisor, STATUS_TSR, true},
    {"wfi-from-s-tw", "mstatus-TW", probe_wfi, kSupervisor, STATUS_TW, true},
    {"mret-from-s", "csr-privilege", probe_mret, kSupervisor, 0, true},
    {"mret-from-u", "csr-privilege", probe_mret, kUser, 0, true},
    {"sstatus-from-u", "csr-privilege", probe_read_sstatus, kUser, 0, true},
    {"sstatus-from-s", "csr-privilege", probe_read_sstatus, kSupervisor, 0, false},
    {"mstatus-from-s", "csr-privilege", probe_read_mstatus, kSupervisor, 0, true},
    {"pmpcfg-from-s", "PMP-04", probe_read_pmpcfg, kSupervisor, 0, true},
    {"pmpcfg-from-m", "PMP-04", probe_read_pmpcfg, kMachine, 0, false},
    {"unallocated-csr", "csr-privilege", probe_read_unallocated, kMachine, 0, true},
    {"write-to-read-only-csr", "csr-privilege", probe_write_readonly, kMachine, 0, true},
#if __riscv_xlen == 64
    {"odd-pmpcfg", "PMP-03", probe_read_pmpcfg1, kMachine, 0, true},
#else
    {"odd-pmpcfg", "PMP-03", probe_read_pmpcfg1, kMachine, 0, false},
#endif
};

static void run_row(const struct row* row) {
  const word_t pc = probe_address(row->privilege, row->code);
  // a1 is what probe_write_satp writes: the value it has already.
  const struct outcome got = excursion(row->privilege, row->status, pc, 0, csr_read(satp), 0);
  if (row->illegal) {
    expect_equal("cause", kIllegalInstruction, got.cause);  // tval may hold the instruction
    expect_equal("epc", pc, got.epc);
  } else {
    expect_equal("cause", kUserCall + row->privilege, got.cause);
    expect_equal("epc", pc + 4, got.epc);
  }
}

// satp as such.

static void asid_bits(void) {
  csr_write(satp, (word_t)SATP_MODE << SATP_MODE_SHIFT | ASID_MASK << SATP_ASID_SHIFT);
  const word_t got = csr_read(satp) >> SATP_ASID_SHIFT & ASID_MASK;
  csr_write(satp, 0);
  // Whatever the width is, the low bits are there first.
  expect_equal("ASID bits from 0 upward", 0, got & (got + 1));
  // The tests of this directory use two ASIDs.
  expect_equal("ASID bit 1", 2, got & 2);
}

static void mode_is_kept(void) {
  const struct space space = space_new();
  csr_write(satp, space_satp(&space));
  expect_equal("satp", space_satp(&space), csr_read(satp));
  csr_write(satp, 0);
  expect_equal("satp", 0, csr_read(satp));
}

#if __riscv_xlen == 64
static void unsupported_mode_changes_nothing(void) {
  static const unsigned char kReserved[] = {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15};
  const struct space space = space_new();
  const word_t before = space_satp(&space);
  csr_write(satp, before);
  for (unsigned i = 0; i < sizeof(kReserved); ++i) {
    csr_write(satp,
              (word_t)kReserved[i] << SATP_MODE_SHIFT | (word_t)3 << SATP_ASID_SHIFT | 0x12345);
    expect_equal("satp", before, csr_read(satp));
  }
  csr_write(satp, 0);
  csr_write(satp, (word_t)5 << SATP_MODE_SHIFT | 0x12345);
  expect_equal("satp after Bare", 0, csr_read(satp));
}

// This mode exists, so the smaller ones do.
static void smaller_modes_exist(void) {
  for (word_t mode = 8; mode <= SATP_MODE; ++mode) {
    csr_write(satp, mode << SATP_MODE_SHIFT);
    expect_equal("mode", mode, csr_read(satp) >> SATP_MODE_SHIFT);
  }
  csr_write(satp, 0);
}
#endif

// M-mode itself is never translated, whatever satp says.
static void machine_mode_is_not_translated(void) {
  struct space space = space_new();
  *entry_at(&space, RAM_BASE, 1) = 0;
  space_use(&space);
  *frame_word(0, 0) = 12;
  expect_equal(
      "value", 12,
      expect_pass(&(struct probe){.access = kLoad, .privilege = kMachine, .va = frame_pa(0)}));
  expect_pass(&(struct probe){.access = kStore, .privilege = kMachine, .va = frame_pa(0)});
  space_use(0);
}

static const struct test kTests[] = {
    {"satp-asid-bits", "SATP-07", asid_bits},
    {"satp-mode-is-kept", "SATP-05", mode_is_kept},
    {"machine-mode-is-not-translated", "A.5", machine_mode_is_not_translated},
#if __riscv_xlen == 64
    {"satp-unsupported-mode", "SATP-01", unsupported_mode_changes_nothing},
    {"satp-smaller-modes", "SATP-06", smaller_modes_exist},
#endif
};

int main(void) {
  struct space space = space_new();
  space_use(&space);
  for (unsigned i = 0; i < sizeof(kRows) / sizeof(kRows[0]); ++i) {
    test_begin(kRows[i].name, "", kRows[i].rule);
    run_row(&kRows[i]);
    test_end();
  }
  space_use(0);
  RUN_TESTS(kTests);
  return tests_summary("control");
}
