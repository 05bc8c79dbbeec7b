// SPDX-License-Identifier: Apache-2.0
// From the machine of one address space to the protected one. First two programs share physical
// memory, and a stray store of one ruins the other and the kernel; then translation is switched on
// and the same stray stores fault, while the victim goes on.
#include "check.h"
#include "console.h"

extern const char program_count[], probe_satp_then_load[];

enum { kDataA = 0, kDataB = 1, kKernelData = 2, kTarget = 1000, kStray = 0xbad };
#define DATA TEST_VA  // both programs know their data under this address, once it is translated

static struct space space_a;
static struct space space_b;

static struct outcome count(word_t data, word_t until) {
  return excursion(kUser, 0, probe_address(kUser, program_count), data, until, 0);
}

static struct probe stray_store(word_t address) {
  return (struct probe){.access = kStore, .privilege = kUser, .va = address, .value = kStray};
}

// Before: every address is a physical address, for everybody.

static void bare_program_stomps_on_program(void) {
  space_use(0);
  *frame_word(kDataB, 0) = 5;
  const struct probe stray = stray_store(frame_pa(kDataB));
  expect_pass(&stray);
  expect_equal("data of B", kStray, *frame_word(kDataB, 0));
  const struct outcome b = count(frame_pa(kDataB), kTarget);
  expect_equal("cause", kUserCall, b.cause);
  expect_equal("count of B", kStray + 1, *frame_word(kDataB, 0));  // past its target at once
}

static void bare_program_stomps_on_kernel(void) {
  *frame_word(kKernelData, 0) = 7;
  const struct probe stray = stray_store(frame_pa(kKernelData));
  expect_pass(&stray);
  expect_equal("data of the kernel", kStray, *frame_word(kKernelData, 0));
}

static void bare_program_reads_a_secret(void) {
  *frame_word(kDataB, 4) = 0x5ec2e7;
  const struct probe spy = {.access = kLoad, .privilege = kUser, .va = frame_pa(kDataB) + 4};
  expect_equal("secret of B", 0x5ec2e7, expect_pass(&spy));
}

// The switch.

static void translation_starts_with_the_next_instruction(void) {
  *frame_word(kDataA, 0) = 0xaaaa;
  const struct outcome got = excursion(kSupervisor, STATUS_SUM, (word_t)probe_satp_then_load, DATA,
                                       space_satp(&space_a), 0);
  expect_equal("cause", kSupervisorCall, got.cause);
  expect_equal("value", 0xaaaa, got.value);
}

static void translation_ends_with_the_next_instruction(void) {
  *frame_word(kDataA, 8) = 0xcccc;
  space_use(&space_a);
  const struct outcome got =
      excursion(kSupervisor, 0, (word_t)probe_satp_then_load, frame_pa(kDataA) + 8, 0, 0);
  expect_equal("cause", kSupervisorCall, got.cause);
  expect_equal("value", 0xcccc, got.value);
}

// After: each program has its own memory at the same address, and nothing else.

static void programs_share_an_address_but_no_memory(void) {
  *frame_word(kDataA, 0) = 0;
  *frame_word(kDataB, 0) = 0;
  space_use(&space_a);
  count(DATA, 10);
  space_use_unfenced(&space_b);  // the ASIDs differ: no fence is needed
  count(DATA, 20);
  expect_equal("count of A", 10, *frame_word(kDataA, 0));
  expect_equal("count of B", 20, *frame_word(kDataB, 0));
}

static void stray_store_to_program_faults(void) {
  *frame_word(kDataB, 0) = 5;
  space_use(&space_a);
  const struct probe stray = stray_store(frame_pa(kDataB));
  expect_page_fault(&stray);
  expect_equal("data of B", 5, *frame_word(kDataB, 0));
}

static void stray_store_to_kernel_faults(void) {
  *frame_word(kKernelData, 0) = 7;
  space_use(&space_a);
  const struct probe stray = stray_store(frame_pa(kKernelData));  // mapped, but for S-mode only
  expect_page_fault(&stray);
  expect_equal("data of the kernel", 7, *frame_word(kKernelData, 0));
}

static void secret_stays_secret(void) {
  space_use(&space_a);
  const struct probe spy = {.access = kLoad, .privilege = kUser, .va = frame_pa(kDataB) + 4};
  expect_page_fault(&spy);
}

static void victim_goes_on(void) {
  *frame_word(kDataB, 0) = 0;
  space_use(&space_b);
  count(DATA, kTarget / 2);
  space_use_unfenced(&space_a);
  const struct probe stray = stray_store(frame_pa(kDataB));
  expect_page_fault(&stray);  // the kernel ends A here
  space_use_unfenced(&space_b);
  const struct outcome b = count(DATA, kTarget);
  expect_equal("cause", kUserCall, b.cause);
  expect_equal("count of B", kTarget, *frame_word(kDataB, 0));
}

static const struct test kBefore[] = {
    {"bare-program-stomps-on-program", "SATP-18", bare_program_stomps_on_program},
    {"bare-program-stomps-on-kernel", "SATP-18", bare_program_stomps_on_kernel},
    {"bare-program-reads-a-secret", "SATP-18", bare_program_reads_a_secret},
};
static const struct test kSwitch[] = {
    {"translation-starts-with-the-next-instruction", "SATP-10",
     translation_starts_with_the_next_instruction},
    {"translation-ends-with-the-next-instruction", "SATP-10",
     translation_ends_with_the_next_instruction},
};
static const struct test kAfter[] = {
    {"programs-share-an-address-but-no-memory", "SATP-11", programs_share_an_address_but_no_memory},
    {"stray-store-to-program-faults", "WALK-06", stray_store_to_program_faults},
    {"stray-store-to-kernel-faults", "A.5", stray_store_to_kernel_faults},
    {"secret-stays-secret", "A.5", secret_stays_secret},
    {"victim-goes-on", "SATP-11", victim_goes_on},
};

int main(void) {
  space_a = space_new();
  space_b = space_also(2);
  map_page(&space_a, DATA, frame_pa(kDataA), PTE_U | PTE_RW | PTE_AD);
  map_page(&space_b, DATA, frame_pa(kDataB), PTE_U | PTE_RW | PTE_AD);
  print("One address space: a stray store lands wherever it points.\n");
  RUN_TESTS(kBefore);
  print("The kernel switches %s on.\n", MODE_NAME);
  RUN_TESTS(kSwitch);
  print("Two address spaces: the same stray stores now fault.\n");
  RUN_TESTS(kAfter);
  return tests_summary("boot-protection");
}
