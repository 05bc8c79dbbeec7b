// SPDX-License-Identifier: Apache-2.0

/**
 * A whole TLB of flip-flops: sets, ways, page sizes, replacement, one operation per cycle.
 *
 * Any address of any address space is watched. The specification keeps the one page that the TLB
 * must then hold over it, or none, and the line that it is in, and moves them by the rules: filled
 * over, overlapped by a fill, evicted, dropped, fenced. The TLB holds exactly that page, there, at
 * all times, so a hit was filled and never taken away, and a fence removes what its operands name
 * and nothing else.
 *
 * The invariants speak of one line each and hold wherever fills go (the cuts in proofs.yaml make
 * that choice free), so their proofs do not grow with the TLB. Properties then follow in any state.
 */
module lookaside_prove_tlb #(
  parameter  int unsigned VaBits      = 39,
  parameter  int unsigned Sets        = 1,
  parameter  int unsigned Ways        = 4,
  parameter  int unsigned AsidBits    = 16,
  parameter  int unsigned Policy      = lookaside_pkg::PolicyPlru,
  parameter  int unsigned PageSizes   = 'b11111,
  localparam int unsigned Entries     = Sets * Ways,
  localparam int unsigned PageNumBits = lookaside_pkg::xlen(VaBits) - 12,
  localparam int unsigned VpnBits     = VaBits - 12,
  localparam int unsigned PpnBits     = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels      = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits   = $clog2(Levels),
  localparam int unsigned Field       = lookaside_pkg::index_bits(VaBits),
  localparam int unsigned SetBits     = (Sets == 1) ? 1 : $clog2(Sets),
  localparam int unsigned WayBits     = $clog2(Ways),
  localparam int unsigned PlaceBits   = SetBits + WayBits,
  localparam int unsigned StateBits   = lookaside_pkg::policy_bits(Policy, Ways)
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   lookup_valid_i,
  input logic                   lookup_drop_i,
  // The address to look up: the one in view, or any other.
  input logic                   in_view_i,
  input logic [PageNumBits-1:0] other_vpn_i,
  input logic [AsidBits-1:0]    other_asid_i,
  input logic                   fill_valid_i,
  input logic [PageNumBits-1:0] fill_vpn_i,
  input logic [AsidBits-1:0]    fill_asid_i,
  input logic [PpnBits-1:0]     fill_ppn_i,
  input logic [LevelBits-1:0]   fill_level_i,
  input logic                   fill_global_i,
  input logic [5:0]             fill_perm_i,
  input logic                   fence_valid_i,
  input lookaside_pkg::fence_e  fence_form_i,
  input logic [PageNumBits-1:0] fence_vpn_i,
  input logic [AsidBits-1:0]    fence_asid_i
);

  // The address in view, and its address space.
  (* anyconst *) logic [VpnBits-1:0]  k_vpn;
  (* anyconst *) logic [AsidBits-1:0] k_asid;

  logic [PageNumBits-1:0] lookup_vpn;
  logic [AsidBits-1:0]    lookup_asid;
  assign lookup_vpn  = in_view_i ? {other_vpn_i[PageNumBits-1:VpnBits], k_vpn} : other_vpn_i;
  assign lookup_asid = in_view_i ? k_asid : other_asid_i;

  logic                 lookup_ready, hit, hit_global, fill_ready, fill_stored, fill_evict;
  logic [SetBits-1:0]   hit_set, fill_set;
  logic [WayBits-1:0]   hit_way, fill_way;
  logic [PpnBits-1:0]   hit_ppn;
  logic [LevelBits-1:0] hit_level;
  logic [5:0]           hit_perm;
  logic [Entries-1:0]   valid;
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
    .lookup_ready_o(lookup_ready),
    .lookup_vpn_i  (lookup_vpn),
    .lookup_asid_i (lookup_asid),
    .hit_o         (hit),
    .hit_set_o     (hit_set),
    .hit_way_o     (hit_way),
    .hit_ppn_o     (hit_ppn),
    .hit_level_o   (hit_level),
    .hit_global_o  (hit_global),
    .hit_perm_o    (hit_perm),
    .fill_valid_i,
    .fill_ready_o  (fill_ready),
    .fill_vpn_i,
    .fill_asid_i,
    .fill_ppn_i,
    .fill_level_i,
    .fill_global_i,
    .fill_perm_i,
    .fill_stored_o (fill_stored),
    .fill_set_o    (fill_set),
    .fill_way_o    (fill_way),
    .fill_evict_o  (fill_evict),
    .fence_valid_i,
    .fence_form_i,
    .fence_vpn_i,
    .fence_asid_i,
    .valid_o       (valid)
  );

  logic started_q = 1'b0;
  logic live;
  assign live = started_q && rst_ni;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always @(*) begin
    if (!started_q) m_starts_with_reset: assume (!rst_ni);
    m_level_exists: assume (32'(fill_level_i) < Levels);
  end

  function automatic logic canonical(input logic [PageNumBits-1:0] vpn);
    canonical = vpn == PageNumBits'({{64{vpn[VpnBits-1]}}, vpn[VpnBits-1:0]});
  endfunction

  ////////////////
  // Operations //
  ////////////////

  logic lookup, drop, fill;
  assign lookup = lookup_valid_i && !fill_valid_i && !fence_valid_i;
  assign drop   = lookup && lookup_drop_i;

  // A lookup of the address in view.
  logic asked;
  assign asked = live && lookup && in_view_i;

  // The largest size that is held and is not larger than the page.
  logic                 fits;
  logic [LevelBits-1:0] level;
  always_comb begin
    fits  = 1'b0;
    level = '0;
    for (int unsigned k = 0; k < Levels; k++) begin
      if (PageSizes[k] && k <= 32'(fill_level_i)) begin
        fits  = 1'b1;
        level = LevelBits'(k);
      end
    end
  end
  assign fill = fill_valid_i && !fence_valid_i && fits && canonical(fill_vpn_i);

  logic [63:0] fill_page, fill_mask, offered_mask;
  assign fill_page    = 64'(fill_vpn_i[VpnBits-1:0]);
  assign fill_mask    = lookaside_prove_pkg::level_mask(VaBits, 3'(level));
  assign offered_mask = lookaside_prove_pkg::level_mask(VaBits, 3'(fill_level_i));

  // The piece that is stored of a larger page: what lies between the two sizes is the address'.
  logic [63:0] piece_ppn;
  assign piece_ppn = (64'(fill_ppn_i) & ~offered_mask) | (fill_page & offered_mask);

  // The set of a page: the VPN bits above the offset of its size.
  logic [SetBits-1:0] set;
  assign set = (Sets == 1) ? '0 : SetBits'(fill_page >> (32'(level) * Field));

  ///////////
  // Lines //
  ///////////

  logic [Entries-1:0] free;
  (* keep *) logic [Entries-1:0] seen_match, seen_free;

  // The page that the TLB must hold over the address in view.
  logic                 have_q = 1'b0;
  logic [VpnBits-1:0]   vpn_q;
  logic [AsidBits-1:0]  asid_q;
  logic [63:0]          ppn_q;
  logic [LevelBits-1:0] level_q;
  logic                 global_q;
  logic [5:0]           perm_q;
  logic [PlaceBits-1:0] where_q;
  logic [63:0]          mask;
  assign mask = lookaside_prove_pkg::level_mask(VaBits, 3'(level_q));

  for (genvar i = 0; i < Entries; i++) begin : g_line
    lookaside_prove_tlb_line #(
      .VaBits  (VaBits),
      .AsidBits(AsidBits)
    ) u_prove (
      .live_i       (live),
      .valid_i      (valid[i]),
      .match_i      (seen_match[i]),
      .free_i       (seen_free[i]),
      .k_vpn_i      (k_vpn),
      .k_asid_i     (k_asid),
      .here_i       (have_q && where_q == {SetBits'(i / Ways), WayBits'(i % Ways)}),
      .vpn_i        (vpn_q),
      .asid_i       (asid_q),
      .mask_i       (mask),
      .ppn_i        (ppn_q),
      .global_i     (global_q),
      .perm_i       (perm_q),
      .asked_i      (asked),
      .fill_i       (fill),
      .fill_page_i  (fill_page),
      .fill_mask_i  (fill_mask),
      .fill_asid_i,
      .fill_global_i,
      .free_o       (free[i])
    );
  end

  // A line above another that answers does so too.
  logic [Entries-1:0] lower_match;
  assign lower_match[0] = 1'b0;
  for (genvar i = 1; i < Entries; i++) begin : g_lower
    assign lower_match[i] = |seen_match[i-1:0];
  end

  ///////////////////
  // Specification //
  ///////////////////

  logic fill_over, fill_removes, drop_removes, fence_removes, evicted;
  assign fill_over = lookaside_prove_pkg::holds(fill_page, fill_mask, 64'(k_vpn)) &&
                     (fill_global_i || fill_asid_i == k_asid);
  assign fill_removes =
      lookaside_prove_pkg::overlaps(64'(vpn_q), mask, fill_page, fill_mask) &&
      (global_q || fill_global_i || asid_q == fill_asid_i);
  assign drop_removes =
      canonical(lookup_vpn) && (global_q || asid_q == lookup_asid) &&
      lookaside_prove_pkg::holds(64'(vpn_q), mask, 64'(lookup_vpn[VpnBits-1:0]));

  // The four rows of the SFENCE.VMA table; an address that is not canonical is in no page.
  logic by_address, by_asid;
  assign by_address = fence_form_i == lookaside_pkg::FenceAddress ||
                      fence_form_i == lookaside_pkg::FenceAddressAsid;
  assign by_asid    = fence_form_i == lookaside_pkg::FenceAsid ||
                      fence_form_i == lookaside_pkg::FenceAddressAsid;
  assign fence_removes =
      (!by_address ||
       (canonical(fence_vpn_i) &&
        lookaside_prove_pkg::holds(64'(vpn_q), mask, 64'(fence_vpn_i[VpnBits-1:0])))) &&
      (!by_asid || (!global_q && asid_q == fence_asid_i));

  // Where the fill goes.
  logic [PlaceBits-1:0] place;
  assign place   = {fill_set, fill_way};
  assign evicted = where_q == place;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      have_q <= 1'b0;
    end else if (fill && fill_over) begin
      have_q   <= 1'b1;
      vpn_q    <= fill_vpn_i[VpnBits-1:0];
      asid_q   <= fill_asid_i;
      ppn_q    <= piece_ppn;
      level_q  <= level;
      global_q <= fill_global_i;
      perm_q   <= fill_perm_i;
      where_q  <= place;
    end else if ((fill && (fill_removes || evicted)) || (drop && drop_removes) ||
                 (fence_valid_i && fence_removes)) begin
      have_q <= 1'b0;
    end
  end

  always @(*) begin
    if (live) begin
      i_place_exists: assert (!have_q || (32'(where_q[WayBits-1:0]) < Ways &&
                                          32'(where_q[PlaceBits-1:WayBits]) < Sets));
      a_ready_in_order: assert (fill_ready == !fence_valid_i &&
                                lookup_ready == (!fence_valid_i && !fill_valid_i));
    end
    if (asked) begin
      a_at_most_one_line_answers: assert ((seen_match & lower_match) == '0);
      a_hit_is_translation: assert (hit == (have_q && canonical(lookup_vpn)));
    end
    if (asked && hit) begin
      a_hit_gives_the_page:
        assert (hit_level == level_q && hit_global == global_q && hit_perm == perm_q &&
                hit_ppn == PpnBits'((ppn_q & ~mask) | (64'(lookup_vpn) & mask)));
      a_hit_names_the_line: assert ({hit_set, hit_way} == where_q &&
                                    32'(hit_set) < Sets && 32'(hit_way) < Ways);
    end

    c_hit_superpage: cover (asked && hit && level_q != '0 && lookup_vpn[VpnBits-1:0] != vpn_q);
    c_hit_global_of_other_space: cover (asked && hit && global_q && asid_q != k_asid);
    c_hit_again_after_fence: cover (asked && hit && fenced_q);
    c_gone_by_fence_all: cover (live && have_q && fence_valid_i && fence_form_i == lookaside_pkg::FenceAll);
    c_gone_by_fence_asid: cover (live && have_q && fence_valid_i && fence_removes && by_asid);
    c_spared_global: cover (live && have_q && fence_valid_i && by_asid && global_q &&
                            asid_q == fence_asid_i);
    c_gone_by_overlap: cover (live && have_q && fill && fill_removes && !fill_over);
    c_evicted: cover (live && have_q && fill && evicted && fill_evict);
    c_dropped: cover (live && have_q && drop && drop_removes);
    c_not_stored: cover (live && fill_valid_i && fill_ready && !fill_stored);
  end

  // A fence was seen that spared the page in view.
  logic fenced_q = 1'b0;
  always_ff @(posedge clk_i) fenced_q <= live && (fenced_q || (have_q && fence_valid_i));

  ////////////
  // Victim //
  ////////////

  logic [Ways-1:0] set_free;
  assign set_free = (Sets == 1) ? Ways'(free) : Ways'(free >> (32'(fill_set) * Ways));

  // The lowest free way.
  logic [31:0] lowest;
  always_comb begin
    lowest = Ways;
    for (int unsigned way = 0; way < Ways; way++) begin
      if (set_free[Ways-1-way]) lowest = Ways - 1 - way;
    end
  end

  always @(*) begin
    if (live && fill_valid_i && !fence_valid_i) begin
      a_stores_what_fits: assert (fill_stored == (fits && canonical(fill_vpn_i)));
    end
    if (live && fill) begin
      a_victim_is_legal: assert (fill_set == set && 32'(fill_way) < Ways && 32'(fill_set) < Sets);
      a_evicts_only_when_full: assert (fill_evict == (set_free == '0));
      a_replacement_is_the_policy: assert (fill_way == policy_way);
    end
    if (live && fill && set_free != '0) a_free_way_first: assert (32'(fill_way) == lowest);
    if (live) i_policy_state: assert (seen_state == state_q);

    c_free_way_among_used: cover (live && fill && set_free != '0 && valid != '0 && lowest != '0);
  end

  // The state of the policy: hits and fills touch, drops and misses do not. The blocks that choose
  // have proofs of their own.
  logic [StateBits*Sets-1:0] seen_state;
  for (genvar s = 0; s < Sets; s++) begin : g_set
    (* keep *) logic [StateBits-1:0] seen;
    assign seen_state[StateBits*s+:StateBits] = seen;
  end
  logic [StateBits*Sets-1:0] state_q = '0;

  logic [SetBits-1:0]   touch_set;
  logic [WayBits-1:0]   touch_way, policy_way;
  logic [StateBits-1:0] touched;
  logic                 policy_evict;
  assign touch_set = fill_valid_i ? set : hit_set;
  assign touch_way = fill_valid_i ? fill_way : hit_way;
  lookaside_replacement #(
    .Policy(Policy),
    .Ways  (Ways)
  ) u_policy (
    .state_i    (StateBits'(state_q >> (32'(touch_set) * StateBits))),
    .free_i     (set_free),
    .touch_way_i(touch_way),
    .touched_o  (touched),
    .fill_way_o (policy_way),
    .evict_o    (policy_evict)
  );

  for (genvar s = 0; s < Sets; s++) begin : g_state
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        state_q[StateBits*s+:StateBits] <= '0;
      end else if ((fill || (lookup && hit && !(drop && canonical(lookup_vpn)))) &&
                   32'(touch_set) == s) begin
        state_q[StateBits*s+:StateBits] <= touched;
      end
    end
  end

endmodule
