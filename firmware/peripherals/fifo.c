// SPDX-License-Identifier: Apache-2.0
// The packet FIFO in loopback: what is sent comes back, by interrupt.
#include "registers/fifo.h"

#include "peripherals.h"

static void start(void) {
  plic_only(kFifoLine);
  *fifo(FIFO_CONTROL) = FIFO_CONTROL_LOOPBACK | FIFO_CONTROL_TX_RESET | FIFO_CONTROL_RX_RESET;
  *fifo(FIFO_ACK) = ~0U;
  *fifo(FIFO_IRQ_ENABLE) = FIFO_IRQ_STATUS_RX_READY;
}

static volatile unsigned char* bytes_of(unsigned window) {
  return (volatile unsigned char*)(FIFO_BASE + window);
}

static void loopback_with_interrupt(void) {
  start();
  for (unsigned i = 0; i < 99; ++i) *bytes_of(FIFO_TX_DATA) = (unsigned char)(i * 3);
  *fifo(FIFO_TX_COMMIT) = 99;
  expect_device_interrupt(kFifoLine);
  expect_equal("packets", 1, *fifo(FIFO_RX_PACKETS));
  expect_equal("length", 99, *fifo(FIFO_RX_LENGTH));
  for (unsigned i = 0; i < 99; ++i) expect_equal("byte", i * 3 & 0xff, *bytes_of(FIFO_RX_DATA));
  expect_equal("packets", 0, *fifo(FIFO_RX_PACKETS));
  complete(kFifoLine);
}

// Packets keep their borders, however they are written and read.
static void packets_stay_apart(void) {
  start();
  *fifo(FIFO_IRQ_ENABLE) = 0;
  *fifo(FIFO_TX_DATA) = 0x44332211;
  *fifo(FIFO_TX_DATA + 4) = 0x88776655;
  *fifo(FIFO_TX_COMMIT) = 5;
  *fifo(FIFO_TX_DATA) = 0xddccbbaa;
  *fifo(FIFO_TX_COMMIT) = 4;
  while (*fifo(FIFO_RX_PACKETS) != 2) {
  }
  expect_equal("level", 9, *fifo(FIFO_RX_LEVEL));
  expect_equal("word", 0x44332211, *fifo(FIFO_RX_DATA));
  expect_equal("rest", 0x55, *fifo(FIFO_RX_DATA));
  expect_equal("next packet", 0xddccbbaa, *fifo(FIFO_RX_DATA));
  expect_equal("nothing left", 0, *fifo(FIFO_RX_DATA));
  expect_equal("underflow", FIFO_IRQ_STATUS_RX_UNDERFLOW,
               *fifo(FIFO_IRQ_STATUS) & FIFO_IRQ_STATUS_RX_UNDERFLOW);
}

static void errors_interrupt(void) {
  start();
  *fifo(FIFO_IRQ_ENABLE) = FIFO_IRQ_STATUS_TX_OVERFLOW;
  while (*fifo(FIFO_TX_SPACE) != 0) *fifo(FIFO_TX_DATA) = 0;
  *bytes_of(FIFO_TX_DATA) = 0;
  expect_device_interrupt(kFifoLine);
  *fifo(FIFO_ACK) = FIFO_IRQ_STATUS_TX_OVERFLOW;
  complete(kFifoLine);
}

// Memory to packet and packet to memory, without the hart touching a byte.
static void fed_by_dma(void) {
  start();
  for (unsigned i = 0; i < 256; ++i) frames[0][i] = (unsigned char)(255 - i);
  dma_start(frame_pa(0), FIFO_BASE + FIFO_TX_DATA, 256, 0);
  dma_finish();
  *fifo(FIFO_TX_COMMIT) = 256;
  expect_device_interrupt(kFifoLine);
  dma_start(FIFO_BASE + FIFO_RX_DATA, frame_pa(1), 256, 0);
  dma_finish();
  complete(kFifoLine);
  for (unsigned i = 0; i < 256; ++i) expect_equal("byte", 255 - i, frames[1][i]);
}

// The whole device in a user program's hands.
static void driven_by_a_user_program(void) {
  start();
  *fifo(FIFO_IRQ_ENABLE) = 0;
  struct space space = space_new();
  map_page(&space, DEVICE_VA, FIFO_BASE, PTE_U | PTE_RW | PTE_AD);
  space_use(&space);
  const struct probe data = {
      .access = kStore, .privilege = kUser, .va = DEVICE_VA + FIFO_TX_DATA, .value = 0x0badcafe};
  const struct probe send = {
      .access = kStore, .privilege = kUser, .va = DEVICE_VA + FIFO_TX_COMMIT, .value = 4};
  const struct probe length = {
      .access = kLoad, .privilege = kUser, .va = DEVICE_VA + FIFO_RX_LENGTH};
  const struct probe receive = {
      .access = kLoad, .privilege = kUser, .va = DEVICE_VA + FIFO_RX_DATA};
  expect_pass(&data);
  expect_pass(&send);
  while (expect_pass(&length) != 4) {
  }
  expect_equal("data", 0x0badcafe, (uint32_t)expect_pass(&receive));
}

const struct test kFifoTests[] = {
    {"fifo-loopback-with-interrupt", "fifo", loopback_with_interrupt},
    {"fifo-packets-stay-apart", "fifo", packets_stay_apart},
    {"fifo-errors-interrupt", "fifo", errors_interrupt},
    {"fifo-fed-by-dma", "fifo", fed_by_dma},
    {"fifo-driven-by-a-user-program", "A.5", driven_by_a_user_program},
};
const unsigned kFifoTestCount = sizeof(kFifoTests) / sizeof(kFifoTests[0]);
