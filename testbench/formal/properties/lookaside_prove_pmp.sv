// SPDX-License-Identifier: Apache-2.0

/**
 * Protection of an access against the rules of the table (privileged specification, "Physical
 * Memory Protection"): the lowest entry that matches any byte decides, it must match every byte, and
 * an unlocked entry does not bind M-mode. The matching itself is an entry's (lookaside_prove_pmp_entry);
 * here it is the RTL's.
 */
module lookaside_prove_pmp #(
  parameter  int unsigned Entries     = 16,
  parameter  int unsigned PaBits      = 56,
  parameter  int unsigned BusBits     = 64,
  localparam int unsigned PmpAddrBits = PaBits - 2
) (
  input logic [8*Entries-1:0]           cfg_i,
  input logic [PmpAddrBits*Entries-1:0] addr_i,
  input logic [BusBits-1:0]             first_i,
  input logic [BusBits-1:0]             last_i,
  input logic [1:0]                     access_i,
  input logic [1:0]                     priv_i
);

  logic [4:0] rule;
  lookaside_pmp #(
    .Entries(Entries),
    .PaBits (PaBits),
    .BusBits(BusBits)
  ) u_pmp (
    .cfg_i,
    .addr_i,
    .first_i,
    .last_i,
    .access_i,
    .priv_i,
    .rule_o(rule)
  );

  always @(*) begin
    m_access_is_a_kind: assume (access_i != 2'd3);
    m_access_is_in_order: assume (first_i <= last_i);
  end

  logic [Entries-1:0] some, all, permits;
  for (genvar i = 0; i < Entries; i++) begin : g_entry
    // TOR starts where the entry below ends, whatever that entry is; the lowest starts at 0.
    logic [PmpAddrBits-1:0] below;
    if (i == 0) begin : g_lowest
      assign below = '0;
    end else begin : g_above
      assign below = addr_i[PmpAddrBits*(i-1)+:PmpAddrBits];
    end
    lookaside_pmp_entry #(
      .PaBits (PaBits),
      .BusBits(BusBits)
    ) u_entry (
      .mode_i (cfg_i[8*i+3+:2]),
      .addr_i (addr_i[PmpAddrBits*i+:PmpAddrBits]),
      .below_i(below),
      .first_i(first_i[BusBits-1:2]),
      .last_i (last_i[BusBits-1:2]),
      .some_o (some[i]),
      .all_o  (all[i])
    );
    // R, W and X of the entry; they bind M-mode only if it is locked.
    assign permits[i] = (access_i == 2'd0) ? cfg_i[8*i+2] :
                        (access_i == 2'd1) ? cfg_i[8*i] : cfg_i[8*i+1];
  end

  // From the lowest entry up, as the rule says it.
  logic       machine, decided;
  logic [4:0] expected;
  assign machine = priv_i == 2'd3;
  always_comb begin
    decided  = 1'b0;
    expected = machine ? lookaside_pkg::RuleNone : lookaside_pkg::RulePmpNoMatch;
    for (int unsigned i = 0; i < Entries; i++) begin
      if (!decided && some[i]) begin
        decided = 1'b1;
        if (!all[i]) expected = lookaside_pkg::RulePmpPartialMatch;
        else if (machine && !cfg_i[8*i+7]) expected = lookaside_pkg::RuleNone;
        else expected = permits[i] ? lookaside_pkg::RuleNone : lookaside_pkg::RulePmpPermission;
      end
    end
  end

  always @(*) begin
    a_verdict_is_that_of_the_table: assert (rule == expected);
    if (!decided) begin
      a_no_match_binds_all_but_machine:
        assert (rule == (machine ? lookaside_pkg::RuleNone : lookaside_pkg::RulePmpNoMatch));
    end

    c_higher_entry_overruled: cover (decided && some[Entries-1] && all[Entries-1] &&
                                     permits[Entries-1] && some[0] && !permits[0] &&
                                     rule == lookaside_pkg::RulePmpPermission);
    c_partial: cover (rule == lookaside_pkg::RulePmpPartialMatch && machine);
    c_last_entry_decides: cover (some == {1'b1, {(Entries-1){1'b0}}} &&
                                 rule == lookaside_pkg::RuleNone && !machine);
    c_locked_binds_machine: cover (machine && rule == lookaside_pkg::RulePmpPermission);
    c_unlocked_frees_machine: cover (machine && decided && rule == lookaside_pkg::RuleNone &&
                                     permits == '0);
  end

endmodule
