// SPDX-License-Identifier: Apache-2.0
// M-mode's part of the demo: keep one page for itself with PMP, give the faults to S-mode, start
// the kernel there and wait for its end.
#include "demo.h"
#include "machine.h"
#include "protection.h"

static unsigned char kernel_stack[4096] __attribute__((aligned(16), section(".noinit")));

__attribute__((section(".probes"))) void user_read(const volatile uint32_t* present,
                                                   const volatile uint32_t* missing) {
  (void)*present;
  (void)*present;
  (void)*missing;
}

__attribute__((section(".probes"))) void user_print(volatile unsigned char* uart,
                                                    const char* text) {
  while (*text) {
    while (!(uart[5] & 0x20)) {
    }
    uart[0] = (unsigned char)*text++;
  }
}

int main(void) {
  pmp_set(1, PMP_NAPOT | PMP_R | PMP_W | PMP_X, PMP_ALL);
  pmp_set(0, PMP_NAPOT, pmp_napot(frame_pa(kSecretFrame), kPageBytes));
  csr_write(medeleg, 0xffff & ~BIT(kBreakpoint) & ~BIT(kMachineCall));
  hardware_ad_update(false);
  struct frame frame = frame_calling(kernel_main, 0, kernel_stack + sizeof(kernel_stack));
  frame.status = STATUS_MPP(kSupervisor);
  machine_enter(&frame);
  if (frame.cause != kBreakpoint) panic(frame.cause, frame.pc, frame.tval);
  return (int)frame.x[kA0];
}
