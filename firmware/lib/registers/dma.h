/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the dma device, generated from its register table: do not edit. */
#ifndef LOOKASIDE_DMA_REGISTERS_H
#define LOOKASIDE_DMA_REGISTERS_H

/* ro: The letters "LDMA". */
#define DMA_ID 0x0

/* rw: Starts and stops transfers. */
#define DMA_CONTROL 0x4
#define DMA_CONTROL_START 0x1 /* [0]: Writing 1 starts a transfer unless one is BUSY; reads 0. */
#define DMA_CONTROL_IRQ_ENABLE 0x2 /* [1]: The interrupt follows DONE or ERROR. */
#define DMA_CONTROL_USE_LIST 0x4 /* [2]: Copy the list of descriptors at LIST instead of SRC, DST, LENGTH. */
#define DMA_CONTROL_ABORT 0x8 /* [3]: Writing 1 stops a BUSY engine after the current chunk; reads 0. */

/* ro: State of the last transfer. */
#define DMA_STATUS 0x8
#define DMA_STATUS_BUSY 0x1 /* [0]: A transfer is under way. */
#define DMA_STATUS_DONE 0x2 /* [1]: A transfer ended well. */
#define DMA_STATUS_ERROR 0x4 /* [2]: A transfer ended early; CODE says why. */
#define DMA_STATUS_CODE 0xf0 /* [7:4]: 1 read, 2 write, 3 descriptor, 4 endless list, 5 aborted. */
#define DMA_STATUS_CODE_SHIFT 4

/* w1c: Clears DONE and ERROR (same bits as in STATUS) and with them the interrupt; reads 0. */
#define DMA_ACK 0xc

/* rw: Physical source address, bits 31..0. */
#define DMA_SRC_LO 0x10

/* rw: Bits 63..32. */
#define DMA_SRC_HI 0x14

/* rw: Physical destination address, bits 31..0. */
#define DMA_DST_LO 0x18

/* rw: Bits 63..32. */
#define DMA_DST_HI 0x1c

/* rw: Bytes to copy; 0 copies nothing and is DONE. */
#define DMA_LENGTH 0x20

/* rw: Physical address of the first descriptor, 8-aligned. */
#define DMA_LIST_LO 0x24

/* rw: Bits 63..32. */
#define DMA_LIST_HI 0x28

/* ro: Address of the chunk that was refused. */
#define DMA_ERROR_LO 0x2c

/* ro: Bits 63..32. */
#define DMA_ERROR_HI 0x30

/* ro: Bytes written since START. */
#define DMA_COMPLETED_LO 0x34

/* ro: Bits 63..32. */
#define DMA_COMPLETED_HI 0x38

#endif
