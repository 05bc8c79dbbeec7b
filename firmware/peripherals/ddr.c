// SPDX-License-Identifier: Apache-2.0
// The DDR controller's registers: counters, single and double errors, refresh switched off.
#include "registers/ddr.h"

#include "machine.h"
#include "peripherals.h"

// In ticks of 100 ns.
enum {
  kCountedTicks = 8192,   // time in which refreshes are counted
  kLongestInterval = 78,  // tREFI of DDR3 and DDR4; DDR5 and LPDDR4 have half of it
  kIntervals = 8192,      // tREFI in the refresh window, in all standards
  kLongestWindow = 1 << 20,
};

static void start(uint32_t control, uint32_t irqs) {
  plic_only(kDdrLine);
  while (*ddr(DDR_LOG_COUNT) != 0) *ddr(DDR_LOG_POP) = 1;
  *ddr(DDR_ACK) = ~0U;
  *ddr(DDR_IRQ_ENABLE) = irqs;
  *ddr(DDR_CONTROL) = control;
}

static void spoil(word_t pa, uint32_t low, uint32_t high, uint32_t check) {
  *ddr(DDR_INJECT_ADDRESS_LO) = (uint32_t)pa;
  *ddr(DDR_INJECT_ADDRESS_HI) = (uint32_t)((uint64_t)pa >> 32);
  *ddr(DDR_INJECT_DATA_LO) = low;
  *ddr(DDR_INJECT_DATA_HI) = high;
  *ddr(DDR_INJECT_CHECK) = check;
  *ddr(DDR_INJECT) = 1;
  fence_devices();
}

static void acknowledge(uint32_t irq) {
  *ddr(DDR_ACK) = irq;
  complete(kDdrLine);
}

// The oldest error of the log, which is then taken off.
static void expect_logged(word_t pa, uint32_t cause, uint32_t mask) {
  expect_equal("logged address", (uint32_t)pa & ~7U, *ddr(DDR_LOG_ADDRESS_LO));
  expect_equal("logged cause", cause, *ddr(DDR_LOG_CAUSE) & mask);
  *ddr(DDR_LOG_POP) = 1;
}

static void sleep_until(uint64_t time) {
  machine_timer_at(time);
  csr_write(mie, BIT(kMachineTimer));
  while (!(csr_read(mip) & BIT(kMachineTimer))) __asm__ volatile("wfi");
  csr_write(mie, BIT(kMachineExternal));
  machine_timer_at(UINT64_MAX);
}

// Refreshes of one rank in kCountedTicks, at least 1; each rank of each channel has its own.
static uint32_t counted_refreshes(void) {
  const uint32_t mode = *ddr(DDR_MODE);
  const uint32_t ranks = ((mode & DDR_MODE_CHANNELS) >> DDR_MODE_CHANNELS_SHIFT) *
                         ((mode & DDR_MODE_RANKS) >> DDR_MODE_RANKS_SHIFT);
  *ddr(DDR_SNAPSHOT) = 1;
  const uint32_t before = *ddr(DDR_REFRESHES_LO);
  sleep_until(machine_time() + kCountedTicks);
  *ddr(DDR_SNAPSHOT) = 1;
  const uint32_t each = (*ddr(DDR_REFRESHES_LO) - before) / ranks;
  return each != 0 ? each : 1;
}

// The DMA engine's bursts are seen by the DRAM, whatever the timing of the hart's own accesses.
static void counters_count(void) {
  start(0, 0);
  *ddr(DDR_SNAPSHOT) = 1;
  const uint32_t reads = *ddr(DDR_READS_LO);
  const uint32_t writes = *ddr(DDR_WRITES_LO);
  dma_start(frame_pa(0), frame_pa(1), 4096, 0);
  dma_finish();
  expect_equal("held", reads, *ddr(DDR_READS_LO));
  *ddr(DDR_SNAPSHOT) = 1;
  expect_equal("64 reads", 1, *ddr(DDR_READS_LO) - reads >= 64);
  expect_equal("64 writes", 1, *ddr(DDR_WRITES_LO) - writes >= 64);
  const uint32_t found =
      *ddr(DDR_ROW_HITS_LO) + *ddr(DDR_ROW_MISSES_LO) + *ddr(DDR_ROW_CONFLICTS_LO);
  expect_equal("hit, miss or conflict", *ddr(DDR_READS_LO) + *ddr(DDR_WRITES_LO), found);
  // No register tells tREFI: what holds for all memories, and what REFRESH makes of it.
  const uint32_t usual = counted_refreshes();
  expect_equal("a refresh each tREFI", 1, usual + 2 >= kCountedTicks / kLongestInterval);
  *ddr(DDR_REFRESH) = 2;
  const uint32_t twice = counted_refreshes();
  *ddr(DDR_REFRESH) = 1;
  expect_equal("twice as often", 1,
               twice >= 2 * usual - usual / 8 && twice <= 2 * usual + usual / 8);
}

