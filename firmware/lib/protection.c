// SPDX-License-Identifier: Apache-2.0
#include "protection.h"

// A CSR number is part of the instruction, so sixteen registers need sixteen instructions.
#define FOR_ALL_ADDRESSES(X) \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#if __riscv_xlen == 32
#define FOR_ALL_CONFIGURATIONS(X) X(0) X(1) X(2) X(3)
#else
#define FOR_ALL_CONFIGURATIONS(X) X(0) X(2)
#endif

word_t pmp_address(int entry) {
  switch (entry) {
#define READ(n) \
  case n:       \
    return csr_read(pmpaddr##n);
    FOR_ALL_ADDRESSES(READ)
#undef READ
  }
  return 0;
}

static void write_address(int entry, word_t address) {
  switch (entry) {
#define WRITE(n)                    \
  case n:                           \
    csr_write(pmpaddr##n, address); \
    break;
    FOR_ALL_ADDRESSES(WRITE)
#undef WRITE
  }
}

// pmpcfg registers are numbered in steps of 4 entries; RV64 has the even ones only (PMP-03).
static int register_of(int entry) {
  return entry / WORD_BYTES * (WORD_BYTES / 4);
}
static unsigned shift_of(int entry) {
  return 8 * (unsigned)(entry % WORD_BYTES);
}

static word_t read_register(int number) {
  switch (number) {
#define READ(n) \
  case n:       \
    return csr_read(pmpcfg##n);
    FOR_ALL_CONFIGURATIONS(READ)
#undef READ
  }
  return 0;
}

static void write_register(int number, word_t value) {
  switch (number) {
#define WRITE(n)                 \
  case n:                        \
    csr_write(pmpcfg##n, value); \
    break;
    FOR_ALL_CONFIGURATIONS(WRITE)
#undef WRITE
  }
}

unsigned pmp_configuration(int entry) {
  return (unsigned)(read_register(register_of(entry)) >> shift_of(entry)) & 0xff;
}

void pmp_set(int entry, unsigned configuration, word_t address) {
  write_address(entry, address);
  const word_t others = read_register(register_of(entry)) & ~((word_t)0xff << shift_of(entry));
  write_register(register_of(entry), others | (word_t)configuration << shift_of(entry));
  fence_all();
}

// menvcfg is 64 bits wide on both XLENs: the upper half has a CSR of its own on RV32.
static bool environment_bit(int bit, bool on) {
#if __riscv_xlen == 32
  const word_t mask = BIT(bit - 32);
  if (on)
    csr_set(CSR_MENVCFGH, mask);
  else
    csr_clear(CSR_MENVCFGH, mask);
  return ((csr_read(CSR_MENVCFGH) & mask) != 0) == on;
#else
  const word_t mask = BIT(bit);
  if (on)
    csr_set(CSR_MENVCFG, mask);
  else
    csr_clear(CSR_MENVCFG, mask);
  return ((csr_read(CSR_MENVCFG) & mask) != 0) == on;
#endif
}

bool hardware_ad_update(bool on) {
  const bool taken = environment_bit(61, on);
  fence_all();  // SATP-23
  return taken;
}

bool supervisor_timer(bool on) {
  return environment_bit(63, on);
}
