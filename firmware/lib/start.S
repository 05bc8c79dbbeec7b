// SPDX-License-Identifier: Apache-2.0
// Machine-mode start: the image is loaded at RAM_BASE and entered at its first byte on every hart.
#include "asm.h"

  .section .text.start, "ax"
  .globl _start
_start:
  csrr t0, mhartid
  bnez t0, park
  la sp, stack_top
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop

  // A machine without PMP traps on these CSRs: then there is nothing to open.
  la t0, pmp_done
  csrw mtvec, t0
  li t0, -1
  csrw pmpaddr0, t0
  li t0, 0x1f  // entry 0: NAPOT over everything, R W X
  csrw pmpcfg0, t0
  .balign 4
pmp_done:
  la t0, machine_trap
  csrw mtvec, t0
  csrw mscratch, zero
  csrw mie, zero

  la t0, bss_start
  la t1, bss_end
clear_next:
  bgeu t0, t1, clear_done
  STORE_WORD zero, 0(t0)
  addi t0, t0, WORD_BYTES
  j clear_next
clear_done:
  call main
  tail finish

park:
  wfi
  j park
