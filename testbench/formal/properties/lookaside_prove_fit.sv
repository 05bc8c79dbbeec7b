// SPDX-License-Identifier: Apache-2.0

/**
 * The cut of a page to a size that a TLB holds, and the page number of a 4 KiB piece of a page,
 * for a TLB that holds any set of sizes.
 */
module lookaside_prove_fit #(
  parameter  int unsigned VaBits    = 39,
  parameter  int unsigned PageSizes = 'b00010,
  localparam int unsigned VpnBits   = VaBits - 12,
  localparam int unsigned PpnBits   = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels    = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits = $clog2(Levels)
) (
  input logic [VpnBits-1:0]   vpn_i,
  input logic [PpnBits-1:0]   ppn_i,
  input logic [LevelBits-1:0] level_i,
  input logic [LevelBits-1:0] any_level_i,
  input logic [Levels-2:0]    wild_i
);

  logic                 fits;
  logic [LevelBits-1:0] level;
  logic [Levels-2:0]    wild;
  logic [PpnBits-1:0]   ppn, merged;
  lookaside_tlb_fit #(
    .VaBits   (VaBits),
    .PageSizes(PageSizes)
  ) u_fit (
    .vpn_i,
    .ppn_i,
    .level_i,
    .fits_o (fits),
    .level_o(level),
    .wild_o (wild),
    .ppn_o  (ppn)
  );
  lookaside_tlb_merge #(
    .VaBits(VaBits)
  ) u_merge (
    .vpn_i,
    .ppn_i,
    .wild_i,
    .ppn_o(merged)
  );

  always @(*) begin
    m_level_exists: assume (32'(level_i) < Levels);
    m_any_level_exists: assume (32'(any_level_i) < Levels);
  end

  logic [63:0] page_mask, stored_mask, wild_mask;
  assign page_mask   = lookaside_prove_pkg::level_mask(VaBits, 3'(level_i));
  assign stored_mask = lookaside_prove_pkg::level_mask(VaBits, 3'(level));
  assign wild_mask   = lookaside_prove_pkg::offset_mask(VaBits, 4'(wild_i));

  // Any size that the TLB holds.
  logic held;
  assign held = 1'(PageSizes >> any_level_i);

  always @(*) begin
    if (fits) begin
      a_stored_size_is_held_and_fits: assert (1'(PageSizes >> level) && level <= level_i);
      a_thermometer_is_the_size:
        assert (lookaside_prove_pkg::offset_mask(VaBits, 4'(wild)) == stored_mask);
      a_piece_is_where_the_page_is:
        assert (((64'(ppn) ^ ((64'(ppn_i) & ~page_mask) | (64'(vpn_i) & page_mask))) &
                 ~stored_mask) == '0);
    end
    if (held && any_level_i <= level_i) a_largest_that_fits: assert (fits && level >= any_level_i);
    a_merge_takes_the_offset_from_the_address:
      assert (64'(merged) == ((64'(ppn_i) & ~wild_mask) | (64'(vpn_i) & wild_mask)));

    c_cut: cover (fits && level < level_i);
    c_does_not_fit: cover (!fits);
  end

endmodule
