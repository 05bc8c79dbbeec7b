// SPDX-License-Identifier: Apache-2.0
// The S-mode kernel of the demo.
#include "console.h"
#include "demo.h"

static struct space space;
static unsigned faults;
static unsigned retried;
static unsigned surprises;

static const char* const kAccessNames[] = {"fetch", "load", "store", "LR", "SC", "AMO"};
static const char* const kCode[] = {
    [kFetch] = probe_fetch, [kLoad] = probe_load, [kStore] = probe_store, [kAmo] = probe_amo};
enum { kValue = 42 };

static word_t page_of(const struct episode* episode) {
  if (episode->va == DEMO_SECRET) return frame_pa(kSecretFrame);
  return episode->level == 1 ? (frame_pa(0) & -level_bytes(1)) : frame_pa(0);
}

static word_t program_address(enum privilege privilege, const char* symbol) {
  const word_t va = (word_t)symbol;
  return privilege == kUser ? USER_PROBES + (va - (word_t)probes_start) : va;
}

// The kernel's half of a fault: true if the instruction is to run again.
static bool recover(const struct episode* episode, struct frame* frame) {
  switch (episode->recovery) {
    case kCopy:
      for (unsigned i = 0; i < 16; ++i) frames[kCopyFrame][i] = frames[0][i];
      map_at(&space, episode->va, frame_pa(kCopyFrame), episode->after, 0);
      fence_address(episode->va);
      return true;
    case kMap:
      map_at(&space, episode->va, page_of(episode), episode->after, episode->level);
      fence_address(episode->va);
      return true;
    case kOpen:
      frame->status |= STATUS_SUM;
      return true;
    case kSkip:
      frame->pc = episode->access == kFetch ? frame->x[kRa] : frame->pc + 4;
      return false;
  }
  return false;
}

static void surprise(const char* what, const struct frame* frame) {
  ++surprises;
  print("    UNEXPECTED: %s; cause %lu, tval 0x%lx, pc 0x%lx\n", what, frame->cause, frame->tval,
        frame->pc);
}

// After the access has passed: what it must have done.
static void inspect(const struct episode* episode, const struct frame* frame, bool by_hardware) {
  const word_t pa = episode->recovery == kCopy ? frame_pa(kCopyFrame) : page_of(episode);
  const uint32_t memory = *(volatile uint32_t*)pa;
  if (episode->access == kLoad && (uint32_t)frame->x[kA0] != memory) {
    surprise("the load brought something else", frame);
  }
  if (episode->access == kStore && memory != kValue) surprise("the store is not in memory", frame);
  const word_t wanted = episode->after & PTE_AD;
  if (by_hardware && (*entry_at(&space, episode->va, 0) & wanted) != wanted) {
    surprise("A or D is not set", frame);
  }
}

// The access, its fault in words, the repair, the access again.
static void play(const struct episode* episode, unsigned number) {
  const bool user = episode->privilege == kUser;
  const char* const what = kAccessNames[episode->access];
  struct frame frame = {.pc = program_address(episode->privilege, kCode[episode->access])};
  frame.x[kA0] = episode->va;
  frame.x[kA1] = kValue;
  frame.x[kRa] = frame.pc + 4;  // the ecall behind the access
  frame.status = user ? 0 : STATUS_SPP;

  print("%s%u  %c-mode %s at 0x%08lx: %s\n", number < 10 ? " " : "", number, user ? 'U' : 'S', what,
        episode->va, episode->story);
  supervisor_enter(&frame);
  const bool by_hardware = frame.cause < kFetchPageFault && episode->may_be_hardware;
  bool passes = by_hardware;
  if (by_hardware) {
    print("    hart    no fault: it updates A and D by itself\n");
  } else {
    ++faults;
    print("    FAULT   %s (cause %lu): %s\n", cause_name(frame.cause), frame.cause, episode->why);
    if (frame.cause != episode->cause || frame.tval != episode->va) {
      surprise("another fault", &frame);
    }
    passes = recover(episode, &frame);
    retried += passes;
    supervisor_enter(&frame);
    print("    kernel  %s; ", episode->kernel);
    if (passes)
      print("the %s runs again and passes\n", what);
    else
      print("the program goes on without it\n");
  }
  if (frame.cause != (user ? kUserCall : kSupervisorCall)) {
    surprise("the program did not come back", &frame);
  } else if (passes) {
    inspect(episode, &frame, by_hardware);
  }
}

