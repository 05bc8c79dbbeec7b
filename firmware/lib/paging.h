// SPDX-License-Identifier: Apache-2.0
// Page tables for Sv32, Sv39, Sv48 and Sv57 from one source. The build gives SATP_MODE; everything
// else follows from it: levels, index bits, names. Rule book A.1 and A.2.
#pragma once

#include "csr.h"

#if __riscv_xlen == 32
#define LEVELS 2
#define INDEX_BITS 10
#define SATP_MODE_SHIFT 31
#define SATP_ASID_SHIFT 22
#define ASID_MASK 0x1ffUL
#define XLEN_NAME "rv32"
#define MODE_NAME "sv32"
#else
#define LEVELS (SATP_MODE - 5)
#define INDEX_BITS 9
#define SATP_MODE_SHIFT 60
#define SATP_ASID_SHIFT 44
#define ASID_MASK 0xffffUL
#define XLEN_NAME "rv64"
#define MODE_NAME (SATP_MODE == 8 ? "sv39" : SATP_MODE == 9 ? "sv48" : "sv57")
#endif

enum {
  kPageShift = 12,
  kPageBytes = 1 << kPageShift,
  kEntries = 1 << INDEX_BITS,
  kTopLevel = LEVELS - 1,
  kVaBits = kPageShift + LEVELS * INDEX_BITS,
};

// PTE bits.
#define PTE_V BIT(0)
#define PTE_R BIT(1)
#define PTE_W BIT(2)
#define PTE_X BIT(3)
#define PTE_U BIT(4)
#define PTE_G BIT(5)
#define PTE_A BIT(6)
#define PTE_D BIT(7)
#define PTE_RSW (BIT(8) | BIT(9))
#define PTE_PPN_SHIFT 10
#define PTE_AD (PTE_A | PTE_D)
#define PTE_RW (PTE_R | PTE_W)
#define PTE_RX (PTE_R | PTE_X)
#define PTE_RWX (PTE_R | PTE_W | PTE_X)

typedef word_t pte_t;

// The span that one entry of a table at `level` maps: 4 KiB at level 0.
static inline word_t level_bytes(int level) {
  return BIT(kPageShift + level * INDEX_BITS);
}
static inline word_t level_index(word_t va, int level) {
  return (va >> (kPageShift + level * INDEX_BITS)) & (kEntries - 1);
}

static inline pte_t leaf(word_t pa, word_t flags) {
  return (pa >> kPageShift << PTE_PPN_SHIFT) | flags | PTE_V;
}
static inline pte_t pointer(const pte_t* table) {
  return ((word_t)table >> kPageShift << PTE_PPN_SHIFT) | PTE_V;
}
static inline pte_t* table_of(pte_t pte) {
  return (pte_t*)(pte >> PTE_PPN_SHIFT << kPageShift);
}

// An address space: a root table and the ASID that goes into satp with it.
struct space {
  pte_t* root;
  word_t asid;
};

// All tables come from one pool; `tables_reset` gives every one of them back at once.
void tables_reset(void);
pte_t* table_new(void);  // cleared

// The entry for `va` in the table at `level`, with new pointers down to it where there are none.
// A superpage in the way is a bug of the caller and panics.
pte_t* entry_at(struct space* space, word_t va, int level);
// One leaf at `level`: 0 a page, above it a superpage. A, D and V must be among `flags` if wanted.
void map_at(struct space* space, word_t va, word_t pa, word_t flags, int level);
void map_page(struct space* space, word_t va, word_t pa, word_t flags);

// satp of a space.
word_t space_satp(const struct space* space);
