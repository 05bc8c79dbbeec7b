// SPDX-License-Identifier: Apache-2.0
// Which entry matches: NA4, NAPOT and TOR, priority, partial matches, and the registers themselves.
#include "pmp.h"

// S-mode loads of the words [from, from + 4*count) of frame 0 must fault exactly in
// [first, last] (byte offsets of words).
static void closed_words(word_t from, int count, word_t first, word_t last) {
  for (int i = 0; i < count; ++i) {
    const word_t offset = from + 4 * (word_t)i;
    const struct probe load = {
        .access = kLoad, .privilege = kSupervisor, .va = frame_pa(0) + offset};
    if (offset >= first && offset <= last) {
      expect_access_fault(&load);
    } else {
      expect_pass(&load);
    }
  }
}

static void na4(void) {
  space_use(0);
  pmp_set(0, PMP_NA4, (frame_pa(0) + 0x40) >> 2);
  closed_words(0x30, 12, 0x40, 0x40);
  pmp_open();
}

static void napot(void) {
  space_use(0);
  for (word_t bytes = 8; bytes <= 128; bytes *= 2) {
    pmp_set(0, PMP_NAPOT, pmp_napot(frame_pa(0) + 0x100, bytes));
    closed_words(0x100 - 8, 40, 0x100, 0x100 + bytes - 4);
  }
  pmp_open();
}

// The lower bound is the address of the entry before, although that one is OFF.
static void tor(void) {
  space_use(0);
  pmp_set(0, PMP_OFF, (frame_pa(0) + 0x20) >> 2);
  pmp_set(1, PMP_TOR, (frame_pa(0) + 0x34) >> 2);
  closed_words(0x10, 16, 0x20, 0x30);
  pmp_open();
}

// Entry 0 starts at address 0: everything below the top is closed, the probes included.
static void tor_of_entry_0(void) {
  space_use(0);
  pmp_set(0, PMP_TOR | PMP_R | PMP_W | PMP_X, (frame_pa(0) + 0x20) >> 2);
  pmp_set(1, PMP_NAPOT, pmp_napot(frame_pa(0), kPageBytes));
  closed_words(0x10, 16, 0x20, kPageBytes);
  pmp_open();
}

static void empty_tor(void) {
  space_use(0);
  pmp_set(0, PMP_OFF, (frame_pa(0) + 0x40) >> 2);
  pmp_set(1, PMP_TOR, (frame_pa(0) + 0x40) >> 2);  // base = top
  closed_words(0x30, 12, 1, 0);
  const struct probe across = {
      .access = kLoad, .privilege = kSupervisor, .va = frame_pa(0) + 0x40 - 2};
  expect_pass(&across);
  pmp_set(1, PMP_TOR, (frame_pa(0) + 0x30) >> 2);  // base > top
  closed_words(0x20, 16, 1, 0);
  pmp_open();
}

// The lowest-numbered entry that matches decides, for better or worse.
static void priority(void) {
  space_use(0);
  pmp_set(3, PMP_NAPOT | PMP_R, pmp_napot(frame_pa(0) + 0x100, 64));
  pmp_set(7, PMP_NAPOT, pmp_napot(frame_pa(0), kPageBytes));
  closed_words(0xf0, 4, 0xf0, 0xfc);
  closed_words(0x100, 16, 1, 0);
  closed_words(0x140, 4, 0x140, 0x14c);
  pmp_set(2, PMP_NA4, (frame_pa(0) + 0x108) >> 2);
  closed_words(0x100, 16, 0x108, 0x108);
  pmp_open();
}

#if __riscv_xlen == 64
// An aligned doubleword of which the deciding entry covers one half: refused, whatever the entry
// allows, and for M-mode too.
static void partial_match(void) {
  space_use(0);
  const word_t va = frame_pa(0) + 0x200;
  for (int half = 0; half < 2; ++half) {
    pmp_set(0, PMP_NA4 | PMP_R | PMP_W | PMP_X, (va + 4 * (word_t)half) >> 2);
    for (int privilege = kSupervisor; privilege <= kMachine; privilege += 2) {
      const struct outcome load = excursion(privilege, 0, (word_t)probe_load_double, va, 0, 0);
      expect_outcome(&load, kLoadAccessFault, va, (word_t)probe_load_double_at);
      const struct outcome store = excursion(privilege, 0, (word_t)probe_store_double, va, 0, 0);
      expect_outcome(&store, kStoreAccessFault, va, (word_t)probe_store_double_at);
    }
  }
  pmp_open();
}
#endif

// pmpaddr has as many bits as physical addresses have above bit 2; grain 0 shows in bit 0.
static void address_register(void) {
  pmp_set(0, PMP_OFF, PMP_ALL);
  expect_equal("pmpaddr0", __riscv_xlen == 32 ? PMP_ALL : PMP_ALL >> 10, pmp_address(0));
  pmp_open();
}

// W without R is reserved: it must not come back.
static void write_without_read(void) {
  pmp_set(0, PMP_NAPOT | PMP_W, pmp_napot(frame_pa(0), kPageBytes));
  expect_equal("R and W", 0, (pmp_configuration(0) & (PMP_R | PMP_W)) == PMP_W);
  pmp_open();
}

// Every entry holds what is written to it.
static void all_entries(void) {
  for (int entry = 0; entry < kLastEntry; ++entry) {
    pmp_set(entry, PMP_TOR | PMP_R, 0x1000 + (word_t)entry);
  }
  for (int entry = 0; entry < kLastEntry; ++entry) {
    expect_equal("configuration", PMP_TOR | PMP_R, pmp_configuration(entry));
    expect_equal("address", 0x1000 + (word_t)entry, pmp_address(entry));
  }
  pmp_open();
}

static const struct test kTests[] = {
    {"pmp-na4", "PMP-07", na4},
    {"pmp-napot", "PMP-06", napot},
    {"pmp-tor", "PMP-05", tor},
    {"pmp-tor-of-entry-0", "PMP-05", tor_of_entry_0},
    {"pmp-empty-tor", "PMP-05", empty_tor},
    {"pmp-priority", "PMP-09", priority},
#if __riscv_xlen == 64
    {"pmp-partial-match", "PMP-10", partial_match},
#endif
    {"pmp-address-register", "PMP-01", address_register},
    {"pmp-write-without-read", "PMP-13", write_without_read},
    {"pmp-all-entries", "PMP-02", all_entries},
};

void matching_tests(void) {
  RUN_TESTS(kTests);
}
