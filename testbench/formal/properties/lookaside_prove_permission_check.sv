// SPDX-License-Identifier: Apache-2.0

/**
 * The permission check against the table of leaf permissions, for every PTE, access and mode.
 */
module lookaside_prove_permission_check (
  input lookaside_pkg::perm_t perm_i,
  input logic [1:0]           access_i,
  input logic                 user_i,
  input logic                 sum_i,
  input logic                 mxr_i
);

  logic [4:0] rule, expected;
  lookaside_permission_check u_check (
    .perm_i,
    .access_i,
    .user_i,
    .sum_i,
    .mxr_i,
    .rule_o(rule)
  );

  logic open, column, accessed, dirty;
  lookaside_prove_leaf u_leaf (
    .perm_i    ({perm_i.d, perm_i.a, perm_i.u, perm_i.x, perm_i.w, perm_i.r}),
    .access_i,
    .user_i,
    .sum_i,
    .mxr_i,
    .open_o    (open),
    .column_o  (column),
    .accessed_o(accessed),
    .dirty_o   (dirty),
    .rule_o    (expected)
  );

  always @(*) m_access_is_a_kind: assume (access_i != 2'd3);

  logic granted;
  assign granted = rule == lookaside_pkg::RuleNone;

  always @(*) begin
    a_granted_by_the_table: assert (granted == (open && column && accessed && dirty));
    if (!open) a_privilege_refused_first: assert (rule == expected);
    if (open && !column) a_missing_right_is_named: assert (rule == expected);
    if (open && column && !accessed) a_accessed_clear: assert (rule == expected);
    if (open && column && accessed && !dirty) a_dirty_clear: assert (rule == expected);

    c_load_by_mxr: cover (granted && access_i == 2'd1 && !perm_i.r);
    c_store_to_user_page_with_sum: cover (granted && access_i == 2'd2 && perm_i.u && !user_i);
    c_sum_does_not_open_fetches:
      cover (!granted && access_i == 2'd0 && perm_i.u && !user_i && sum_i && perm_i.x && accessed);
  end

endmodule
