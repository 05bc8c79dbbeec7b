// SPDX-License-Identifier: Apache-2.0
// Excursions. `machine_enter(frame)` loads every register, the status and the pc from the frame and
// leaves by mret; the next trap stores everything back into the frame and returns to the caller of
// machine_enter. So a kernel is a loop around a function call, and a test sees a trap as a result.
// `supervisor_enter` is the same one mode lower. A trap with no excursion under way is a bug in the
// firmware: it ends in `panic`. The scratch CSR holds the frame during an excursion, zero otherwise.
#include "asm.h"

.macro FOR_CALLEE_SAVED op
  \op ra, 0*WORD_BYTES(sp)
  \op gp, 1*WORD_BYTES(sp)
  \op tp, 2*WORD_BYTES(sp)
  \op s0, 3*WORD_BYTES(sp)
  \op s1, 4*WORD_BYTES(sp)
  \op s2, 5*WORD_BYTES(sp)
  \op s3, 6*WORD_BYTES(sp)
  \op s4, 7*WORD_BYTES(sp)
  \op s5, 8*WORD_BYTES(sp)
  \op s6, 9*WORD_BYTES(sp)
  \op s7, 10*WORD_BYTES(sp)
  \op s8, 11*WORD_BYTES(sp)
  \op s9, 12*WORD_BYTES(sp)
  \op s10, 13*WORD_BYTES(sp)
  \op s11, 14*WORD_BYTES(sp)
.endm

// Every register but a0, which holds the frame meanwhile.
.macro FOR_FRAME op
  .irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,\
    30, 31
  \op x\n, \n*WORD_BYTES(a0)
  .endr
.endm

.macro EXCURSION mode, letter
  .section .text.\mode\()_trap, "ax"
  .globl \mode\()_enter
\mode\()_enter:
  addi sp, sp, -16*WORD_BYTES
  FOR_CALLEE_SAVED STORE_WORD
  STORE_WORD sp, FRAME_HOST_SP*WORD_BYTES(a0)
  csrw \letter\()scratch, a0
  LOAD_WORD t0, FRAME_STATUS*WORD_BYTES(a0)
  csrw \letter\()status, t0
  LOAD_WORD t0, 0(a0)
  csrw \letter\()epc, t0
  FOR_FRAME LOAD_WORD
  LOAD_WORD a0, 10*WORD_BYTES(a0)
  \letter\()ret

  .globl \mode\()_trap
  .balign 4
\mode\()_trap:
  csrrw a0, \letter\()scratch, a0
  beqz a0, \mode\()_unexpected
  FOR_FRAME STORE_WORD
  csrrw t0, \letter\()scratch, zero
  STORE_WORD t0, 10*WORD_BYTES(a0)
  csrr t0, \letter\()epc
  STORE_WORD t0, 0(a0)
  csrr t0, \letter\()status
  STORE_WORD t0, FRAME_STATUS*WORD_BYTES(a0)
  csrr t0, \letter\()cause
  STORE_WORD t0, FRAME_CAUSE*WORD_BYTES(a0)
  csrr t0, \letter\()tval
  STORE_WORD t0, FRAME_TVAL*WORD_BYTES(a0)
  LOAD_WORD sp, FRAME_HOST_SP*WORD_BYTES(a0)
  FOR_CALLEE_SAVED LOAD_WORD
  addi sp, sp, 16*WORD_BYTES
  ret

\mode\()_unexpected:
  la t0, \mode\()_halt
  csrw \letter\()tvec, t0
  csrr a0, \letter\()cause
  csrr a1, \letter\()epc
  csrr a2, \letter\()tval
  j panic
.endm

EXCURSION machine, m
EXCURSION supervisor, s

// A trap taken while the panic message was being printed: end without another word.
  .balign 4
machine_halt:
  li t0, FINISHER_BASE
  li t1, FINISHER_FAIL | (255 << 16)
  sw t1, 0(t0)
  j machine_halt

// A supervisor that panics twice can only wait: the finisher may not be mapped.
  .balign 4
supervisor_halt:
  wfi
  j supervisor_halt
