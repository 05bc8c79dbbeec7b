// SPDX-License-Identifier: Apache-2.0
#include "trap.h"

#include "console.h"
#include "machine.h"

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
