// SPDX-License-Identifier: Apache-2.0
// Timer, software and external interrupts, under translation: they find the program in a loop of
// its own page.
#include "check.h"
#include "machine.h"
#include "protection.h"

extern const char probe_spin[], probe_vectors[], probe_return[];

enum { kSoon = 50 };  // timebase ticks

static struct space space;
static unsigned char supervisor_stack[2048] __attribute__((aligned(16)));

// Enter the loop in `privilege` and wait for the interrupt.
static void expect_interrupt(enum privilege privilege, word_t number) {
  const word_t pc = probe_address(privilege, probe_spin);
  const struct outcome got = excursion(privilege, 0, pc, 0, 0, 0);
  expect_outcome(&got, CAUSE_INTERRUPT | number, 0, pc);
}

static void quiet(void) {
  csr_write(mie, 0);
  csr_write(mip, 0);
  csr_write(mideleg, 0);
  machine_timer_at(UINT64_MAX);
  machine_software_interrupt(0);
}

static void machine_timer(void) {
  for (int privilege = kUser; privilege <= kSupervisor; ++privilege) {
    machine_timer_at(machine_time() + kSoon);
    csr_write(mie, BIT(kMachineTimer));
    expect_interrupt(privilege, kMachineTimer);
    expect_equal("time reached", 1, (csr_read(mip) & BIT(kMachineTimer)) != 0);
    machine_timer_at(UINT64_MAX);
    expect_equal("pending", 0, csr_read(mip) & BIT(kMachineTimer));
  }
  quiet();
}

static void timer_is_not_early(void) {
  const uint64_t at = machine_time() + kSoon;
  machine_timer_at(at);
  csr_write(mie, BIT(kMachineTimer));
  expect_interrupt(kUser, kMachineTimer);
  expect_equal("not before its time", 1, machine_time() >= at);
  quiet();
}

static void machine_software(void) {
  csr_write(mie, BIT(kMachineSoftware));
  machine_software_interrupt(1);
  expect_interrupt(kSupervisor, kMachineSoftware);
  machine_software_interrupt(0);
  expect_equal("pending", 0, csr_read(mip) & BIT(kMachineSoftware));
  quiet();
}

// Both are pending: software comes before the timer.
static void order(void) {
  machine_timer_at(0);
  machine_software_interrupt(1);
  csr_write(mie, BIT(kMachineSoftware) | BIT(kMachineTimer));
  expect_interrupt(kUser, kMachineSoftware);
  machine_software_interrupt(0);
  expect_interrupt(kUser, kMachineTimer);
  quiet();
}

// mie = 0 for it: the program runs on to its ecall.
static void masked(void) {
  machine_software_interrupt(1);
  machine_timer_at(0);
  const struct outcome got = excursion(kUser, 0, probe_address(kUser, probe_return), 0, 0, 0);
  expect_equal("cause", kUserCall, got.cause);
  quiet();
}

// WFI ends when an interrupt is pending that mie lets through, although mstatus.MIE keeps it away.
static void wfi_wakes(void) {
  machine_timer_at(machine_time() + kSoon);
  csr_write(mie, BIT(kMachineTimer));
  while (!(csr_read(mip) & BIT(kMachineTimer))) __asm__ volatile("wfi");
  expect_equal("pending", BIT(kMachineTimer), csr_read(mip) & BIT(kMachineTimer));
  quiet();
}

// Vectored: an interrupt enters at base + 4 * cause.
static void vectored(void) {
  csr_write(mtvec, (word_t)probe_vectors | 1);
  csr_write(sscratch, 0);
  csr_write(mie, BIT(kMachineSoftware));
  machine_software_interrupt(1);
  expect_interrupt(kUser, kMachineSoftware);
  expect_equal("vector", 3, csr_read(sscratch));
  csr_write(sscratch, 0);
  machine_software_interrupt(0);
  expect_equal("cause", kUserCall,
               excursion(kUser, 0, probe_address(kUser, probe_return), 0, 0, 0).cause);
  expect_equal("vector", 0, csr_read(sscratch));
  csr_write(mtvec, machine_trap);
  quiet();
}

// S-mode's half of the delegation tests: runs the loop in U-mode and calls out with the cause.
static void supervisor_waits(word_t interrupt) {
  csr_write(stvec, supervisor_trap);
  csr_write(sscratch, 0);
  csr_write(sie, BIT(interrupt));
  struct frame frame = {.pc = USER_PROBES + ((word_t)probe_spin - (word_t)probes_start)};
  supervisor_enter(&frame);
  csr_write(sie, 0);
  call_out(0, frame.cause);
}

static word_t delegated(word_t interrupt) {
  csr_write(mideleg, BIT(interrupt));
  struct frame frame =
      frame_calling(supervisor_waits, interrupt, supervisor_stack + sizeof(supervisor_stack));
  frame.status = STATUS_MPP(kSupervisor);
  machine_enter(&frame);
  expect_equal("cause of leaving", kSupervisorCall, frame.cause);
  return frame.x[kA0];
}

