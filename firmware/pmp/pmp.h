// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "check.h"
#include "protection.h"

// Entry 15 lets everything through; the tests work with those before it.
enum { kLastEntry = 15, kNone = PMP_NAPOT, kAllow = PMP_NAPOT | PMP_R | PMP_W | PMP_X };
static inline void pmp_open(void) {
  pmp_set(kLastEntry, kAllow, PMP_ALL);
  for (int entry = 0; entry < kLastEntry; ++entry) pmp_set(entry, PMP_OFF, 0);
}
// Entry 0 over a whole frame, with these permissions.
static inline void pmp_frame(int frame, unsigned permissions) {
  pmp_set(0, PMP_NAPOT | permissions, pmp_napot(frame_pa(frame), kPageBytes));
}

void data_tests(void);
void matching_tests(void);
void table_tests(void);
void order_tests(void);
