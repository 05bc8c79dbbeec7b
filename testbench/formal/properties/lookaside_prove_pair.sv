// SPDX-License-Identifier: Apache-2.0

/**
 * The argument that holds for a TLB of any size. Of all its lines, look at any two, at any address
 * of any address space, and let a fill select one of the two or some line that is not in view:
 *
 * - never do both translate the address: at most one line hits, whatever the number of lines;
 * - a line that translates it gives back the last page that was filled over this address for this
 *   space (or for all), and neither fence nor drop nor an overlapping fill took it away since.
 *
 * A line depends on itself, on what all lines are shown, and on its own select: nothing else of a
 * larger TLB could matter.
 */
module lookaside_prove_pair #(
  parameter  int unsigned VaBits   = 39,
  parameter  int unsigned AsidBits = 16,
  localparam int unsigned VpnBits  = VaBits - 12,
  localparam int unsigned PpnBits  = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels   = lookaside_pkg::levels(VaBits),
  localparam int unsigned DataBits = PpnBits + Levels - 1 + 1 + 6
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [VpnBits-1:0]  key_vpn_i,
  input logic [AsidBits-1:0] key_asid_i,
  input logic                fill_i,
  input logic                drop_i,
  // The line that a fill selects: one of the two, or one that is not in view.
  input logic [1:0]          select_i,
  input logic [Levels-2:0]   fill_wild_i,
  input logic                fill_global_i,
  input logic [PpnBits-1:0]  fill_ppn_i,
  input logic [5:0]          fill_perm_i,
  input logic                fence_i,
  input logic                fence_by_address_i,
  input logic                fence_by_asid_i
);

  (* anyconst *) logic [VpnBits-1:0]  k_vpn;
  (* anyconst *) logic [AsidBits-1:0] k_asid;

  logic [1:0]            match, translates;
  logic [2*DataBits-1:0] data;

  for (genvar i = 0; i < 2; i++) begin : g_line
    // Registers of the line that are no outputs (`peek` in proofs.yaml).
    (* keep *) logic [VpnBits-1:0]  vpn;
    (* keep *) logic [AsidBits-1:0] asid;

    logic              free, valid, is_global;
    logic [Levels-2:0] wild;
    logic [PpnBits-1:0] ppn;
    logic [5:0]        perm;
    lookaside_tlb_line #(
      .VaBits  (VaBits),
      .AsidBits(AsidBits)
    ) u_line (
      .clk_i,
      .rst_ni,
      .key_vpn_i,
      .key_asid_i,
      .remove_i(fill_i | drop_i),
      .fill_i,
      .select_i(fill_i & select_i[i]),
      .fill_wild_i,
      .fill_global_i,
      .fill_ppn_i,
      .fill_perm_i,
      .fence_i,
      .fence_by_address_i,
      .fence_by_asid_i,
      .match_o (match[i]),
      .free_o  (free),
      .valid_o (valid),
      .wild_o  (wild),
      .global_o(is_global),
      .ppn_o   (ppn),
      .perm_o  (perm)
    );

    assign data[DataBits*i+:DataBits] = {ppn, wild, is_global, perm};
    assign translates[i] = valid && (is_global || asid == k_asid) &&
                           lookaside_prove_pkg::holds(
                               64'(vpn), lookaside_prove_pkg::offset_mask(VaBits, 4'(wild)),
                               64'(k_vpn));
    // What stands in a line that translates the address is the page that was filled last.
    logic same_tag;
    assign same_tag = vpn == vpn_q && asid == asid_q;
  end

  logic started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always @(*) begin
    if (!started_q) m_starts_with_reset: assume (!rst_ni);
    m_selects_one: assume (select_i != 2'b11);
    m_one_operation: assume (!(fill_i && fence_i) && !(drop_i && (fill_i || fence_i)));
  end

  // The last page filled over the address, until something takes it away.
  logic                have_q = 1'b0;
  logic [VpnBits-1:0]  vpn_q;
  logic [AsidBits-1:0] asid_q;
  logic [DataBits-1:0] data_q;

  logic [63:0] mask, fill_mask;
  logic        global_q;
  assign mask      = lookaside_prove_pkg::offset_mask(VaBits, 4'(data_q[7+:Levels-1]));
  assign fill_mask = lookaside_prove_pkg::offset_mask(VaBits, 4'(fill_wild_i));
  assign global_q  = data_q[6];

  logic fill_over_k, fill_removes, drop_removes, fence_removes;
  assign fill_over_k = lookaside_prove_pkg::holds(64'(key_vpn_i), fill_mask, 64'(k_vpn)) &&
                       (fill_global_i || key_asid_i == k_asid);
  assign fill_removes =
      lookaside_prove_pkg::overlaps(64'(vpn_q), mask, 64'(key_vpn_i), fill_mask) &&
      (global_q || fill_global_i || asid_q == key_asid_i);
  assign drop_removes = lookaside_prove_pkg::holds(64'(vpn_q), mask, 64'(key_vpn_i)) &&
                        (global_q || asid_q == key_asid_i);
  assign fence_removes =
      (!fence_by_address_i || lookaside_prove_pkg::holds(64'(vpn_q), mask, 64'(key_vpn_i))) &&
      (!fence_by_asid_i || (!global_q && asid_q == key_asid_i));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      have_q <= 1'b0;
    end else if (fill_i && fill_over_k) begin
      have_q <= 1'b1;
      vpn_q  <= key_vpn_i;
      asid_q <= key_asid_i;
      data_q <= {fill_ppn_i, fill_wild_i, fill_global_i, fill_perm_i};
    end else if ((fill_i && fill_removes) || (drop_i && drop_removes) ||
                 (fence_i && fence_removes)) begin
      have_q <= 1'b0;
    end
  end

  logic live, lookup;
  assign live   = started_q && rst_ni;
  assign lookup = live && !fill_i && key_vpn_i == k_vpn && key_asid_i == k_asid;

  always @(*) begin
    if (live) a_at_most_one_translates: assert (translates != 2'b11);
    if (lookup) a_at_most_one_hit: assert (match != 2'b11);
    if (lookup) a_hit_is_translation: assert (match == translates);
    if (live && translates[0]) begin
      a_hit_was_filled_and_not_taken:
        assert (have_q && data[0+:DataBits] == data_q && g_line[0].same_tag);
    end
    if (live && translates[1]) begin
      a_other_hit_was_filled_and_not_taken:
        assert (have_q && data[DataBits+:DataBits] == data_q && g_line[1].same_tag);
    end

    c_hit_first: cover (lookup && match[0]);
    c_hit_second: cover (lookup && match[1]);
    c_moved_to_other_line: cover (live && translates[1] && fill_i && fill_over_k && select_i[0]);
    c_gone_by_fill_not_over_it:
      cover (live && translates[0] && fill_i && fill_removes && !fill_over_k);
    c_gone_by_fence: cover (live && translates[0] && fence_i && fence_removes);
    c_dropped: cover (live && translates[0] && drop_i && drop_removes);
  end

endmodule
