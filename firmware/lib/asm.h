// SPDX-License-Identifier: Apache-2.0
// What C and assembly share: register width, the trap frame's layout, the machine's addresses.
#pragma once

#if __riscv_xlen == 32
#define WORD_BYTES 4
#define STORE_WORD sw
#define LOAD_WORD lw
#else
#define WORD_BYTES 8
#define STORE_WORD sd
#define LOAD_WORD ld
#endif

// struct frame (trap.h): word 0 is the pc, words 1..31 are x1..x31, then these.
#define FRAME_STATUS 32
#define FRAME_CAUSE 33
#define FRAME_TVAL 34
#define FRAME_HOST_SP 35

// The memory map is that of QEMU's `virt` machine.
#define FINISHER_BASE 0x100000
#define CLINT_BASE 0x2000000
#define PLIC_BASE 0xc000000
#define UART_BASE 0x10000000
#define RAM_BASE 0x80000000

// Words the test finisher understands.
#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x3333
