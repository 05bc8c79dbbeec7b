// SPDX-License-Identifier: Apache-2.0
// Instructions and data that lie across a page border: two translations, either may fault, and tval
// names the first byte of the part that was refused (rule book A.8, A.14).
#include "check.h"

#define SECOND (TEST_VA + kPageBytes)
enum { kFirstFrame = 2, kSecondFrame = 0 };  // not adjacent, and in the wrong order

static struct space space;

// The two pages with their flags; 0 leaves one unmapped.
static void pages(word_t first, word_t second) {
  space = space_new();
  if (first) map_page(&space, TEST_VA, frame_pa(kFirstFrame), first | PTE_AD);
  if (second) map_page(&space, SECOND, frame_pa(kSecondFrame), second | PTE_AD);
  space_use(&space);
}

// An ecall whose first half ends the first page.
static void straddling_ecall(void) {
  *(volatile uint16_t*)&frames[kFirstFrame][kPageBytes - 2] = 0x0073;
  *(volatile uint16_t*)&frames[kSecondFrame][0] = 0x0000;
  fence_code();
}
static const struct probe kFetchAcross = {
    .access = kFetch, .privilege = kSupervisor, .va = SECOND - 2};

static void fetch_across(void) {
  straddling_ecall();
  pages(PTE_X, PTE_X);
  expect_pass(&kFetchAcross);
}
static void fetch_second_unmapped(void) {
  straddling_ecall();
  pages(PTE_X, 0);
  expect_fault_at(&kFetchAcross, kFetchPageFault, SECOND);
}
static void fetch_second_not_executable(void) {
  straddling_ecall();
  pages(PTE_X, PTE_RW);
  expect_fault_at(&kFetchAcross, kFetchPageFault, SECOND);
}
static void fetch_second_of_user(void) {
  straddling_ecall();
  pages(PTE_X, PTE_X | PTE_U);
  expect_fault_at(&kFetchAcross, kFetchPageFault, SECOND);
}
static void fetch_first_unmapped(void) {
  straddling_ecall();
  pages(0, PTE_X);
  expect_fault_at(&kFetchAcross, kFetchPageFault, SECOND - 2);
}
static void fetch_both_unmapped(void) {
  pages(0, 0);
  expect_fault_at(&kFetchAcross, kFetchPageFault, SECOND - 2);
}

// A 16-bit instruction at the page's end needs nothing of the next page.
static void short_instruction_at_page_end(void) {
  *(volatile uint16_t*)&frames[kFirstFrame][kPageBytes - 2] = 0x9002;  // c.ebreak
  fence_code();
  pages(PTE_X, 0);
  const struct outcome got = probe_run(&kFetchAcross);
  expect_equal("cause", kBreakpoint, got.cause);
  expect_equal("epc", SECOND - 2, got.epc);
}

// xtval of a breakpoint may be its address or 0 (`cpu.ebreak_tval`); here it is its address.
static void breakpoint_tells_its_address(void) {
  *(volatile uint16_t*)&frames[kFirstFrame][kPageBytes - 2] = 0x9002;  // c.ebreak
  fence_code();
  pages(PTE_X, 0);
  const struct outcome got = probe_run(&kFetchAcross);
  expect_outcome(&got, kBreakpoint, SECOND - 2, SECOND - 2);
}

// One data access: its probe and its size.
struct data {
  const char *start, *blamed;
  word_t bytes;
  word_t fault;
};
static const struct data kLoads[] = {
    {probe_load_half, probe_load_half_at, 2, kLoadPageFault},
    {probe_load, probe_load_at, 4, kLoadPageFault},
    {probe_load_double, probe_load_double_at, WORD_BYTES, kLoadPageFault},
};
static const struct data kStores[] = {
    {probe_store, probe_store_at, 4, kStorePageFault},
    {probe_store_double, probe_store_double_at, WORD_BYTES, kStorePageFault},
};

// Every way for the access to lie across the border, refused in the part that begins at `bad`
// (0: where the access begins).
static void refused(const struct data* data, word_t bad) {
  for (word_t before = 1; before < data->bytes; ++before) {
    const word_t va = SECOND - before;
    const struct outcome got = excursion(kSupervisor, 0, (word_t)data->start, va, ~0UL, 0);
    expect_outcome(&got, data->fault, bad ? bad : va, (word_t)data->blamed);
  }
}
#define REFUSED(table, bad) \
  for (unsigned i = 0; i < sizeof(table) / sizeof((table)[0]); ++i) refused(&(table)[i], bad)

