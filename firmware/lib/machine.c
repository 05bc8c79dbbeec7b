// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

enum { kMsip = CLINT_BASE, kMtimecmp = CLINT_BASE + 0x4000, kMtime = CLINT_BASE + 0xbff8 };

void finish(unsigned code) {
  *device_word(FINISHER_BASE) = code == 0 ? FINISHER_PASS : (FINISHER_FAIL | code << 16);
  for (;;) __asm__ volatile("wfi");
}

uint64_t machine_time(void) {
  uint32_t high;
  uint32_t low;
  do {
    high = *device_word(kMtime + 4);
    low = *device_word(kMtime);
  } while (high != *device_word(kMtime + 4));
  return (uint64_t)high << 32 | low;
}

void machine_timer_at(uint64_t time) {
  *device_word(kMtimecmp + 4) = 0xffffffff;  // never below the old value in between
  *device_word(kMtimecmp) = (uint32_t)time;
  *device_word(kMtimecmp + 4) = (uint32_t)(time >> 32);
}

void machine_software_interrupt(int raised) {
  *device_word(kMsip) = raised ? 1 : 0;
}
