// SPDX-License-Identifier: Apache-2.0

/**
 * May this access use this leaf? Asked at every lookup and at the end of every walk, from raw PTE
 * bits, so that a change of privilege, SUM or MXR needs no fence.
 *
 * Combinational. RuleAccessedClear and RuleDirtyClear are answered whenever the bit is missing:
 * whether that is a fault or work for the walker is the caller's business.
 */
module lookaside_permission_check (
  input  lookaside_pkg::perm_t   perm_i,
  input  lookaside_pkg::access_e access_i,
  // Effective privilege is U; anything else is judged as S.
  input  logic                   user_i,
  input  logic                   sum_i,
  input  logic                   mxr_i,
  // RuleNone, or the first rule that refuses.
  output lookaside_pkg::rule_e   rule_o
);

  logic fetch, store;
  assign fetch = access_i == lookaside_pkg::AccessFetch;
  assign store = access_i == lookaside_pkg::AccessStore;

  always_comb begin
    rule_o = lookaside_pkg::RuleNone;
    if (user_i && !perm_i.u) begin
      rule_o = lookaside_pkg::RuleSupervisorPage;
    end else if (!user_i && perm_i.u && fetch) begin
      rule_o = lookaside_pkg::RuleUserPageFetch;
    end else if (!user_i && perm_i.u && !sum_i) begin
      rule_o = lookaside_pkg::RuleUserPageWithoutSum;
    end else if (fetch && !perm_i.x) begin
      rule_o = lookaside_pkg::RuleNoExecute;
    end else if (store && !perm_i.w) begin
      rule_o = lookaside_pkg::RuleNoWrite;
    end else if (!fetch && !store && !perm_i.r && !(mxr_i && perm_i.x)) begin
      rule_o = lookaside_pkg::RuleNoRead;
    end else if (!perm_i.a) begin
      rule_o = lookaside_pkg::RuleAccessedClear;
    end else if (store && !perm_i.d) begin
      rule_o = lookaside_pkg::RuleDirtyClear;
    end
  end

endmodule
