// SPDX-License-Identifier: Apache-2.0

/**
 * A TLB of flip-flops: fully associative (Sets = 1) or Sets x Ways, several page sizes.
 *
 * One operation per cycle: a fence goes before a fill, a fill before a lookup; `ready` says who has
 * to wait, and a fence never does. Lookups answer in the same cycle; fills and fences take effect
 * at the clock edge that ends it, whatever their operands.
 *
 * Permissions are stored raw and not judged here (lookaside_permission_check).
 */
module lookaside_tlb #(
  // 32 (Sv32), 39, 48 or 57.
  parameter  int unsigned VaBits      = 39,
  // Power of two; 1 is fully associative. Indexed by the low VPN bits of each page size in turn.
  parameter  int unsigned Sets        = 1,
  // At least 2; a power of two for tree-PLRU.
  parameter  int unsigned Ways        = 16,
  // At least 1.
  parameter  int unsigned AsidBits    = 16,
  // PolicyPlru or PolicyLru.
  parameter  int unsigned Policy      = lookaside_pkg::PolicyPlru,
  // Bit k: pages of level k can be held. A larger page is held in pieces of the largest size that
  // fits; a page smaller than all of them is not stored.
  parameter  int unsigned PageSizes   = 'b11111,
  localparam int unsigned Entries     = Sets * Ways,
  localparam int unsigned PageNumBits = lookaside_pkg::xlen(VaBits) - 12,
  localparam int unsigned VpnBits     = VaBits - 12,
  localparam int unsigned PpnBits     = lookaside_pkg::ppn_bits(VaBits),
  localparam int unsigned Levels      = lookaside_pkg::levels(VaBits),
  localparam int unsigned LevelBits   = $clog2(Levels),
  localparam int unsigned Field       = lookaside_pkg::index_bits(VaBits),
  localparam int unsigned SetBits     = (Sets == 1) ? 1 : $clog2(Sets),
  localparam int unsigned WayBits     = $clog2(Ways)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // Lookup. The answer is there in the same cycle; a hit touches the entry if `lookup_valid_i`, or
  // removes it if `lookup_drop_i` too.
  input  logic                   lookup_valid_i,
  input  logic                   lookup_drop_i,
  output logic                   lookup_ready_o,
  input  logic [PageNumBits-1:0] lookup_vpn_i,
  input  logic [AsidBits-1:0]    lookup_asid_i,
  output logic                   hit_o,
  output logic [SetBits-1:0]     hit_set_o,
  output logic [WayBits-1:0]     hit_way_o,
  // Page number of the 4 KiB piece asked for, whatever the page size.
  output logic [PpnBits-1:0]     hit_ppn_o,
  output logic [LevelBits-1:0]   hit_level_o,
  output logic                   hit_global_o,
  output lookaside_pkg::perm_t   hit_perm_o,

  // Refill with a page of `fill_level_i` that holds `fill_vpn_i`.
  input  logic                   fill_valid_i,
  output logic                   fill_ready_o,
  input  logic [PageNumBits-1:0] fill_vpn_i,
  input  logic [AsidBits-1:0]    fill_asid_i,
  input  logic [PpnBits-1:0]     fill_ppn_i,
  input  logic [LevelBits-1:0]   fill_level_i,
  input  logic                   fill_global_i,
  input  lookaside_pkg::perm_t   fill_perm_i,
  output logic                   fill_stored_o,
  output logic [SetBits-1:0]     fill_set_o,
  output logic [WayBits-1:0]     fill_way_o,
  // A valid entry that does not overlap the new one makes room.
  output logic                   fill_evict_o,

  // Fence.
  input  logic                   fence_valid_i,
  input  lookaside_pkg::fence_e  fence_form_i,
  input  logic [PageNumBits-1:0] fence_vpn_i,
  input  logic [AsidBits-1:0]    fence_asid_i,

  // Which entries hold something: bit set * Ways + way.
  output logic [Entries-1:0]     valid_o
);

  if (Sets != 2 ** $clog2(Sets)) begin : g_bad_sets
    $error("lookaside_tlb: Sets must be a power of two");
  end

  ///////////////////
  // One operation //
  ///////////////////

  logic lookup, fill, drop;
  assign fill_ready_o   = ~fence_valid_i;
  assign lookup_ready_o = ~fence_valid_i & ~fill_valid_i;
  assign lookup         = lookup_valid_i & lookup_ready_o;
  assign fill           = fill_valid_i & fill_ready_o & fill_stored_o;
  assign drop           = lookup & lookup_drop_i & canonical;

  logic [PageNumBits-1:0] key;
  logic [AsidBits-1:0]    key_asid;
  always_comb begin
    key      = lookup_vpn_i;
    key_asid = lookup_asid_i;
    if (fence_valid_i) begin
      key      = fence_vpn_i;
      key_asid = fence_asid_i;
    end else if (fill_valid_i) begin
      key      = fill_vpn_i;
      key_asid = fill_asid_i;
    end
  end

  // Entries hold canonical addresses only: nothing else can match one.
  logic canonical;
  assign canonical = (&key[PageNumBits-1:VpnBits-1]) | ~(|key[PageNumBits-1:VpnBits-1]);

  logic fence, by_address, by_asid;
  assign by_address = fence_form_i[1];
  assign by_asid    = fence_form_i[0];
  assign fence      = fence_valid_i & (canonical | ~by_address);

  /////////////////////////////
  // The page size of a fill //
  /////////////////////////////

  logic                 fill_fits;
  logic [LevelBits-1:0] fill_level;
  logic [Levels-2:0]    fill_wild;
  logic [PpnBits-1:0]   fill_ppn;
  lookaside_tlb_fit #(
    .VaBits   (VaBits),
    .PageSizes(PageSizes)
  ) u_fit (
    .vpn_i  (fill_vpn_i[VpnBits-1:0]),
    .ppn_i  (fill_ppn_i),
    .level_i(fill_level_i),
    .fits_o (fill_fits),
    .level_o(fill_level),
    .wild_o (fill_wild),
    .ppn_o  (fill_ppn)
  );
  assign fill_stored_o = fill_fits & canonical;

  if (Sets == 1) begin : g_one_set
    logic unused_level;
    assign unused_level = ^fill_level;
    assign fill_set_o   = '0;
  end else begin : g_sets
    assign fill_set_o = SetBits'(fill_vpn_i >> (Field * fill_level));
  end

  ///////////
  // Lines //
  ///////////

  logic [Entries-1:0] match, free, select;

  // What a hit returns, in one word per line: PPN, size, global, permissions.
  localparam int unsigned DataBits = PpnBits + Levels - 1 + 1 + 6;
  (* mem2reg *) logic [DataBits-1:0] data[Entries];

  for (genvar s = 0; s < Sets; s++) begin : g_set
    for (genvar w = 0; w < Ways; w++) begin : g_way
      localparam int unsigned Index = s * Ways + w;

      assign select[Index] = fill & (fill_set_o == SetBits'(s)) & (fill_way_o == WayBits'(w));

      lookaside_tlb_line #(
        .VaBits  (VaBits),
        .AsidBits(AsidBits)
      ) u_line (
        .clk_i,
        .rst_ni,
        .key_vpn_i         (key[VpnBits-1:0]),
        .key_asid_i        (key_asid),
        .remove_i          (fill | drop),
        .fill_i            (fill),
        .select_i          (select[Index]),
        .fill_wild_i       (fill_wild),
        .fill_global_i     (fill_global_i),
        .fill_ppn_i        (fill_ppn),
        .fill_perm_i       (fill_perm_i),
        .fence_i           (fence),
        .fence_by_address_i(by_address),
        .fence_by_asid_i   (by_asid),
        .match_o           (match[Index]),
        .free_o            (free[Index]),
        .valid_o           (valid_o[Index]),
        .ppn_o             (data[Index][DataBits-1-:PpnBits]),
        .wild_o            (data[Index][7+:Levels-1]),
        .global_o          (data[Index][6]),
        .perm_o            (data[Index][5:0])
      );
    end
  end

  ////////////
  // Answer //
  ////////////

  // At most one line matches: OR is a selection.
  logic [DataBits-1:0] found;
  always_comb begin
    found     = '0;
    hit_set_o = '0;
    hit_way_o = '0;
    for (int unsigned i = 0; i < Entries; i++) begin
      if (match[i]) begin
        found     |= data[i];
        hit_set_o |= SetBits'(i / Ways);
        hit_way_o |= WayBits'(i % Ways);
      end
    end
  end

  assign hit_o        = (|match) & canonical;
  assign hit_level_o  = LevelBits'(lookaside_pkg::level_of_wild(4'(found[7+:Levels-1])));
  assign hit_global_o = found[6];
  assign hit_perm_o   = found[5:0];

  lookaside_tlb_merge #(
    .VaBits(VaBits)
  ) u_merge (
    .vpn_i (lookup_vpn_i[VpnBits-1:0]),
    .ppn_i (found[DataBits-1-:PpnBits]),
    .wild_i(found[7+:Levels-1]),
    .ppn_o (hit_ppn_o)
  );

  /////////////////
  // Replacement //
  /////////////////

  localparam int unsigned StateBits = lookaside_pkg::policy_bits(Policy, Ways);
  (* mem2reg *) logic [StateBits-1:0] state_q[Sets];

  logic [StateBits-1:0] state, touched;
  logic [SetBits-1:0]   touch_set;
  logic [WayBits-1:0]   touch_way;
  logic [Ways-1:0]      set_free;

  assign touch_set = fill_valid_i ? fill_set_o : hit_set_o;
  assign touch_way = fill_valid_i ? fill_way_o : hit_way_o;

  if (Sets == 1) begin : g_state_one_set
    assign state    = state_q[0];
    assign set_free = free;
  end else begin : g_state_set
    assign state    = state_q[touch_set];
    assign set_free = free[Ways*fill_set_o+:Ways];
  end

  lookaside_replacement #(
    .Policy(Policy),
    .Ways  (Ways)
  ) u_replacement (
    .state_i    (state),
    .free_i     (set_free),
    .touch_way_i(touch_way),
    .touched_o  (touched),
    .fill_way_o (fill_way_o),
    .evict_o    (fill_evict_o)
  );

  for (genvar s = 0; s < Sets; s++) begin : g_state
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        state_q[s] <= '0;
      end else if (((lookup && hit_o && !drop) || fill) && touch_set == SetBits'(s)) begin
        state_q[s] <= touched;
      end
    end
  end

endmodule
