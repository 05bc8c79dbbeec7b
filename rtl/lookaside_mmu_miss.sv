// SPDX-License-Identifier: Apache-2.0

/**
 * The miss unit of an MMU: serves one miss at a time, from the second-level TLB or by a walk.
 *
 * If both ports wait, the data port goes first. A fence while a miss is served makes it start over
 * where it was: at the second-level lookup, or at the root of the walk; nothing is filled that was
 * read before the fence.
 */
module lookaside_mmu_miss #(
  parameter  int unsigned VaBits      = 39,
  parameter  int unsigned AsidBits    = 16,
  // Second-level TLB; see lookaside_tlb_l2. Sets = 0: there is none.
  parameter  int unsigned Sets        = 0,
  parameter  int unsigned Ways        = 4,
  parameter  int unsigned Policy      = lookaside_pkg::PolicyPlru,
  parameter  int unsigned PageSizes   = 'b11111,
  parameter  int unsigned Sweep       = 0,
  localparam int unsigned Xlen        = lookaside_pkg::xlen(VaBits),
  localparam int unsigned PageNumBits = Xlen - 12,
  localparam int unsigned VpnBits     = VaBits - 12,
  localparam int unsigned PpnBits     = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels      = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits   = $clog2(Levels),
  localparam int unsigned SetSlots    = (Sets == 0) ? 1 : Sets,
  localparam int unsigned SetBits     = (SetSlots == 1) ? 1 : $clog2(SetSlots),
  localparam int unsigned WayBits     = $clog2(Ways)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // The miss to serve: selected from the ports by `data_o`, which does not change while it is
  // served. Stale: the first-level TLB found it, but A or D must be set.
  input  logic                   fetch_miss_i,
  input  logic                   data_miss_i,
  output logic                   data_o,
  input  logic                   stale_i,
  input  logic [Xlen-1:0]        va_i,
  input  lookaside_pkg::access_e access_i,
  input  logic [AsidBits-1:0]    asid_i,
  input  logic                   user_i,
  input  logic                   sum_i,
  input  logic                   mxr_i,
  input  logic                   update_i,

  // To the port: remove the stale entry; the end, with the page or with the rule that refused.
  output logic                   drop_o,
  output logic                   done_o,
  output lookaside_pkg::rule_e   done_rule_o,
  output logic [PpnBits-1:0]     done_ppn_o,
  output logic [LevelBits-1:0]   done_level_o,
  output logic                   done_global_o,
  output lookaside_pkg::perm_t   done_perm_o,

  // The walker: idle, and so ready, whenever no walk of this unit is under way.
  output logic                   walk_valid_o,
  input  logic                   walk_rsp_valid_i,
  output logic                   walk_rsp_ready_o,
  input  logic                   walk_rsp_aborted_i,
  input  lookaside_pkg::rule_e   walk_rsp_rule_i,
  input  logic [PpnBits-1:0]     walk_rsp_ppn_i,
  input  logic [LevelBits-1:0]   walk_rsp_level_i,
  input  logic                   walk_rsp_global_i,
  input  lookaside_pkg::perm_t   walk_rsp_perm_i,

  // Fence: taken when valid and ready.
  input  logic                   fence_valid_i,
  output logic                   fence_ready_o,
  input  lookaside_pkg::fence_e  fence_form_i,
  input  logic [PageNumBits-1:0] fence_vpn_i,
  input  logic [AsidBits-1:0]    fence_asid_i,

  // The second-level TLB at work, for counters and checkers; valid while the pulse is set.
  output logic                     l2_busy_o,
  output logic                     l2_lookup_done_o,
  output logic                     l2_lookup_hit_o,
  output logic [SetBits-1:0]       l2_lookup_set_o,
  output logic [WayBits-1:0]       l2_lookup_way_o,
  output logic                     l2_fill_done_o,
  output logic [SetBits-1:0]       l2_fill_set_o,
  output logic [WayBits-1:0]       l2_fill_way_o,
  output logic                     l2_fill_evict_o,
  output logic [SetSlots*Ways-1:0] l2_valid_o
);

  typedef enum logic [2:0] {
    StIdle,    // picks a miss, and asks for it if it can at once
    StDrop,    // removes a stale entry everywhere
    StDropL2,  // waits until the second level has done so
    StSearch,  // asks the second level
    StFound,   // waits for what it says
    StWalk,    // asks the walker
    StWalking  // waits for what it says
  } state_e;

  state_e state_q, state_d;
  logic   data_q;
  // A fence was taken since the second level was asked: what it says may be old.
  logic   old_q;

  logic fence, start, search, searching, dropping, refill;
  assign fence  = fence_valid_i & fence_ready_o;
  assign data_o = (state_q == StIdle) ? data_miss_i : data_q;
  assign start  = (state_q == StIdle) & (fetch_miss_i | data_miss_i) & ~stale_i;

  //////////////////
  // Second level //
  //////////////////

  logic                 l2_ready, l2_fill_ready, l2_rsp_valid, l2_hit, l2_global;
  logic [PpnBits-1:0]   l2_ppn;
  logic [LevelBits-1:0] l2_level;
  lookaside_pkg::perm_t l2_perm;
  lookaside_pkg::rule_e l2_rule;

  assign search    = (Sets != 0) & (start | (state_q == StSearch));
  assign searching = search & l2_ready;
  // Both levels drop in the same cycle.
  assign dropping  = (state_q == StDrop) & l2_ready & ~fence_valid_i;
  assign drop_o    = dropping;

  if (Sets != 0) begin : g_l2
    logic fill_stored, fill_done;
    lookaside_tlb_l2 #(
      .VaBits   (VaBits),
      .Sets     (Sets),
      .Ways     (Ways),
      .AsidBits (AsidBits),
      .Policy   (Policy),
      .PageSizes(PageSizes),
      .Sweep    (Sweep)
    ) u_l2 (
      .clk_i,
      .rst_ni,
      .lookup_valid_i(search | dropping),
      .lookup_drop_i (dropping),
      .lookup_ready_o(l2_ready),
      .lookup_vpn_i  (va_i[Xlen-1:12]),
      .lookup_asid_i (asid_i),
      .rsp_valid_o   (l2_rsp_valid),
      .rsp_hit_o     (l2_hit),
      .rsp_set_o     (l2_lookup_set_o),
      .rsp_way_o     (l2_lookup_way_o),
      .rsp_ppn_o     (l2_ppn),
      .rsp_level_o   (l2_level),
      .rsp_global_o  (l2_global),
      .rsp_perm_o    (l2_perm),
      .fill_valid_i  (refill),
      .fill_ready_o  (l2_fill_ready),
      .fill_vpn_i    (va_i[Xlen-1:12]),
      .fill_asid_i   (asid_i),
      .fill_ppn_i    (walk_rsp_ppn_i),
      .fill_level_i  (walk_rsp_level_i),
      .fill_global_i (walk_rsp_global_i),
      .fill_perm_i   (walk_rsp_perm_i),
      .fill_done_o   (fill_done),
      .fill_stored_o (fill_stored),
      .fill_set_o    (l2_fill_set_o),
      .fill_way_o    (l2_fill_way_o),
      .fill_evict_o  (l2_fill_evict_o),
      .fence_valid_i,
      .fence_ready_o,
      .fence_form_i,
      .fence_vpn_i,
      .fence_asid_i,
      .busy_o        (l2_busy_o),
      .valid_o       (l2_valid_o)
    );
    assign l2_lookup_done_o = l2_rsp_valid & (state_q == StFound);
    assign l2_lookup_hit_o  = l2_hit;
    assign l2_fill_done_o   = fill_done & fill_stored;
  end else begin : g_no_l2
    logic unused_fence;
    assign unused_fence = ^{fence_form_i, fence_vpn_i, fence_asid_i, asid_i};
    assign {l2_ready, l2_fill_ready, fence_ready_o}       = '1;
    assign {l2_rsp_valid, l2_hit, l2_global, l2_busy_o}   = '0;
    assign {l2_ppn, l2_level, l2_perm}                    = '0;
    assign {l2_lookup_done_o, l2_lookup_hit_o}            = '0;
    assign {l2_lookup_set_o, l2_lookup_way_o}             = '0;
    assign {l2_fill_done_o, l2_fill_evict_o}              = '0;
    assign {l2_fill_set_o, l2_fill_way_o, l2_valid_o}     = '0;
  end

  lookaside_permission_check u_permission_check (
    .perm_i  (l2_perm),
    .access_i,
    .user_i,
    .sum_i,
    .mxr_i,
    .rule_o  (l2_rule)
  );

  // What the second level said can be used, and what it says.
  logic current, stale;
  assign current = (state_q == StFound) & l2_rsp_valid & ~old_q & ~fence;
  assign stale   = update_i & (l2_rule == lookaside_pkg::RuleAccessedClear ||
                               l2_rule == lookaside_pkg::RuleDirtyClear);

  ////////////
  // Walker //
  ////////////

  assign walk_valid_o = (start & (Sets == 0)) | (current & ~l2_hit) | (state_q == StWalk);

  logic walked;
  assign walked = (state_q == StWalking) & walk_rsp_valid_i & ~walk_rsp_aborted_i;
  assign refill = walked & (walk_rsp_rule_i == lookaside_pkg::RuleNone);
  // A page waits until the second level can take it.
  assign walk_rsp_ready_o = ~refill | l2_fill_ready;

  /////////
  // End //
  /////////

  logic [PpnBits-1:0] walk_ppn;
  lookaside_tlb_merge #(
    .VaBits(VaBits)
  ) u_merge (
    .vpn_i (va_i[12+:VpnBits]),
    .ppn_i (walk_rsp_ppn_i),
    .wild_i((Levels - 1)'(lookaside_pkg::wild_of_level(3'(walk_rsp_level_i)))),
    .ppn_o (walk_ppn)
  );

  assign done_o = (walked & walk_rsp_ready_o) | (current & l2_hit & ~stale);

  always_comb begin
    done_rule_o   = l2_rule;
    done_ppn_o    = l2_ppn;
    done_level_o  = l2_level;
    done_global_o = l2_global;
    done_perm_o   = l2_perm;
    if (state_q == StWalking) begin
      done_rule_o   = walk_rsp_rule_i;
      done_ppn_o    = walk_ppn;
      done_level_o  = walk_rsp_level_i;
      done_global_o = walk_rsp_global_i;
      done_perm_o   = walk_rsp_perm_i;
    end
  end

  ///////////
  // State //
  ///////////

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle: begin
        if (searching) state_d = StFound;
        else if (search) state_d = StSearch;
        else if (start) state_d = StWalking;
        else if (fetch_miss_i || data_miss_i) state_d = StDrop;
      end
      StDrop: if (dropping) state_d = (Sets == 0) ? StWalk : StDropL2;
      StDropL2: if (l2_rsp_valid) state_d = StWalk;
      StSearch: if (searching) state_d = StFound;
      StFound: begin
        if (current && l2_hit) state_d = stale ? StDrop : StIdle;
        else if (current) state_d = StWalking;
        else if (l2_rsp_valid) state_d = StSearch;
      end
      StWalk: state_d = StWalking;
      default: begin
        if (done_o) state_d = StIdle;
        else if (walk_rsp_valid_i && walk_rsp_aborted_i) state_d = StWalk;
      end
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
    end else begin
      state_q <= state_d;
    end
  end

  always_ff @(posedge clk_i) begin
    data_q <= data_o;
    old_q  <= (state_q == StFound) & (old_q | fence);
  end

  // Page offset and the fault's address are the port's business.
  logic unused_va;
  assign unused_va = ^va_i;

endmodule
