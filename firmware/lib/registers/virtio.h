/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the virtio device, generated from its register table: do not edit. */
#ifndef LOOKASIDE_VIRTIO_REGISTERS_H
#define LOOKASIDE_VIRTIO_REGISTERS_H

/* ro: The letters "virt". */
#define VIRTIO_MAGIC_VALUE 0x0

/* ro: 2: modern, 1: legacy. */
#define VIRTIO_VERSION 0x4

/* ro: 2: block device, 0: empty slot. */
#define VIRTIO_DEVICE_ID 0x8

/* ro: The letters "LKAS". */
#define VIRTIO_VENDOR_ID 0xc

/* ro: 32 offered feature bits, chosen by DEVICE_FEATURES_SEL. */
#define VIRTIO_DEVICE_FEATURES 0x10

/* wo: 0: feature bits 31..0, 1: 63..32. */
#define VIRTIO_DEVICE_FEATURES_SEL 0x14

/* wo: 32 accepted feature bits, chosen by DRIVER_FEATURES_SEL. */
#define VIRTIO_DRIVER_FEATURES 0x20

/* wo: 0: feature bits 31..0, 1: 63..32. */
#define VIRTIO_DRIVER_FEATURES_SEL 0x24

/* wo: Queue that the queue registers mean. */
#define VIRTIO_QUEUE_SEL 0x30

/* ro: Largest size of the selected queue, 0: no such queue. */
#define VIRTIO_QUEUE_NUM_MAX 0x34

/* wo: Size of the queue, a power of two. */
#define VIRTIO_QUEUE_NUM 0x38

/* wo: Number of a queue with new available buffers. */
#define VIRTIO_QUEUE_NOTIFY 0x50

/* ro: Why the line is high. */
#define VIRTIO_INTERRUPT_STATUS 0x60
#define VIRTIO_INTERRUPT_STATUS_USED_RING 0x1 /* [0]: Buffers were used. */
#define VIRTIO_INTERRUPT_STATUS_CONFIG_CHANGE 0x2 /* [1]: The configuration or the status changed. */

/* wo: Clears the written ones. */
#define VIRTIO_INTERRUPT_ACK 0x64

/* rw: State of the driver; writing 0 resets. */
#define VIRTIO_STATUS 0x70
#define VIRTIO_STATUS_ACKNOWLEDGE 0x1 /* [0]: The driver saw the device. */
#define VIRTIO_STATUS_DRIVER 0x2 /* [1]: The driver knows how to drive it. */
#define VIRTIO_STATUS_DRIVER_OK 0x4 /* [2]: The driver is ready. */
#define VIRTIO_STATUS_FEATURES_OK 0x8 /* [3]: Features are agreed on. */
#define VIRTIO_STATUS_NEEDS_RESET 0x40 /* [6]: The device gave up; set by the device. */
#define VIRTIO_STATUS_FAILED 0x80 /* [7]: The driver gave up. */

/* rw: 1: the device may use the queue; stays 0 if size or addresses are not acceptable. */
#define VIRTIO_QUEUE_READY 0x44

/* wo: Descriptor table, 16-aligned. */
#define VIRTIO_QUEUE_DESC_LOW 0x80

/* wo: Its upper half. */
#define VIRTIO_QUEUE_DESC_HIGH 0x84

/* wo: Available ring, 2-aligned. */
#define VIRTIO_QUEUE_DRIVER_LOW 0x90

/* wo: Its upper half. */
#define VIRTIO_QUEUE_DRIVER_HIGH 0x94

/* wo: Used ring, 4-aligned. */
#define VIRTIO_QUEUE_DEVICE_LOW 0xa0

/* wo: Its upper half. */
#define VIRTIO_QUEUE_DEVICE_HIGH 0xa4

/* wo: Shared memory region; there is none. */
#define VIRTIO_SHM_SEL 0xac

/* ro: All ones: no such region. */
#define VIRTIO_SHM_LEN_LOW 0xb0

/* ro: All ones: no such region. */
#define VIRTIO_SHM_LEN_HIGH 0xb4

/* ro: All ones: no such region. */
#define VIRTIO_SHM_BASE_LOW 0xb8

/* ro: All ones: no such region. */
#define VIRTIO_SHM_BASE_HIGH 0xbc

/* ro: Changes with the configuration, which here never changes. */
#define VIRTIO_CONFIG_GENERATION 0xfc

/* ro: Device configuration: u64 capacity in sectors, u32 -, u32 seg_max, u32 -, u32 blk_size. */
#define VIRTIO_CONFIG 0x100
#define VIRTIO_CONFIG_BYTES 0x100

#endif
