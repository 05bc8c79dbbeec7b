// SPDX-License-Identifier: Apache-2.0
// An S-mode guest of an SBI firmware such as OpenSBI: everything it wants of M-mode it asks for by
// ecall. It prints through the SBI console, switches translation on, takes a page fault and mends
// it, waits for a timer interrupt, and shuts the machine down.
#include "paging.h"
#include "trap.h"

enum {
  kSbiBase = 0x10,
  kSbiPutchar = 1,  // legacy console
  kSbiTime = 0x54494d45,
  kSbiReset = 0x53525354,
  kShutdown = 0,
};
#define FAULT_VA 0x40000000UL
enum { kTicks = 1000 };

static unsigned char frame_page[kPageBytes] __attribute__((aligned(kPageBytes)));
static struct space space;
static unsigned failures;

struct sbi_result {
  word_t error;
  word_t value;
};
static struct sbi_result sbi(word_t extension, word_t function, word_t first, word_t second) {
  register word_t a0 __asm__("a0") = first;
  register word_t a1 __asm__("a1") = second;
  register word_t a6 __asm__("a6") = function;
  register word_t a7 __asm__("a7") = extension;
  __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
  return (struct sbi_result){a0, a1};
}

static void say(const char* text) {
  while (*text) sbi(kSbiPutchar, 0, (word_t)(unsigned char)*text++, 0);
}

static void say_hex(word_t value) {
  say("0x");
  for (int digit = 15; digit >= 0; --digit) {
    if (value >> (4 * digit) == 0 && digit > 0) continue;
    sbi(kSbiPutchar, 0, (word_t) "0123456789abcdef"[value >> (4 * digit) & 15], 0);
  }
}

static void report(const char* name, const char* rule, bool good) {
  failures += !good;
  say(good ? "PASS " : "FAIL ");
  say(name);
  say(" [");
  say(rule);
  say("] " XLEN_NAME " ");
  say(MODE_NAME);
  say("\n");
}

// S-mode code that the kernel enters as if it were a program.
__attribute__((naked)) static void load_at_a0(void) {
  __asm__ volatile(".option push\n.option norvc\nlw a0, 0(a0)\nebreak\n.option pop");
}
__attribute__((naked)) static void spin(void) {
  __asm__ volatile("1: j 1b");
}

static void turn_translation_on(void) {
  space.root = table_new();
  // The image lies in the first two megabytes behind the firmware's.
  map_at(&space, RAM_BASE + level_bytes(1), RAM_BASE + level_bytes(1), PTE_RWX | PTE_AD, 1);
  fence_all();
  csr_write(satp, space_satp(&space));
  report("translation-on", "SATP-10", csr_read(satp) == space_satp(&space));
}

static void take_a_page_fault(void) {
  struct frame frame = {.pc = (word_t)load_at_a0, .status = STATUS_SPP};
  frame.x[kA0] = FAULT_VA;
  supervisor_enter(&frame);
  say("  load at ");
  say_hex(FAULT_VA);
  say(": ");
  say(cause_name(frame.cause));
  say(", stval ");
  say_hex(frame.tval);
  say("\n");
  report("page-fault", "WALK-06",
         frame.cause == kLoadPageFault && frame.tval == FAULT_VA && frame.pc == (word_t)load_at_a0);

  *(volatile uint32_t*)frame_page = 4242;
  map_page(&space, FAULT_VA, (word_t)frame_page, PTE_R | PTE_A);
  fence_address(FAULT_VA);
  supervisor_enter(&frame);  // the same instruction again
  report("page-fault-mended", "SFN-12", frame.cause == kBreakpoint && frame.x[kA0] == 4242);
}

static void wait_for_the_timer(void) {
  const word_t before = csr_read(time);
  const struct sbi_result set = sbi(kSbiTime, 0, before + kTicks, 0);
  csr_write(sie, BIT(kSupervisorTimer));
  struct frame frame = {.pc = (word_t)spin, .status = STATUS_SPP | STATUS_SPIE};
  supervisor_enter(&frame);
  csr_write(sie, 0);
  report("sbi-timer", "SBI",
         set.error == 0 && frame.cause == (CAUSE_INTERRUPT | kSupervisorTimer) &&
             csr_read(time) >= before + kTicks);
}

void payload_main(word_t hart, const unsigned char* tree);
void payload_main(word_t hart, const unsigned char* tree) {
  say("S-mode payload on hart ");
  say_hex(hart);
  say(", device tree at ");
  say_hex((word_t)tree);
  say("\n");
  report("device-tree", "SBI",
         tree[0] == 0xd0 && tree[1] == 0x0d && tree[2] == 0xfe && tree[3] == 0xed);
  report("sbi-version", "SBI", sbi(kSbiBase, 0, 0, 0).error == 0);
  turn_translation_on();
  take_a_page_fault();
  wait_for_the_timer();
  say(failures == 0 ? "SUMMARY sbi-payload: all passed\n" : "SUMMARY sbi-payload: FAILED\n");
  sbi(kSbiReset, 0, kShutdown, failures != 0);  // reason 1: system failure
}
