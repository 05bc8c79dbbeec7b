// SPDX-License-Identifier: Apache-2.0

/**
 * Page-table walker: one walk at a time, one memory access outstanding.
 *
 * A walk of N levels takes N (L + 1) + 2 cycles from the edge that accepts the request to the edge
 * at which the response can be taken, if memory takes each request at once and answers L edges
 * later; L + 1 more for each compare-and-swap, and for each PTE read again because one was lost.
 *
 * A fence during a walk makes the response `aborted`: what was read may be stale, so nobody may
 * use it. A memory access that was shown to the bus is always completed first, so that a late
 * answer is never taken for that of the next walk.
 */
module lookaside_page_walker #(
  // 32 (Sv32), 39, 48 or 57.
  parameter  int unsigned VaBits    = 39,
  localparam int unsigned Xlen      = lookaside_pkg::xlen(VaBits),
  localparam int unsigned Levels    = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits = $clog2(Levels),
  localparam int unsigned Field     = lookaside_pkg::index_bits(VaBits),
  localparam int unsigned PpnBits   = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned PaBits    = PpnBits + 12,
  localparam int unsigned PteBits   = Xlen
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Request: the access, and the context to walk it in. `req_user_i`: effective privilege is U.
  // `req_update_i`: the walker sets A and D; otherwise a clear bit is a page fault.
  input  logic                   req_valid_i,
  output logic                   req_ready_o,
  input  logic [Xlen-1:0]        req_va_i,
  input  lookaside_pkg::access_e req_access_i,
  input  lookaside_pkg::mode_e   req_mode_i,
  input  logic [PpnBits-1:0]     req_root_i,
  input  logic                   req_user_i,
  input  logic                   req_sum_i,
  input  logic                   req_mxr_i,
  input  logic                   req_update_i,

  // Any fence, whatever its operands.
  input  logic                   fence_i,

  // Response. Aborted: nothing else in it means anything. Else a fault if the rule is not RuleNone,
  // else the leaf.
  output logic                   rsp_valid_o,
  input  logic                   rsp_ready_i,
  output logic                   rsp_aborted_o,
  output lookaside_pkg::rule_e   rsp_rule_o,
  output logic [3:0]             rsp_cause_o,
  output logic [Xlen-1:0]        rsp_tval_o,
  output logic [PpnBits-1:0]     rsp_ppn_o,
  output logic [LevelBits-1:0]   rsp_level_o,
  output logic                   rsp_global_o,
  output lookaside_pkg::perm_t   rsp_perm_o,

  // Protection of PTE accesses: may S-mode load from, or store to, this PTE? Answered in the same
  // cycle; looked at only while an access is about to be made.
  output logic                   pmp_valid_o,
  output logic [PaBits-1:0]      pmp_addr_o,
  output logic                   pmp_store_o,
  input  logic                   pmp_allowed_i,

  // Memory: reads of one PTE, and compare-and-swap of one PTE. An answer comes at the earliest in
  // the cycle after the request was taken, and is never held back.
  output logic                   mem_req_valid_o,
  input  logic                   mem_req_ready_i,
  output logic [PaBits-1:0]      mem_req_addr_o,
  output logic                   mem_req_cas_o,
  output logic [PteBits-1:0]     mem_req_expected_o,
  output logic [PteBits-1:0]     mem_req_desired_o,
  input  logic                   mem_rsp_valid_i,
  input  logic                   mem_rsp_error_i,
  input  logic                   mem_rsp_swapped_i,
  input  logic [PteBits-1:0]     mem_rsp_data_i
);

  localparam int unsigned PteBytesLog2 = $clog2(PteBits / 8);

  // Bits of a PTE; the PPN stands above them.
  localparam int unsigned BitV = 0, BitR = 1, BitW = 2, BitX = 3, BitU = 4, BitG = 5, BitA = 6,
                          BitD = 7, BitPpn = 10;

  typedef enum logic [1:0] {
    StIdle,    // waits for a request
    StDecide,  // looks at what is known: asks for a PTE, or for its update, or ends
    StWait,    // waits for memory
    StDone     // shows the response
  } state_e;

  state_e                 state_q, state_d;
  logic [Xlen-1:0]        va_q;
  lookaside_pkg::access_e access_q;
  lookaside_pkg::mode_e   mode_q;
  logic                   user_q, sum_q, mxr_q, update_q;

  // Where `pte_q` comes from: the root, as a pointer above the top level; or `addr_q` at `level_q`,
  // from where it must be read again if `again_q`.
  logic                   root_q, again_q;
  logic [PteBits-1:0]     pte_q;
  logic [PaBits-1:0]      addr_q;
  logic [LevelBits-1:0]   level_q;
  // G of a pointer on the way.
  logic                   global_q;

  // The last access was a compare-and-swap; it ended in a bus error.
  logic                   cas_q, error_q;
  // A request was shown and not yet taken: it stays.
  logic                   held_q;
  logic                   aborted_q;
  lookaside_pkg::rule_e   rule_q;

  logic accept, taken, answered;
  assign accept   = req_valid_i & req_ready_o;
  assign taken    = mem_req_valid_o & mem_req_ready_i;
  assign answered = (state_q == StWait) & mem_rsp_valid_i;

  ////////////////////
  // What a PTE says //
  ////////////////////

  logic                 pointer, misaligned, reserved;
  lookaside_pkg::perm_t perm;
  assign pointer = ~pte_q[BitR] & ~pte_q[BitX];
  assign perm    = {pte_q[BitD], pte_q[BitA], pte_q[BitU], pte_q[BitX], pte_q[BitW], pte_q[BitR]};

  // A leaf's PPN fields below its level are part of the offset and must be clear.
  always_comb begin
    misaligned = 1'b0;
    for (int unsigned k = 0; k < Levels - 1; k++) begin
      if (LevelBits'(k) < level_q && pte_q[BitPpn+Field*k+:Field] != '0) misaligned = 1'b1;
    end
  end

  // Everything above the PPN is reserved until an extension gives it a meaning.
  if (PteBits > BitPpn + PpnBits) begin : g_reserved
    assign reserved = |pte_q[PteBits-1:BitPpn+PpnBits];
  end else begin : g_no_reserved
    assign reserved = 1'b0;
  end

  lookaside_pkg::rule_e leaf_rule;
  lookaside_permission_check u_permission_check (
    .perm_i  (perm),
    .access_i(access_q),
    .user_i  (user_q),
    .sum_i   (sum_q),
    .mxr_i   (mxr_q),
    .rule_o  (leaf_rule)
  );

  logic canonical;
  if (Xlen == 64) begin : g_canonical
    assign canonical = lookaside_pkg::canonical(mode_q, va_q[Xlen-1-:26]);
  end else begin : g_no_canonical
    logic unused_mode;
    assign unused_mode = ^mode_q;
    assign canonical   = 1'b1;
  end

  //////////////
  // Decision //
  //////////////

  logic                 known, missing_bit, want_read, want_cas;
  lookaside_pkg::rule_e known_rule, rule;

  // `pte_q` is a PTE that was read.
  assign known       = ~root_q & ~again_q;
  assign missing_bit = leaf_rule == lookaside_pkg::RuleAccessedClear ||
                       leaf_rule == lookaside_pkg::RuleDirtyClear;

  always_comb begin
    known_rule = lookaside_pkg::RuleNone;
    want_read  = 1'b0;
    want_cas   = 1'b0;
    if (!canonical) begin
      known_rule = lookaside_pkg::RuleNotCanonical;
    end else if (error_q) begin
      known_rule = cas_q ? lookaside_pkg::RulePteUpdateBusError : lookaside_pkg::RulePteBusError;
    end else if (!known) begin
      want_read = 1'b1;
    end else if (!pte_q[BitV]) begin
      known_rule = lookaside_pkg::RuleNotValid;
    end else if (!pte_q[BitR] && pte_q[BitW]) begin
      known_rule = lookaside_pkg::RuleWriteWithoutRead;
    end else if (reserved) begin
      known_rule = lookaside_pkg::RuleReservedBits;
    end else if (pointer) begin
      if (perm.a || perm.d || perm.u) begin
        known_rule = lookaside_pkg::RulePointerBits;
      end else if (level_q == '0) begin
        known_rule = lookaside_pkg::RulePointerAtLeafLevel;
      end else begin
        want_read = 1'b1;
      end
    end else if (misaligned) begin
      known_rule = lookaside_pkg::RuleMisalignedSuperpage;
    end else if (missing_bit && update_q) begin
      want_cas = 1'b1;
    end else begin
      known_rule = leaf_rule;
    end
  end

  // Protection comes last: before it, nothing was asked of memory.
  always_comb begin
    rule = known_rule;
    if (pmp_valid_o && !held_q && !pmp_allowed_i) begin
      rule = want_cas ? lookaside_pkg::RulePteUpdateRefused : lookaside_pkg::RulePteAccessRefused;
    end
  end

  ////////////
  // Memory //
  ////////////

  logic [LevelBits-1:0] next_level;
  assign next_level = known && !want_cas ? level_q - LevelBits'(1) : level_q;

  // VA bits that index the table at the next level.
  logic [Field-1:0] index;
  always_comb begin
    index = '0;
    for (int unsigned k = 0; k < Levels; k++) begin
      if (next_level == LevelBits'(k)) index = va_q[12+Field*k+:Field];
    end
  end

  assign pmp_valid_o = (state_q == StDecide) & (want_read | want_cas);
  assign pmp_addr_o  = mem_req_addr_o;
  assign pmp_store_o = want_cas;

  assign mem_req_valid_o = pmp_valid_o & (held_q | (pmp_allowed_i & ~aborted_q));
  assign mem_req_addr_o  = (want_cas || again_q) ? addr_q :
                           {pte_q[BitPpn+:PpnBits], index, PteBytesLog2'(0)};
  assign mem_req_cas_o      = want_cas;
  assign mem_req_expected_o = pte_q;
  always_comb begin
    mem_req_desired_o       = pte_q;
    mem_req_desired_o[BitA] = 1'b1;
    if (access_q == lookaside_pkg::AccessStore) mem_req_desired_o[BitD] = 1'b1;
  end

  ///////////
  // State //
  ///////////

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle:   if (req_valid_i) state_d = StDecide;
      StDecide: if (taken) state_d = StWait;
                else if (!mem_req_valid_o) state_d = StDone;
      StWait:   if (mem_rsp_valid_i) state_d = StDecide;
      default:  if (rsp_ready_i) state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      held_q    <= 1'b0;
      aborted_q <= 1'b0;
    end else begin
      state_q   <= state_d;
      held_q    <= mem_req_valid_o & ~mem_req_ready_i;
      aborted_q <= (aborted_q | fence_i) & (state_q != StIdle);
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      va_q     <= req_va_i;
      access_q <= req_access_i;
      mode_q   <= req_mode_i;
      user_q   <= req_user_i;
      sum_q    <= req_sum_i;
      mxr_q    <= req_mxr_i;
      update_q <= req_update_i;
    end
    if (state_q == StDecide) rule_q <= rule;
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      root_q   <= 1'b1;
      again_q  <= 1'b0;
      error_q  <= 1'b0;
      global_q <= 1'b0;
      level_q  <= LevelBits'(lookaside_pkg::top_level(req_mode_i));
      pte_q    <= PteBits'({req_root_i, BitPpn'(0)});
    end else if (taken) begin
      root_q   <= 1'b0;
      again_q  <= 1'b0;
      cas_q    <= want_cas;
      level_q  <= next_level;
      addr_q   <= mem_req_addr_o;
      global_q <= global_q | (known & ~want_cas & pte_q[BitG]);
    end else if (answered) begin
      error_q <= mem_rsp_error_i;
      again_q <= cas_q & ~mem_rsp_swapped_i;
      pte_q   <= cas_q ? mem_req_desired_o : mem_rsp_data_i;
    end
  end

  //////////////
  // Response //
  //////////////

  assign req_ready_o   = state_q == StIdle;
  assign rsp_valid_o   = state_q == StDone;
  assign rsp_aborted_o = aborted_q | fence_i;
  assign rsp_rule_o    = rule_q;
  assign rsp_cause_o   = lookaside_pkg::cause_of(rule_q, access_q);
  assign rsp_tval_o    = va_q;
  assign rsp_ppn_o     = pte_q[BitPpn+:PpnBits];
  assign rsp_level_o   = level_q;
  assign rsp_global_o  = global_q | pte_q[BitG];
  assign rsp_perm_o    = perm;

endmodule
