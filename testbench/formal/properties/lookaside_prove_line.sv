// SPDX-License-Identifier: Apache-2.0

/**
 * One line of a TLB, in every cycle and after every sequence of operations: it holds the last page
 * it was selected for until a fence or a fill must take it away, and nothing else.
 *
 * The specification keeps what the line was given; the invariant ties its registers to the line's.
 */
module lookaside_prove_line #(
  parameter  int unsigned VaBits   = 39,
  parameter  int unsigned AsidBits = 16,
  localparam int unsigned VpnBits  = VaBits - 12,
  localparam int unsigned PpnBits  = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels   = lookaside_pkg::levels(VaBits)
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [VpnBits-1:0]  key_vpn_i,
  input logic [AsidBits-1:0] key_asid_i,
  input logic                remove_i,
  input logic                fill_i,
  input logic                select_i,
  input logic [Levels-2:0]   fill_wild_i,
  input logic                fill_global_i,
  input logic [PpnBits-1:0]  fill_ppn_i,
  input logic [5:0]          fill_perm_i,
  input logic                fence_i,
  input logic                fence_by_address_i,
  input logic                fence_by_asid_i
);

  logic                match, free, valid, is_global;
  logic [Levels-2:0]   wild;
  logic [PpnBits-1:0]  ppn;
  logic [5:0]          perm;
  lookaside_tlb_line #(
    .VaBits  (VaBits),
    .AsidBits(AsidBits)
  ) u_line (
    .clk_i,
    .rst_ni,
    .key_vpn_i,
    .key_asid_i,
    .remove_i,
    .fill_i,
    .select_i,
    .fill_wild_i,
    .fill_global_i,
    .fill_ppn_i,
    .fill_perm_i,
    .fence_i,
    .fence_by_address_i,
    .fence_by_asid_i,
    .match_o (match),
    .free_o  (free),
    .valid_o (valid),
    .wild_o  (wild),
    .global_o(is_global),
    .ppn_o   (ppn),
    .perm_o  (perm)
  );

  // Registers of the line that are no outputs (`peek` in proofs.yaml).
  (* keep *) logic [VpnBits-1:0]  seen_vpn;
  (* keep *) logic [AsidBits-1:0] seen_asid;

  // The first cycle is a reset; later ones may come at any time.
  logic started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always @(*) if (!started_q) m_starts_with_reset: assume (!rst_ni);

  // How a TLB uses a line: one operation at a time, and the selected line takes part in a fill.
  always @(*) begin
    m_fill_is_no_fence: assume (!(fill_i && fence_i));
    m_drop_is_no_fence: assume (!(remove_i && fence_i));
    m_selected_only_in_fill: assume (!select_i || fill_i);
    m_fill_removes: assume (!fill_i || remove_i);
  end

  ///////////////////
  // Specification //
  ///////////////////

  logic                holds_q = 1'b0;
  logic [VpnBits-1:0]  vpn_q;
  logic [Levels-2:0]   wild_q;
  logic [AsidBits-1:0] asid_q;
  logic                global_q;
  logic [PpnBits-1:0]  ppn_q;
  logic [5:0]          perm_q;

  logic [63:0] mask, key_mask;
  assign mask     = lookaside_prove_pkg::offset_mask(VaBits, 4'(wild_q));
  assign key_mask = fill_i ? lookaside_prove_pkg::offset_mask(VaBits, 4'(fill_wild_i)) : '0;

  // The key (a lookup's page, or the page to fill) shares an address and a space with the page held.
  logic shared;
  assign shared = lookaside_prove_pkg::overlaps(64'(vpn_q), mask, 64'(key_vpn_i), key_mask) &&
                  (global_q || asid_q == key_asid_i || (fill_i && fill_global_i));

  logic fenced;
  assign fenced =
      fence_i &&
      (!fence_by_address_i ||
       lookaside_prove_pkg::holds(64'(vpn_q), mask, 64'(key_vpn_i))) &&
      (!fence_by_asid_i || (!global_q && asid_q == key_asid_i));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) holds_q <= 1'b0;
    else if (select_i) holds_q <= 1'b1;
    else if (fenced || (remove_i && shared)) holds_q <= 1'b0;
    if (select_i) begin
      vpn_q    <= key_vpn_i;
      wild_q   <= fill_wild_i;
      asid_q   <= key_asid_i;
      global_q <= fill_global_i;
      ppn_q    <= fill_ppn_i;
      perm_q   <= fill_perm_i;
    end
  end

  logic live;
  assign live = started_q && rst_ni;

  always @(*) begin
    if (live) begin
      a_holds_what_was_filled_and_not_taken: assert (valid == holds_q);
      a_free_if_empty_or_overlapped: assert (free == !(holds_q && !shared));
      a_matches_its_page_only: assert (match == (holds_q && shared));
      if (holds_q) begin
        a_gives_back_the_page: assert (wild == wild_q && is_global == global_q && ppn == ppn_q &&
                                       perm == perm_q);
        a_keeps_the_tag: assert (seen_vpn == vpn_q && seen_asid == asid_q);
      end
    end

    c_hit_in_superpage: cover (live && match && wild[0] && seen_vpn != key_vpn_i && !fill_i);
    c_hit_of_global: cover (live && match && is_global && seen_asid != key_asid_i && !fill_i);
    c_removed_by_fill: cover (live && remove_i && match && !select_i && fill_i);
    c_spared_by_fence: cover (live && fence_i && valid && !fenced);
    c_taken_by_fence: cover (live && fenced && valid);
    c_dropped: cover (live && remove_i && !fill_i && match);
    c_reset_of_a_page: cover (started_q && !rst_ni && holds_q);
  end

endmodule
