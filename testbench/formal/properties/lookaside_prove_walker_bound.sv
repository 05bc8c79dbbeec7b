// SPDX-License-Identifier: Apache-2.0

/**
 * How long a request to the page-table walker can take, seen from its ports: memory that is fair
 * (it takes requests in time, answers in time, and does not lose a compare-and-swap for ever) gets
 * every request answered within `Bound` clock edges, whatever the tables, protection and fences.
 *
 * A walk makes at most one access per level, one compare-and-swap, and a compare-and-swap and a
 * read more for each one lost. An access takes Takes + Answers + 1 edges, a decision in front of
 * the response one, and the response one. The invariant counts the accesses still to come.
 */
module lookaside_prove_walker_bound #(
  parameter  int unsigned VaBits    = 39,
  // Edges for which memory may leave a request untaken, edges from there to its answer, and
  // compare-and-swaps that fail in one walk because somebody else changed the PTE.
  parameter  int unsigned Takes     = 1,
  parameter  int unsigned Answers   = 2,
  parameter  int unsigned Lost      = 1,
  // Edges from the one that accepts a request to the one at which the response can be taken.
  parameter  int unsigned Bound     = 26,
  localparam int unsigned Xlen      = lookaside_pkg::xlen(VaBits),
  localparam int unsigned Levels    = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits = $clog2(Levels),
  localparam int unsigned PpnBits   = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned PaBits    = PpnBits + 12,
  localparam int unsigned Access    = Takes + Answers + 1,
  localparam int unsigned CountBits = $clog2(Bound + 2)
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               req_valid_i,
  input logic [Xlen-1:0]    req_va_i,
  input logic [1:0]         req_access_i,
  input logic [3:0]         req_mode_i,
  input logic [PpnBits-1:0] req_root_i,
  input logic               req_user_i,
  input logic               req_sum_i,
  input logic               req_mxr_i,
  input logic               req_update_i,
  input logic               fence_i,
  input logic               rsp_ready_i,
  input logic               pmp_allowed_i,
  input logic               mem_req_ready_i,
  input logic               mem_rsp_valid_i,
  input logic               mem_rsp_error_i,
  input logic               mem_rsp_swapped_i,
  input logic [Xlen-1:0]    mem_rsp_data_i
);

  if (Bound != (Levels + 1 + 2 * Lost) * Access + 2) begin : g_bad_bound
    $error("lookaside_prove_walker_bound: Bound is not the worst case of the other parameters");
  end

  logic                 req_ready, rsp_valid, rsp_aborted, rsp_global, pmp_valid, pmp_store;
  logic [4:0]           rsp_rule;
  logic [3:0]           rsp_cause;
  logic [Xlen-1:0]      rsp_tval, mem_expected, mem_desired;
  logic [PpnBits-1:0]   rsp_ppn;
  logic [LevelBits-1:0] rsp_level;
  logic [5:0]           rsp_perm;
  logic [PaBits-1:0]    pmp_addr, mem_addr;
  logic                 mem_valid, mem_cas;
  lookaside_page_walker #(
    .VaBits(VaBits)
  ) u_walker (
    .clk_i,
    .rst_ni,
    .req_valid_i,
    .req_ready_o       (req_ready),
    .req_va_i,
    .req_access_i,
    .req_mode_i,
    .req_root_i,
    .req_user_i,
    .req_sum_i,
    .req_mxr_i,
    .req_update_i,
    .fence_i,
    .rsp_valid_o       (rsp_valid),
    .rsp_ready_i,
    .rsp_aborted_o     (rsp_aborted),
    .rsp_rule_o        (rsp_rule),
    .rsp_cause_o       (rsp_cause),
    .rsp_tval_o        (rsp_tval),
    .rsp_ppn_o         (rsp_ppn),
    .rsp_level_o       (rsp_level),
    .rsp_global_o      (rsp_global),
    .rsp_perm_o        (rsp_perm),
    .pmp_valid_o       (pmp_valid),
    .pmp_addr_o        (pmp_addr),
    .pmp_store_o       (pmp_store),
    .pmp_allowed_i,
    .mem_req_valid_o   (mem_valid),
    .mem_req_ready_i,
    .mem_req_addr_o    (mem_addr),
    .mem_req_cas_o     (mem_cas),
    .mem_req_expected_o(mem_expected),
    .mem_req_desired_o (mem_desired),
    .mem_rsp_valid_i,
    .mem_rsp_error_i,
    .mem_rsp_swapped_i,
    .mem_rsp_data_i
  );

  ///////////////////
  // At the ports  //
  ///////////////////

  // A request was accepted and its response not yet taken; `age_q` edges ago at the next edge, and
  // no longer counted once the response is there.
  logic                 busy_q;
  logic [CountBits-1:0] age_q;
  // Memory has an access to answer: a compare-and-swap, if `swap_q`.
  logic                 waits_q, swap_q;
  // Edges that the request was not taken, that the answer did not come; swaps lost in this walk.
  logic [CountBits-1:0] stall_q, wait_q, lost_q;

  logic taken, answered, lost;
  assign taken    = mem_valid && mem_req_ready_i;
  assign answered = waits_q && mem_rsp_valid_i;
  assign lost     = answered && swap_q && !mem_rsp_error_i && !mem_rsp_swapped_i;

  always_ff @(posedge clk_i) begin
    stall_q <= (mem_valid && !mem_req_ready_i) ? stall_q + 1'b1 : '0;
    wait_q  <= (waits_q && !mem_rsp_valid_i) ? wait_q + 1'b1 : '0;
    if (taken) swap_q <= mem_cas;
    if (req_valid_i && req_ready) begin
      busy_q <= 1'b1;
      age_q  <= CountBits'(1);
      lost_q <= '0;
    end else begin
      if (busy_q && !rsp_valid && age_q != '1) age_q <= age_q + 1'b1;
      if (lost) lost_q <= lost_q + 1'b1;
      if (rsp_valid && rsp_ready_i) busy_q <= 1'b0;
    end
    if (taken) waits_q <= 1'b1;
    else if (answered) waits_q <= 1'b0;
    if (!rst_ni) {busy_q, waits_q, stall_q, wait_q, lost_q} <= '0;
  end

  logic started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  logic live;
  assign live = started_q && rst_ni;

  always @(*) begin
    if (!started_q) m_starts_with_reset: assume (!rst_ni);
    m_access_is_a_kind: assume (req_access_i != 2'd3);
    m_mode_is_of_the_format:
      assume ((VaBits == 32 && req_mode_i == lookaside_pkg::ModeSv32) ||
              (VaBits >= 39 && req_mode_i == lookaside_pkg::ModeSv39) ||
              (VaBits >= 48 && req_mode_i == lookaside_pkg::ModeSv48) ||
              (VaBits >= 57 && req_mode_i == lookaside_pkg::ModeSv57));
    if (mem_valid && !mem_req_ready_i) begin
      m_memory_takes_requests_in_time: assume (32'(stall_q) < Takes);
    end
    if (waits_q && !mem_rsp_valid_i) begin
      m_memory_answers_in_time: assume (32'(wait_q) + 1 < Answers);
    end
    if (lost) m_swaps_are_not_lost_for_ever: assume (32'(lost_q) < Lost);
  end

  always @(*) begin
    if (live && busy_q && !rsp_valid) begin
      a_answers_within_the_bound: assert (32'(age_q) < Bound);
    end
    if (live) a_answers_only_what_was_asked: assert (!rsp_valid || busy_q);

    c_takes_the_whole_bound: cover (live && rsp_valid && 32'(age_q) == Bound);
  end

  /////////////////////////////
  // Why: what is left to do //
  /////////////////////////////

  // Registers and decisions of the walker (`peeks` in proofs.yaml).
  (* keep *) logic [1:0]           seen_state;
  (* keep *) logic [LevelBits-1:0] seen_level;
  (* keep *) logic                 seen_root, seen_again, seen_cas, seen_error, seen_wants_swap;

  logic decides, waits, ends;
  assign decides = seen_state == 2'd1;
  assign waits   = seen_state == 2'd2;
  assign ends    = seen_state == 2'd3;

  // Accesses that may follow: a PTE that was read can lead one level down, and the last be updated;
  // one that was updated leads nowhere.
  logic [31:0] below, left, after;
  assign below = 32'(seen_level) + 1 + 2 * (Lost - 32'(lost_q));
  always_comb begin
    left  = below;
    after = below;
    if (seen_root || seen_again) left = below + 1;
    else if (seen_cas) left = '0;
    if (seen_error) left = '0;
    if (seen_cas) after = (32'(lost_q) < Lost) ? below - 1 : '0;
  end

  always @(*) begin
    if (live) begin
      i_busy: assert (busy_q == (seen_state != 2'd0) && waits_q == waits);
      i_counts: assert (32'(stall_q) <= Takes && 32'(wait_q) < Answers && 32'(lost_q) <= Lost &&
                        (waits || wait_q == '0) && (decides || stall_q == '0));
    end
    if (live && busy_q) i_level: assert (32'(seen_level) < Levels);
    if (live && waits) begin
      i_waits: assert (!seen_root && !seen_again && !seen_error && seen_cas == swap_q &&
                       (!swap_q || seen_wants_swap));
    end
    if (live && decides) begin
      i_swapped_is_final: assert (seen_root || seen_again || seen_error || !seen_cas || !pmp_valid);
      i_time_to_decide: assert (32'(age_q) + left * Access + 1 - 32'(stall_q) <= Bound &&
                                age_q != '0);
      i_stalls_with_a_request: assert (stall_q == '0 || (pmp_valid && left != '0));
    end
    if (live && waits) begin
      i_time_to_wait: assert (32'(age_q) + Answers - 32'(wait_q) + after * Access + 1 <= Bound);
    end
    if (live && ends) i_time_to_end: assert (32'(age_q) <= Bound);
  end

endmodule
