// SPDX-License-Identifier: Apache-2.0

/**
 * How an entry of a TLB lies to the key of a lookup, of a fill or of a fence. The only place that
 * compares tags. Combinational; whether the entry is valid is the user's business.
 *
 * A page size is a thermometer, `wild`: bit k says that VPN field k belongs to the page offset.
 */
module lookaside_tlb_match #(
  parameter  int unsigned VaBits   = 39,
  parameter  int unsigned AsidBits = 16,
  localparam int unsigned VpnBits  = VaBits - 12,
  localparam int unsigned Levels   = lookaside_pkg::levels(VaBits),
  localparam int unsigned Field    = lookaside_pkg::index_bits(VaBits)
) (
  // The entry.
  input  logic [VpnBits-1:0]  vpn_i,
  input  logic [AsidBits-1:0] asid_i,
  input  logic [Levels-2:0]   wild_i,
  input  logic                global_i,

  // The key. A lookup asks for one 4 KiB page of one address space: nothing wild, not global.
  input  logic [VpnBits-1:0]  key_vpn_i,
  input  logic [AsidBits-1:0] key_asid_i,
  input  logic [Levels-2:0]   key_wild_i,
  input  logic                key_global_i,

  // Operands of a fence.
  input  logic                by_address_i,
  input  logic                by_asid_i,

  // Entry and key share an address in an address space that sees both: a lookup hits the entry, a
  // fill must remove it.
  output logic                match_o,
  // A fence with these operands removes the entry.
  output logic                fenced_o
);

  // The larger of the two pages decides which fields count; the top one always does.
  logic [Levels-1:0] same;
  for (genvar k = 0; k < Levels; k++) begin : g_field
    logic equal;
    assign equal = vpn_i[Field*k+:Field] == key_vpn_i[Field*k+:Field];
    if (k == Levels - 1) begin : g_top
      assign same[k] = equal;
    end else begin : g_below
      assign same[k] = equal | wild_i[k] | key_wild_i[k];
    end
  end

  logic same_address, same_asid;
  assign same_address = &same;
  assign same_asid    = asid_i == key_asid_i;

  assign match_o = same_address & (same_asid | global_i | key_global_i);

  // The address-space forms keep globals; the address forms take every page over the address.
  assign fenced_o = (same_address | ~by_address_i) & ((same_asid & ~global_i) | ~by_asid_i);

endmodule
