/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the ddr device, generated from its register table: do not edit. */
#ifndef LOOKASIDE_DDR_REGISTERS_H
#define LOOKASIDE_DDR_REGISTERS_H

/* ro: The letters "LKDD". */
#define DDR_ID 0x0

/* rw: What is done about wrong bits. */
#define DDR_CONTROL 0x4
#define DDR_CONTROL_ECC 0x1 /* [0]: SECDED corrects and detects (reset value: key ddr.ecc). */
#define DDR_CONTROL_DEMAND_SCRUB 0x2 /* [1]: What a read corrects is also repaired in memory. */
#define DDR_CONTROL_PATROL 0x4 /* [2]: A scrubber goes round all memory in PATROL_PERIOD. */

/* ro: How the controller is built. */
#define DDR_MODE 0x8
#define DDR_MODE_TIMING 0x3 /* [1:0]: 0 calibrated, 1 temporal, 2 approximate. */
#define DDR_MODE_TIMING_SHIFT 0
#define DDR_MODE_CHANNELS 0xff00 /* [15:8]: Channels. */
#define DDR_MODE_CHANNELS_SHIFT 8
#define DDR_MODE_RANKS 0xff0000 /* [23:16]: Ranks of each channel. */
#define DDR_MODE_RANKS_SHIFT 16

/* rw: Refreshes as often as tREFI asks (1), 2 or 4 times as often, or never (0): cells then hold as long as accesses, the patrol or self-refresh come by in time. */
#define DDR_REFRESH 0xc

/* rw: Time of one round of the patrol scrubber, us. */
#define DDR_PATROL_PERIOD 0x10

/* ro: Sticky bits. */
#define DDR_IRQ_STATUS 0x14
#define DDR_IRQ_STATUS_CORRECTED 0x1 /* [0]: A single-bit error was found and corrected. */
#define DDR_IRQ_STATUS_UNCORRECTABLE 0x2 /* [1]: An error of more bits was found; a read of it is answered with an error. */
#define DDR_IRQ_STATUS_LOG_OVERFLOW 0x4 /* [2]: An error found the log full and was only counted. */
#define DDR_IRQ_STATUS_INJECT_FAILED 0x8 /* [3]: An injection named an address without memory. */

/* rw: Bits of IRQ_STATUS that raise the interrupt. */
#define DDR_IRQ_ENABLE 0x18
#define DDR_IRQ_ENABLE_CORRECTED 0x1 /* [0]: A single-bit error was found and corrected. */
#define DDR_IRQ_ENABLE_UNCORRECTABLE 0x2 /* [1]: An error of more bits was found; a read of it is answered with an error. */
#define DDR_IRQ_ENABLE_LOG_OVERFLOW 0x4 /* [2]: An error found the log full and was only counted. */
#define DDR_IRQ_ENABLE_INJECT_FAILED 0x8 /* [3]: An injection named an address without memory. */

/* w1c: Clears the bits of IRQ_STATUS that are written as 1; reads 0. */
#define DDR_ACK 0x1c

/* rw: Physical address in the word of 8 bytes to be spoilt, bits 31:0. */
#define DDR_INJECT_ADDRESS_LO 0x20

/* rw: Bits 63:32. */
#define DDR_INJECT_ADDRESS_HI 0x24

/* rw: Data bits to flip, 31:0. */
#define DDR_INJECT_DATA_LO 0x28

/* rw: Data bits to flip, 63:32. */
#define DDR_INJECT_DATA_HI 0x2c

/* rw: Check bits to flip, 7:0. */
#define DDR_INJECT_CHECK 0x30

/* wo: Any value flips the bits now. */
#define DDR_INJECT 0x34

/* ro: Errors in the log, at most 16. */
#define DDR_LOG_COUNT 0x40

/* ro: Physical address of the word of the oldest error, bits 31:0; 0: the log is empty. */
#define DDR_LOG_ADDRESS_LO 0x44

/* ro: Bits 63:32. */
#define DDR_LOG_ADDRESS_HI 0x48

/* ro: What was found; 0: the log is empty. */
#define DDR_LOG_CAUSE 0x4c
#define DDR_LOG_CAUSE_CORRECTED 0x1 /* [0]: One bit, corrected. */
#define DDR_LOG_CAUSE_UNCORRECTABLE 0x2 /* [1]: More bits. */
#define DDR_LOG_CAUSE_FINDER 0x30 /* [5:4]: 0 a read, 1 a write of part of the word, 2 the patrol scrubber. */
#define DDR_LOG_CAUSE_FINDER_SHIFT 4
#define DDR_LOG_CAUSE_SYNDROME 0xff00 /* [15:8]: Of the code. */
#define DDR_LOG_CAUSE_SYNDROME_SHIFT 8
#define DDR_LOG_CAUSE_BIT 0x7f0000 /* [22:16]: The corrected bit: 0 to 63 of data, 64 to 71 of check bits. */
#define DDR_LOG_CAUSE_BIT_SHIFT 16

