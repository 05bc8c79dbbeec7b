// SPDX-License-Identifier: Apache-2.0

/**
 * One entry of a TLB: tag, data, and what lookup, fill and fence do to it.
 *
 * One key is shown to all lines at a time, so one comparator serves all three operations. A fill
 * removes every line that could translate an address which the new page translates too, in an
 * address space that sees both. A line depends on itself, the key and `select_i` only: "at most one
 * line can hit" therefore holds for any number of lines if at most one is selected per fill.
 *
 * The page size is kept as a thermometer: bit k of `wild` says that VPN field k belongs to the page
 * offset. Fields of the PPN that belong to it mean nothing.
 */
module lookaside_tlb_line #(
  parameter  int unsigned VaBits   = 39,
  parameter  int unsigned AsidBits = 16,
  localparam int unsigned VpnBits  = VaBits - 12,
  localparam int unsigned PpnBits  = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels   = lookaside_pkg::levels(VaBits)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // Key of the operation: of a lookup, of the page to fill, or of a fence.
  input  logic [VpnBits-1:0]   key_vpn_i,
  input  logic [AsidBits-1:0]  key_asid_i,

  // Gives up its entry if that matches the key: a fill shows this to all lines, a drop too.
  input  logic                 remove_i,

  // Fill: all lines see it, one is selected. The page size is that of the key, none for others.
  input  logic                 fill_i,
  input  logic                 select_i,
  input  logic [Levels-2:0]    fill_wild_i,
  input  logic                 fill_global_i,
  input  logic [PpnBits-1:0]   fill_ppn_i,
  input  lookaside_pkg::perm_t fill_perm_i,

  // Fence.
  input  logic                 fence_i,
  input  logic                 fence_by_address_i,
  input  logic                 fence_by_asid_i,

  // This line translates the key.
  output logic                 match_o,
  // It will hold nothing once a fill has removed what it overlaps.
  output logic                 free_o,

  output logic                 valid_o,
  output logic [Levels-2:0]    wild_o,
  output logic                 global_o,
  output logic [PpnBits-1:0]   ppn_o,
  output lookaside_pkg::perm_t perm_o
);

  logic                 valid_q;
  logic [VpnBits-1:0]   vpn_q;
  logic [AsidBits-1:0]  asid_q;
  logic [Levels-2:0]    wild_q;
  logic                 global_q;
  logic [PpnBits-1:0]   ppn_q;
  lookaside_pkg::perm_t perm_q;

  logic match, fenced;
  lookaside_tlb_match #(
    .VaBits  (VaBits),
    .AsidBits(AsidBits)
  ) u_match (
    .vpn_i       (vpn_q),
    .asid_i      (asid_q),
    .wild_i      (wild_q),
    .global_i    (global_q),
    .key_vpn_i,
    .key_asid_i,
    .key_wild_i  (fill_i ? fill_wild_i : '0),
    .key_global_i(fill_i & fill_global_i),
    .by_address_i(fence_by_address_i),
    .by_asid_i   (fence_by_asid_i),
    .match_o     (match),
    .fenced_o    (fenced)
  );

  assign match_o = valid_q & match;
  assign free_o  = ~valid_q | match;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else if (select_i) begin
      valid_q <= 1'b1;
    end else if ((fence_i && fenced) || (remove_i && match)) begin
      valid_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (select_i) begin
      vpn_q    <= key_vpn_i;
      asid_q   <= key_asid_i;
      wild_q   <= fill_wild_i;
      global_q <= fill_global_i;
      ppn_q    <= fill_ppn_i;
      perm_q   <= fill_perm_i;
    end
  end

  assign valid_o  = valid_q;
  assign wild_o   = wild_q;
  assign global_o = global_q;
  assign ppn_o    = ppn_q;
  assign perm_o   = perm_q;

endmodule
