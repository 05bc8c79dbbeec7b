// SPDX-License-Identifier: Apache-2.0
// The DMA engine: it works on physical addresses, beside the hart and past its page tables.
#include "registers/dma.h"

#include "peripherals.h"

static void set_address(unsigned low_register, word_t address) {
  *dma(low_register) = (uint32_t)address;
  *dma(low_register + 4) = (uint32_t)((uint64_t)address >> 32);
}

void dma_start(word_t from, word_t to, uint32_t bytes, uint32_t control) {
  set_address(DMA_SRC_LO, from);
  set_address(DMA_DST_LO, to);
  *dma(DMA_LENGTH) = bytes;
  fence_devices();
  *dma(DMA_CONTROL) = DMA_CONTROL_START | control;
}

uint32_t dma_finish(void) {
  while (*dma(DMA_STATUS) & DMA_STATUS_BUSY) {
  }
  const uint32_t status = *dma(DMA_STATUS);
  *dma(DMA_ACK) = DMA_STATUS_DONE | DMA_STATUS_ERROR;
  fence_devices();
  return status;
}

static void fill(unsigned char* bytes, unsigned count, unsigned seed) {
  for (unsigned i = 0; i < count; ++i) bytes[i] = (unsigned char)(i * 13 + seed);
}

static void expect_bytes(const unsigned char* expected, const unsigned char* got, unsigned count) {
  for (unsigned i = 0; i < count; ++i) expect_equal("byte", expected[i], got[i]);
}

// An odd number of bytes between odd addresses, with the interrupt at the end.
static void copies_with_interrupt(void) {
  plic_only(kDmaLine);
  fill(frames[0], kPageBytes, 1);
  fill(frames[1], kPageBytes, 2);
  dma_start(frame_pa(0) + 3, frame_pa(1) + 10, 2001, DMA_CONTROL_IRQ_ENABLE);
  expect_device_interrupt(kDmaLine);
  expect_equal("status", DMA_STATUS_DONE, *dma(DMA_STATUS));
  expect_equal("completed", 2001, *dma(DMA_COMPLETED_LO));
  *dma(DMA_ACK) = DMA_STATUS_DONE;
  complete(kDmaLine);
  expect_bytes(frames[0] + 3, frames[1] + 10, 2001);
  expect_equal("byte before", (9 * 13 + 2) & 0xff, frames[1][9]);
  expect_equal("byte after", (2011 * 13 + 2) & 0xff, frames[1][2011]);
}

static void list_of_copies(void) {
  struct {
    uint64_t from, to;
    uint32_t bytes, zero;
    uint64_t next;
  } list[2] __attribute__((aligned(8)));
  fill(frames[0], 256, 5);
  list[0].from = frame_pa(0);
  list[0].to = frame_pa(1) + 512;
  list[0].next = (uintptr_t)&list[1];
  list[1].from = frame_pa(0) + 128;
  list[1].to = frame_pa(2);
  list[1].next = 0;
  list[0].bytes = list[1].bytes = 128;
  list[0].zero = list[1].zero = 0;
  set_address(DMA_LIST_LO, (word_t)list);
  fence_devices();
  *dma(DMA_CONTROL) = DMA_CONTROL_START | DMA_CONTROL_USE_LIST;
  expect_equal("status", DMA_STATUS_DONE, dma_finish());
  *dma(DMA_CONTROL) = 0;
  expect_equal("completed", 256, *dma(DMA_COMPLETED_LO));
  expect_bytes(frames[0], frames[1] + 512, 128);
  expect_bytes(frames[0] + 128, frames[2], 128);
}

static void bus_error(void) {
  dma_start(NOWHERE, frame_pa(0), 64, 0);
  expect_equal("status", DMA_STATUS_ERROR | 1 << DMA_STATUS_CODE_SHIFT, dma_finish());
  expect_equal("error address", NOWHERE, *dma(DMA_ERROR_LO));
  dma_start(frame_pa(0), NOWHERE + 64, 64, 0);
  expect_equal("status", DMA_STATUS_ERROR | 2 << DMA_STATUS_CODE_SHIFT, dma_finish());
  expect_equal("error address", NOWHERE + 64, *dma(DMA_ERROR_LO));
}

