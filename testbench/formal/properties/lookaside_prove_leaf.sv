// SPDX-License-Identifier: Apache-2.0

/**
 * The table of leaf permissions (privileged specification, "Virtual Address Translation Process"),
 * written as it is printed: by mode and page, then by column, then A and D. Proofs compare with it.
 */
module lookaside_prove_leaf (
  input  logic [5:0] perm_i,  // D A U X W R
  input  logic [1:0] access_i,
  input  logic       user_i,
  input  logic       sum_i,
  input  logic       mxr_i,
  // The privilege may use the page; the page has the right; A and D are as the access needs them.
  output logic       open_o,
  output logic       column_o,
  output logic       accessed_o,
  output logic       dirty_o,
  output logic [4:0] rule_o
);

  logic fetch, store;
  assign fetch = access_i == 2'd0;
  assign store = access_i == 2'd2;

  always_comb begin
    case ({user_i, perm_i[3]})
      2'b11:   open_o = 1'b1;             // U-mode, user page
      2'b10:   open_o = 1'b0;             // U-mode, supervisor page
      2'b01:   open_o = sum_i && !fetch;  // S-mode, user page
      default: open_o = 1'b1;             // S-mode, supervisor page
    endcase
    case (access_i)
      2'd0:    column_o = perm_i[2];
      2'd1:    column_o = perm_i[0] || (mxr_i && perm_i[2]);
      default: column_o = perm_i[1];
    endcase
  end
  assign accessed_o = perm_i[4];
  assign dirty_o    = perm_i[5] || !store;

  always_comb begin
    casez ({open_o, column_o, accessed_o, dirty_o})
      4'b0???: rule_o = user_i ? lookaside_pkg::RuleSupervisorPage :
                        fetch  ? lookaside_pkg::RuleUserPageFetch :
                                 lookaside_pkg::RuleUserPageWithoutSum;
      4'b10??: rule_o = fetch ? lookaside_pkg::RuleNoExecute :
                        store ? lookaside_pkg::RuleNoWrite : lookaside_pkg::RuleNoRead;
      4'b110?: rule_o = lookaside_pkg::RuleAccessedClear;
      4'b1110: rule_o = lookaside_pkg::RuleDirtyClear;
      default: rule_o = lookaside_pkg::RuleNone;
    endcase
  end

endmodule
