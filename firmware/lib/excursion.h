// SPDX-License-Identifier: Apache-2.0
// Tests run in M-mode and send single accesses down to U, S or M-mode under a given address space.
#pragma once

#include "paging.h"
#include "trap.h"

enum access { kFetch, kLoad, kStore, kLr, kSc, kAmo, kAccessKinds };

// U-mode sees the probe page here, read-only and executable, in every space of `space_new`.
#define USER_PROBES 0x20000000UL
// Free for tests: an entry of the root table with nothing else under it.
#define TEST_VA ((word_t)3 << (kPageShift + kTopLevel * INDEX_BITS))

enum { kFrames = 8 };
// Page frames for the tests to map.
extern unsigned char frames[kFrames][kPageBytes] __attribute__((aligned(4096)));
static inline word_t frame_pa(int n) {
  return (word_t)frames[n];
}
static inline volatile uint32_t* frame_word(int n, word_t offset) {
  return (volatile uint32_t*)(frames[n] + offset);
}

// A fresh space with the firmware's own RAM for S-mode (identity) and the probes for U-mode. Gives
// back all tables of spaces made before; space_also does not.
struct space space_new(void);
struct space space_also(word_t asid);
// Make a space current for the next excursions (null: Bare), with or without a full fence.
void space_use(const struct space* space);
void space_use_unfenced(const struct space* space);

// What came back: the trap (cause 8..11 is the probe's own ecall: nothing was refused).
struct outcome {
  word_t cause;
  word_t tval;
  word_t epc;
  word_t value;  // a0
};

// Enter `pc` in `privilege` with further mstatus bits (SUM, MXR, TVM ...).
struct outcome excursion(enum privilege privilege, word_t status, word_t pc, word_t a0, word_t a1,
                         word_t a2);
// The address at which `privilege` sees a symbol of the probe page in the current space.
word_t probe_address(enum privilege privilege, const void* symbol);

// One access: the value stored (or added by AMO) is `value`. SC takes its reservation at
// `reserve`, or in the probe page if that is 0. A fetch target must hold an ecall: see ecall_at.
struct probe {
  enum access access;
  enum privilege privilege;
  word_t va;
  word_t status;
  word_t value;
  word_t reserve;
};
struct outcome probe_run(const struct probe* probe);
// epc that a fault of this probe must show.
word_t probe_epc(const struct probe* probe);

// Puts an ecall (4 bytes) where a fetch probe will jump to.
void ecall_at(void* destination);

#define PROBE_SYMBOLS(name) extern const char probe_##name[], probe_##name##_at[]
PROBE_SYMBOLS(load);
PROBE_SYMBOLS(store);
PROBE_SYMBOLS(amo);
PROBE_SYMBOLS(lr);
PROBE_SYMBOLS(sc);
PROBE_SYMBOLS(fetch);
PROBE_SYMBOLS(load_byte);
PROBE_SYMBOLS(store_byte);
PROBE_SYMBOLS(load_half);
PROBE_SYMBOLS(load_double);
PROBE_SYMBOLS(store_double);
PROBE_SYMBOLS(mprv_load);
PROBE_SYMBOLS(mprv_store);
PROBE_SYMBOLS(mprv_fetch);
extern const char probes_start[], probe_spin[];
