// SPDX-License-Identifier: Apache-2.0
// The framebuffer: a picture by plain stores, its frames by interrupt.
#include "registers/framebuffer.h"

#include "peripherals.h"

enum { kWidth = 64, kHeight = 48, kStride = 2 * kWidth, kRgb565 = 1 };
// CRC-32 of the pattern below, computed elsewhere.
#define PATTERN_CRC 0x15d16b61

static unsigned pattern(unsigned x, unsigned y) {
  return (x & 31) << 11 | (y & 63) << 5 | ((x ^ y) & 31);
}

static uint32_t crc32_of(const volatile unsigned char* bytes, unsigned count) {
  uint32_t crc = ~0U;
  for (unsigned i = 0; i < count; ++i) {
    crc ^= bytes[i];
    for (unsigned bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

static void set_mode(uint32_t width, uint32_t height, uint32_t stride, uint32_t base) {
  *framebuffer(FRAMEBUFFER_WIDTH) = width;
  *framebuffer(FRAMEBUFFER_HEIGHT) = height;
  *framebuffer(FRAMEBUFFER_STRIDE) = stride;
  *framebuffer(FRAMEBUFFER_FORMAT) = kRgb565;
  *framebuffer(FRAMEBUFFER_BASE_OFFSET) = base;
}
static word_t valid(void) {
  return (*framebuffer(FRAMEBUFFER_STATUS) & FRAMEBUFFER_STATUS_VALID) != 0;
}

// Half of the picture by half words, half by words; read back by bytes.
static void picture(void) {
  volatile uint16_t* pixels = (volatile uint16_t*)VRAM_BASE;
  set_mode(kWidth, kHeight, kStride, 0);
  expect_equal("valid", 1, valid());
  *framebuffer(FRAMEBUFFER_CONTROL) = FRAMEBUFFER_CONTROL_ENABLE;
  for (unsigned y = 0; y < kHeight / 2; ++y) {
    for (unsigned x = 0; x < kWidth; ++x) pixels[y * kWidth + x] = (uint16_t)pattern(x, y);
  }
  volatile uint32_t* pairs = (volatile uint32_t*)VRAM_BASE;
  for (unsigned i = kWidth * kHeight / 4; i < kWidth * kHeight / 2; ++i) {
    const unsigned x = 2 * i % kWidth;
    const unsigned y = 2 * i / kWidth;
    pairs[i] = pattern(x, y) | pattern(x + 1, y) << 16;
  }
  expect_equal("crc", PATTERN_CRC,
               crc32_of((const volatile unsigned char*)VRAM_BASE, kStride * kHeight));
}

static void copied_by_dma(void) {
  dma_start(VRAM_BASE, VRAM_BASE + 0x100000, kStride * kHeight, 0);
  dma_finish();
  expect_equal("crc", PATTERN_CRC,
               crc32_of((const volatile unsigned char*)VRAM_BASE + 0x100000, kStride * kHeight));
}

// A user program paints: the last page of VRAM is its own, the page before is not.
static void painted_by_a_user_program(void) {
  const word_t last_page = VRAM_BASE + *framebuffer(FRAMEBUFFER_VRAM_BYTES) - kPageBytes;
  struct space space = space_new();
  map_page(&space, DEVICE_VA + kPageBytes, last_page, PTE_U | PTE_RW | PTE_AD);
  space_use(&space);
  const word_t pixel = DEVICE_VA + 2 * kPageBytes - 4;
  expect_pass(&(struct probe){.access = kStore, .privilege = kUser, .va = pixel, .value = 0xf00f});
  expect_equal("pixel", 0xf00f, *device_word(last_page + kPageBytes - 4));
  const struct probe load = {.access = kLoad, .privilege = kUser, .va = pixel};
  expect_equal("pixel", 0xf00f, (uint32_t)expect_pass(&load));
  const struct probe before = {
      .access = kStore, .privilege = kUser, .va = DEVICE_VA + kPageBytes - 4};
  expect_page_fault(&before);
}

// The page table reaches beyond the memory, the memory does not.
static void beyond_vram(void) {
  const uint32_t bytes = *framebuffer(FRAMEBUFFER_VRAM_BYTES);
  struct space space = space_new();
  map_page(&space, DEVICE_VA, VRAM_BASE + bytes, PTE_U | PTE_RW | PTE_AD);
  space_use(&space);
  expect_access_fault(&(struct probe){.access = kLoad, .privilege = kUser, .va = DEVICE_VA});
  set_mode(kWidth, kHeight, kStride, bytes - kStride * kHeight);
  expect_equal("valid", 1, valid());
  set_mode(kWidth, kHeight, kStride, bytes - kStride * kHeight + 1);
  expect_equal("valid", 0, valid());
  set_mode(kWidth, kHeight, kStride, 0);
}

static void frame_interrupt(void) {
  plic_only(kFramebufferLine);
  const uint32_t before = *framebuffer(FRAMEBUFFER_FRAME);
  *framebuffer(FRAMEBUFFER_CONTROL) =
      FRAMEBUFFER_CONTROL_ENABLE | FRAMEBUFFER_CONTROL_VSYNC_IRQ_ENABLE;
  while (!(csr_read(mip) & BIT(kMachineExternal))) __asm__ volatile("wfi");
  expect_equal("claim", kFramebufferLine, plic_claim());
  expect_equal("frame", before + 1, *framebuffer(FRAMEBUFFER_FRAME));
  *framebuffer(FRAMEBUFFER_ACK) = FRAMEBUFFER_STATUS_VSYNC;
  complete(kFramebufferLine);
  *framebuffer(FRAMEBUFFER_CONTROL) = FRAMEBUFFER_CONTROL_ENABLE;
}

const struct test kFramebufferTests[] = {
    {"framebuffer-picture", "framebuffer", picture},
    {"framebuffer-copied-by-dma", "framebuffer", copied_by_dma},
    {"framebuffer-painted-by-a-user-program", "A.5", painted_by_a_user_program},
    {"framebuffer-beyond-vram", "PMA", beyond_vram},
    {"framebuffer-frame-interrupt", "framebuffer", frame_interrupt},
};
const unsigned kFramebufferTestCount = sizeof(kFramebufferTests) / sizeof(kFramebufferTests[0]);
