// SPDX-License-Identifier: Apache-2.0
// The accesses under test, one instruction each at a known address: `<name>_at` is the instruction
// that a fault must blame. All are position independent and see only registers: a0 is the address,
// a1 the value or the mstatus to set, a2 where LR takes the reservation. They end in an ecall, with
// the value read in a0. The section is one page, mapped for U-mode at an address of its own.
#include "asm.h"

  .section .probes, "ax"
  .option norvc

.macro PROBE name, instruction:vararg
  .globl probe_\name, probe_\name\()_at
probe_\name:
probe_\name\()_at:
  \instruction
  ecall
.endm

PROBE load, lw a0, 0(a0)
PROBE store, sw a1, 0(a0)
PROBE amo, amoadd.w a0, a1, (a0)
PROBE lr, lr.w a0, (a0)
PROBE load_byte, lbu a0, 0(a0)
PROBE store_byte, sb a1, 0(a0)
PROBE load_half, lhu a0, 0(a0)
#if __riscv_xlen == 64
PROBE load_double, ld a0, 0(a0)
PROBE store_double, sd a1, 0(a0)
#else
PROBE load_double, lw a0, 0(a0)
PROBE store_double, sw a1, 0(a0)
#endif
PROBE fetch, jr a0

  .globl probe_sc, probe_sc_at
probe_sc:
  lr.w t0, (a2)
probe_sc_at:
  sc.w a0, a1, (a0)
  ecall

// M-mode with MPRV: a1 is the mstatus under which the one access happens, a2 the mstatus after it.
.macro PROBE_MPRV name, instruction:vararg
  .globl probe_mprv_\name, probe_mprv_\name\()_at
probe_mprv_\name:
  csrw mstatus, a1
probe_mprv_\name\()_at:
  \instruction
  csrw mstatus, a2
  ecall
.endm

PROBE_MPRV load, lw a0, 0(a0)
PROBE_MPRV store, sw a1, 0(a0)
PROBE_MPRV fetch, nop

// Waits for an interrupt in whatever mode it runs.
  .globl probe_spin
probe_spin:
  j probe_spin

// One privileged instruction each, for the tests of traps on CSR accesses.
PROBE read_satp, csrr a0, satp
PROBE write_satp, csrw satp, a1
PROBE sfence, sfence.vma x0, x0
PROBE sret, sret
PROBE wfi, wfi
PROBE read_sstatus, csrr a0, sstatus
PROBE read_mstatus, csrr a0, mstatus
PROBE read_pmpcfg, csrr a0, pmpcfg0
PROBE read_pmpcfg1, csrr a0, pmpcfg1
PROBE mret, mret
PROBE read_unallocated, csrr a0, 0x5ff
PROBE write_readonly, csrw cycle, a1
PROBE ebreak, ebreak

// S-mode changes satp and makes an access with the very next instruction.
  .globl probe_satp_then_load
probe_satp_then_load:
  csrw satp, a1
  lw a0, 0(a0)
  ecall

// A program that works on one word of its own until it has counted to a1.
  .globl program_count
program_count:
  lw t0, 0(a0)
  addi t0, t0, 1
  sw t0, 0(a0)
  blt t0, a1, program_count
  ecall

// A return address for functions that run below M-mode.
  .globl probe_return
probe_return:
  ecall

// mtvec in vectored mode: entry n is 4 bytes at n*4. The entry of the machine software interrupt
// leaves its number in sscratch on the way, so that a test sees which one was taken.
  .globl probe_vectors
  .balign 64
probe_vectors:
  .rept 3
  j machine_trap
  .endr
  j vector_3
  .rept 12
  j machine_trap
  .endr
vector_3:
  csrwi sscratch, 3
  j machine_trap
