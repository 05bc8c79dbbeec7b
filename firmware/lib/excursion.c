// SPDX-License-Identifier: Apache-2.0
#include "excursion.h"

unsigned char frames[kFrames][kPageBytes] __attribute__((aligned(kPageBytes), section(".noinit")));

static bool translated;

static void fill(struct space* space) {
  // Two level-1 superpages hold the image, the tables and the frames on every format.
  const word_t flags = PTE_RWX | PTE_AD;
  map_at(space, RAM_BASE, RAM_BASE, flags, 1);
  map_at(space, RAM_BASE + level_bytes(1), RAM_BASE + level_bytes(1), flags, 1);
  map_page(space, USER_PROBES, (word_t)probes_start, PTE_RX | PTE_U | PTE_A);
}

struct space space_also(word_t asid) {
  struct space space = {table_new(), asid};
  fill(&space);
  return space;
}

struct space space_new(void) {
  tables_reset();
  return space_also(1);
}

void space_use_unfenced(const struct space* space) {
  translated = space != 0;
  csr_write(satp, space ? space_satp(space) : 0);
}

void space_use(const struct space* space) {
  space_use_unfenced(space);
  fence_all();
}

word_t probe_address(enum privilege privilege, const void* symbol) {
  if (privilege != kUser || !translated) return (word_t)symbol;
  return USER_PROBES + ((word_t)symbol - (word_t)probes_start);
}

struct outcome excursion(enum privilege privilege, word_t status, word_t pc, word_t a0, word_t a1,
                         word_t a2) {
  struct frame frame = {.pc = pc, .status = status | STATUS_MPP(privilege)};
  frame.x[kA0] = a0;
  frame.x[kA1] = a1;
  frame.x[kA2] = a2;
  machine_enter(&frame);
  csr_clear(mstatus, STATUS_MPRV | STATUS_SUM | STATUS_MXR | STATUS_TVM | STATUS_TW | STATUS_TSR);
  return (struct outcome){frame.cause, frame.tval, frame.pc, frame.x[kA0]};
}

struct probe_code {
  const char* start;
  const char* blamed;
};
static const struct probe_code kCode[kAccessKinds] = {
    [kFetch] = {probe_fetch, probe_fetch_at}, [kLoad] = {probe_load, probe_load_at},
    [kStore] = {probe_store, probe_store_at}, [kLr] = {probe_lr, probe_lr_at},
    [kSc] = {probe_sc, probe_sc_at},          [kAmo] = {probe_amo, probe_amo_at},
};

struct outcome probe_run(const struct probe* probe) {
  const word_t own_page = probe_address(probe->privilege, probes_start);
  return excursion(probe->privilege, probe->status,
                   probe_address(probe->privilege, kCode[probe->access].start), probe->va,
                   probe->value, probe->reserve ? probe->reserve : own_page);
}

word_t probe_epc(const struct probe* probe) {
  if (probe->access == kFetch) return probe->va;
  return probe_address(probe->privilege, kCode[probe->access].blamed);
}

void ecall_at(void* destination) {
  uint16_t* half = destination;  // the destination may be aligned to two bytes only
  half[0] = 0x0073;
  half[1] = 0x0000;
  fence_code();
}
