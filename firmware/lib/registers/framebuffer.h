/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the framebuffer device, generated from its register table: do not edit. */
#ifndef LOOKASIDE_FRAMEBUFFER_REGISTERS_H
#define LOOKASIDE_FRAMEBUFFER_REGISTERS_H

/* ro: The letters "LKFB". */
#define FRAMEBUFFER_ID 0x0

/* rw: What the device does. */
#define FRAMEBUFFER_CONTROL 0x4
#define FRAMEBUFFER_CONTROL_ENABLE 0x1 /* [0]: Show the picture and count frames. */
#define FRAMEBUFFER_CONTROL_VSYNC_IRQ_ENABLE 0x2 /* [1]: The interrupt follows STATUS.VSYNC. */

/* ro: State of the device. */
#define FRAMEBUFFER_STATUS 0x8
#define FRAMEBUFFER_STATUS_VSYNC 0x1 /* [0]: A frame ended since the last ACK; set only with VSYNC_IRQ_ENABLE. */
#define FRAMEBUFFER_STATUS_VALID 0x2 /* [1]: The registers describe a picture inside VRAM. */

/* w1c: Clears VSYNC (same bit as in STATUS) and with it the interrupt; reads 0. */
#define FRAMEBUFFER_ACK 0xc

/* rw: Pixels in a row, 1 to 16384. */
#define FRAMEBUFFER_WIDTH 0x10

/* rw: Rows, 1 to 16384. */
#define FRAMEBUFFER_HEIGHT 0x14

/* rw: Bytes from one row to the next. */
#define FRAMEBUFFER_STRIDE 0x18

/* rw: 0 grey8, 1 rgb565, 2 xrgb8888. */
#define FRAMEBUFFER_FORMAT 0x1c

/* rw: Offset of the first pixel in VRAM, bytes. */
#define FRAMEBUFFER_BASE_OFFSET 0x20

/* ro: Frames shown, modulo 2^32. */
#define FRAMEBUFFER_FRAME 0x24

/* ro: Size of VRAM (0 means 4 GiB). */
#define FRAMEBUFFER_VRAM_BYTES 0x28

#endif
