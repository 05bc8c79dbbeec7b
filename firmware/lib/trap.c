// SPDX-License-Identifier: Apache-2.0
#include "trap.h"

#include "console.h"
#include "machine.h"

struct frame frame_calling(void* function, word_t argument, void* stack_end) {
  struct frame frame = {.pc = (word_t)function};
  frame.x[kSp] = (word_t)stack_end;
  frame.x[kA0] = argument;
  __asm__("mv %0, gp" : "=r"(frame.x[kGp]));
  return frame;
}

word_t call_out(word_t number, word_t value) {
  register word_t a0 __asm__("a0") = value;
  register word_t a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return a0;
}

void break_out(word_t value) {
  register word_t a0 __asm__("a0") = value;
  for (;;) __asm__ volatile("ebreak" : "+r"(a0) : : "memory");
}

static const char* const kExceptionNames[] = {
    [kFetchMisaligned] = "fetch address misaligned",
    [kFetchAccessFault] = "fetch access fault",
    [kIllegalInstruction] = "illegal instruction",
    [kBreakpoint] = "breakpoint",
    [kLoadMisaligned] = "load address misaligned",
    [kLoadAccessFault] = "load access fault",
    [kStoreMisaligned] = "store address misaligned",
    [kStoreAccessFault] = "store access fault",
    [kUserCall] = "call from U-mode",
    [kSupervisorCall] = "call from S-mode",
    [kMachineCall] = "call from M-mode",
    [kFetchPageFault] = "fetch page fault",
    [kLoadPageFault] = "load page fault",
    [kStorePageFault] = "store page fault",
};

const char* cause_name(word_t cause) {
  const word_t count = sizeof(kExceptionNames) / sizeof(kExceptionNames[0]);
  if (cause & CAUSE_INTERRUPT) return "interrupt";
  if (cause < count && kExceptionNames[cause]) return kExceptionNames[cause];
  return "unknown cause";
}

void panic(word_t cause, word_t epc, word_t tval) {
  print("PANIC %s (cause 0x%lx) epc 0x%lx tval 0x%lx\n", cause_name(cause), cause, epc, tval);
  finish(254);
}
