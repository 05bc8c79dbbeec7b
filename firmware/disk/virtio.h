// SPDX-License-Identifier: Apache-2.0
// A small driver for a virtio block device behind virtio-mmio, in the modern and the legacy
// version. Rings and buffers are physical addresses: the caller runs where virtual ones are the
// same.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define VIRTIO_BASE 0x10001000UL  // slot 0
enum { kSectorBytes = 512, kDiskLine = 1 };
enum disk_request { kDiskRead = 0, kDiskWrite = 1, kDiskFlush = 4, kDiskUnknown = 99 };
enum disk_status { kDiskOk = 0, kDiskIoError = 1, kDiskUnsupported = 2, kDiskPending = 0xff };

// A part of the data of a request.
struct segment {
  void* data;
  uint32_t bytes;
};

// Resets the device and brings it up; false if there is no block device or it refuses.
bool disk_start(void);
unsigned disk_version(void);
uint64_t disk_sectors(void);

// Hands one request to the device and comes back at once.
void disk_submit(enum disk_request request, uint64_t sector, const struct segment* segments,
                 unsigned count);
// True once the device has given the request back.
bool disk_done(void);
// Status of the request given back; acknowledges the interrupt.
enum disk_status disk_finish(void);
