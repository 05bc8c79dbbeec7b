// SPDX-License-Identifier: Apache-2.0

/**
 * The PPN of one 4 KiB piece of a page: fields that belong to the page offset come from the
 * address. Combinational.
 */
module lookaside_tlb_merge #(
  parameter  int unsigned VaBits  = 39,
  localparam int unsigned VpnBits = VaBits - 12,
  localparam int unsigned PpnBits = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels  = lookaside_pkg::levels(VaBits),
  localparam int unsigned Field   = lookaside_pkg::index_bits(VaBits)
) (
  input  logic [VpnBits-1:0] vpn_i,
  input  logic [PpnBits-1:0] ppn_i,
  // Bit k: field k belongs to the page offset.
  input  logic [Levels-2:0]  wild_i,
  output logic [PpnBits-1:0] ppn_o
);

  always_comb begin
    ppn_o = ppn_i;
    for (int unsigned k = 0; k < Levels - 1; k++) begin
      if (wild_i[k]) ppn_o[Field*k+:Field] = vpn_i[Field*k+:Field];
    end
  end

  logic unused_top_field;
  assign unused_top_field = ^vpn_i[VpnBits-1-:Field];

endmodule
