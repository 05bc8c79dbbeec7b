// SPDX-License-Identifier: Apache-2.0
// Excursions into another mode and what comes back from them; see trap.S.
#pragma once

#include "csr.h"

// Layout known to trap.S: word 0 is the pc, words 1..31 the registers.
struct frame {
  word_t pc;
  word_t x[31];  // x[n - 1] is register xn; use the names below
  word_t status;
  word_t cause;
  word_t tval;
  word_t host_sp;
};

enum { kRa = 0, kSp = 1, kGp = 2, kA0 = 9, kA1 = 10, kA2 = 11, kA3 = 12, kA7 = 16 };

// Run `frame` until its next trap, which may be an exception, an ecall or an interrupt. The frame
// then holds the registers, cause, tval and pc of the trap. machine_enter is called in M-mode and
// takes mstatus (MPP: the mode to enter; MPRV must be 0) in frame->status; supervisor_enter is
// called in S-mode and takes sstatus.
void machine_enter(struct frame* frame);
void supervisor_enter(struct frame* frame);
void machine_trap(void);
void supervisor_trap(void);

// A frame that calls `function(argument)` on the stack that ends at `stack_end`, with the caller's
// gp; status 0. The function must leave by a trap: see call_out, break_out.
struct frame frame_calling(void* function, word_t argument, void* stack_end);
// ecall with `value` in a0 and `number` in a7; gives back the a0 that the mode above puts in.
word_t call_out(word_t number, word_t value);
// ebreak with `value` in a0, for an S-mode kernel that takes S-mode ecalls itself.
__attribute__((noreturn)) void break_out(word_t value);

// "load page fault" and so on.
const char* cause_name(word_t cause);

// Report a trap that nobody expected and end with failure.
__attribute__((noreturn)) void panic(word_t cause, word_t epc, word_t tval);
