// SPDX-License-Identifier: Apache-2.0

/**
 * The choice of a way: a free one whenever there is one, the lowest of them; else what the policy
 * says (lookaside_prove_plru, lookaside_prove_lru), and always a way that exists.
 */
module lookaside_prove_replacement #(
  parameter  int unsigned Policy    = lookaside_pkg::PolicyPlru,
  parameter  int unsigned Ways      = 16,
  localparam int unsigned WayBits   = $clog2(Ways),
  localparam int unsigned StateBits = lookaside_pkg::policy_bits(Policy, Ways)
) (
  input logic [StateBits-1:0] state_i,
  input logic [Ways-1:0]      free_i,
  input logic [WayBits-1:0]   touch_way_i
);

  logic [StateBits-1:0] touched, policy_touched;
  logic [WayBits-1:0]   way, victim;
  logic                 evict;
  lookaside_replacement #(
    .Policy(Policy),
    .Ways  (Ways)
  ) u_replacement (
    .state_i,
    .free_i,
    .touch_way_i,
    .touched_o (touched),
    .fill_way_o(way),
    .evict_o   (evict)
  );

  if (Policy == lookaside_pkg::PolicyLru) begin : g_lru
    lookaside_lru #(.Ways(Ways)) u_policy (
      .state_i,
      .touch_way_i,
      .touched_o(policy_touched),
      .victim_o (victim)
    );
    // A state that touches from reset lead to: its order names one oldest way
    // (lookaside_prove_lru shows that all of them do).
    logic [Ways-1:0] oldest;
    for (genvar w = 0; w < Ways; w++) begin : g_oldest
      logic [Ways-1:0] newer;
      for (genvar v = 0; v < Ways; v++) begin : g_other
        if (w < v) begin : g_row
          assign newer[v] = state_i[v*(v-1)/2+w];
        end else if (w > v) begin : g_column
          assign newer[v] = ~state_i[w*(w-1)/2+v];
        end else begin : g_self
          assign newer[v] = 1'b0;
        end
      end
      assign oldest[w] = newer == '0;
    end
    always @(*) m_state_is_an_order: assume (oldest != '0);
  end else begin : g_plru
    lookaside_plru #(.Ways(Ways)) u_policy (
      .state_i,
      .touch_way_i,
      .touched_o(policy_touched),
      .victim_o (victim)
    );
  end

  logic lower_is_free;
  always_comb begin
    lower_is_free = 1'b0;
    for (int unsigned i = 0; i < Ways; i++) begin
      if (i < 32'(way) && free_i[i]) lower_is_free = 1'b1;
    end
  end

  // With a power of two, every number is that of a way.
  if (Ways != 2 ** WayBits) begin : g_gaps
    always @(*) a_way_exists: assert (32'(way) < Ways);
  end

  always @(*) begin
    a_evicts_only_when_full: assert (evict == (free_i == '0));
    if (free_i != '0) a_free_way_first: assert (free_i[way] && !lower_is_free);
    if (free_i == '0) a_else_the_policy: assert (way == victim);
    a_touch_is_the_policy: assert (touched == policy_touched);

    c_only_the_highest_is_free: cover (free_i == {1'b1, {(Ways-1){1'b0}}});
    c_full: cover (free_i == '0 && 32'(way) == Ways - 1);
  end

endmodule