static void load_second_unmapped(void) {
  pages(PTE_R, 0);
  REFUSED(kLoads, SECOND);
}
static void load_second_execute_only(void) {
  pages(PTE_R, PTE_X);
  REFUSED(kLoads, SECOND);
}
static void load_first_unmapped(void) {
  pages(0, PTE_R);
  REFUSED(kLoads, 0);
}
static void store_second_unmapped(void) {
  pages(PTE_RW, 0);
  REFUSED(kStores, SECOND);
}
static void store_second_read_only(void) {
  pages(PTE_RW, PTE_R);
  REFUSED(kStores, SECOND);
}
static void store_first_read_only(void) {
  pages(PTE_R, PTE_RW);
  REFUSED(kStores, 0);
}
static void store_both_read_only(void) {
  pages(PTE_R, PTE_R);
  REFUSED(kStores, 0);
}

// The value is put together from two frames that are not neighbours.
static void data_across(void) {
  pages(PTE_RW, PTE_RW);
  *frame_word(kFirstFrame, kPageBytes - 4) = 0x44332211;
  *frame_word(kSecondFrame, 0) = 0x88776655;
  const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = SECOND - 1};
  expect_equal("value", 0x77665544, (uint32_t)expect_pass(&load));
  const struct probe store = {
      .access = kStore, .privilege = kSupervisor, .va = SECOND - 3, .value = 0xaabbccdd};
  expect_pass(&store);
  expect_equal("end of first", 0xbbccdd11, *frame_word(kFirstFrame, kPageBytes - 4));
  expect_equal("start of second", 0x887766aa, *frame_word(kSecondFrame, 0));
}

// Misaligned, but inside one page: one translation.
static void misaligned_inside(void) {
  pages(PTE_RW, 0);
  *frame_word(kFirstFrame, kPageBytes - 4) = 0x44332211;
  *frame_word(kFirstFrame, kPageBytes - 8) = 0xddccbbaa;
  const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = SECOND - 5};
  expect_equal("value", 0x332211dd, (uint32_t)expect_pass(&load));
}

#if __riscv_xlen == 64
// The last canonical address and the first one that is not.
static void across_the_end_of_the_lower_half(void) {
  space = space_new();
  const word_t end = BIT(kVaBits - 1);
  map_page(&space, end - kPageBytes, frame_pa(0), PTE_RW | PTE_AD);
  space_use(&space);
  const struct probe load = {.access = kLoad, .privilege = kSupervisor, .va = end - 2};
  expect_fault_at(&load, kLoadPageFault, end);
  const struct probe inside = {.access = kLoad, .privilege = kSupervisor, .va = end - 4};
  expect_pass(&inside);
}
#endif

static const struct test kTests[] = {
    {"fetch-across", "MIS-08", fetch_across},
    {"fetch-second-unmapped", "TVAL-02", fetch_second_unmapped},
    {"fetch-second-not-executable", "TVAL-02", fetch_second_not_executable},
    {"fetch-second-of-user", "MIS-08", fetch_second_of_user},
    {"fetch-first-unmapped", "TVAL-03", fetch_first_unmapped},
    {"fetch-both-unmapped", "TVAL-03", fetch_both_unmapped},
    {"short-instruction-at-page-end", "TVAL-04", short_instruction_at_page_end},
    {"breakpoint-tells-its-address", "TVAL-01", breakpoint_tells_its_address},
    {"data-across", "MIS-03", data_across},
    {"misaligned-inside", "MIS-02", misaligned_inside},
    {"load-second-unmapped", "TVAL-05", load_second_unmapped},
    {"load-second-execute-only", "TVAL-05", load_second_execute_only},
    {"load-first-unmapped", "TVAL-05", load_first_unmapped},
    {"store-second-unmapped", "TVAL-05", store_second_unmapped},
    {"store-second-read-only", "TVAL-05", store_second_read_only},
    {"store-first-read-only", "TVAL-05", store_first_read_only},
    {"store-both-read-only", "TVAL-05", store_both_read_only},
#if __riscv_xlen == 64
    {"across-the-end-of-the-lower-half", "MIS-06", across_the_end_of_the_lower_half},
#endif
};

int main(void) {
  RUN_TESTS(kTests);
  return tests_summary("straddle");
}
