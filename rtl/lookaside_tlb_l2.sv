// SPDX-License-Identifier: Apache-2.0

/**
 * Second-level TLB: set associative, with registered answers. Two builds behind the same ports:
 *
 * Sweep = 0: flip-flops (lookaside_tlb with a register behind it). Everything takes one cycle.
 * Sweep = 1: tags and data in memories that show one set per cycle. A lookup or an address fence
 *   visits the set of one page size per cycle, smallest first; an address-space fence and a fill of
 *   a large page sweep all sets. Meanwhile `busy_o` is set and lookups are held.
 *
 * A fence is accepted while another operation runs: its operands are latched with the pulse, and
 * it goes first as soon as that operation ends.
 */
module lookaside_tlb_l2 #(
  // 32 (Sv32), 39, 48 or 57.
  parameter  int unsigned VaBits      = 39,
  // Power of two, at least 2 for Sweep = 1.
  parameter  int unsigned Sets        = 128,
  // At least 2; a power of two for tree-PLRU.
  parameter  int unsigned Ways        = 4,
  parameter  int unsigned AsidBits    = 16,
  // PolicyPlru or PolicyLru.
  parameter  int unsigned Policy      = lookaside_pkg::PolicyPlru,
  // Bit k: pages of level k can be held; see lookaside_tlb.
  parameter  int unsigned PageSizes   = 'b11111,
  parameter  int unsigned Sweep       = 1,
  localparam int unsigned Entries     = Sets * Ways,
  localparam int unsigned PageNumBits = lookaside_pkg::xlen(VaBits) - 12,
  localparam int unsigned PpnBits     = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned LevelBits   = $clog2(lookaside_pkg::levels(VaBits)),
  localparam int unsigned SetBits     = (Sets == 1) ? 1 : $clog2(Sets),
  localparam int unsigned WayBits     = $clog2(Ways)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Lookup, and its answer: one pulse of `rsp_valid_o`, one or more cycles later. A hit touches the
  // entry, or removes it if `lookup_drop_i`.
  input  logic                   lookup_valid_i,
  input  logic                   lookup_drop_i,
  output logic                   lookup_ready_o,
  input  logic [PageNumBits-1:0] lookup_vpn_i,
  input  logic [AsidBits-1:0]    lookup_asid_i,
  output logic                   rsp_valid_o,
  output logic                   rsp_hit_o,
  output logic [SetBits-1:0]     rsp_set_o,
  output logic [WayBits-1:0]     rsp_way_o,
  output logic [PpnBits-1:0]     rsp_ppn_o,
  output logic [LevelBits-1:0]   rsp_level_o,
  output logic                   rsp_global_o,
  output lookaside_pkg::perm_t   rsp_perm_o,

  // Refill, and what it did: one pulse of `fill_done_o`, one or more cycles later.
  input  logic                   fill_valid_i,
  output logic                   fill_ready_o,
  input  logic [PageNumBits-1:0] fill_vpn_i,
  input  logic [AsidBits-1:0]    fill_asid_i,
  input  logic [PpnBits-1:0]     fill_ppn_i,
  input  logic [LevelBits-1:0]   fill_level_i,
  input  logic                   fill_global_i,
  input  lookaside_pkg::perm_t   fill_perm_i,
  output logic                   fill_done_o,
  output logic                   fill_stored_o,
  output logic [SetBits-1:0]     fill_set_o,
  output logic [WayBits-1:0]     fill_way_o,
  output logic                   fill_evict_o,

  // Fence.
  input  logic                   fence_valid_i,
  output logic                   fence_ready_o,
  input  lookaside_pkg::fence_e  fence_form_i,
  input  logic [PageNumBits-1:0] fence_vpn_i,
  input  logic [AsidBits-1:0]    fence_asid_i,

  // Something is under way that holds lookups.
  output logic                   busy_o,
  // Which entries hold something: bit set * Ways + way.
  output logic [Entries-1:0]     valid_o
);

  if (Sweep != 0) begin : g_sweep

    lookaside_tlb_sweep #(
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
      .rsp_valid_o,
      .rsp_hit_o,
      .rsp_set_o,
      .rsp_way_o,
      .rsp_ppn_o,
      .rsp_level_o,
      .rsp_global_o,
      .rsp_perm_o,
      .fill_valid_i,
      .fill_ready_o,
      .fill_vpn_i,
      .fill_asid_i,
      .fill_ppn_i,
      .fill_level_i,
      .fill_global_i,
      .fill_perm_i,
      .fill_done_o,
      .fill_stored_o,
      .fill_set_o,
      .fill_way_o,
      .fill_evict_o,
      .fence_valid_i,
      .fence_ready_o,
      .fence_form_i,
      .fence_vpn_i,
      .fence_asid_i,
      .busy_o,
      .valid_o
    );

  end else begin : g_flip_flop

    localparam int unsigned AnswerBits = 1 + SetBits + WayBits + PpnBits + LevelBits + 1 + 6;
    localparam int unsigned FilledBits = 1 + SetBits + WayBits + 1;
    logic [AnswerBits-1:0] answer, answer_q;
    logic [FilledBits-1:0] filled, filled_q;
    logic                  rsp_valid_q, fill_done_q;

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
      .hit_o        (answer[AnswerBits-1]),
      .hit_set_o    (answer[7+LevelBits+PpnBits+WayBits+:SetBits]),
      .hit_way_o    (answer[7+LevelBits+PpnBits+:WayBits]),
      .hit_ppn_o    (answer[7+LevelBits+:PpnBits]),
      .hit_level_o  (answer[7+:LevelBits]),
      .hit_global_o (answer[6]),
      .hit_perm_o   (answer[5:0]),
      .fill_valid_i,
      .fill_ready_o,
      .fill_vpn_i,
      .fill_asid_i,
      .fill_ppn_i,
      .fill_level_i,
      .fill_global_i,
      .fill_perm_i,
      .fill_stored_o(filled[FilledBits-1]),
      .fill_set_o   (filled[1+WayBits+:SetBits]),
      .fill_way_o   (filled[1+:WayBits]),
      .fill_evict_o (filled[0]),
      .fence_valid_i,
      .fence_form_i,
      .fence_vpn_i,
      .fence_asid_i,
      .valid_o
    );

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        rsp_valid_q <= 1'b0;
        fill_done_q <= 1'b0;
      end else begin
        rsp_valid_q <= lookup_valid_i & lookup_ready_o;
        fill_done_q <= fill_valid_i & fill_ready_o;
      end
    end

    always_ff @(posedge clk_i) begin
      answer_q <= answer;
      filled_q <= filled;
    end

    assign rsp_valid_o = rsp_valid_q;
    assign {rsp_hit_o, rsp_set_o, rsp_way_o, rsp_ppn_o, rsp_level_o, rsp_global_o, rsp_perm_o} =
        answer_q;
    assign fill_done_o = fill_done_q;
    assign {fill_stored_o, fill_set_o, fill_way_o, fill_evict_o} = filled_q;
    assign fence_ready_o = 1'b1;
    assign busy_o        = 1'b0;

  end

endmodule