static void single_error_is_corrected(void) {
  start(DDR_CONTROL_ECC, DDR_IRQ_STATUS_CORRECTED);
  const uint32_t before = *ddr(DDR_CORRECTED_COUNT);
  *frame_word(0, 64) = 0x12345678;
  spoil(frame_pa(0) + 64, 1U << 5, 0, 0);
  expect_equal("data", 0x12345678, *frame_word(0, 64));
  expect_device_interrupt(kDdrLine);
  expect_equal("count", before + 1, *ddr(DDR_CORRECTED_COUNT));
  expect_logged(frame_pa(0) + 64, DDR_LOG_CAUSE_CORRECTED | 5 << DDR_LOG_CAUSE_BIT_SHIFT,
                ~DDR_LOG_CAUSE_SYNDROME);
  acknowledge(DDR_IRQ_STATUS_CORRECTED);
  expect_equal("still wrong in memory", 0x12345678, *frame_word(0, 64));
  expect_equal("counted again", before + 2, *ddr(DDR_CORRECTED_COUNT));
  // A scrubbing read repairs it: the next one finds nothing.
  start(DDR_CONTROL_ECC | DDR_CONTROL_DEMAND_SCRUB, 0);
  expect_equal("scrubbed data", 0x12345678, *frame_word(0, 64));
  expect_equal("data", 0x12345678, *frame_word(0, 64));
  expect_equal("counted last", before + 3, *ddr(DDR_CORRECTED_COUNT));
}

static void check_bit_error_is_corrected(void) {
  start(DDR_CONTROL_ECC | DDR_CONTROL_DEMAND_SCRUB, 0);
  *frame_word(0, 72) = 0xcafe;
  spoil(frame_pa(0) + 72, 0, 0, 1U << 3);
  expect_equal("data", 0xcafe, *frame_word(0, 72));
  expect_logged(frame_pa(0) + 72, DDR_LOG_CAUSE_CORRECTED | 67 << DDR_LOG_CAUSE_BIT_SHIFT,
                ~DDR_LOG_CAUSE_SYNDROME);
}

static void without_ecc_data_is_wrong(void) {
  start(0, 0);
  *frame_word(0, 64) = 0x12345678;
  spoil(frame_pa(0) + 64, 1U << 5, 0, 0);
  expect_equal("data", 0x12345678 ^ 1U << 5, *frame_word(0, 64));
  expect_equal("log", 0, *ddr(DDR_LOG_COUNT));
  spoil(frame_pa(0) + 64, 1U << 5, 0, 0);
  expect_equal("flipped back", 0x12345678, *frame_word(0, 64));
}

// Two bits are beyond the code: every kind of access gets an access fault, and a write heals.
static void double_error_faults(void) {
  start(DDR_CONTROL_ECC, DDR_IRQ_STATUS_UNCORRECTABLE);
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(2), PTE_U | PTE_RWX | PTE_AD);
  space_use(&space);
  const word_t offset = 128;
  *frame_word(2, offset) = 1;
  *frame_word(2, offset + 4) = 2;
  spoil(frame_pa(2) + offset, 1, 1, 0);
  const struct probe load = {.access = kLoad, .privilege = kUser, .va = TEST_VA + offset};
  const struct probe fetch = {.access = kFetch, .privilege = kUser, .va = TEST_VA + offset};
  const struct probe amo = {
      .access = kAmo, .privilege = kUser, .va = TEST_VA + offset + 4, .value = 1};
  csr_write(mie, 0);
  expect_access_fault(&load);
  expect_access_fault(&fetch);
  expect_access_fault(&amo);
  csr_write(mie, BIT(kMachineExternal));
  expect_device_interrupt(kDdrLine);
  expect_logged(frame_pa(2) + offset, DDR_LOG_CAUSE_UNCORRECTABLE,
                DDR_LOG_CAUSE_CORRECTED | DDR_LOG_CAUSE_UNCORRECTABLE);
  acknowledge(DDR_IRQ_STATUS_UNCORRECTABLE);
  start(DDR_CONTROL_ECC, 0);
  dma_start(frame_pa(3), frame_pa(2) + offset, 8, 0);
  dma_finish();
  expect_equal("healed", (uint32_t)*frame_word(3, 0), (uint32_t)expect_pass(&load));
}

