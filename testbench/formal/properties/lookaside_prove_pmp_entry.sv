// SPDX-License-Identifier: Apache-2.0

/**
 * One entry of the protection table against the meaning of its range: which bytes it holds, said by
 * the first and the last of them, and for any one byte in view.
 */
module lookaside_prove_pmp_entry #(
  parameter  int unsigned PaBits      = 56,
  parameter  int unsigned BusBits     = 64,
  localparam int unsigned PmpAddrBits = PaBits - 2,
  localparam int unsigned WordBits    = BusBits - 2
) (
  input logic [1:0]             mode_i,
  input logic [PmpAddrBits-1:0] addr_i,
  input logic [PmpAddrBits-1:0] below_i,
  input logic [BusBits-1:0]     first_i,
  input logic [BusBits-1:0]     last_i,
  // Any byte.
  input logic [BusBits-1:0]     byte_i
);

  logic some, all;
  lookaside_pmp_entry #(
    .PaBits (PaBits),
    .BusBits(BusBits)
  ) u_entry (
    .mode_i,
    .addr_i,
    .below_i,
    .first_i(first_i[BusBits-1:2]),
    .last_i (last_i[BusBits-1:2]),
    .some_o (some),
    .all_o  (all)
  );

  always @(*) m_access_is_in_order: assume (first_i <= last_i);

  // NAPOT: k trailing ones make a range of 2^(k+3) bytes, at a multiple of its size: the words
  // under the ones and under the zero above them.
  logic [PmpAddrBits:0] inside;
  always_comb begin
    inside = (PmpAddrBits + 1)'(1);
    for (int unsigned k = 0; k < PmpAddrBits; k++) inside[k+1] = inside[k] && addr_i[k];
  end

  // The range as words of 4 bytes, in the width of the bus.
  logic [WordBits-1:0] addr, below, mask;
  assign addr  = WordBits'(addr_i);
  assign below = WordBits'(below_i);
  assign mask  = WordBits'(inside);

  logic [WordBits-1:0] first, last, any;
  assign first = first_i[BusBits-1:2];
  assign last  = last_i[BusBits-1:2];
  assign any   = byte_i[BusBits-1:2];

  // The lowest word of the range.
  logic [WordBits-1:0] low;
  assign low = (mode_i == 2'd1) ? below : (mode_i == 2'd3) ? addr & ~mask : addr;

  // Is a word in it? By the mode: OFF, TOR, NA4, NAPOT.
  logic [3:0] first_in, last_in, byte_in, low_in;
  assign first_in = {((first ^ addr) & ~mask) == '0, first == addr, first >= below && first < addr,
                     1'b0};
  assign last_in  = {((last ^ addr) & ~mask) == '0, last == addr, last >= below && last < addr,
                     1'b0};
  assign byte_in  = {((any ^ addr) & ~mask) == '0, any == addr, any >= below && any < addr, 1'b0};
  assign low_in   = {((low ^ addr) & ~mask) == '0, low == addr, low >= below && low < addr, 1'b0};

  logic holds_first, holds_last, holds_byte, holds_low;
  assign holds_first = first_in[mode_i];
  assign holds_last  = last_in[mode_i];
  assign holds_byte  = byte_in[mode_i];
  assign holds_low   = low_in[mode_i];

  logic in_access;
  assign in_access = byte_i >= first_i && byte_i <= last_i;

  always @(*) begin
    if (in_access && holds_byte) a_matches_if_any_byte_is_in: assert (some);
    if (in_access && all) a_all_means_every_byte: assert (holds_byte);
    // Ranges have no holes: if both ends are in, everything is; if any byte is in, then the first
    // one of the access or the first one of the range.
    if (holds_first && holds_last) a_all_if_both_ends_are_in: assert (all);
    if (some) begin
      a_some_has_a_byte: assert (holds_first || (holds_low && low >= first && low <= last));
    end

    c_napot_partly: cover (mode_i == 2'd3 && some && !all && first < low);
    c_napot_everything: cover (mode_i == 2'd3 && all && (&inside));
    c_tor_wholly: cover (mode_i == 2'd1 && all && below_i != '0);
    c_tor_empty: cover (mode_i == 2'd1 && below_i > addr_i && !some && first == addr);
    c_na4: cover (mode_i == 2'd2 && all);
    c_off: cover (mode_i == 2'd0 && first == addr && !some);
  end

endmodule
