// SPDX-License-Identifier: Apache-2.0

/**
 * What a hit returns: fields of the page offset come from the address that was looked up.
 * Combinational.
 */
module lookaside_tlb_merge #(
  parameter  int unsigned VaBits    = 39,
  localparam int unsigned VpnBits   = VaBits - 12,
  localparam int unsigned PpnBits   = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels    = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits = $clog2(Levels),
  localparam int unsigned Field     = lookaside_pkg::index_bits(VaBits)
) (
  input  logic [VpnBits-1:0]   vpn_i,
  // Of the entry: bit k of `wild_i` says that field k belongs to the page offset.
  input  logic [PpnBits-1:0]   ppn_i,
  input  logic [Levels-2:0]    wild_i,

  output logic [PpnBits-1:0]   ppn_o,
  output logic [LevelBits-1:0] level_o
);

  always_comb begin
    ppn_o   = ppn_i;
    level_o = '0;
    for (int unsigned k = 0; k < Levels - 1; k++) begin
      if (wild_i[k]) begin
        ppn_o[Field*k+:Field] = vpn_i[Field*k+:Field];
        level_o               = LevelBits'(k + 1);
      end
    end
  end

  logic unused_top_field;
  assign unused_top_field = ^vpn_i[VpnBits-1-:Field];

endmodule
