// SPDX-License-Identifier: Apache-2.0
#include "paging.h"

#include "trap.h"

enum { kPoolTables = 64 };

// Not cleared at start (a waveform of a small program should not begin with it), but when taken.
static pte_t pool[kPoolTables][kEntries] __attribute__((aligned(kPageBytes), section(".noinit")));
static unsigned pool_used;

void tables_reset(void) {
  pool_used = 0;
}

pte_t* table_new(void) {
  if (pool_used == kPoolTables) panic(0, (word_t)table_new, pool_used);
  pte_t* table = pool[pool_used++];
  // Most instructions of most tests are these: eight stores a turn.
  for (pte_t* entry = table; entry < table + kEntries; entry += 8) {
    entry[0] = entry[1] = entry[2] = entry[3] = 0;
    entry[4] = entry[5] = entry[6] = entry[7] = 0;
  }
  return table;
}

pte_t* entry_at(struct space* space, word_t va, int level) {
  pte_t* table = space->root;
  for (int at = kTopLevel; at > level; --at) {
    pte_t* entry = &table[level_index(va, at)];
    if (!(*entry & PTE_V)) *entry = pointer(table_new());
    if (*entry & PTE_RWX) panic(0, (word_t)entry_at, va);
    table = table_of(*entry);
  }
  return &table[level_index(va, level)];
}

void map_at(struct space* space, word_t va, word_t pa, word_t flags, int level) {
  *entry_at(space, va, level) = leaf(pa, flags);
}

void map_page(struct space* space, word_t va, word_t pa, word_t flags) {
  map_at(space, va, pa, flags, 0);
}

word_t space_satp(const struct space* space) {
  return (word_t)SATP_MODE << SATP_MODE_SHIFT | space->asid << SATP_ASID_SHIFT |
         (word_t)space->root >> kPageShift;
}
