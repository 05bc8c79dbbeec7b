// SPDX-License-Identifier: Apache-2.0
// A small kernel in S-mode that takes every kind of page fault, says why, and recovers.
#pragma once

#include "excursion.h"

// What the kernel does about a fault.
enum recovery {
  kMap,   // write the page-table entry it should have had, and run the instruction again
  kCopy,  // copy-on-write: give the program a page of its own, and run the instruction again
  kOpen,  // set SUM for this one access, and run the instruction again
  kSkip,  // refuse: go on behind the instruction (after a jump: behind the jump)
};

struct episode {
  const char* story;  // what the program is up to
  enum access access;
  enum privilege privilege;
  word_t va;
  word_t before;  // PTE flags at the start, 0: not mapped
  int level;
  word_t skew;  // added to the physical address at the start: makes a superpage misaligned
  word_t cause;
  const char* why;  // what the walk found
  enum recovery recovery;
  word_t after;          // PTE flags of the repair
  const char* kernel;    // what the kernel does, in words
  bool may_be_hardware;  // hardware may update A and D by itself instead of faulting
};

extern const struct episode kEpisodes[];
extern const unsigned kEpisodeCount;

// Where the devices and the pages of the story lie in the kernel's and the programs' address space.
#define DEMO_UART 0x50000000UL
#define DEMO_PAGE(n) (0x40000000UL + (n) * (word_t)kPageBytes)
#define DEMO_SUPERPAGE (0x40000000UL + BIT(kPageShift + INDEX_BITS))
#define DEMO_SECRET DEMO_PAGE(0x20)  // its frame is closed by PMP
enum { kSecretFrame = 7, kCopyFrame = 6, kTextFrame = 5 };

// S-mode entry; ends with an ebreak, a0 = 0 if every episode went as told.
void kernel_main(void);
// U-mode code, in the probe page: reads `present` twice, then `missing`.
void user_read(const volatile uint32_t* present, const volatile uint32_t* missing);
// U-mode code, in the probe page: writes `text` to a UART mapped at `uart`.
void user_print(volatile unsigned char* uart, const char* text);
