// SPDX-License-Identifier: Apache-2.0

/**
 * Cuts a page to what a TLB can hold: the largest page size that is held and is not larger than the
 * page. A page smaller than all of them does not fit. Combinational.
 */
module lookaside_tlb_fit #(
  parameter  int unsigned VaBits    = 39,
  // Bit k: pages of level k can be held.
  parameter  int unsigned PageSizes = 'b11111,
  localparam int unsigned VpnBits   = VaBits - 12,
  localparam int unsigned PpnBits   = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels    = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits = $clog2(Levels)
) (
  // The page, and an address in it.
  input  logic [VpnBits-1:0]   vpn_i,
  input  logic [PpnBits-1:0]   ppn_i,
  input  logic [LevelBits-1:0] level_i,

  output logic                 fits_o,
  // What to store: its size, as level and as thermometer, and its PPN.
  output logic [LevelBits-1:0] level_o,
  output logic [Levels-2:0]    wild_o,
  output logic [PpnBits-1:0]   ppn_o
);

  if (PageSizes % 2 ** Levels == 0) begin : g_bad_page_sizes
    $error("lookaside_tlb_fit: PageSizes selects no page size of the format");
  end

  always_comb begin
    level_o = '0;
    fits_o  = 1'b0;
    for (int unsigned k = 0; k < Levels; k++) begin
      if (PageSizes[k] && LevelBits'(k) <= level_i) begin
        level_o = LevelBits'(k);
        fits_o  = 1'b1;
      end
    end
  end

  assign wild_o = (Levels - 1)'(lookaside_pkg::wild_of_level(3'(level_o)));

  // A piece of a larger page takes the fields in between from the address; fields that belong to
  // the offset are stored too, and replaced at every hit.
  lookaside_tlb_merge #(
    .VaBits(VaBits)
  ) u_merge (
    .vpn_i,
    .ppn_i,
    .wild_i((Levels - 1)'(lookaside_pkg::wild_of_level(3'(level_i)))),
    .ppn_o
  );

endmodule
