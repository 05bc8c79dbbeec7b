// SPDX-License-Identifier: Apache-2.0
// Entry from an SBI firmware in S-mode: a0 = hart id, a1 = device tree, nothing translated.
#include "asm.h"

  .section .text.start, "ax"
  .globl _start
_start:
  la sp, stack_top
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la t0, bss_start
  la t1, bss_end
clear_next:
  bgeu t0, t1, clear_done
  STORE_WORD zero, 0(t0)
  addi t0, t0, WORD_BYTES
  j clear_next
clear_done:
  csrw sie, zero
  csrw sscratch, zero
  la t0, supervisor_trap
  csrw stvec, t0
  call payload_main
park:
  wfi
  j park