// A walk that reads a spoilt PTE ends in an access fault of the access it was for.
static void double_error_in_a_page_table(void) {
  start(DDR_CONTROL_ECC, 0);
  struct space space = space_new();
  map_page(&space, TEST_VA, frame_pa(2), PTE_U | PTE_RW | PTE_AD);
  pte_t* entry = entry_at(&space, TEST_VA, 0);
  const pte_t saved = *entry;
  spoil((word_t)entry, 3, 0, 0);
  space_use(&space);
  const struct probe load = {.access = kLoad, .privilege = kUser, .va = TEST_VA};
  const struct probe store = {.access = kStore, .privilege = kUser, .va = TEST_VA, .value = 1};
  expect_access_fault(&load);
  expect_access_fault(&store);
  volatile pte_t* word = (volatile pte_t*)((word_t)entry & ~(word_t)7);
  for (unsigned i = 0; i < 8 / sizeof(pte_t); ++i) word[i] = 0;  // heals it
  dma_start(frame_pa(4), (word_t)word, 8, 0);
  dma_finish();
  *entry = saved;
  space_use(&space);
  expect_pass(&store);
}

static void patrol_scrubber_repairs(void) {
  start(DDR_CONTROL_ECC, DDR_IRQ_STATUS_CORRECTED);
  const uint32_t scrubbed = *ddr(DDR_SCRUBBED_COUNT);
  *ddr(DDR_PATROL_PERIOD) = 100;  // us
  spoil(frame_pa(5), 0, 1U << 31, 0);
  *ddr(DDR_CONTROL) = DDR_CONTROL_ECC | DDR_CONTROL_PATROL;
  expect_device_interrupt(kDdrLine);
  expect_equal("scrubbed", scrubbed + 1, *ddr(DDR_SCRUBBED_COUNT));
  expect_logged(
      frame_pa(5),
      DDR_LOG_CAUSE_CORRECTED | 2 << DDR_LOG_CAUSE_FINDER_SHIFT | 63 << DDR_LOG_CAUSE_BIT_SHIFT,
      ~DDR_LOG_CAUSE_SYNDROME);
  acknowledge(DDR_IRQ_STATUS_CORRECTED);
  *ddr(DDR_CONTROL) = DDR_CONTROL_ECC;
}

static void injection_needs_memory(void) {
  start(0, DDR_IRQ_STATUS_INJECT_FAILED);
  spoil(NOWHERE, 1, 0, 0);
  expect_device_interrupt(kDdrLine);
  acknowledge(DDR_IRQ_STATUS_INJECT_FAILED);
}

static void sleep_without_refresh(uint32_t ticks) {
  *ddr(DDR_REFRESH) = 0;
  sleep_until(machine_time() + ticks);
}

// Last: what is lost of the rest of memory stays lost. The code keeps the program itself alive.
static void refresh_off_loses_bits(void) {
  start(DDR_CONTROL_ECC, 0);
  enum { kBytes = 1 << 20 };
  volatile word_t* const memory = (volatile word_t*)0x80400000UL;
  const unsigned words = kBytes / sizeof(word_t);
  for (unsigned i = 0; i < words; ++i) memory[i] = i;
  const uint32_t decayed = *ddr(DDR_DECAYED_COUNT);
  uint32_t window = kCountedTicks * kIntervals / counted_refreshes();
  sleep_without_refresh(3 * window / 4);
  expect_equal("lost within the window", decayed, *ddr(DDR_DECAYED_COUNT));
  *ddr(DDR_REFRESH) = 1;
  expect_equal("lost when refresh came in time", decayed, *ddr(DDR_DECAYED_COUNT));
  // A rank that is refreshed bank by bank has 2, 4 or 8 refreshes in a tREFI.
  for (; window < kLongestWindow && *ddr(DDR_DECAYED_COUNT) == decayed; window *= 2) {
    sleep_without_refresh(3 * window / 2);
    *ddr(DDR_REFRESH) = 1;
  }
  expect_equal("bits are lost", 1, *ddr(DDR_DECAYED_COUNT) - decayed > 10);
  const uint32_t corrected = *ddr(DDR_CORRECTED_COUNT);
  for (unsigned i = 0; i < words; ++i) {
    if (memory[i] != i) expect_equal("word", i, memory[i]);
  }
  expect_equal("corrected", 1, *ddr(DDR_CORRECTED_COUNT) - corrected > 5);
  expect_equal("refresh", 1, *ddr(DDR_REFRESH));
}

const struct test kDdrTests[] = {
    {"ddr-counters-count", "ddr", counters_count},
    {"ddr-single-error-is-corrected", "ddr", single_error_is_corrected},
    {"ddr-check-bit-error-is-corrected", "ddr", check_bit_error_is_corrected},
    {"ddr-without-ecc-data-is-wrong", "ddr", without_ecc_data_is_wrong},
    {"ddr-double-error-faults", "PMA", double_error_faults},
    {"ddr-double-error-in-a-page-table", "A.5", double_error_in_a_page_table},
    {"ddr-patrol-scrubber-repairs", "ddr", patrol_scrubber_repairs},
    {"ddr-injection-needs-memory", "ddr", injection_needs_memory},
    {"ddr-refresh-off-loses-bits", "ddr", refresh_off_loses_bits},
};
const unsigned kDdrTestCount = sizeof(kDdrTests) / sizeof(kDdrTests[0]);
