// SPDX-License-Identifier: Apache-2.0
// Devices in the address space of user programs: the page table decides who reaches them, and loads
// and stores are all there is to it.
#include "check.h"
#include "machine.h"

#define DEVICE_VA TEST_VA
#define TEXT_VA (TEST_VA + kPageBytes)
enum { kLineStatus = 5, kMtimeOffset = 0xff8 };

extern const char probe_return[];  // an ecall
static struct space space;

// U-mode code: writes a text to the UART.
__attribute__((section(".probes"))) static void user_print(volatile unsigned char* uart,
                                                           const char* text) {
  while (*text) {
    while (!(uart[kLineStatus] & 0x20)) {
    }
    uart[0] = (unsigned char)*text++;
  }
}

static void map_device(word_t pa, word_t flags) {
  space = space_new();
  map_page(&space, DEVICE_VA, pa & -(word_t)kPageBytes, flags | PTE_AD);
  space_use(&space);
}

static struct outcome run_user_print(void) {
  struct frame frame = {.pc = probe_address(kUser, (const void*)user_print)};
  frame.x[kRa] = probe_address(kUser, probe_return);
  frame.x[kA0] = DEVICE_VA;
  frame.x[kA1] = TEXT_VA;
  frame.status = STATUS_MPP(kUser);
  machine_enter(&frame);
  return (struct outcome){frame.cause, frame.tval, frame.pc, frame.x[kA0]};
}

static void uart_in_user_space(void) {
  static const char kText[] = "(U-mode) this line was written to the UART by a user program\n";
  for (unsigned i = 0; i < sizeof(kText); ++i) frames[0][i] = (unsigned char)kText[i];
  map_device(UART_BASE, PTE_U | PTE_RW);
  map_page(&space, TEXT_VA, frame_pa(0), PTE_U | PTE_R | PTE_A);
  fence_all();
  const struct outcome got = run_user_print();
  expect_equal("cause", kUserCall, got.cause);
}

// The same program, the same addresses, and no mapping: it faults at the UART's status register.
static void uart_not_mapped(void) {
  frames[0][0] = 'x';
  map_device(UART_BASE, 0);
  *entry_at(&space, DEVICE_VA, 0) = 0;
  map_page(&space, TEXT_VA, frame_pa(0), PTE_U | PTE_R | PTE_A);
  fence_all();
  const struct outcome got = run_user_print();
  expect_equal("cause", kLoadPageFault, got.cause);
  expect_equal("tval", DEVICE_VA + kLineStatus, got.tval);
}

// A read-only window: status may be read, nothing can be sent.
static void read_only_device(void) {
  map_device(UART_BASE, PTE_U | PTE_R);
  const word_t status =
      excursion(kUser, 0, probe_address(kUser, probe_load_byte), DEVICE_VA + kLineStatus, 0, 0)
          .value;
  expect_equal("transmitter empty", 0x20, status & 0x20);
  const struct outcome got =
      excursion(kUser, 0, probe_address(kUser, probe_store_byte), DEVICE_VA, 'x', 0);
  expect_outcome(&got, kStorePageFault, DEVICE_VA, probe_address(kUser, probe_store_byte_at));
}

static void supervisor_device(void) {
  map_device(UART_BASE, PTE_RW);
  const struct outcome got =
      excursion(kUser, 0, probe_address(kUser, probe_store_byte), DEVICE_VA, 'x', 0);
  expect_outcome(&got, kStorePageFault, DEVICE_VA, probe_address(kUser, probe_store_byte_at));
}

// The clock, read by a user program from the timer's own register.
static void clock_in_user_space(void) {
  map_device(CLINT_BASE + 0xb000, PTE_U | PTE_R);
  const struct probe read = {.access = kLoad, .privilege = kUser, .va = DEVICE_VA + kMtimeOffset};
  const uint32_t before = (uint32_t)expect_pass(&read);
  while (machine_time() < (uint64_t)before + 2) {
  }
  const uint32_t after = (uint32_t)expect_pass(&read);
  expect_equal("time goes on", 1, after - before >= 2 && after - before < 0x80000000);
}

// Nobody maps the finisher, so nobody switches the machine off.
static void finisher_not_mapped(void) {
  space = space_new();
  space_use(&space);
  for (int privilege = kUser; privilege <= kSupervisor; ++privilege) {
    expect_page_fault(&(struct probe){
        .access = kStore, .privilege = privilege, .va = FINISHER_BASE, .value = FINISHER_PASS});
  }
}

static const struct test kTests[] = {
    {"uart-in-user-space", "A.5", uart_in_user_space},
    {"uart-not-mapped", "WALK-06", uart_not_mapped},
    {"read-only-device", "A.5", read_only_device},
    {"supervisor-device", "A.5", supervisor_device},
    {"clock-in-user-space", "A.5", clock_in_user_space},
    {"finisher-not-mapped", "WALK-06", finisher_not_mapped},
};

int main(void) {
  RUN_TESTS(kTests);
  return tests_summary("devices");
}
