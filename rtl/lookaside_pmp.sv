// SPDX-License-Identifier: Apache-2.0

/**
 * Physical memory protection of one access. The lowest-numbered entry that matches any byte
 * decides, and it must match all of them. Combinational.
 */
module lookaside_pmp #(
  // 0, 4 or 16; with 0 everything is allowed.
  parameter  int unsigned Entries     = 16,
  // Width of a physical address that pmpaddr can express: 34 (RV32) or 56 (RV64).
  parameter  int unsigned PaBits      = 56,
  // Width of the addresses to check.
  parameter  int unsigned BusBits     = 64,
  localparam int unsigned Slots       = (Entries == 0) ? 1 : Entries,
  localparam int unsigned PmpAddrBits = PaBits - 2
) (
  // pmpcfg and pmpaddr, entry 0 lowest. Bits 6:5 of a pmpcfg are not looked at.
  input  logic [8*Slots-1:0]           cfg_i,
  input  logic [PmpAddrBits*Slots-1:0] addr_i,

  // First and last byte of the access, who makes it, and its kind.
  input  logic [BusBits-1:0]     first_i,
  input  logic [BusBits-1:0]     last_i,
  input  lookaside_pkg::access_e access_i,
  input  lookaside_pkg::priv_e   priv_i,

  // RuleNone, RulePmpNoMatch, RulePmpPartialMatch or RulePmpPermission.
  output lookaside_pkg::rule_e   rule_o
);

  logic machine, fetch, store;
  assign machine = priv_i == lookaside_pkg::PrivMachine;
  assign fetch   = access_i == lookaside_pkg::AccessFetch;
  assign store   = access_i == lookaside_pkg::AccessStore;

  // Entries are words of 4 bytes.
  logic unused_offset;
  assign unused_offset = ^{first_i[1:0], last_i[1:0]};

  if (Entries == 0) begin : g_none
    logic unused_inputs;
    assign unused_inputs = ^{cfg_i, addr_i, first_i, last_i, machine, fetch, store};
    assign rule_o = lookaside_pkg::RuleNone;
  end else begin : g_entries

    logic [Entries-1:0] some, all, permitted, unused_cfg;

    for (genvar i = 0; i < Entries; i++) begin : g_entry
      logic [7:0]             cfg;
      logic [PmpAddrBits-1:0] below;
      assign cfg           = cfg_i[8*i+:8];
      assign unused_cfg[i] = ^cfg[6:5];

      if (i == 0) begin : g_lowest
        assign below = '0;
      end else begin : g_above
        assign below = addr_i[PmpAddrBits*(i-1)+:PmpAddrBits];
      end

      lookaside_pmp_entry #(
        .PaBits (PaBits),
        .BusBits(BusBits)
      ) u_entry (
        .mode_i (cfg[4:3]),
        .addr_i (addr_i[PmpAddrBits*i+:PmpAddrBits]),
        .below_i(below),
        .first_i(first_i[BusBits-1:2]),
        .last_i (last_i[BusBits-1:2]),
        .some_o (some[i]),
        .all_o  (all[i])
      );

      // An unlocked entry does not bind M.
      assign permitted[i] = (machine && !cfg[7]) || (fetch ? cfg[2] : store ? cfg[1] : cfg[0]);
    end

    // The lowest entry that matches some byte, in logarithmic depth.
    logic [Entries-1:0] at_or_above, decides;
    always_comb begin
      at_or_above = some;
      for (int unsigned step = 1; step < Entries; step = step * 2) begin
        at_or_above |= at_or_above << step;
      end
      decides = at_or_above & ~(at_or_above << 1);
    end

    always_comb begin
      rule_o = lookaside_pkg::RuleNone;
      if (some == '0) begin
        if (!machine) rule_o = lookaside_pkg::RulePmpNoMatch;
      end else if ((decides & ~all) != '0) begin
        rule_o = lookaside_pkg::RulePmpPartialMatch;
      end else if ((decides & ~permitted) != '0) begin
        rule_o = lookaside_pkg::RulePmpPermission;
      end
    end

  end

endmodule
