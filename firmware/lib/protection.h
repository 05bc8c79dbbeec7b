// SPDX-License-Identifier: Apache-2.0
// PMP entries and the environment configuration (M-mode).
#pragma once

#include "csr.h"

enum {
  kPmpEntries = 16,
  PMP_R = 1,
  PMP_W = 2,
  PMP_X = 4,
  PMP_OFF = 0 << 3,
  PMP_TOR = 1 << 3,
  PMP_NA4 = 2 << 3,
  PMP_NAPOT = 3 << 3,
  PMP_L = 1 << 7,
};
#define PMP_ALL (~(word_t)0)  // pmpaddr of a NAPOT entry over everything

// pmpaddr of a naturally aligned region of `bytes` (a power of two, 8 or more) at `base`.
static inline word_t pmp_napot(word_t base, word_t bytes) {
  return base >> 2 | ((bytes >> 3) - 1);
}
// Write one entry: address first, then its configuration byte. A fence follows, because
// translations may hold old results (SFN-18).
void pmp_set(int entry, unsigned configuration, word_t address);
unsigned pmp_configuration(int entry);
word_t pmp_address(int entry);

// menvcfg.ADUE: whether hardware updates A and D. False if the bit did not take the value.
bool hardware_ad_update(bool on);
// menvcfg.STCE: whether S-mode has its own timer compare (Sstc). False if it did not take the
// value.
bool supervisor_timer(bool on);
