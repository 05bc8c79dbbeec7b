// SPDX-License-Identifier: Apache-2.0
// The block device in virtio slot 0: requests, the interrupt that ends them, and its registers in
// the hands of a user program. The disk's sector s holds the bytes s + 0, s + 1, ... (modulo 256).
#include "check.h"
#include "plic.h"
#include "registers/virtio.h"
#include "virtio.h"

#define DEVICE_VA TEST_VA
enum { kPatternSector = 3, kScratchSector = 5, kMagic = 0x74726976 };

static struct space space;

// The loop in U-mode runs until the device's interrupt comes.
static void expect_disk_interrupt(void) {
  const word_t pc = probe_address(kUser, probe_spin);
  const struct outcome got = excursion(kUser, 0, pc, 0, 0, 0);
  expect_outcome(&got, CAUSE_INTERRUPT | kMachineExternal, 0, pc);
  expect_equal("claim", kDiskLine, plic_claim());
  expect_equal("given back", true, disk_done());
  expect_equal("interrupt status", 1, *device_word(VIRTIO_BASE + VIRTIO_INTERRUPT_STATUS));
}

static enum disk_status request(enum disk_request what, uint64_t sector, void* data,
                                uint32_t bytes) {
  const struct segment segment = {data, bytes};
  disk_submit(what, sector, &segment, bytes != 0);
  expect_disk_interrupt();
  const enum disk_status status = disk_finish();
  plic_complete(kDiskLine);
  expect_equal("pending after acknowledge", 0, csr_read(mip) & BIT(kMachineExternal));
  return status;
}

static void found(void) {
  const unsigned version = disk_version();
  expect_equal("version 1 or 2", true, version == 1 || version == 2);
  expect_equal("capacity in sectors", 128, (word_t)disk_sectors());
}

static void read_sector(void) {
  expect_equal("status", kDiskOk, request(kDiskRead, kPatternSector, frames[0], kSectorBytes));
  for (unsigned i = 0; i < kSectorBytes; ++i) {
    expect_equal("byte", (kPatternSector + i) & 0xff, frames[0][i]);
  }
}

static void write_and_read_back(void) {
  for (unsigned i = 0; i < 2 * kSectorBytes; ++i) frames[0][i] = (unsigned char)(i * 7 + 1);
  expect_equal("status", kDiskOk, request(kDiskWrite, kScratchSector, frames[0], 2 * kSectorBytes));
  expect_equal("status", kDiskOk, request(kDiskFlush, 0, 0, 0));
  expect_equal("status", kDiskOk, request(kDiskRead, kScratchSector, frames[1], 2 * kSectorBytes));
  for (unsigned i = 0; i < 2 * kSectorBytes; ++i) expect_equal("byte", frames[0][i], frames[1][i]);
}

// One request whose data lie in three pieces, across two page frames.
static void scattered_read(void) {
  for (unsigned i = 0; i < kPageBytes; ++i) frames[0][i] = frames[1][i] = 0xee;
  const struct segment segments[] = {
      {frames[0] + 5, 100}, {frames[0] + kPageBytes - 200, 300}, {frames[1] + 1000, 112}};
  disk_submit(kDiskRead, kPatternSector, segments, 3);
  expect_disk_interrupt();
  expect_equal("status", kDiskOk, disk_finish());
  plic_complete(kDiskLine);
  unsigned n = kPatternSector;
  for (unsigned s = 0; s < 3; ++s) {
    const unsigned char* data = segments[s].data;
    for (unsigned i = 0; i < segments[s].bytes; ++i) expect_equal("byte", n++ & 0xff, data[i]);
  }
  expect_equal("byte before", 0xee, frames[0][4]);
  expect_equal("byte after", 0xee, frames[1][1112]);
}

static void beyond_the_end(void) {
  expect_equal("status", kDiskIoError, request(kDiskRead, 128, frames[0], kSectorBytes));
  expect_equal("status", kDiskIoError, request(kDiskWrite, 127, frames[0], 2 * kSectorBytes));
}

static void unknown_request(void) {
  expect_equal("status", kDiskUnsupported, request(kDiskUnknown, 0, 0, 0));
}

// The registers of the device, read-only in a user program's address space.
static void registers_in_user_space(void) {
  space = space_new();
  map_page(&space, DEVICE_VA, VIRTIO_BASE, PTE_U | PTE_R | PTE_A);
  space_use(&space);
  const struct probe magic = {.access = kLoad, .privilege = kUser, .va = DEVICE_VA};
  expect_equal("magic", kMagic, (uint32_t)expect_pass(&magic));
  const struct probe notify = {
      .access = kStore, .privilege = kUser, .va = DEVICE_VA + VIRTIO_QUEUE_NOTIFY};
  expect_page_fault(&notify);
}

static const struct test kTests[] = {
    {"disk-found", "virtio-4.2.2", found},
    {"disk-read", "virtio-5.2.6", read_sector},
    {"disk-write-and-read-back", "virtio-5.2.6", write_and_read_back},
    {"disk-scattered-read", "virtio-2.6.4", scattered_read},
    {"disk-beyond-the-end", "virtio-5.2.6", beyond_the_end},
    {"disk-unknown-request", "virtio-5.2.6", unknown_request},
    {"disk-registers-in-user-space", "A.5", registers_in_user_space},
};

int main(void) {
  space = space_new();
  space_use(&space);
  plic_only(kDiskLine);
  csr_write(mie, BIT(kMachineExternal));
  if (!disk_start()) {
    test_begin("disk-found", "", "virtio-4.2.2");
    expect_equal("a block device in slot 0", true, false);
    test_end();
    return 1;
  }
  RUN_TESTS(kTests);
  return tests_summary("disk");
}
