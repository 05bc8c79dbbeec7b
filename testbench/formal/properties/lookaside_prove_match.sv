// SPDX-License-Identifier: Apache-2.0

/**
 * The comparator of tags, against the meaning of "have an address in common": for every address and
 * address space, and with a witness for the converse.
 */
module lookaside_prove_match #(
  parameter  int unsigned VaBits   = 39,
  parameter  int unsigned AsidBits = 16,
  localparam int unsigned VpnBits  = VaBits - 12,
  localparam int unsigned Levels   = lookaside_pkg::levels(VaBits)
) (
  input logic [VpnBits-1:0]  vpn_i,
  input logic [AsidBits-1:0] asid_i,
  input logic [Levels-2:0]   wild_i,
  input logic                global_i,
  input logic [VpnBits-1:0]  key_vpn_i,
  input logic [AsidBits-1:0] key_asid_i,
  input logic [Levels-2:0]   key_wild_i,
  input logic                key_global_i,
  input logic                by_address_i,
  input logic                by_asid_i,
  // Any address, any address space.
  input logic [VpnBits-1:0]  address_i,
  input logic [AsidBits-1:0] space_i
);

  logic match, fenced;
  lookaside_tlb_match #(
    .VaBits  (VaBits),
    .AsidBits(AsidBits)
  ) u_match (
    .vpn_i,
    .asid_i,
    .wild_i,
    .global_i,
    .key_vpn_i,
    .key_asid_i,
    .key_wild_i,
    .key_global_i,
    .by_address_i,
    .by_asid_i,
    .match_o (match),
    .fenced_o(fenced)
  );

  logic [63:0] mask, key_mask;
  assign mask     = lookaside_prove_pkg::offset_mask(VaBits, 4'(wild_i));
  assign key_mask = lookaside_prove_pkg::offset_mask(VaBits, 4'(key_wild_i));

  // The address, seen from the space, is translated by the entry, by the key.
  logic by_entry, by_key;
  assign by_entry = lookaside_prove_pkg::holds(64'(vpn_i), mask, 64'(address_i)) &&
                    (global_i || asid_i == space_i);
  assign by_key   = lookaside_prove_pkg::holds(64'(key_vpn_i), key_mask, 64'(address_i)) &&
                    (key_global_i || key_asid_i == space_i);

  // An address and a space that both translate, if there are any.
  logic [63:0]         shared_address;
  logic [AsidBits-1:0] shared_space;
  logic                shared;
  assign shared_address = (64'(vpn_i) & ~mask) | (64'(key_vpn_i) & mask);
  assign shared_space   = global_i ? key_asid_i : asid_i;
  assign shared = lookaside_prove_pkg::holds(64'(vpn_i), mask, shared_address) &&
                  lookaside_prove_pkg::holds(64'(key_vpn_i), key_mask, shared_address) &&
                  (global_i || asid_i == shared_space) &&
                  (key_global_i || key_asid_i == shared_space);

  // Rows of the SFENCE.VMA table; a fence's address is one page.
  logic must_go;
  assign must_go =
      (!by_address_i || lookaside_prove_pkg::holds(64'(vpn_i), mask, 64'(key_vpn_i))) &&
      (!by_asid_i || (!global_i && asid_i == key_asid_i));

  always @(*) begin
    if (by_entry && by_key) a_common_address_matches: assert (match);
    if (match) a_match_has_common_address: assert (shared);
    if (key_wild_i == '0) a_fence_takes_its_rows: assert (fenced == must_go);

    c_match_in_superpage: cover (match && wild_i[0] && vpn_i != key_vpn_i);
    c_match_of_global: cover (match && global_i && asid_i != key_asid_i);
    c_fill_of_larger_page: cover (match && key_wild_i[0] && wild_i == '0);
    c_fence_spares_global: cover (by_asid_i && global_i && asid_i == key_asid_i && !fenced);
    c_fence_inside_superpage: cover (fenced && by_address_i && vpn_i != key_vpn_i);
  end

endmodule
