// SPDX-License-Identifier: Apache-2.0

/**
 * lookaside_tlb that answers with bit 0 of the PPN inverted: for the proof that the RTL's answers
 * count. No part of the product.
 */
module inverted_tlb #(
  parameter  int unsigned VaBits      = 39,
  parameter  int unsigned Sets        = 1,
  parameter  int unsigned Ways        = 16,
  parameter  int unsigned AsidBits    = 16,
  parameter  int unsigned Policy      = lookaside_pkg::PolicyPlru,
  parameter  int unsigned PageSizes   = 'b11111,
  localparam int unsigned Entries     = Sets * Ways,
  localparam int unsigned PageNumBits = lookaside_pkg::xlen(VaBits) - 12,
  localparam int unsigned PpnBits     = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels      = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits   = $clog2(Levels),
  localparam int unsigned SetBits     = (Sets == 1) ? 1 : $clog2(Sets),
  localparam int unsigned WayBits     = $clog2(Ways)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   lookup_valid_i,
  input  logic                   lookup_drop_i,
  output logic                   lookup_ready_o,
  input  logic [PageNumBits-1:0] lookup_vpn_i,
  input  logic [AsidBits-1:0]    lookup_asid_i,
  output logic                   hit_o,
  output logic [SetBits-1:0]     hit_set_o,
  output logic [WayBits-1:0]     hit_way_o,
  output logic [PpnBits-1:0]     hit_ppn_o,
  output logic [LevelBits-1:0]   hit_level_o,
  output logic                   hit_global_o,
  output lookaside_pkg::perm_t   hit_perm_o,
  input  logic                   fill_valid_i,
  output logic                   fill_ready_o,
  input  logic [PageNumBits-1:0] fill_vpn_i,
  input  logic [AsidBits-1:0]    fill_asid_i,
  input  logic [PpnBits-1:0]     fill_ppn_i,
  input  logic [LevelBits-1:0]   fill_level_i,
  input  logic                   fill_global_i,
  input  lookaside_pkg::perm_t   fill_perm_i,
  output logic                   fill_stored_o,
  output logic [SetBits-1:0]     fill_set_o,
  output logic [WayBits-1:0]     fill_way_o,
  output logic                   fill_evict_o,
  input  logic                   fence_valid_i,
  input  lookaside_pkg::fence_e  fence_form_i,
  input  logic [PageNumBits-1:0] fence_vpn_i,
  input  logic [AsidBits-1:0]    fence_asid_i,
  output logic [Entries-1:0]     valid_o
);

  logic [PpnBits-1:0] ppn;
  assign hit_ppn_o = ppn ^ PpnBits'(1);

  lookaside_tlb #(
    .VaBits   (VaBits),
    .Sets     (Sets),
    .Ways     (Ways),
    .AsidBits (AsidBits),
    .Policy   (Policy),
    .PageSizes(PageSizes)
  ) u_tlb (
    .clk_i,
    .rst_ni,
    .lookup_valid_i,
    .lookup_drop_i,
    .lookup_ready_o,
    .lookup_vpn_i,
    .lookup_asid_i,
    .hit_o,
    .hit_set_o,
    .hit_way_o,
    .hit_ppn_o(ppn),
    .hit_level_o,
    .hit_global_o,
    .hit_perm_o,
    .fill_valid_i,
    .fill_ready_o,
    .fill_vpn_i,
    .fill_asid_i,
    .fill_ppn_i,
    .fill_level_i,
    .fill_global_i,
    .fill_perm_i,
    .fill_stored_o,
    .fill_set_o,
    .fill_way_o,
    .fill_evict_o,
    .fence_valid_i,
    .fence_form_i,
    .fence_vpn_i,
    .fence_asid_i,
    .valid_o
  );

endmodule