/* wo: Any value takes the oldest error off the log. */
#define DDR_LOG_POP 0x50

/* ro: Single-bit errors found and corrected so far: by reads, writes of parts of words, patrol. */
#define DDR_CORRECTED_COUNT 0x54

/* ro: Errors of more bits found so far, by the same three; a read is answered with an error. */
#define DDR_UNCORRECTABLE_COUNT 0x58

/* ro: Words repaired in memory so far: by demand scrubbing, writes of parts of words, patrol. */
#define DDR_SCRUBBED_COUNT 0x5c

/* ro: Bits found lost for want of refresh so far: by accesses, by the patrol, when refresh comes back. */
#define DDR_DECAYED_COUNT 0x60

/* wo: Any value takes all counters below over for reading. */
#define DDR_SNAPSHOT 0x7c

/* ro: ACT commands. */
#define DDR_ACTIVATES_LO 0x80

/* ro: Bits 63:32. */
#define DDR_ACTIVATES_HI 0x84

/* ro: PRE and PREA commands, and columns that precharge by themselves. */
#define DDR_PRECHARGES_LO 0x88

/* ro: Bits 63:32. */
#define DDR_PRECHARGES_HI 0x8c

/* ro: RD and RDA commands. */
#define DDR_READS_LO 0x90

/* ro: Bits 63:32. */
#define DDR_READS_HI 0x94

/* ro: WR and WRA commands. */
#define DDR_WRITES_LO 0x98

/* ro: Bits 63:32. */
#define DDR_WRITES_HI 0x9c

/* ro: REF commands, of ranks or banks. */
#define DDR_REFRESHES_LO 0xa0

/* ro: Bits 63:32. */
#define DDR_REFRESHES_HI 0xa4

/* ro: Requests that found their row open. */
#define DDR_ROW_HITS_LO 0xa8

/* ro: Bits 63:32. */
#define DDR_ROW_HITS_HI 0xac

/* ro: Requests that found their bank closed. */
#define DDR_ROW_MISSES_LO 0xb0

/* ro: Bits 63:32. */
#define DDR_ROW_MISSES_HI 0xb4

/* ro: Requests that found another row open. */
#define DDR_ROW_CONFLICTS_LO 0xb8

/* ro: Bits 63:32. */
#define DDR_ROW_CONFLICTS_HI 0xbc

/* ro: Clocks in which the oldest request waited for a refresh. */
#define DDR_STALL_REFRESH_LO 0xc0

/* ro: Bits 63:32. */
#define DDR_STALL_REFRESH_HI 0xc4

/* ro: ... for the end of power-down or self-refresh. */
#define DDR_STALL_POWER_LO 0xc8

/* ro: Bits 63:32. */
#define DDR_STALL_POWER_HI 0xcc

/* ro: ... for its bank: tRCD, tRP, tRAS, tWR and the like. */
#define DDR_STALL_BANK_LO 0xd0

/* ro: Bits 63:32. */
#define DDR_STALL_BANK_HI 0xd4

/* ro: ... for tRRD or tFAW. */
#define DDR_STALL_ACTIVATE_WINDOW_LO 0xd8

/* ro: Bits 63:32. */
#define DDR_STALL_ACTIVATE_WINDOW_HI 0xdc

/* ro: ... for the data bus to change direction. */
#define DDR_STALL_TURNAROUND_LO 0xe0

/* ro: Bits 63:32. */
#define DDR_STALL_TURNAROUND_HI 0xe4

/* ro: ... for tCCD or the command bus. */
#define DDR_STALL_BUS_LO 0xe8

/* ro: Bits 63:32. */
#define DDR_STALL_BUS_HI 0xec

/* ro: Clocks in which a data bus was in use. */
#define DDR_DATA_CLOCKS_LO 0xf0

/* ro: Bits 63:32. */
#define DDR_DATA_CLOCKS_HI 0xf4

/* ro: Memory clocks that have passed, of all channels. */
#define DDR_CLOCKS_LO 0xf8

/* ro: Bits 63:32. */
#define DDR_CLOCKS_HI 0xfc

#endif