static void prepare(const struct episode* episode) {
  *frame_word(0, 0) = 0x1000 + (uint32_t)(episode - kEpisodes);
  if (episode->access == kFetch) ecall_at(frames[0]);
  if (episode->before == 0) return;
  map_at(&space, episode->va, page_of(episode) + episode->skew, episode->before, episode->level);
  fence_address(episode->va);
}

// The opening: a miss with its walk and refill, the hit behind it and a fault, without a line of
// output in between, so that one picture of the waveform shows them all.
static void user_reads(unsigned number) {
  const word_t present = DEMO_PAGE(15);
  const word_t missing = DEMO_PAGE(16);
  print(" %u  U-mode loads at 0x%08lx, twice, and at 0x%08lx: a page, then the one behind it\n", number,
        present, missing);
  map_page(&space, present, frame_pa(kTextFrame), PTE_U | PTE_R | PTE_A);
  fence_address(present);
  struct frame frame = {.pc = program_address(kUser, (const char*)user_read)};
  frame.x[kA0] = present;
  frame.x[kA1] = missing;
  frame.x[kRa] = program_address(kUser, probe_load) + 4;  // an ecall
  supervisor_enter(&frame);
  print("    MMU     the first load misses the TLB and walks the page table; the second hits\n");
  ++faults;
  print("    FAULT   %s (cause %lu): nothing is mapped there: V=0\n", cause_name(frame.cause),
        frame.cause);
  if (frame.cause != kLoadPageFault || frame.tval != missing) surprise("another fault", &frame);
  frame.pc = frame.x[kRa];
  supervisor_enter(&frame);
  if (frame.cause != kUserCall) surprise("the program did not come back", &frame);
  print("    kernel  refuses; the program goes on without it\n");
}

// The UART seen from U-mode: the same stores as to memory, and nothing to ask the kernel for.
static void user_writes_to_uart(unsigned number) {
  static const char kText[] =
      "    UART    hello from U-mode: stores to a page, and no kernel in between\n";
  print("%u  U-mode stores at 0x%08lx: the kernel has mapped the UART there\n", number,
        DEMO_PAGE(14));
  for (unsigned i = 0; i < sizeof(kText); ++i) frames[kTextFrame][i] = (unsigned char)kText[i];
  map_page(&space, DEMO_PAGE(13), frame_pa(kTextFrame), PTE_U | PTE_R | PTE_A);
  map_page(&space, DEMO_PAGE(14), UART_BASE, PTE_U | PTE_RW | PTE_AD);
  fence_all();
  struct frame frame = {.pc = program_address(kUser, (const char*)user_print)};
  frame.x[kA0] = DEMO_PAGE(14);
  frame.x[kA1] = DEMO_PAGE(13);
  frame.x[kRa] = program_address(kUser, probe_load) + 4;  // an ecall
  supervisor_enter(&frame);
  if (frame.cause != kUserCall) surprise("the program did not come back", &frame);
}

void kernel_main(void) {
  csr_write(stvec, supervisor_trap);
  csr_write(sscratch, 0);
  space.root = table_new();
  const word_t kernel = PTE_RWX | PTE_AD;
  map_at(&space, RAM_BASE, RAM_BASE, kernel, 1);
  map_at(&space, RAM_BASE + level_bytes(1), RAM_BASE + level_bytes(1), kernel, 1);
  map_page(&space, DEMO_UART, UART_BASE, PTE_RW | PTE_AD);
  map_page(&space, USER_PROBES, (word_t)probes_start, PTE_RX | PTE_U | PTE_A);
  csr_write(satp, space_satp(&space));
  fence_all();
  console_registers = (volatile unsigned char*)DEMO_UART;
  print("A kernel and its page faults, on %s with %s.\n", XLEN_NAME, MODE_NAME);
  print("S-mode has written satp = 0x%lx: every address is virtual now.\n\n", csr_read(satp));
  user_reads(1);
  for (unsigned i = 0; i < kEpisodeCount; ++i) {
    prepare(&kEpisodes[i]);
    play(&kEpisodes[i], i + 2);
  }
  user_writes_to_uart(kEpisodeCount + 2);
  print("\n%u faults: %u mended and run again, %u refused.\n", faults, retried, faults - retried);
  print("%s demo [A.4] %s %s\n", surprises == 0 ? "PASS" : "FAIL", XLEN_NAME, MODE_NAME);
  break_out(surprises);
}
