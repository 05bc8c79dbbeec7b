// SPDX-License-Identifier: Apache-2.0
// Devices that only the Lookaside platform has, and how a test waits for them.
#pragma once

#include "check.h"
#include "plic.h"

#define DMA_BASE 0x10010000UL
#define FIFO_BASE 0x10011000UL
#define FRAMEBUFFER_BASE 0x10012000UL
#define DDR_BASE 0x10013000UL
#define VRAM_BASE 0x18000000UL
#define NOWHERE 0x0f000000UL  // no device answers here
#define DEVICE_VA TEST_VA
enum { kDmaLine = 12, kFifoLine = 13, kFramebufferLine = 14, kDdrLine = 15 };

static inline volatile uint32_t* dma(unsigned offset) {
  return device_word(DMA_BASE + offset);
}
static inline volatile uint32_t* fifo(unsigned offset) {
  return device_word(FIFO_BASE + offset);
}
static inline volatile uint32_t* framebuffer(unsigned offset) {
  return device_word(FRAMEBUFFER_BASE + offset);
}
static inline volatile uint32_t* ddr(unsigned offset) {
  return device_word(DDR_BASE + offset);
}
static inline void fence_devices(void) {
  __asm__ volatile("fence iorw, iorw" : : : "memory");
}

// A user program is interrupted in its loop by this line; the claim is left to be completed.
void expect_device_interrupt(unsigned line);
// Completes the claim; the device must be silent by now.
void complete(unsigned line);

// Programs the engine and starts it with further CONTROL bits.
void dma_start(word_t from, word_t to, uint32_t bytes, uint32_t control);
// Waits for the end without an interrupt; gives back STATUS and acknowledges.
uint32_t dma_finish(void);

extern const struct test kDmaTests[], kFramebufferTests[], kFifoTests[], kDdrTests[];
extern const unsigned kDmaTestCount, kFramebufferTestCount, kFifoTestCount, kDdrTestCount;
