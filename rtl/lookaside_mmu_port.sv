// SPDX-License-Identifier: Apache-2.0

/**
 * One lookup port of an MMU: its first-level TLB, the judgement of a hit, protection of the
 * physical address, and the wait for the miss unit.
 *
 * A hit, a fault found at the TLB, and an access without translation are answered in the cycle
 * after the request was taken, one per cycle. After a miss the port takes nothing until it has
 * answered.
 */
module lookaside_mmu_port #(
  // See lookaside_tlb.
  parameter  int unsigned VaBits     = 39,
  parameter  int unsigned Sets       = 1,
  parameter  int unsigned Ways       = 16,
  parameter  int unsigned AsidBits   = 16,
  parameter  int unsigned Policy     = lookaside_pkg::PolicyPlru,
  parameter  int unsigned PageSizes  = 'b11111,
  // 0, 4 or 16.
  parameter  int unsigned PmpEntries = 16,
  localparam int unsigned Xlen       = lookaside_pkg::xlen(VaBits),
  localparam int unsigned PpnBits    = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned PaBits     = PpnBits + 12,
  localparam int unsigned BusBits    = lookaside_pkg::bus_bits(VaBits),
  localparam int unsigned LevelBits  = $clog2(lookaside_pkg::levels(VaBits)),
  localparam int unsigned SetBits    = (Sets == 1) ? 1 : $clog2(Sets),
  localparam int unsigned WayBits    = $clog2(Ways),
  localparam int unsigned PmpSlots   = (PmpEntries == 0) ? 1 : PmpEntries
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  // Request, and the context that holds for it. `req_more_i`: bytes after the first.
  input  logic                           req_valid_i,
  output logic                           req_ready_o,
  input  logic [Xlen-1:0]                req_va_i,
  input  logic [11:0]                    req_more_i,
  input  lookaside_pkg::access_e         req_access_i,
  input  lookaside_pkg::mode_e           ctx_mode_i,
  input  logic [PpnBits-1:0]             ctx_root_i,
  input  logic [AsidBits-1:0]            ctx_asid_i,
  input  lookaside_pkg::priv_e           ctx_priv_i,
  input  logic                           ctx_sum_i,
  input  logic                           ctx_mxr_i,
  input  logic                           ctx_update_i,

  // Answer: one pulse.
  output logic                           rsp_valid_o,
  output logic [BusBits-1:0]             rsp_pa_o,
  output logic                           rsp_fault_o,
  output lookaside_pkg::rule_e           rsp_rule_o,
  output logic [3:0]                     rsp_cause_o,
  output logic [Xlen-1:0]                rsp_tval_o,

  // The first-level TLB at work, for counters and checkers; valid while the pulse is set.
  output logic                           lookup_done_o,
  output logic                           lookup_hit_o,
  output logic [SetBits-1:0]             lookup_set_o,
  output logic [WayBits-1:0]             lookup_way_o,
  output logic                           fill_done_o,
  output logic [SetBits-1:0]             fill_set_o,
  output logic [WayBits-1:0]             fill_way_o,
  output logic                           fill_evict_o,
  output logic [Sets*Ways-1:0]           valid_o,

  // The request that missed. Stale: it was found, but A or D must be set first.
  output logic                           miss_valid_o,
  output logic                           miss_stale_o,
  output logic [Xlen-1:0]                miss_va_o,
  output lookaside_pkg::access_e         miss_access_o,
  output lookaside_pkg::mode_e           miss_mode_o,
  output logic [PpnBits-1:0]             miss_root_o,
  output logic [AsidBits-1:0]            miss_asid_o,
  output logic                           miss_user_o,
  output logic                           miss_sum_o,
  output logic                           miss_mxr_o,
  output logic                           miss_update_o,

  // From the miss unit: remove the stale entry; and the end of the miss, with the page, or with the
  // rule that refused. Never in the cycle of a fence.
  input  logic                           drop_i,
  input  logic                           done_i,
  input  lookaside_pkg::rule_e           done_rule_i,
  input  logic [PpnBits-1:0]             done_ppn_i,
  input  logic [LevelBits-1:0]           done_level_i,
  input  logic                           done_global_i,
  input  lookaside_pkg::perm_t           done_perm_i,

  // A fence is offered: no request is taken. It takes effect when `fence_i` is set too.
  input  logic                           fence_offered_i,
  input  logic                           fence_i,
  input  lookaside_pkg::fence_e          fence_form_i,
  input  logic [Xlen-13:0]               fence_vpn_i,
  input  logic [AsidBits-1:0]            fence_asid_i,

  input  logic [8*PmpSlots-1:0]          pmp_cfg_i,
  input  logic [(PaBits-2)*PmpSlots-1:0] pmp_addr_i
);

  //////////////////////////
  // Request: the TLB     //
  //////////////////////////

  logic miss_q, accept, translate, canonical;
  assign req_ready_o = ~miss_q & ~fence_offered_i;
  assign accept      = req_valid_i & req_ready_o;
  assign translate   = (ctx_priv_i != lookaside_pkg::PrivMachine) &
                       (ctx_mode_i != lookaside_pkg::ModeBare);

  if (Xlen == 64) begin : g_canonical
    assign canonical = lookaside_pkg::canonical(ctx_mode_i, req_va_i[Xlen-1-:26]);
  end else begin : g_no_canonical
    assign canonical = 1'b1;
  end

  logic                 hit, fill_stored;
  logic [PpnBits-1:0]   hit_ppn;
  lookaside_pkg::perm_t hit_perm;
  // Requests, drops and fills come one at a time and never beside a fence: the TLB always takes
  // them. What a hit says of the page's size is of no use here.
  logic                 unused_lookup_ready, unused_fill_ready, unused_global;
  logic [LevelBits-1:0] unused_level;

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
    .lookup_valid_i(lookup_done_o | drop_i),
    .lookup_drop_i (drop_i),
    .lookup_ready_o(unused_lookup_ready),
    .lookup_vpn_i  (drop_i ? va_q[Xlen-1:12] : req_va_i[Xlen-1:12]),
    .lookup_asid_i (drop_i ? asid_q : ctx_asid_i),
    .hit_o         (hit),
    .hit_set_o     (lookup_set_o),
    .hit_way_o     (lookup_way_o),
    .hit_ppn_o     (hit_ppn),
    .hit_level_o   (unused_level),
    .hit_global_o  (unused_global),
    .hit_perm_o    (hit_perm),
    .fill_valid_i  (done_i & (done_rule_i == lookaside_pkg::RuleNone)),
    .fill_ready_o  (unused_fill_ready),
    .fill_vpn_i    (va_q[Xlen-1:12]),
    .fill_asid_i   (asid_q),
    .fill_ppn_i    (done_ppn_i),
    .fill_level_i  (done_level_i),
    .fill_global_i (done_global_i),
    .fill_perm_i   (done_perm_i),
    .fill_stored_o (fill_stored),
    .fill_set_o,
    .fill_way_o,
    .fill_evict_o,
    .fence_valid_i (fence_i),
    .fence_form_i,
    .fence_vpn_i,
    .fence_asid_i,
    .valid_o
  );

  lookaside_pkg::rule_e hit_rule;
  lookaside_permission_check u_permission_check (
    .perm_i  (hit_perm),
    .access_i(req_access_i),
    .user_i  (ctx_priv_i == lookaside_pkg::PrivUser),
    .sum_i   (ctx_sum_i),
    .mxr_i   (ctx_mxr_i),
    .rule_o  (hit_rule)
  );

  assign lookup_done_o = accept & translate & canonical;
  assign lookup_hit_o  = hit;
  assign fill_done_o   = done_i & (done_rule_i == lookaside_pkg::RuleNone) & fill_stored;

  // Memory decides about A and D, not what the TLB remembers: such a hit is a miss.
  logic stale, miss;
  assign stale = ctx_update_i & (hit_rule == lookaside_pkg::RuleAccessedClear ||
                                 hit_rule == lookaside_pkg::RuleDirtyClear);
  assign miss  = lookup_done_o & (~hit | stale);

  lookaside_pkg::rule_e found_rule;
  always_comb begin
    found_rule = lookaside_pkg::RuleNone;
    if (translate) found_rule = canonical ? hit_rule : lookaside_pkg::RuleNotCanonical;
  end

  ///////////////
  // Registers //
  ///////////////

  logic                   stale_q, rsp_valid_q;
  logic [Xlen-1:0]        va_q;
  logic [11:0]            more_q;
  lookaside_pkg::access_e access_q;
  lookaside_pkg::mode_e   mode_q;
  logic [PpnBits-1:0]     root_q;
  logic [AsidBits-1:0]    asid_q;
  lookaside_pkg::priv_e   priv_q;
  logic                   sum_q, mxr_q, update_q;
  lookaside_pkg::rule_e   rule_q;
  logic [BusBits-1:0]     pa_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      miss_q      <= 1'b0;
      rsp_valid_q <= 1'b0;
    end else begin
      miss_q      <= (miss_q & ~done_i) | miss;
      rsp_valid_q <= done_i | (accept & ~miss);
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      va_q     <= req_va_i;
      more_q   <= req_more_i;
      access_q <= req_access_i;
      mode_q   <= ctx_mode_i;
      root_q   <= ctx_root_i;
      asid_q   <= ctx_asid_i;
      priv_q   <= ctx_priv_i;
      sum_q    <= ctx_sum_i;
      mxr_q    <= ctx_mxr_i;
      update_q <= ctx_update_i;
      stale_q  <= hit;
      rule_q   <= found_rule;
      pa_q     <= translate ? BusBits'({hit_ppn, req_va_i[11:0]}) : BusBits'(req_va_i);
    end else if (done_i) begin
      rule_q <= done_rule_i;
      pa_q   <= BusBits'({done_ppn_i, va_q[11:0]});
    end
  end

  assign miss_valid_o  = miss_q;
  assign miss_stale_o  = stale_q;
  assign miss_va_o     = va_q;
  assign miss_access_o = access_q;
  assign miss_mode_o   = mode_q;
  assign miss_root_o   = root_q;
  assign miss_asid_o   = asid_q;
  assign miss_user_o   = priv_q == lookaside_pkg::PrivUser;
  assign miss_sum_o    = sum_q;
  assign miss_mxr_o    = mxr_q;
  assign miss_update_o = update_q;

  ////////////////////////
  // Answer: protection //
  ////////////////////////

  // A TLB entry says nothing about the protection of its page: every access is checked.
  lookaside_pkg::rule_e pmp_rule;
  lookaside_pmp #(
    .Entries(PmpEntries),
    .PaBits (PaBits),
    .BusBits(BusBits)
  ) u_pmp (
    .cfg_i   (pmp_cfg_i),
    .addr_i  (pmp_addr_i),
    .first_i (pa_q),
    .last_i  (pa_q + BusBits'(more_q)),
    .access_i(access_q),
    .priv_i  (priv_q),
    .rule_o  (pmp_rule)
  );

  assign rsp_valid_o = rsp_valid_q;
  assign rsp_pa_o    = pa_q;
  assign rsp_rule_o  = (rule_q != lookaside_pkg::RuleNone) ? rule_q : pmp_rule;
  assign rsp_fault_o = rsp_rule_o != lookaside_pkg::RuleNone;
  assign rsp_cause_o = lookaside_pkg::cause_of(rsp_rule_o, access_q);
  assign rsp_tval_o  = va_q;

endmodule
