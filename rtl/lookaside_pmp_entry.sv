// SPDX-License-Identifier: Apache-2.0

/**
 * One entry of physical memory protection: how it lies to an access. Grain 0: 4-byte words.
 */
module lookaside_pmp_entry #(
  // Width of a physical address that pmpaddr can express: 34 (RV32) or 56 (RV64).
  parameter  int unsigned PaBits      = 56,
  // Width of the addresses to check.
  parameter  int unsigned BusBits     = 64,
  localparam int unsigned PmpAddrBits = PaBits - 2,
  localparam int unsigned WordBits    = BusBits - 2
) (
  // The A field of pmpcfg.
  input  logic [1:0]             mode_i,
  input  logic [PmpAddrBits-1:0] addr_i,
  // pmpaddr of the entry below, 0 for the lowest, whatever that entry's mode.
  input  logic [PmpAddrBits-1:0] below_i,
  // First and last word of the access.
  input  logic [WordBits-1:0]    first_i,
  input  logic [WordBits-1:0]    last_i,
  // The entry matches some byte, every byte.
  output logic                   some_o,
  output logic                   all_o
);

  typedef enum logic [1:0] {
    ModeOff   = 2'd0,
    ModeTor   = 2'd1,
    ModeNa4   = 2'd2,
    ModeNapot = 2'd3
  } mode_e;

  // NAPOT: the trailing ones of the address and the zero above them are inside the range.
  logic [WordBits-1:0] addr, ones, mask;
  assign addr = WordBits'(addr_i);
  assign ones = addr ^ (addr + WordBits'(1));
  assign mask = (mode_i == ModeNapot) ? ones : '0;

  // The range is [low, high) for TOR and [low, high] for the others.
  logic                tor;
  logic [WordBits-1:0] low, high;
  assign tor  = mode_i == ModeTor;
  assign low  = tor ? WordBits'(below_i) : (addr & ~mask);
  assign high = addr | mask;

  logic first_below_high, last_below_high, present;
  assign first_below_high = (first_i < high) || (!tor && first_i == high);
  assign last_below_high  = (last_i < high) || (!tor && last_i == high);
  assign present          = (mode_i != ModeOff) && !(tor && below_i >= addr_i);

  assign some_o = present && first_below_high && last_i >= low;
  assign all_o  = present && last_below_high && first_i >= low;

endmodule
