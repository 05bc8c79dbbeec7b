// SPDX-License-Identifier: Apache-2.0
// Virtio 1.1: section 3.1.1 (initialisation), 2.6 (split queues), 4.2 (MMIO), 5.2 (block device).
#include "virtio.h"

#include "machine.h"
#include "registers/virtio.h"
#include "registers/virtio_legacy.h"

enum {
  kQueueSize = 8,
  kPage = 4096,
  kBlockDevice = 2,
  kNext = 1,   // descriptor: another one follows
  kWrite = 2,  // descriptor: the device writes
};

struct descriptor {
  uint64_t address;
  uint32_t bytes;
  uint16_t flags;
  uint16_t next;
};

// The layout that a legacy device demands; a modern one is told where the parts are.
static struct {
  struct descriptor table[kQueueSize];
  struct {
    uint16_t flags;
    volatile uint16_t index;
    uint16_t ring[kQueueSize];
  } available;
  struct {
    uint16_t flags;
    volatile uint16_t index;
    struct {
      uint32_t head;
      uint32_t bytes;
    } ring[kQueueSize];
  } used __attribute__((aligned(kPage)));
} queue __attribute__((aligned(kPage)));

static struct {
  uint32_t type;
  uint32_t reserved;
  uint64_t sector;
} header;
static volatile uint8_t status_byte;
static uint16_t used_index;

static volatile uint32_t* reg(unsigned offset) {
  return device_word(VIRTIO_BASE + offset);
}

static void fence_devices(void) {
  __asm__ volatile("fence iorw, iorw" : : : "memory");
}

unsigned disk_version(void) {
  return *reg(VIRTIO_VERSION);
}

uint64_t disk_sectors(void) {
  return (uint64_t)*reg(VIRTIO_CONFIG + 4) << 32 | *reg(VIRTIO_CONFIG);
}

static void set_address(unsigned low_register, const void* address) {
  *reg(low_register) = (uint32_t)(uintptr_t)address;
  *reg(low_register + 4) = (uint32_t)((uint64_t)(uintptr_t)address >> 32);
}

// No feature besides VERSION_1 is needed.
static bool agree_on_features(void) {
  *reg(VIRTIO_DRIVER_FEATURES_SEL) = 0;
  *reg(VIRTIO_DRIVER_FEATURES) = 0;
  if (disk_version() == 1) return true;
  *reg(VIRTIO_DRIVER_FEATURES_SEL) = 1;
  *reg(VIRTIO_DRIVER_FEATURES) = 1;
  *reg(VIRTIO_STATUS) |= VIRTIO_STATUS_FEATURES_OK;
  return (*reg(VIRTIO_STATUS) & VIRTIO_STATUS_FEATURES_OK) != 0;
}

static bool set_up_queue(void) {
  *reg(VIRTIO_QUEUE_SEL) = 0;
  if (*reg(VIRTIO_QUEUE_NUM_MAX) < kQueueSize) return false;
  *reg(VIRTIO_QUEUE_NUM) = kQueueSize;
  if (disk_version() == 1) {
    *reg(VIRTIO_LEGACY_QUEUE_ALIGN) = kPage;
    *reg(VIRTIO_LEGACY_QUEUE_PFN) = (uint32_t)((uintptr_t)&queue / kPage);
    return *reg(VIRTIO_LEGACY_QUEUE_PFN) != 0;
  }
  set_address(VIRTIO_QUEUE_DESC_LOW, queue.table);
  set_address(VIRTIO_QUEUE_DRIVER_LOW, &queue.available);
  set_address(VIRTIO_QUEUE_DEVICE_LOW, &queue.used);
  *reg(VIRTIO_QUEUE_READY) = 1;
  return *reg(VIRTIO_QUEUE_READY) == 1;
}

bool disk_start(void) {
  if (*reg(VIRTIO_MAGIC_VALUE) != 0x74726976 || *reg(VIRTIO_DEVICE_ID) != kBlockDevice)
    return false;
  *reg(VIRTIO_STATUS) = 0;
  if (disk_version() == 1) *reg(VIRTIO_LEGACY_GUEST_PAGE_SIZE) = kPage;
  queue.available.index = queue.used.index = used_index = 0;
  fence_devices();
  *reg(VIRTIO_STATUS) = VIRTIO_STATUS_ACKNOWLEDGE;
  *reg(VIRTIO_STATUS) |= VIRTIO_STATUS_DRIVER;
  if (!agree_on_features() || !set_up_queue()) return false;
  *reg(VIRTIO_STATUS) |= VIRTIO_STATUS_DRIVER_OK;
  return true;
}

static void describe(unsigned n, const volatile void* data, uint32_t bytes, unsigned flags) {
  queue.table[n] = (struct descriptor){(uintptr_t)data, bytes, (uint16_t)flags, (uint16_t)(n + 1)};
}

void disk_submit(enum disk_request request, uint64_t sector, const struct segment* segments,
                 unsigned count) {
  header.type = request;
  header.sector = sector;
  status_byte = kDiskPending;
  describe(0, &header, sizeof(header), kNext);
  const unsigned direction = request == kDiskRead ? kWrite : 0;
  for (unsigned i = 0; i < count; ++i) {
    describe(i + 1, segments[i].data, segments[i].bytes, direction | kNext);
  }
  describe(count + 1, &status_byte, 1, kWrite);
  queue.available.ring[queue.available.index % kQueueSize] = 0;
  fence_devices();
  ++queue.available.index;
  fence_devices();
  *reg(VIRTIO_QUEUE_NOTIFY) = 0;
}

bool disk_done(void) {
  return queue.used.index != used_index;
}

enum disk_status disk_finish(void) {
  *reg(VIRTIO_INTERRUPT_ACK) = *reg(VIRTIO_INTERRUPT_STATUS);
  fence_devices();
  used_index = queue.used.index;
  return status_byte;
}
