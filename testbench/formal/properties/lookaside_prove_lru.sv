// SPDX-License-Identifier: Apache-2.0

/**
 * True LRU against a list of the ways in the order of their last use: a touch moves a way to the
 * front, the victim stands at the end. For every sequence of touches from reset.
 */
module lookaside_prove_lru #(
  parameter  int unsigned Ways      = 4,
  localparam int unsigned WayBits   = $clog2(Ways),
  localparam int unsigned StateBits = Ways * (Ways - 1) / 2
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               touch_i,
  input logic [WayBits-1:0] touch_way_i
);

  logic [StateBits-1:0] state_q, touched;
  logic [WayBits-1:0]   victim;
  lookaside_lru #(
    .Ways(Ways)
  ) u_lru (
    .state_i  (state_q),
    .touch_way_i,
    .touched_o(touched),
    .victim_o (victim)
  );

  logic started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always @(*) begin
    if (!started_q) m_starts_with_reset: assume (!rst_ni);
    m_way_exists: assume (32'(touch_way_i) < Ways);
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= '0;
    else if (touch_i) state_q <= touched;
  end

  // The age of each way: how many ways were used after it. At reset the lowest is the oldest.
  logic [WayBits-1:0] touched_age;
  logic [Ways*WayBits-1:0] ages;
  assign touched_age = WayBits'(ages >> (32'(touch_way_i) * WayBits));

  logic [Ways*Ways-1:0] differ, agree;
  for (genvar i = 0; i < Ways; i++) begin : g_way
    logic [WayBits-1:0] age_q;
    assign ages[WayBits*i+:WayBits] = age_q;
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        age_q <= WayBits'(Ways - 1 - i);
      end else if (touch_i) begin
        if (32'(touch_way_i) == i) age_q <= '0;
        else if (age_q < touched_age) age_q <= age_q + WayBits'(1);
      end
    end
    for (genvar j = 0; j < Ways; j++) begin : g_other
      if (i < j) begin : g_pair
        assign differ[i*Ways+j] = ages[WayBits*i+:WayBits] != ages[WayBits*j+:WayBits];
        // The state keeps one bit per pair: the lower way was used after the higher one.
        assign agree[i*Ways+j] = state_q[j*(j-1)/2+i] ==
                                 (ages[WayBits*i+:WayBits] < ages[WayBits*j+:WayBits]);
      end else begin : g_none
        assign {differ[i*Ways+j], agree[i*Ways+j]} = '1;
      end
    end
  end

  logic [WayBits-1:0] victim_age;
  assign victim_age = WayBits'(ages >> (32'(victim) * WayBits));

  logic in_range;
  always_comb begin
    in_range = 1'b1;
    for (int unsigned i = 0; i < Ways; i++) begin
      if (32'(ages[WayBits*i+:WayBits]) >= Ways) in_range = 1'b0;
    end
  end

  logic live;
  assign live = started_q && rst_ni;
  always @(*) begin
    if (live) begin
      i_ages_are_an_order: assert ((&differ) && in_range);
      a_state_is_the_order: assert (&agree);
      a_victim_is_the_oldest: assert (32'(victim) < Ways && 32'(victim_age) == Ways - 1);
    end

    c_order_reversed: cover (live && ages[0+:WayBits] == '0 && 32'(victim) == Ways - 1);
    c_oldest_touched: cover (live && touch_i && touch_way_i == victim);
  end

endmodule