// A user program may only read the page; the engine writes it, and the next load sees it.
static void visible_through_translation(void) {
  struct space space = space_new();
  map_page(&space, DEVICE_VA, frame_pa(1), PTE_U | PTE_R | PTE_A);
  space_use(&space);
  *frame_word(0, 0) = 0x600d600d;
  *frame_word(1, 0) = 0x01d01d01;
  const struct probe load = {.access = kLoad, .privilege = kUser, .va = DEVICE_VA};
  const struct probe store = {.access = kStore, .privilege = kUser, .va = DEVICE_VA};
  expect_equal("before", 0x01d01d01, (uint32_t)expect_pass(&load));
  dma_start(frame_pa(0), frame_pa(1), 4, 0);
  expect_equal("status", DMA_STATUS_DONE, dma_finish());
  expect_equal("after", 0x600d600d, (uint32_t)expect_pass(&load));
  expect_page_fault(&store);
}

// LR, a copy (onto the reserved word or beside it), SC: 0 if SC stored.
static word_t copy_between_lr_and_sc(word_t to) {
  volatile uint32_t* word = frame_word(2, 0);
  word_t failed;
  uint32_t old;
  set_address(DMA_SRC_LO, frame_pa(0));
  set_address(DMA_DST_LO, to);
  *dma(DMA_LENGTH) = 4;
  fence_devices();
  __asm__ volatile("lr.w %0, (%1)" : "=r"(old) : "r"(word) : "memory");
  *dma(DMA_CONTROL) = DMA_CONTROL_START;
  while (*dma(DMA_STATUS) & DMA_STATUS_BUSY) {
  }
  __asm__ volatile("sc.w %0, %1, (%2)" : "=&r"(failed) : "r"(old + 1), "r"(word) : "memory");
  dma_finish();
  return failed;
}
static void ends_reservations(void) {
  expect_equal("sc beside the copy", 0, copy_between_lr_and_sc(frame_pa(3)));
  expect_equal("sc under the copy", 1, copy_between_lr_and_sc(frame_pa(2)));
}

// A user program owns the engine's registers and uses the same stores as for memory.
static void driven_by_a_user_program(void) {
  struct space space = space_new();
  map_page(&space, DEVICE_VA, DMA_BASE, PTE_U | PTE_RW | PTE_AD);
  space_use(&space);
  *frame_word(0, 0) = 0x12345678;
  *frame_word(1, 0) = 0;
  const word_t writes[][2] = {{DMA_SRC_LO, frame_pa(0)}, {DMA_SRC_HI, 0},
                              {DMA_DST_LO, frame_pa(1)}, {DMA_DST_HI, 0},
                              {DMA_LENGTH, 4},           {DMA_CONTROL, DMA_CONTROL_START}};
  for (unsigned i = 0; i < sizeof(writes) / sizeof(writes[0]); ++i) {
    expect_pass(&(struct probe){.access = kStore,
                                .privilege = kUser,
                                .va = DEVICE_VA + writes[i][0],
                                .value = writes[i][1]});
  }
  const struct probe status = {.access = kLoad, .privilege = kUser, .va = DEVICE_VA + DMA_STATUS};
  while (expect_pass(&status) & DMA_STATUS_BUSY) {
  }
  expect_equal("status", DMA_STATUS_DONE, dma_finish());
  expect_equal("copied", 0x12345678, *frame_word(1, 0));
}

// A register takes plain loads and stores only.
static void no_atomics(void) {
  struct space space = space_new();
  map_page(&space, DEVICE_VA, DMA_BASE, PTE_U | PTE_RW | PTE_AD);
  space_use(&space);
  *dma(DMA_LENGTH) = 77;
  const struct probe amo = {
      .access = kAmo, .privilege = kUser, .va = DEVICE_VA + DMA_LENGTH, .value = 1};
  const struct probe lr = {.access = kLr, .privilege = kUser, .va = DEVICE_VA + DMA_LENGTH};
  expect_access_fault(&amo);
  expect_access_fault(&lr);
  expect_equal("register", 77, *dma(DMA_LENGTH));
}

const struct test kDmaTests[] = {
    {"dma-copies-with-interrupt", "dma", copies_with_interrupt},
    {"dma-list-of-copies", "dma", list_of_copies},
    {"dma-bus-error", "dma", bus_error},
    {"dma-visible-through-translation", "dma", visible_through_translation},
    {"dma-ends-reservations", "LRSC", ends_reservations},
    {"dma-driven-by-a-user-program", "A.5", driven_by_a_user_program},
    {"no-atomics-on-a-register", "PMA", no_atomics},
};
const unsigned kDmaTestCount = sizeof(kDmaTests) / sizeof(kDmaTests[0]);