static void delegated_timer(void) {
  csr_set(mip, BIT(kSupervisorTimer));
  expect_equal("scause", CAUSE_INTERRUPT | kSupervisorTimer, delegated(kSupervisorTimer));
  quiet();
}

static void delegated_software(void) {
  csr_set(mip, BIT(kSupervisorSoftware));
  expect_equal("scause", CAUSE_INTERRUPT | kSupervisorSoftware, delegated(kSupervisorSoftware));
  quiet();
}

// The UART's transmitter is empty, which is an interrupt if asked for: source 10 of the PLIC, whose
// context 0 is hart 0 in M-mode and context 1 the same hart in S-mode.
enum {
  kUartSource = 10,
  kUartEnable = UART_BASE + 1,
  kTransmitInterrupt = 2,
  kPlicPriority = PLIC_BASE + 4 * kUartSource,
  kPlicEnable = PLIC_BASE + 0x2000,
  kPlicThreshold = PLIC_BASE + 0x200000,
  kPlicClaim = PLIC_BASE + 0x200004,
};

static void uart_raises(unsigned context) {
  *device_word(kPlicPriority) = 1;
  *device_word(kPlicEnable + 0x80 * context) = 1U << kUartSource;
  *device_word(kPlicThreshold + 0x1000 * context) = 0;
  *(volatile unsigned char*)kUartEnable = kTransmitInterrupt;
}

static void claim_from(unsigned context) {
  volatile uint32_t* const claim = device_word(kPlicClaim + 0x1000 * context);
  expect_equal("claimed source", kUartSource, *claim);
  *(volatile unsigned char*)kUartEnable = 0;
  *claim = kUartSource;
  expect_equal("nothing more", 0, *claim);
  *device_word(kPlicEnable + 0x80 * context) = 0;
}

static void machine_external(void) {
  uart_raises(0);
  csr_write(mie, BIT(kMachineExternal));
  expect_interrupt(kUser, kMachineExternal);
  claim_from(0);
  expect_equal("pending", 0, csr_read(mip) & BIT(kMachineExternal));
  quiet();
}

static void delegated_external(void) {
  uart_raises(1);
  expect_equal("scause", CAUSE_INTERRUPT | kSupervisorExternal, delegated(kSupervisorExternal));
  claim_from(1);
  expect_equal("pending", 0, csr_read(mip) & BIT(kSupervisorExternal));
  quiet();
}

// A priority that does not exceed the threshold stays away.
static void below_threshold(void) {
  uart_raises(0);
  *device_word(kPlicThreshold) = 1;
  csr_write(mie, BIT(kMachineExternal));
  const struct outcome got = excursion(kUser, 0, probe_address(kUser, probe_return), 0, 0, 0);
  expect_equal("cause", kUserCall, got.cause);
  *device_word(kPlicThreshold) = 0;
  expect_interrupt(kUser, kMachineExternal);
  claim_from(0);
  quiet();
}

// Sstc: S-mode's own comparator raises STIP, and a later comparand takes it away.
static void set_supervisor_timer(uint64_t at) {
#if __riscv_xlen == 32
  csr_write(CSR_STIMECMP, ~0UL);
  csr_write(CSR_STIMECMPH, (word_t)(at >> 32));
#endif
  csr_write(CSR_STIMECMP, (word_t)at);
}
static void supervisor_timer_compare(void) {
  csr_write(mcounteren, 7);
  expect_equal("STCE taken", 1, supervisor_timer(true));
  set_supervisor_timer(machine_time() + kSoon);
  expect_equal("scause", CAUSE_INTERRUPT | kSupervisorTimer, delegated(kSupervisorTimer));
  set_supervisor_timer(UINT64_MAX);
  expect_equal("pending", 0, csr_read(mip) & BIT(kSupervisorTimer));
  supervisor_timer(false);
  quiet();
}

static const struct test kTests[] = {
    {"machine-timer", "mip-MTIP", machine_timer},
    {"timer-is-not-early", "mip-MTIP", timer_is_not_early},
    {"machine-software", "mip-MSIP", machine_software},
    {"software-before-timer", "mip-priority", order},
    {"masked-interrupt", "mie", masked},
    {"wfi-wakes", "wfi", wfi_wakes},
    {"vectored-interrupt", "mtvec", vectored},
    {"delegated-timer", "mideleg", delegated_timer},
    {"delegated-software", "mideleg", delegated_software},
    {"machine-external", "mip-MEIP", machine_external},
    {"delegated-external", "mideleg", delegated_external},
    {"below-threshold", "PLIC", below_threshold},
    {"supervisor-timer-compare", "Sstc", supervisor_timer_compare},
};

int main(void) {
  space = space_new();
  space_use(&space);
  quiet();
  RUN_TESTS(kTests);
  return tests_summary("interrupts");
}
