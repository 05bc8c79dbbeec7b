// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "check.h"

void superpage_tests(void);
void encoding_tests(void);
void canonical_tests(void);

// The three plain accesses, all of which must be refused with a page fault.
static inline void expect_all_page_faults(word_t va) {
  for (int access = kFetch; access <= kStore; ++access) {
    expect_page_fault(&(struct probe){.access = access, .privilege = kSupervisor, .va = va});
  }
}
