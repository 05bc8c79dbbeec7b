// SPDX-License-Identifier: Apache-2.0

/**
 * The page-table walker in every cycle of every walk, against the steps of the specification
 * ("Virtual Address Translation Process"), whatever memory, protection and fences do:
 *
 * - it touches the PTEs that the tables lead to and nothing else, and none that is refused;
 * - the first rule that refuses is the one it reports, with cause and address of the access;
 * - a fence during a walk, in its last cycle too, makes the response void;
 * - A and D are set by compare-and-swap of the PTE that was judged, and a lost one is judged anew;
 * - each step takes the cycles that the datasheet says.
 *
 * The specification follows the walk with registers of its own; the invariant ties the walker's to
 * them.
 */
module lookaside_prove_walker #(
  parameter  int unsigned VaBits    = 39,
  localparam int unsigned Xlen      = lookaside_pkg::xlen(VaBits),
  localparam int unsigned Levels    = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits = $clog2(Levels),
  localparam int unsigned Field     = lookaside_pkg::index_bits(VaBits),
  localparam int unsigned PpnBits   = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned PaBits    = PpnBits + 12
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 req_valid_i,
  input logic [Xlen-1:0]      req_va_i,
  input logic [1:0]           req_access_i,
  input logic [3:0]           req_mode_i,
  input logic [PpnBits-1:0]   req_root_i,
  input logic                 req_user_i,
  input logic                 req_sum_i,
  input logic                 req_mxr_i,
  input logic                 req_update_i,
  input logic                 fence_i,
  input logic                 rsp_ready_i,
  input logic                 pmp_allowed_i,
  input logic                 mem_req_ready_i,
  input logic                 mem_rsp_valid_i,
  input logic                 mem_rsp_error_i,
  input logic                 mem_rsp_swapped_i,
  input logic [Xlen-1:0]      mem_rsp_data_i
);

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

  logic started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always @(*) begin
    if (!started_q) m_starts_with_reset: assume (!rst_ni);
    m_access_is_a_kind: assume (req_access_i != 2'd3);
    m_mode_is_of_the_format:
      assume ((VaBits == 32 && req_mode_i == lookaside_pkg::ModeSv32) ||
              (VaBits >= 39 && req_mode_i == lookaside_pkg::ModeSv39) ||
              (VaBits >= 48 && req_mode_i == lookaside_pkg::ModeSv48) ||
              (VaBits >= 57 && req_mode_i == lookaside_pkg::ModeSv57));
  end

  ////////////////////////
  // What is being done //
  ////////////////////////

  // The walk: it asks for a PTE or judges one, waits for memory, or shows its end.
  logic             asks_q, waits_q, ends_q;
  logic [Xlen-1:0]  va_q;
  logic [1:0]       access_q;
  logic [3:0]       mode_q;
  logic             user_q, sum_q, mxr_q, update_q;

  // The PTE at hand: none yet (the tables begin at `root_q`), one that was read, or one that
  // somebody else changed before it could be updated. `failed_q`: the bus reported an error.
  logic                 none_q, lost_q, failed_q, swap_q;
  logic [PpnBits-1:0]   root_q;
  logic [Xlen-1:0]      pte_q;
  logic [PaBits-1:0]    place_q;
  logic [2:0]           level_q;
  logic                 global_q;
  logic                 shown_q, void_q;
  logic [4:0]           rule_q;

  ///////////////////////
  // What must be done //
  ///////////////////////

  logic [5:0] leaf_bits;
  logic [4:0] leaf_rule;
  assign leaf_bits = {pte_q[7], pte_q[6], pte_q[4], pte_q[3], pte_q[2], pte_q[1]};
  logic unused_open, unused_column, unused_accessed, unused_dirty;
  lookaside_prove_leaf u_leaf (
    .perm_i    (leaf_bits),
    .access_i  (access_q),
    .user_i    (user_q),
    .sum_i     (sum_q),
    .mxr_i     (mxr_q),
    .open_o    (unused_open),
    .column_o  (unused_column),
    .accessed_o(unused_accessed),
    .dirty_o   (unused_dirty),
    .rule_o    (leaf_rule)
  );

  // Step 0: the bits above the translated ones repeat the top one of them.
  logic [63:0] va, extended;
  logic        canonical;
  assign va = 64'(va_q);
  always_comb begin
    case (mode_q)
      lookaside_pkg::ModeSv39: extended = {{25{va[38]}}, va[38:0]};
      lookaside_pkg::ModeSv48: extended = {{16{va[47]}}, va[47:0]};
      lookaside_pkg::ModeSv57: extended = {{7{va[56]}}, va[56:0]};
      default:                 extended = va;
    endcase
    canonical = va == extended;
  end

  logic [2:0] root_level;
  assign root_level = (mode_q == lookaside_pkg::ModeSv57) ? 3'd4 :
                      (mode_q == lookaside_pkg::ModeSv48) ? 3'd3 :
                      (mode_q == lookaside_pkg::ModeSv39) ? 3'd2 : 3'd1;

  // The PTE's number, and whether bits stand above it that no extension gives a meaning.
  logic [63:0] ppn;
  logic        reserved;
  assign ppn      = (VaBits == 32) ? 64'(pte_q) >> 10 : (64'(pte_q) >> 10) & 64'hfff_ffff_ffff;
  assign reserved = VaBits != 32 && (64'(pte_q) >> 54) != '0;

  // Steps 1 to 8, in their order.
  logic       read, swap;
  logic [4:0] verdict;
  logic       is_pointer;
  assign is_pointer = !pte_q[1] && !pte_q[3];
  always_comb begin
    read    = 1'b0;
    swap    = 1'b0;
    verdict = lookaside_pkg::RuleNone;
    casez ({!canonical, failed_q, none_q || lost_q, !pte_q[0], !pte_q[1] && pte_q[2], reserved,
            is_pointer, (ppn & lookaside_prove_pkg::level_mask(VaBits, level_q)) != '0})
      8'b1???????: verdict = lookaside_pkg::RuleNotCanonical;
      8'b01??????: verdict = swap_q ? lookaside_pkg::RulePteUpdateBusError :
                                      lookaside_pkg::RulePteBusError;
      8'b001?????: read    = 1'b1;
      8'b0001????: verdict = lookaside_pkg::RuleNotValid;
      8'b00001???: verdict = lookaside_pkg::RuleWriteWithoutRead;
      8'b000001??: verdict = lookaside_pkg::RuleReservedBits;
      8'b0000001?: begin
        if (pte_q[7] || pte_q[6] || pte_q[4]) verdict = lookaside_pkg::RulePointerBits;
        else if (level_q == '0) verdict = lookaside_pkg::RulePointerAtLeafLevel;
        else read = 1'b1;
      end
      8'b00000001: verdict = lookaside_pkg::RuleMisalignedSuperpage;
      default: begin
        if (update_q && (leaf_rule == lookaside_pkg::RuleAccessedClear ||
                         leaf_rule == lookaside_pkg::RuleDirtyClear)) begin
          swap = 1'b1;
        end else begin
          verdict = leaf_rule;
        end
      end
    endcase
  end

  // The PTE to read: entry VPN[level] of the table that the root or the pointer names.
  logic [2:0]  read_level;
  logic [63:0] table_at, entry, read_at;
  assign read_level = none_q ? root_level : lost_q ? level_q : level_q - 3'd1;
  assign table_at   = none_q ? 64'(root_q) << 12 : ppn << 12;
  assign entry      = (va >> (12 + 32'(read_level) * Field)) & ((64'd1 << Field) - 64'd1);
  assign read_at    = lost_q ? 64'(place_q) : table_at + entry * (Xlen / 8);

  logic [63:0] touched;
  assign touched = swap ? 64'(place_q) : read_at;

  // A with every access, D with stores.
  logic [Xlen-1:0] desired;
  assign desired = pte_q | Xlen'(64'h40) | ((access_q == 2'd2) ? Xlen'(64'h80) : '0);

  logic offers;
  assign offers = asks_q && (read || swap);
  logic shows;
  assign shows = offers && (shown_q || (pmp_allowed_i && !void_q));

  logic idle;
  assign idle = !asks_q && !waits_q && !ends_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      {asks_q, waits_q, ends_q, shown_q, void_q} <= '0;
    end else begin
      void_q  <= !idle && (void_q || fence_i);
      shown_q <= shows && !mem_req_ready_i;
      if (idle && req_valid_i) begin
        asks_q <= 1'b1;
      end else if (asks_q && shows && mem_req_ready_i) begin
        {asks_q, waits_q} <= 2'b01;
      end else if (asks_q && !shows) begin
        {asks_q, ends_q} <= 2'b01;
        rule_q <= !offers || shown_q ? verdict :
                  swap ? lookaside_pkg::RulePteUpdateRefused : lookaside_pkg::RulePteAccessRefused;
      end else if (waits_q && mem_rsp_valid_i) begin
        {asks_q, waits_q} <= 2'b10;
      end else if (ends_q && rsp_ready_i) begin
        ends_q <= 1'b0;
      end
    end
    if (idle && req_valid_i) begin
      va_q     <= req_va_i;
      access_q <= req_access_i;
      mode_q   <= req_mode_i;
      root_q   <= req_root_i;
      {user_q, sum_q, mxr_q, update_q}      <= {req_user_i, req_sum_i, req_mxr_i, req_update_i};
      {none_q, lost_q, failed_q, global_q}  <= 4'b1000;
    end
    if (asks_q && shows && mem_req_ready_i) begin
      swap_q <= swap;
      if (!swap) begin
        place_q  <= PaBits'(read_at);
        level_q  <= read_level;
        // G of a pointer holds for what it leads to.
        global_q <= global_q || (!none_q && !lost_q && pte_q[5]);
      end
      none_q <= 1'b0;
      lost_q <= 1'b0;
    end
    if (waits_q && mem_rsp_valid_i) begin
      failed_q <= mem_rsp_error_i;
      lost_q   <= swap_q && !mem_rsp_swapped_i;
      pte_q    <= swap_q ? desired : mem_rsp_data_i;
    end
  end

  ///////////
  // Proof //
  ///////////

  logic live, ok;
  assign live = started_q && rst_ni;
  assign ok   = live && ends_q && !void_q && !fence_i;

  // Causes by the table: the class by the rule, the number by the access.
  logic       access_fault;
  logic [3:0] cause;
  assign access_fault = rule_q == lookaside_pkg::RulePteAccessRefused ||
                        rule_q == lookaside_pkg::RulePteBusError ||
                        rule_q == lookaside_pkg::RulePteUpdateRefused ||
                        rule_q == lookaside_pkg::RulePteUpdateBusError;
  always_comb begin
    case (access_q)
      2'd0:    cause = access_fault ? 4'd1 : 4'd12;
      2'd1:    cause = access_fault ? 4'd5 : 4'd13;
      default: cause = access_fault ? 4'd7 : 4'd15;
    endcase
  end

  always @(*) begin
    if (live) begin
      a_one_walk_at_a_time: assert (req_ready == idle && rsp_valid == ends_q);
      a_asks_protection_first: assert (pmp_valid == offers);
      a_access_only_when_allowed: assert (mem_valid == shows);
      i_steps_exclude_each_other: assert (32'(asks_q) + 32'(waits_q) + 32'(ends_q) <= 1);
    end
    if (live && offers) begin
      a_pte_is_of_the_table: assert (64'(pmp_addr) == touched && pmp_store == swap);
    end
    if (live && mem_valid) begin
      a_reads_only_ptes_of_the_table: assert (64'(mem_addr) == touched && mem_cas == swap);
    end
    if (live && mem_valid && mem_cas) begin
      a_updates_the_pte_it_judged: assert (mem_expected == pte_q && mem_desired == desired);
    end
    if (live && rsp_valid) begin
      a_fence_makes_void: assert (rsp_aborted == (void_q || fence_i));
    end
    if (ok) begin
      a_first_rule_that_refuses: assert (rsp_rule == rule_q);
      a_address_of_the_access: assert (rsp_tval == va_q);
    end
    if (ok && rule_q != '0) a_cause_by_rule_and_access: assert (rsp_cause == cause);
    if (ok && rule_q == '0) begin
      a_leaf_is_the_pte: assert (64'(rsp_ppn) == ppn && 3'(rsp_level) == level_q &&
                                 rsp_perm == leaf_bits && rsp_global == (global_q || pte_q[5]));
    end
    // What a TLB may be filled with, said of the response alone.
    if (ok && rsp_rule == '0) begin
      a_leaf_is_legal:
        assert ((rsp_perm[0] || rsp_perm[2]) && (rsp_perm[0] || !rsp_perm[1]) && rsp_perm[4] &&
                (access_q != 2'd2 || rsp_perm[5]) &&
                (64'(rsp_ppn) & lookaside_prove_pkg::level_mask(VaBits, 3'(rsp_level))) == '0);
    end

    c_leaf_at_root_level: cover (ok && rule_q == '0 && level_q == root_level);
    c_leaf_of_all_levels: cover (ok && rule_q == '0 && level_q == '0 && global_q);
    c_dirty_set: cover (ok && rule_q == '0 && swap_q && access_q == 2'd2);
    c_lost_update_read_again: cover (ok && rule_q == '0 && !swap_q && reread_q);
    c_fence_in_last_cycle: cover (live && ends_q && !void_q && fence_i && rule_q == '0);
    c_fence_while_request_is_held: cover (live && shown_q && void_q && mem_valid);
    c_bus_error: cover (ok && rule_q == lookaside_pkg::RulePteBusError);
    c_update_refused: cover (ok && rule_q == lookaside_pkg::RulePteUpdateRefused);
    c_misaligned: cover (ok && rule_q == lookaside_pkg::RuleMisalignedSuperpage);
  end

  // The outputs where they mean anything, for `rtl mutate`.
  (* keep *) logic [3:0]          means_handshake;
  (* keep *) logic [PaBits:0]     means_pmp, means_request;
  (* keep *) logic [2*Xlen-1:0]   means_swap;
  (* keep *) logic                means_aborted;
  (* keep *) logic [Xlen+5-1:0]   means_rule;
  (* keep *) logic [3:0]          means_cause;
  (* keep *) logic [PpnBits+9:0]  means_leaf;
  logic                           answers;
  assign answers         = rsp_valid && !rsp_aborted;
  assign means_handshake = {req_ready, rsp_valid, pmp_valid, mem_valid};
  assign means_pmp       = pmp_valid ? {pmp_addr, pmp_store} : '0;
  assign means_request   = mem_valid ? {mem_addr, mem_cas} : '0;
  assign means_swap      = mem_valid && mem_cas ? {mem_expected, mem_desired} : '0;
  assign means_aborted   = rsp_valid && rsp_aborted;
  assign means_rule      = answers ? {rsp_tval, rsp_rule} : '0;
  assign means_cause     = answers && rsp_rule != '0 ? rsp_cause : '0;
  assign means_leaf      = answers && rsp_rule == '0 ?
                           {rsp_ppn, 3'(rsp_level), rsp_perm, rsp_global} : '0;

  // A compare-and-swap of this walk was lost, and the PTE was read again.
  logic reread_q;
  always_ff @(posedge clk_i) reread_q <= !idle && (reread_q || lost_q);

  // A request that memory has not taken stays as it is.
  logic                stays_q = 1'b0;
  logic [PaBits-1:0]   stays_addr_q;
  logic [2*Xlen:0]     stays_what_q;
  always_ff @(posedge clk_i) begin
    stays_q <= live && mem_valid && !mem_req_ready_i;
    if (mem_valid) begin
      stays_addr_q <= mem_addr;
      stays_what_q <= mem_cas ? {1'b1, mem_expected, mem_desired} : '0;
    end
  end
  always @(*) begin
    if (live && stays_q) begin
      a_request_stays_until_taken:
        assert (mem_valid && mem_addr == stays_addr_q &&
                stays_what_q[2*Xlen] == mem_cas &&
                (!mem_cas || stays_what_q == {mem_cas, mem_expected, mem_desired}));
      a_shown_is_held: assert (shown_q && stays_addr_q == PaBits'(touched) &&
                               stays_what_q[2*Xlen] == swap &&
                               (!swap || stays_what_q == {swap, pte_q, desired}));
    end
    if (live && shown_q) a_held_was_shown: assert (stays_q && asks_q && (read || swap));
  end

  // The walker's registers (`peek` in proofs.yaml), tied to the specification's.
  (* keep *) logic [1:0]           seen_state, seen_access;
  (* keep *) logic [3:0]           seen_mode;
  (* keep *) logic                 seen_user, seen_sum, seen_mxr, seen_update;
  (* keep *) logic                 seen_root, seen_again, seen_global, seen_cas, seen_error;
  (* keep *) logic                 seen_held, seen_aborted;
  (* keep *) logic [Xlen-1:0]      seen_va, seen_pte;
  (* keep *) logic [PaBits-1:0]    seen_addr;
  (* keep *) logic [LevelBits-1:0] seen_level;
  (* keep *) logic [4:0]           seen_rule;
  always @(*) begin
    if (live && !idle) begin
      i_context: assert (seen_va == va_q && seen_access == access_q && (VaBits == 32 || seen_mode == mode_q) &&
                         seen_user == user_q && seen_sum == sum_q && seen_mxr == mxr_q &&
                         seen_update == update_q);
      i_legal: assert (access_q != 2'd3 && (none_q || level_q <= root_level) &&
                       ((VaBits == 32 && mode_q == lookaside_pkg::ModeSv32) ||
                        (VaBits >= 39 && mode_q == lookaside_pkg::ModeSv39) ||
                        (VaBits >= 48 && mode_q == lookaside_pkg::ModeSv48) ||
                        (VaBits >= 57 && mode_q == lookaside_pkg::ModeSv57)));
      i_void: assert (seen_aborted == void_q);
    end
    if (live) begin
      i_step: assert (seen_state == (idle ? 2'd0 : asks_q ? 2'd1 : waits_q ? 2'd2 : 2'd3));
      i_held: assert (seen_held == shown_q);
    end
    if (live && asks_q) begin
      i_source: assert (seen_root == none_q && seen_again == lost_q && !(none_q && lost_q) &&
                        seen_error == failed_q && seen_global == global_q);
      if (none_q) i_root: assert (seen_pte == Xlen'({root_q, 10'd0}) && !failed_q &&
                                  seen_level == LevelBits'(root_level));
      if (!none_q) i_place: assert (seen_addr == place_q && seen_level == LevelBits'(level_q) &&
                                    seen_cas == swap_q);
    end
    if (live && (asks_q || ends_q) && !none_q && !lost_q && !failed_q) begin
      i_pte: assert (seen_pte == pte_q);
    end
    if (live && waits_q) begin
      i_wait: assert (!none_q && !lost_q && !seen_root && !seen_again && seen_addr == place_q && seen_cas == swap_q &&
                      seen_level == LevelBits'(level_q) && seen_global == global_q &&
                      (!swap_q || seen_pte == pte_q));
    end
    if (live && ends_q) begin
      i_rule: assert ((void_q || seen_rule == rule_q) &&
                      rule_q <= lookaside_pkg::RulePteUpdateBusError);
    end
    if (live && ends_q && rule_q == '0 && !void_q) begin
      i_leaf: assert (seen_level == LevelBits'(level_q) && seen_global == global_q && !none_q &&
                      !lost_q && !failed_q && !read && !swap && verdict == '0);
    end
  end

endmodule
