/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the virtio_legacy device, generated from its register table: do not edit. */
#ifndef LOOKASIDE_VIRTIO_LEGACY_REGISTERS_H
#define LOOKASIDE_VIRTIO_LEGACY_REGISTERS_H

/* ro: The letters "virt". */
#define VIRTIO_LEGACY_MAGIC_VALUE 0x0

/* ro: 2: modern, 1: legacy. */
#define VIRTIO_LEGACY_VERSION 0x4

/* ro: 2: block device, 0: empty slot. */
#define VIRTIO_LEGACY_DEVICE_ID 0x8

/* ro: The letters "LKAS". */
#define VIRTIO_LEGACY_VENDOR_ID 0xc

/* ro: 32 offered feature bits, chosen by DEVICE_FEATURES_SEL. */
#define VIRTIO_LEGACY_DEVICE_FEATURES 0x10

/* wo: 0: feature bits 31..0, 1: 63..32. */
#define VIRTIO_LEGACY_DEVICE_FEATURES_SEL 0x14

/* wo: 32 accepted feature bits, chosen by DRIVER_FEATURES_SEL. */
#define VIRTIO_LEGACY_DRIVER_FEATURES 0x20

/* wo: 0: feature bits 31..0, 1: 63..32. */
#define VIRTIO_LEGACY_DRIVER_FEATURES_SEL 0x24

/* wo: Queue that the queue registers mean. */
#define VIRTIO_LEGACY_QUEUE_SEL 0x30

/* ro: Largest size of the selected queue, 0: no such queue. */
#define VIRTIO_LEGACY_QUEUE_NUM_MAX 0x34

/* wo: Size of the queue, a power of two. */
#define VIRTIO_LEGACY_QUEUE_NUM 0x38

/* wo: Number of a queue with new available buffers. */
#define VIRTIO_LEGACY_QUEUE_NOTIFY 0x50

/* ro: Why the line is high. */
#define VIRTIO_LEGACY_INTERRUPT_STATUS 0x60
#define VIRTIO_LEGACY_INTERRUPT_STATUS_USED_RING 0x1 /* [0]: Buffers were used. */
#define VIRTIO_LEGACY_INTERRUPT_STATUS_CONFIG_CHANGE 0x2 /* [1]: The configuration or the status changed. */

/* wo: Clears the written ones. */
#define VIRTIO_LEGACY_INTERRUPT_ACK 0x64

/* rw: State of the driver; writing 0 resets. */
#define VIRTIO_LEGACY_STATUS 0x70
#define VIRTIO_LEGACY_STATUS_ACKNOWLEDGE 0x1 /* [0]: The driver saw the device. */
#define VIRTIO_LEGACY_STATUS_DRIVER 0x2 /* [1]: The driver knows how to drive it. */
#define VIRTIO_LEGACY_STATUS_DRIVER_OK 0x4 /* [2]: The driver is ready. */
#define VIRTIO_LEGACY_STATUS_FEATURES_OK 0x8 /* [3]: Features are agreed on. */
#define VIRTIO_LEGACY_STATUS_NEEDS_RESET 0x40 /* [6]: The device gave up; set by the device. */
#define VIRTIO_LEGACY_STATUS_FAILED 0x80 /* [7]: The driver gave up. */

/* wo: Unit of QUEUE_PFN in bytes, a power of two; survives a reset. */
#define VIRTIO_LEGACY_GUEST_PAGE_SIZE 0x28

/* wo: Alignment of the used ring in bytes, a power of two. */
#define VIRTIO_LEGACY_QUEUE_ALIGN 0x3c

/* rw: Page number of the queue; 0 takes it away; stays 0 if size or alignment are wrong. */
#define VIRTIO_LEGACY_QUEUE_PFN 0x40

/* ro: Device configuration: u64 capacity in sectors, u32 -, u32 seg_max, u32 -, u32 blk_size. */
#define VIRTIO_LEGACY_CONFIG 0x100
#define VIRTIO_LEGACY_CONFIG_BYTES 0x100

#endif
