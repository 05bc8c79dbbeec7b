// SPDX-License-Identifier: Apache-2.0

/**
 * One line of the TLB of lookaside_prove_tlb: what its registers mean, and what must always be true
 * of it. Nothing here looks at another line.
 */
module lookaside_prove_tlb_line #(
  parameter  int unsigned VaBits   = 39,
  parameter  int unsigned AsidBits = 16,
  localparam int unsigned VpnBits  = VaBits - 12,
  localparam int unsigned PpnBits  = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels   = lookaside_pkg::levels(VaBits)
) (
  input logic                live_i,
  input logic                valid_i,
  input logic                match_i,
  input logic                free_i,
  // The address in view.
  input logic [VpnBits-1:0]  k_vpn_i,
  input logic [AsidBits-1:0] k_asid_i,
  // The page that the TLB must hold over it, and whether it must be in this line.
  input logic                here_i,
  input logic [VpnBits-1:0]  vpn_i,
  input logic [AsidBits-1:0] asid_i,
  input logic [63:0]         mask_i,
  input logic [63:0]         ppn_i,
  input logic                global_i,
  input logic [5:0]          perm_i,
  // A lookup of that address, and a fill.
  input logic                asked_i,
  input logic                fill_i,
  input logic [63:0]         fill_page_i,
  input logic [63:0]         fill_mask_i,
  input logic [AsidBits-1:0] fill_asid_i,
  input logic                fill_global_i,
  // Empty, or emptied by the fill itself.
  output logic               free_o
);

  // Registers of the line that are no outputs (`peeks` in proofs.yaml).
  (* keep *) logic [VpnBits-1:0]  vpn;
  (* keep *) logic [AsidBits-1:0] asid;
  (* keep *) logic [Levels-2:0]   wild;
  (* keep *) logic                is_global;
  (* keep *) logic [PpnBits-1:0]  ppn;
  (* keep *) logic [5:0]          perm;

  logic [63:0] mask;
  assign mask = lookaside_prove_pkg::offset_mask(VaBits, 4'(wild));

  logic translates, same_page;
  assign translates = valid_i && (is_global || asid == k_asid_i) &&
                      lookaside_prove_pkg::holds(64'(vpn), mask, 64'(k_vpn_i));
  assign same_page  = vpn == vpn_i && asid == asid_i && is_global == global_i && mask == mask_i &&
                      perm == perm_i && (64'(ppn) & ~mask) == (ppn_i & ~mask_i);
  assign free_o     = !valid_i ||
                      ((is_global || fill_global_i || asid == fill_asid_i) &&
                       lookaside_prove_pkg::overlaps(64'(vpn), mask, fill_page_i, fill_mask_i));

  always @(*) begin
    if (live_i) i_translates_if_the_page_is_here: assert (translates == here_i);
    if (live_i && translates) i_holds_the_page: assert (same_page);
    if (asked_i) l_answers_if_it_translates: assert (match_i == translates);
    if (live_i && fill_i) l_is_free_or_will_be: assert (free_i == free_o);
  end

endmodule
