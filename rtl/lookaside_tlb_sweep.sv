// SPDX-License-Identifier: Apache-2.0

/**
 * A set-associative TLB whose tags and data stand in memories that show one set per cycle. Answers
 * and replacement are those of lookaside_tlb; only time differs.
 *
 * Every operation is a series of visits, one set per cycle:
 *   lookup                  the set of each page size, smallest first, until one hits
 *   address fence           the set of each page size
 *   address-space fence     all sets
 *   fill of a smallest page the set of each page size, to remove what overlaps; then the write
 *   fill of a larger page   all sets, because smaller pages under it stand anywhere; then the write
 * Valid bits are flip-flops: a fence without operands takes one cycle.
 */
module lookaside_tlb_sweep #(
  // See lookaside_tlb_l2.
  parameter  int unsigned VaBits      = 39,
  parameter  int unsigned Sets        = 128,
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
  localparam int unsigned SetBits     = $clog2(Sets),
  localparam int unsigned WayBits     = $clog2(Ways)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

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

  input  logic                   fence_valid_i,
  output logic                   fence_ready_o,
  input  lookaside_pkg::fence_e  fence_form_i,
  input  logic [PageNumBits-1:0] fence_vpn_i,
  input  logic [AsidBits-1:0]    fence_asid_i,

  output logic                   busy_o,
  output logic [Entries-1:0]     valid_o
);

  if (Sets < 2 || Sets != 2 ** SetBits) begin : g_bad_sets
    $error("lookaside_tlb_sweep: Sets must be a power of two, at least 2");
  end

  ////////////////
  // Operations //
  ////////////////

  typedef enum logic [1:0] {
    StIdle,   // waits
    StVisit,  // looks at one set per cycle
    StWrite   // stores the new entry
  } state_e;

  typedef enum logic [1:0] {
    OpLookup,
    OpDrop,  // a lookup that removes what it hits
    OpFill,
    OpFence
  } op_e;

  state_e state_q;
  op_e    op_q;

  // A fence waits here until the operation before it has ended.
  logic                   pending_q;
  lookaside_pkg::fence_e  pending_form_q;
  logic [PageNumBits-1:0] pending_vpn_q;
  logic [AsidBits-1:0]    pending_asid_q;

  // The operation under way.
  logic [PageNumBits-1:0] vpn_q;
  logic [AsidBits-1:0]    asid_q;
  lookaside_pkg::fence_e  form_q;
  logic [LevelBits-1:0]   fill_level_q;
  logic [PpnBits-1:0]     fill_ppn_q;
  logic                   fill_global_q;
  lookaside_pkg::perm_t   fill_perm_q;

  // Where it is: at the set of a page size, or on its way through all sets.
  logic                 all_sets_q;
  logic [LevelBits-1:0] level_q;
  logic [SetBits-1:0]   set_q;

  logic idle, take_fence, take_fill, take_lookup, visit, write;
  assign idle        = state_q == StIdle;
  assign take_fence  = idle & pending_q;
  assign take_fill   = fill_valid_i & fill_ready_o;
  assign take_lookup = lookup_valid_i & lookup_ready_o;
  assign visit       = state_q == StVisit;
  assign write       = state_q == StWrite;

  assign fence_ready_o  = ~pending_q;
  assign fill_ready_o   = idle & ~pending_q & ~fence_valid_i;
  assign lookup_ready_o = fill_ready_o & ~fill_valid_i;
  assign busy_o         = ~idle | pending_q;

  // Entries hold canonical addresses only.
  logic canonical;
  assign canonical = (&vpn_q[PageNumBits-1:VpnBits-1]) | ~(|vpn_q[PageNumBits-1:VpnBits-1]);

  logic                 fits;
  logic [LevelBits-1:0] fit_level;
  logic [Levels-2:0]    fit_wild;
  logic [PpnBits-1:0]   fit_ppn;
  lookaside_tlb_fit #(
    .VaBits   (VaBits),
    .PageSizes(PageSizes)
  ) u_fit (
    .vpn_i  (vpn_q[VpnBits-1:0]),
    .ppn_i  (fill_ppn_q),
    .level_i(fill_level_q),
    .fits_o (fits),
    .level_o(fit_level),
    .wild_o (fit_wild),
    .ppn_o  (fit_ppn)
  );

  // The set in view.
  logic [LevelBits-1:0] level;
  logic [SetBits-1:0]   set;
  assign level = write ? fit_level : level_q;
  assign set   = all_sets_q && visit ? set_q : SetBits'(vpn_q >> (Field * level));

  logic last;
  assign last = all_sets_q ? set_q == SetBits'(Sets - 1) : level_q == LevelBits'(Levels - 1);

  // A fill above the smallest size goes through all sets.
  logic fill_sweeps;
  assign fill_sweeps = fill_level_i != '0;

  ////////////
  // Memory //
  ////////////

  localparam int unsigned TagBits  = VpnBits + AsidBits + Levels - 1 + 1;
  localparam int unsigned DataBits = PpnBits + 6;

  logic [Entries-1:0] valid_q;
  logic [Ways-1:0]    valid, match, fenced, hit;
  assign valid = valid_q[Ways*set+:Ways];
  assign hit   = valid & match & {Ways{canonical}};

  (* mem2reg *) logic [DataBits-1:0] way_data[Ways];
  (* mem2reg *) logic [Levels-1:0]   way_size[Ways];

  logic store;
  assign store = write & fits & canonical;

  for (genvar w = 0; w < Ways; w++) begin : g_way
    logic [TagBits-1:0]  tag_q[Sets];
    logic [DataBits-1:0] data_q[Sets];
    logic [TagBits-1:0]  tag;
    assign tag         = tag_q[set];
    assign way_data[w] = data_q[set];
    assign way_size[w] = tag[Levels-1:0];

    lookaside_tlb_match #(
      .VaBits  (VaBits),
      .AsidBits(AsidBits)
    ) u_match (
      .vpn_i       (tag[TagBits-1-:VpnBits]),
      .asid_i      (tag[Levels+:AsidBits]),
      .wild_i      (tag[1+:Levels-1]),
      .global_i    (tag[0]),
      .key_vpn_i   (vpn_q[VpnBits-1:0]),
      .key_asid_i  (asid_q),
      .key_wild_i  ((op_q == OpFill) ? fit_wild : '0),
      .key_global_i((op_q == OpFill) & fill_global_q),
      .by_address_i(form_q[1]),
      .by_asid_i   (form_q[0]),
      .match_o     (match[w]),
      .fenced_o    (fenced[w])
    );

    always_ff @(posedge clk_i) begin
      if (store && way == WayBits'(w)) begin
        tag_q[set]  <= {vpn_q[VpnBits-1:0], asid_q, fit_wild, fill_global_q};
        data_q[set] <= {fit_ppn, fill_perm_q};
      end
    end
  end

  ////////////
  // Answer //
  ////////////

  logic [DataBits-1:0] found;
  logic [Levels-1:0]   found_size;
  logic [WayBits-1:0]  found_way;
  always_comb begin
    found      = '0;
    found_size = '0;
    found_way  = '0;
    for (int unsigned w = 0; w < Ways; w++) begin
      if (hit[w]) begin
        found      |= way_data[w];
        found_size |= way_size[w];
        found_way  |= WayBits'(w);
      end
    end
  end

  logic [PpnBits-1:0] found_ppn;
  lookaside_tlb_merge #(
    .VaBits(VaBits)
  ) u_merge (
    .vpn_i (vpn_q[VpnBits-1:0]),
    .ppn_i (found[6+:PpnBits]),
    .wild_i(found_size[Levels-1:1]),
    .ppn_o (found_ppn)
  );

  logic answer;
  assign answer = visit & (op_q == OpLookup || op_q == OpDrop) & ((|hit) | last);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rsp_valid_o <= 1'b0;
      fill_done_o <= 1'b0;
    end else begin
      rsp_valid_o <= answer;
      fill_done_o <= write;
    end
  end

  always_ff @(posedge clk_i) begin
    if (answer) begin
      rsp_hit_o    <= |hit;
      rsp_set_o    <= set;
      rsp_way_o    <= found_way;
      rsp_ppn_o    <= found_ppn;
      rsp_level_o  <= LevelBits'(lookaside_pkg::level_of_wild(4'(found_size[Levels-1:1])));
      rsp_global_o <= found_size[0];
      rsp_perm_o   <= found[5:0];
    end
    if (write) begin
      fill_stored_o <= store;
      fill_set_o    <= set;
      fill_way_o    <= way;
      fill_evict_o  <= evict;
    end
  end

  /////////////////
  // Replacement //
  /////////////////

  localparam int unsigned StateBits = lookaside_pkg::policy_bits(Policy, Ways);
  logic [StateBits*Sets-1:0] policy_q;

  logic [StateBits-1:0] touched;
  logic [WayBits-1:0]   way;
  logic                 evict;
  lookaside_replacement #(
    .Policy(Policy),
    .Ways  (Ways)
  ) u_replacement (
    .state_i    (policy_q[StateBits*set+:StateBits]),
    .free_i     (~valid),
    .touch_way_i(write ? way : found_way),
    .touched_o  (touched),
    .fill_way_o (way),
    .evict_o    (evict)
  );

  // What happens to the set in view.
  logic [Ways-1:0] removed;
  assign removed = (op_q == OpFence) ? fenced & {Ways{canonical | ~form_q[1]}} :
                   (op_q == OpFill)  ? hit & {Ways{fits}} :
                   (op_q == OpDrop)  ? hit : '0;

  logic clear;
  assign clear = take_fence & (pending_form_q == lookaside_pkg::FenceAll);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      policy_q <= '0;
    end else begin
      if (clear) valid_q <= '0;
      if (visit) valid_q[Ways*set+:Ways] <= valid & ~removed;
      if (store) valid_q[Ways*set+:Ways] <= valid | (Ways'(1) << way);
      if (store || (answer && |hit && op_q == OpLookup)) begin
        policy_q[StateBits*set+:StateBits] <= touched;
      end
    end
  end
  assign valid_o = valid_q;

  //////////////
  // Sequence //
  //////////////

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      pending_q <= 1'b0;
    end else begin
      pending_q <= (pending_q & ~take_fence) | (fence_valid_i & fence_ready_o);
      unique case (state_q)
        StIdle:  if ((take_fence && !clear) || take_fill || take_lookup) state_q <= StVisit;
        StVisit: if (answer) state_q <= StIdle;
                 else if (last) state_q <= (op_q == OpFill) ? StWrite : StIdle;
        default: state_q <= StIdle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (fence_valid_i && fence_ready_o) begin
      pending_form_q <= fence_form_i;
      pending_vpn_q  <= fence_vpn_i;
      pending_asid_q <= fence_asid_i;
    end
    if (idle) begin
      op_q       <= take_fence ? OpFence : take_fill ? OpFill : lookup_drop_i ? OpDrop : OpLookup;
      vpn_q      <= take_fence ? pending_vpn_q : take_fill ? fill_vpn_i : lookup_vpn_i;
      asid_q     <= take_fence ? pending_asid_q : take_fill ? fill_asid_i : lookup_asid_i;
      form_q     <= pending_form_q;
      all_sets_q <= take_fence ? ~pending_form_q[1] : take_fill & fill_sweeps;
      level_q    <= '0;
      set_q      <= '0;
      if (take_fill) begin
        fill_level_q  <= fill_level_i;
        fill_ppn_q    <= fill_ppn_i;
        fill_global_q <= fill_global_i;
        fill_perm_q   <= fill_perm_i;
      end
    end else begin
      level_q <= level_q + LevelBits'(1);
      set_q   <= set_q + SetBits'(1);
    end
  end

endmodule
