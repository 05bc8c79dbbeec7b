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

// "load page fault" and so on.
const char* cause_name(word_t cause);

// Report a trap that nobody expected and end with failure.
__attribute__((noreturn)) void panic(word_t cause, word_t epc, word_t tval);
