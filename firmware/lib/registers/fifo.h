/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the fifo device, generated from its register table: do not edit. */
#ifndef LOOKASIDE_FIFO_REGISTERS_H
#define LOOKASIDE_FIFO_REGISTERS_H

/* ro: The letters "LKIF". */
#define FIFO_ID 0x0

/* rw: What the device does. */
#define FIFO_CONTROL 0x4
#define FIFO_CONTROL_LOOPBACK 0x1 /* [0]: Sent packets are received again. */
#define FIFO_CONTROL_TX_RESET 0x2 /* [1]: Writing 1 drops everything not yet sent; reads 0. */
#define FIFO_CONTROL_RX_RESET 0x4 /* [2]: Writing 1 drops everything received; reads 0. */

/* ro: Levels (TX_READY, RX_READY) and sticky errors. */
#define FIFO_IRQ_STATUS 0x8
#define FIFO_IRQ_STATUS_TX_READY 0x1 /* [0]: TX_SPACE is at least TX_THRESHOLD. */
#define FIFO_IRQ_STATUS_RX_READY 0x2 /* [1]: RX_PACKETS is at least RX_THRESHOLD. */
#define FIFO_IRQ_STATUS_TX_OVERFLOW 0x10 /* [4]: A store found too little space and was dropped. */
#define FIFO_IRQ_STATUS_TX_ERROR 0x20 /* [5]: A commit named 0 bytes or more than were written. */
#define FIFO_IRQ_STATUS_RX_UNDERFLOW 0x40 /* [6]: A load found no packet and got zeros. */
#define FIFO_IRQ_STATUS_RX_DROPPED 0x80 /* [7]: A packet arrived that did not fit. */

/* rw: Bits of IRQ_STATUS that raise the interrupt. */
#define FIFO_IRQ_ENABLE 0xc
#define FIFO_IRQ_ENABLE_TX_READY 0x1 /* [0]: TX_SPACE is at least TX_THRESHOLD. */
#define FIFO_IRQ_ENABLE_RX_READY 0x2 /* [1]: RX_PACKETS is at least RX_THRESHOLD. */
#define FIFO_IRQ_ENABLE_TX_OVERFLOW 0x10 /* [4]: A store found too little space and was dropped. */
#define FIFO_IRQ_ENABLE_TX_ERROR 0x20 /* [5]: A commit named 0 bytes or more than were written. */
#define FIFO_IRQ_ENABLE_RX_UNDERFLOW 0x40 /* [6]: A load found no packet and got zeros. */
#define FIFO_IRQ_ENABLE_RX_DROPPED 0x80 /* [7]: A packet arrived that did not fit. */

/* w1c: Clears the sticky bits of IRQ_STATUS that are written as 1; reads 0. */
#define FIFO_ACK 0x10

/* ro: Bytes that can be stored now. */
#define FIFO_TX_SPACE 0x14

/* ro: Bytes of the packet being written. */
#define FIFO_TX_WRITTEN 0x18

/* wo: Sends the first so many bytes of the packet being written, drops the rest. */
#define FIFO_TX_COMMIT 0x1c

/* rw: Bytes of space that set TX_READY. */
#define FIFO_TX_THRESHOLD 0x20

/* ro: Packets received and not read to their end. */
#define FIFO_RX_PACKETS 0x24

/* ro: Unread bytes of all received packets. */
#define FIFO_RX_LEVEL 0x28

/* ro: Unread bytes of the first one; 0: no packet. */
#define FIFO_RX_LENGTH 0x2c

/* wo: Any value drops the rest of the first packet. */
#define FIFO_RX_DROP 0x30

/* rw: Packets that set RX_READY; 0 means 1. */
#define FIFO_RX_THRESHOLD 0x34

/* wo: Stores of any size append bytes. */
#define FIFO_TX_DATA 0x400
#define FIFO_TX_DATA_BYTES 0x400

/* ro: Loads of any size take bytes. */
#define FIFO_RX_DATA 0x800
#define FIFO_RX_DATA_BYTES 0x400

#endif
