// SPDX-License-Identifier: Apache-2.0
// The platform-level interrupt controller, as M-mode of hart 0 uses it (context 0).
#pragma once

#include "machine.h"

enum {
  kPlicPriority = PLIC_BASE,
  kPlicEnable = PLIC_BASE + 0x2000,
  kPlicThreshold = PLIC_BASE + 0x200000,
  kPlicClaim = PLIC_BASE + 0x200004,
};

// Let one source through, and no other one.
static inline void plic_only(unsigned line) {
  *device_word(kPlicPriority + 4UL * line) = 1;
  for (unsigned word = 0; word < 3; ++word) {
    *device_word(kPlicEnable + 4UL * word) = line / 32 == word ? 1U << line % 32 : 0;
  }
  *device_word(kPlicThreshold) = 0;
}
static inline unsigned plic_claim(void) {
  return *device_word(kPlicClaim);
}
static inline void plic_complete(unsigned line) {
  *device_word(kPlicClaim) = line;
}
