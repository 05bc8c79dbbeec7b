// SPDX-License-Identifier: Apache-2.0
// Benchmark kernel: S-mode loads at a stride through 4 KiB pages, so that each load may need
// another translation. The sum is checked, the time is not. All virtual pages lead to a few frames:
// the translations are many, the memory is small.
#include "check.h"
#include "console.h"

#ifndef STRIDE_PAGES
#define STRIDE_PAGES 256
#endif
#ifndef STRIDE_PASSES
#define STRIDE_PASSES 800
#endif

// Known symbols: a host may patch them before the run. Pages: up to 512; stride: in bytes.
volatile uint32_t benchmark_pages = STRIDE_PAGES;
volatile uint32_t benchmark_passes = STRIDE_PASSES;
volatile uint32_t benchmark_stride = kPageBytes;

static unsigned char stack[1024] __attribute__((aligned(16)));

static void stride(word_t base) {
  const word_t step = benchmark_stride;
  const word_t end = base + (word_t)benchmark_pages * kPageBytes;
  uint32_t sum = 0;
  for (uint32_t pass = 0; pass < benchmark_passes; ++pass) {
    for (word_t at = base; at < end; at += step) sum += *(volatile uint32_t*)at;
  }
  call_out(0, sum);
}

int main(void) {
  const uint32_t pages = benchmark_pages;
  struct space space = space_new();
  for (uint32_t page = 0; page < pages; ++page) {
    const int frame = (int)(page % kFrames);
    map_page(&space, TEST_VA + (word_t)page * kPageBytes, frame_pa(frame), PTE_R | PTE_AD);
    for (word_t at = 0; at < kPageBytes; at += 4) *frame_word(frame, at) = (uint32_t)frame + 1;
  }
  space_use(&space);
  struct frame frame = frame_calling(stride, TEST_VA, stack + sizeof(stack));
  frame.status = STATUS_MPP(kSupervisor);
  machine_enter(&frame);

  uint32_t expected = 0;
  for (uint32_t page = 0; page < pages; ++page) expected += page % kFrames + 1;
  expected *= benchmark_passes * (kPageBytes / benchmark_stride);
  test_begin("paged-stride", "", "A.2");
  expect_equal("cause", kSupervisorCall, frame.cause);
  expect_equal("sum", expected, (uint32_t)frame.x[kA0]);
  test_end();
  return tests_summary("paged-stride");
}
