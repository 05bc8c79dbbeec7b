// SPDX-License-Identifier: Apache-2.0

/**
 * An MMU: a port for fetches and one for data, each with its first-level TLB; a second-level TLB
 * that both share; a page-table walker with a memory port; physical memory protection.
 *
 * It translates: the access itself is made by whoever asked, at the physical address it is given.
 * rtl/README.md has the timing.
 */
module lookaside_mmu #(
  // 32 (RV32: Sv32), or the largest of Sv39, Sv48 and Sv57 (RV64): 39, 48 or 57.
  parameter  int unsigned VaBits     = 39,
  // At least 1.
  parameter  int unsigned AsidBits   = 16,
  // 0, 4 or 16.
  parameter  int unsigned PmpEntries = 16,
  // Bit k: all TLBs can hold pages of level k; see lookaside_tlb.
  parameter  int unsigned PageSizes  = 'b11111,
  // First-level TLBs; Sets = 1 is fully associative.
  parameter  int unsigned L1ISets    = 1,
  parameter  int unsigned L1IWays    = 16,
  parameter  int unsigned L1DSets    = 1,
  parameter  int unsigned L1DWays    = 16,
  parameter  int unsigned L1Policy   = lookaside_pkg::PolicyPlru,
  // Second-level TLB; Sets = 0: there is none. See lookaside_tlb_l2.
  parameter  int unsigned L2Sets     = 128,
  parameter  int unsigned L2Ways     = 4,
  parameter  int unsigned L2Policy   = lookaside_pkg::PolicyPlru,
  parameter  int unsigned L2Sweep    = 1,
  localparam int unsigned Xlen       = lookaside_pkg::xlen(VaBits),
  localparam int unsigned PpnBits    = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned PaBits     = PpnBits + 12,
  localparam int unsigned BusBits    = lookaside_pkg::bus_bits(VaBits),
  localparam int unsigned LevelBits  = $clog2(lookaside_pkg::levels(VaBits)),
  localparam int unsigned L1ISetBits = (L1ISets == 1) ? 1 : $clog2(L1ISets),
  localparam int unsigned L1DSetBits = (L1DSets == 1) ? 1 : $clog2(L1DSets),
  localparam int unsigned L2SetSlots = (L2Sets == 0) ? 1 : L2Sets,
  localparam int unsigned L2SetBits  = (L2SetSlots == 1) ? 1 : $clog2(L2SetSlots),
  localparam int unsigned PmpSlots   = (PmpEntries == 0) ? 1 : PmpEntries
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Context: taken with each request. `ctx_update_i`: the walker sets A and D, otherwise a clear
  // bit is a page fault. Privileges are effective ones.
  input  lookaside_pkg::mode_e   ctx_mode_i,
  input  logic [PpnBits-1:0]     ctx_root_i,
  input  logic [AsidBits-1:0]    ctx_asid_i,
  input  lookaside_pkg::priv_e   ctx_fetch_priv_i,
  input  lookaside_pkg::priv_e   ctx_data_priv_i,
  input  logic                   ctx_sum_i,
  input  logic                   ctx_mxr_i,
  input  logic                   ctx_update_i,

  // Fetches. `more`: bytes after the first; an access lies within a page. The answer is one pulse.
  input  logic                   fetch_req_valid_i,
  output logic                   fetch_req_ready_o,
  input  logic [Xlen-1:0]        fetch_req_va_i,
  input  logic [11:0]            fetch_req_more_i,
  output logic                   fetch_rsp_valid_o,
  output logic [BusBits-1:0]     fetch_rsp_pa_o,
  output logic                   fetch_rsp_fault_o,
  output lookaside_pkg::rule_e   fetch_rsp_rule_o,
  output logic [3:0]             fetch_rsp_cause_o,
  output logic [Xlen-1:0]        fetch_rsp_tval_o,

  // Loads and stores, likewise.
  input  logic                   data_req_valid_i,
  output logic                   data_req_ready_o,
  input  logic [Xlen-1:0]        data_req_va_i,
  input  logic [11:0]            data_req_more_i,
  input  lookaside_pkg::access_e data_req_access_i,
  output logic                   data_rsp_valid_o,
  output logic [BusBits-1:0]     data_rsp_pa_o,
  output logic                   data_rsp_fault_o,
  output lookaside_pkg::rule_e   data_rsp_rule_o,
  output logic [3:0]             data_rsp_cause_o,
  output logic [Xlen-1:0]        data_rsp_tval_o,

  // Fence: taken when valid and ready. Requests are not taken beside it.
  input  logic                   fence_valid_i,
  output logic                   fence_ready_o,
  input  lookaside_pkg::fence_e  fence_form_i,
  input  logic [Xlen-1:0]        fence_va_i,
  input  logic [AsidBits-1:0]    fence_asid_i,

  // Protection registers: one entry per write.
  input  logic                   pmp_write_i,
  input  logic [3:0]             pmp_index_i,
  input  logic [7:0]             pmp_cfg_i,
  input  logic [PaBits-3:0]      pmp_addr_i,

  // Page tables in memory; see lookaside_page_walker.
  output logic                   mem_req_valid_o,
  input  logic                   mem_req_ready_i,
  output logic [PaBits-1:0]      mem_req_addr_o,
  output logic                   mem_req_cas_o,
  output logic [Xlen-1:0]        mem_req_expected_o,
  output logic [Xlen-1:0]        mem_req_desired_o,
  input  logic                   mem_rsp_valid_i,
  input  logic                   mem_rsp_error_i,
  input  logic                   mem_rsp_swapped_i,
  input  logic [Xlen-1:0]        mem_rsp_data_i,

  // The TLBs at work, for counters and checkers. Set and way are valid while the pulse is set.
  output logic                        l1i_lookup_done_o,
  output logic                        l1i_lookup_hit_o,
  output logic [L1ISetBits-1:0]       l1i_lookup_set_o,
  output logic [$clog2(L1IWays)-1:0]  l1i_lookup_way_o,
  output logic                        l1i_fill_done_o,
  output logic [L1ISetBits-1:0]       l1i_fill_set_o,
  output logic [$clog2(L1IWays)-1:0]  l1i_fill_way_o,
  output logic                        l1i_fill_evict_o,
  output logic [L1ISets*L1IWays-1:0]  l1i_valid_o,
  output logic                        l1d_lookup_done_o,
  output logic                        l1d_lookup_hit_o,
  output logic [L1DSetBits-1:0]       l1d_lookup_set_o,
  output logic [$clog2(L1DWays)-1:0]  l1d_lookup_way_o,
  output logic                        l1d_fill_done_o,
  output logic [L1DSetBits-1:0]       l1d_fill_set_o,
  output logic [$clog2(L1DWays)-1:0]  l1d_fill_way_o,
  output logic                        l1d_fill_evict_o,
  output logic [L1DSets*L1DWays-1:0]  l1d_valid_o,
  output logic                        l2_busy_o,
  output logic                        l2_lookup_done_o,
  output logic                        l2_lookup_hit_o,
  output logic [L2SetBits-1:0]        l2_lookup_set_o,
  output logic [$clog2(L2Ways)-1:0]   l2_lookup_way_o,
  output logic                        l2_fill_done_o,
  output logic [L2SetBits-1:0]        l2_fill_set_o,
  output logic [$clog2(L2Ways)-1:0]   l2_fill_way_o,
  output logic                        l2_fill_evict_o,
  output logic [L2SetSlots*L2Ways-1:0] l2_valid_o
);

  logic fence;
  assign fence = fence_valid_i & fence_ready_o;

  logic [8*PmpSlots-1:0]          pmp_cfg;
  logic [(PaBits-2)*PmpSlots-1:0] pmp_addr;
  lookaside_pmp_registers #(
    .Entries(PmpEntries),
    .PaBits (PaBits)
  ) u_pmp_registers (
    .clk_i,
    .rst_ni,
    .write_i(pmp_write_i),
    .index_i(pmp_index_i),
    .cfg_i  (pmp_cfg_i),
    .addr_i (pmp_addr_i),
    .cfg_o  (pmp_cfg),
    .addr_o (pmp_addr)
  );

  // From the miss unit: which port it serves, and what became of its miss.
  logic                   data, drop, done, done_global;
  lookaside_pkg::rule_e   done_rule;
  logic [PpnBits-1:0]     done_ppn;
  logic [LevelBits-1:0]   done_level;
  lookaside_pkg::perm_t   done_perm;

  /////////////
  // Fetches //
  /////////////

  logic                   fetch_miss, fetch_stale, fetch_user, fetch_sum, fetch_mxr, fetch_update;
  logic [Xlen-1:0]        fetch_va;
  lookaside_pkg::access_e fetch_access;
  lookaside_pkg::mode_e   fetch_mode;
  logic [PpnBits-1:0]     fetch_root;
  logic [AsidBits-1:0]    fetch_asid;

  lookaside_mmu_port #(
    .VaBits    (VaBits),
    .Sets      (L1ISets),
    .Ways      (L1IWays),
    .AsidBits  (AsidBits),
    .Policy    (L1Policy),
    .PageSizes (PageSizes),
    .PmpEntries(PmpEntries)
  ) u_fetch (
    .clk_i,
    .rst_ni,
    .req_valid_i    (fetch_req_valid_i),
    .req_ready_o    (fetch_req_ready_o),
    .req_va_i       (fetch_req_va_i),
    .req_more_i     (fetch_req_more_i),
    .req_access_i   (lookaside_pkg::AccessFetch),
    .ctx_mode_i,
    .ctx_root_i,
    .ctx_asid_i,
    .ctx_priv_i     (ctx_fetch_priv_i),
    .ctx_sum_i,
    .ctx_mxr_i,
    .ctx_update_i,
    .rsp_valid_o    (fetch_rsp_valid_o),
    .rsp_pa_o       (fetch_rsp_pa_o),
    .rsp_fault_o    (fetch_rsp_fault_o),
    .rsp_rule_o     (fetch_rsp_rule_o),
    .rsp_cause_o    (fetch_rsp_cause_o),
    .rsp_tval_o     (fetch_rsp_tval_o),
    .lookup_done_o  (l1i_lookup_done_o),
    .lookup_hit_o   (l1i_lookup_hit_o),
    .lookup_set_o   (l1i_lookup_set_o),
    .lookup_way_o   (l1i_lookup_way_o),
    .fill_done_o    (l1i_fill_done_o),
    .fill_set_o     (l1i_fill_set_o),
    .fill_way_o     (l1i_fill_way_o),
    .fill_evict_o   (l1i_fill_evict_o),
    .valid_o        (l1i_valid_o),
    .miss_valid_o   (fetch_miss),
    .miss_stale_o   (fetch_stale),
    .miss_va_o      (fetch_va),
    .miss_access_o  (fetch_access),
    .miss_mode_o    (fetch_mode),
    .miss_root_o    (fetch_root),
    .miss_asid_o    (fetch_asid),
    .miss_user_o    (fetch_user),
    .miss_sum_o     (fetch_sum),
    .miss_mxr_o     (fetch_mxr),
    .miss_update_o  (fetch_update),
    .drop_i         (drop & ~data),
    .done_i         (done & ~data),
    .done_rule_i    (done_rule),
    .done_ppn_i     (done_ppn),
    .done_level_i   (done_level),
    .done_global_i  (done_global),
    .done_perm_i    (done_perm),
    .fence_offered_i(fence_valid_i),
    .fence_i        (fence),
    .fence_form_i,
    .fence_vpn_i    (fence_va_i[Xlen-1:12]),
    .fence_asid_i,
    .pmp_cfg_i      (pmp_cfg),
    .pmp_addr_i     (pmp_addr)
  );

  //////////
  // Data //
  //////////

  logic                   data_miss, data_stale, data_user, data_sum, data_mxr, data_update;
  logic [Xlen-1:0]        data_va;
  lookaside_pkg::access_e data_access;
  lookaside_pkg::mode_e   data_mode;
  logic [PpnBits-1:0]     data_root;
  logic [AsidBits-1:0]    data_asid;

  lookaside_mmu_port #(
    .VaBits    (VaBits),
    .Sets      (L1DSets),
    .Ways      (L1DWays),
    .AsidBits  (AsidBits),
    .Policy    (L1Policy),
    .PageSizes (PageSizes),
    .PmpEntries(PmpEntries)
  ) u_data (
    .clk_i,
    .rst_ni,
    .req_valid_i    (data_req_valid_i),
    .req_ready_o    (data_req_ready_o),
    .req_va_i       (data_req_va_i),
    .req_more_i     (data_req_more_i),
    .req_access_i   (data_req_access_i),
    .ctx_mode_i,
    .ctx_root_i,
    .ctx_asid_i,
    .ctx_priv_i     (ctx_data_priv_i),
    .ctx_sum_i,
    .ctx_mxr_i,
    .ctx_update_i,
    .rsp_valid_o    (data_rsp_valid_o),
    .rsp_pa_o       (data_rsp_pa_o),
    .rsp_fault_o    (data_rsp_fault_o),
    .rsp_rule_o     (data_rsp_rule_o),
    .rsp_cause_o    (data_rsp_cause_o),
    .rsp_tval_o     (data_rsp_tval_o),
    .lookup_done_o  (l1d_lookup_done_o),
    .lookup_hit_o   (l1d_lookup_hit_o),
    .lookup_set_o   (l1d_lookup_set_o),
    .lookup_way_o   (l1d_lookup_way_o),
    .fill_done_o    (l1d_fill_done_o),
    .fill_set_o     (l1d_fill_set_o),
    .fill_way_o     (l1d_fill_way_o),
    .fill_evict_o   (l1d_fill_evict_o),
    .valid_o        (l1d_valid_o),
    .miss_valid_o   (data_miss),
    .miss_stale_o   (data_stale),
    .miss_va_o      (data_va),
    .miss_access_o  (data_access),
    .miss_mode_o    (data_mode),
    .miss_root_o    (data_root),
    .miss_asid_o    (data_asid),
    .miss_user_o    (data_user),
    .miss_sum_o     (data_sum),
    .miss_mxr_o     (data_mxr),
    .miss_update_o  (data_update),
    .drop_i         (drop & data),
    .done_i         (done & data),
    .done_rule_i    (done_rule),
    .done_ppn_i     (done_ppn),
    .done_level_i   (done_level),
    .done_global_i  (done_global),
    .done_perm_i    (done_perm),
    .fence_offered_i(fence_valid_i),
    .fence_i        (fence),
    .fence_form_i,
    .fence_vpn_i    (fence_va_i[Xlen-1:12]),
    .fence_asid_i,
    .pmp_cfg_i      (pmp_cfg),
    .pmp_addr_i     (pmp_addr)
  );

  ////////////
  // Misses //
  ////////////

  // The miss that is served.
  logic                   stale, user, sum, mxr, update;
  logic [Xlen-1:0]        va;
  lookaside_pkg::access_e access;
  lookaside_pkg::mode_e   mode;
  logic [PpnBits-1:0]     root;
  logic [AsidBits-1:0]    asid;
  assign stale  = data ? data_stale : fetch_stale;
  assign va     = data ? data_va : fetch_va;
  assign access = data ? data_access : fetch_access;
  assign mode   = data ? data_mode : fetch_mode;
  assign root   = data ? data_root : fetch_root;
  assign asid   = data ? data_asid : fetch_asid;
  assign user   = data ? data_user : fetch_user;
  assign sum    = data ? data_sum : fetch_sum;
  assign mxr    = data ? data_mxr : fetch_mxr;
  assign update = data ? data_update : fetch_update;

  logic                 walk_valid, walk_rsp_valid, walk_rsp_ready, walk_rsp_aborted;
  lookaside_pkg::rule_e walk_rsp_rule;
  logic [PpnBits-1:0]   walk_rsp_ppn;
  logic [LevelBits-1:0] walk_rsp_level;
  logic                 walk_rsp_global;
  lookaside_pkg::perm_t walk_rsp_perm;

  lookaside_mmu_miss #(
    .VaBits   (VaBits),
    .AsidBits (AsidBits),
    .Sets     (L2Sets),
    .Ways     (L2Ways),
    .Policy   (L2Policy),
    .PageSizes(PageSizes),
    .Sweep    (L2Sweep)
  ) u_miss (
    .clk_i,
    .rst_ni,
    .fetch_miss_i      (fetch_miss),
    .data_miss_i       (data_miss),
    .data_o            (data),
    .stale_i           (stale),
    .va_i              (va),
    .access_i          (access),
    .asid_i            (asid),
    .user_i            (user),
    .sum_i             (sum),
    .mxr_i             (mxr),
    .update_i          (update),
    .drop_o            (drop),
    .done_o            (done),
    .done_rule_o       (done_rule),
    .done_ppn_o        (done_ppn),
    .done_level_o      (done_level),
    .done_global_o     (done_global),
    .done_perm_o       (done_perm),
    .walk_valid_o      (walk_valid),
    .walk_rsp_valid_i  (walk_rsp_valid),
    .walk_rsp_ready_o  (walk_rsp_ready),
    .walk_rsp_aborted_i(walk_rsp_aborted),
    .walk_rsp_rule_i   (walk_rsp_rule),
    .walk_rsp_ppn_i    (walk_rsp_ppn),
    .walk_rsp_level_i  (walk_rsp_level),
    .walk_rsp_global_i (walk_rsp_global),
    .walk_rsp_perm_i   (walk_rsp_perm),
    .fence_valid_i,
    .fence_ready_o,
    .fence_form_i,
    .fence_vpn_i       (fence_va_i[Xlen-1:12]),
    .fence_asid_i,
    .l2_busy_o,
    .l2_lookup_done_o,
    .l2_lookup_hit_o,
    .l2_lookup_set_o,
    .l2_lookup_way_o,
    .l2_fill_done_o,
    .l2_fill_set_o,
    .l2_fill_way_o,
    .l2_fill_evict_o,
    .l2_valid_o
  );

  ////////////
  // Walker //
  ////////////

  logic                 pte_store;
  logic [PaBits-1:0]    pte_addr;
  lookaside_pkg::rule_e pte_rule;

  // The cause of a fault follows from its rule at the port. A refused PTE access is refused
  // whatever the PMP rule was, and PMP is asked about every address that the walker shows.
  // The miss unit asks only when the walker has nothing to do.
  logic                 unused_walk_ready;
  logic                 unused_pte_valid;
  logic [3:0]           unused_cause;
  logic [Xlen-1:0]      unused_tval;

  lookaside_page_walker #(
    .VaBits(VaBits)
  ) u_walker (
    .clk_i,
    .rst_ni,
    .req_valid_i  (walk_valid),
    .req_ready_o  (unused_walk_ready),
    .req_va_i     (va),
    .req_access_i (access),
    .req_mode_i   (mode),
    .req_root_i   (root),
    .req_user_i   (user),
    .req_sum_i    (sum),
    .req_mxr_i    (mxr),
    .req_update_i (update),
    .fence_i      (fence),
    .rsp_valid_o  (walk_rsp_valid),
    .rsp_ready_i  (walk_rsp_ready),
    .rsp_aborted_o(walk_rsp_aborted),
    .rsp_rule_o   (walk_rsp_rule),
    .rsp_cause_o  (unused_cause),
    .rsp_tval_o   (unused_tval),
    .rsp_ppn_o    (walk_rsp_ppn),
    .rsp_level_o  (walk_rsp_level),
    .rsp_global_o (walk_rsp_global),
    .rsp_perm_o   (walk_rsp_perm),
    .pmp_valid_o  (unused_pte_valid),
    .pmp_addr_o   (pte_addr),
    .pmp_store_o  (pte_store),
    .pmp_allowed_i(pte_rule == lookaside_pkg::RuleNone),
    .mem_req_valid_o,
    .mem_req_ready_i,
    .mem_req_addr_o,
    .mem_req_cas_o,
    .mem_req_expected_o,
    .mem_req_desired_o,
    .mem_rsp_valid_i,
    .mem_rsp_error_i,
    .mem_rsp_swapped_i,
    .mem_rsp_data_i
  );

  // PTE accesses are S-mode accesses, whoever asked for the translation.
  localparam int unsigned PteMask = Xlen / 8 - 1;
  lookaside_pmp #(
    .Entries(PmpEntries),
    .PaBits (PaBits),
    .BusBits(BusBits)
  ) u_pte_pmp (
    .cfg_i   (pmp_cfg),
    .addr_i  (pmp_addr),
    .first_i (BusBits'(pte_addr)),
    .last_i  (BusBits'(pte_addr) | BusBits'(PteMask)),
    .access_i(pte_store ? lookaside_pkg::AccessStore : lookaside_pkg::AccessLoad),
    .priv_i  (lookaside_pkg::PrivSupervisor),
    .rule_o  (pte_rule)
  );

  logic unused_fence_offset;
  assign unused_fence_offset = ^fence_va_i[11:0];

endmodule
