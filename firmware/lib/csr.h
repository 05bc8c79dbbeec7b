// SPDX-License-Identifier: Apache-2.0
// CSR access from C and the bits of the CSRs that the firmware uses. CSRs that Debian's assembler
// does not know by name under -misa-spec=2.2 are given by number.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "asm.h"

// A register-wide unsigned number; also a PTE, which is as wide as a register on both XLENs.
typedef unsigned long word_t;

#define CSR_STRING_(x) #x
#define CSR_STRING(x) CSR_STRING_(x)
#define csr_read(csr)                                                          \
  ({                                                                           \
    word_t value_;                                                             \
    __asm__ volatile("csrr %0, " CSR_STRING(csr) : "=r"(value_) : : "memory"); \
    value_;                                                                    \
  })
#define csr_write(csr, value) \
  __asm__ volatile("csrw " CSR_STRING(csr) ", %0" : : "r"((word_t)(value)) : "memory")
#define csr_set(csr, value) \
  __asm__ volatile("csrs " CSR_STRING(csr) ", %0" : : "r"((word_t)(value)) : "memory")
#define csr_clear(csr, value) \
  __asm__ volatile("csrc " CSR_STRING(csr) ", %0" : : "r"((word_t)(value)) : "memory")

#define CSR_MENVCFG 0x30a
#define CSR_MENVCFGH 0x31a
#define CSR_STIMECMP 0x14d
#define CSR_STIMECMPH 0x15d

#define BIT(n) ((word_t)1 << (n))

enum privilege { kUser = 0, kSupervisor = 1, kMachine = 3 };

#define STATUS_SIE BIT(1)
#define STATUS_MIE BIT(3)
#define STATUS_SPIE BIT(5)
#define STATUS_MPIE BIT(7)
#define STATUS_SPP BIT(8)
#define STATUS_MPP(privilege) ((word_t)(privilege) << 11)
#define STATUS_MPRV BIT(17)
#define STATUS_SUM BIT(18)
#define STATUS_MXR BIT(19)
#define STATUS_TVM BIT(20)
#define STATUS_TW BIT(21)
#define STATUS_TSR BIT(22)

enum cause {
  kFetchMisaligned = 0,
  kFetchAccessFault = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadAccessFault = 5,
  kStoreMisaligned = 6,
  kStoreAccessFault = 7,
  kUserCall = 8,
  kSupervisorCall = 9,
  kMachineCall = 11,
  kFetchPageFault = 12,
  kLoadPageFault = 13,
  kStorePageFault = 15,
};
#define CAUSE_INTERRUPT BIT(__riscv_xlen - 1)

enum interrupt {
  kSupervisorSoftware = 1,
  kMachineSoftware = 3,
  kSupervisorTimer = 5,
  kMachineTimer = 7,
  kSupervisorExternal = 9,
  kMachineExternal = 11,
};

static inline void fence_all(void) {
  __asm__ volatile("sfence.vma x0, x0" : : : "memory");
}
static inline void fence_address(word_t va) {
  __asm__ volatile("sfence.vma %0, x0" : : "r"(va) : "memory");
}
static inline void fence_asid(word_t asid) {
  __asm__ volatile("sfence.vma x0, %0" : : "r"(asid) : "memory");
}
static inline void fence_address_asid(word_t va, word_t asid) {
  __asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(asid) : "memory");
}
static inline void fence_code(void) {
  __asm__ volatile("fence.i" : : : "memory");
}
