// SPDX-License-Identifier: Apache-2.0
#include "peripherals.h"

void expect_device_interrupt(unsigned line) {
  const word_t pc = probe_address(kUser, probe_spin);
  const struct outcome got = excursion(kUser, 0, pc, 0, 0, 0);
  expect_outcome(&got, CAUSE_INTERRUPT | kMachineExternal, 0, pc);
  expect_equal("claim", line, plic_claim());
}

void complete(unsigned line) {
  plic_complete(line);
  expect_equal("pending after acknowledge", 0, csr_read(mip) & BIT(kMachineExternal));
}

int main(void) {
  struct space space = space_new();
  space_use(&space);
  csr_write(mie, BIT(kMachineExternal));
  tests_run(kDmaTests, kDmaTestCount);
  tests_run(kFramebufferTests, kFramebufferTestCount);
  tests_run(kFifoTests, kFifoTestCount);
  tests_run(kDdrTests, kDdrTestCount);
  return tests_summary("peripherals");
}
