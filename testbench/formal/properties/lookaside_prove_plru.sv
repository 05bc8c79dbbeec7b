// SPDX-License-Identifier: Apache-2.0

/**
 * Tree pseudo-LRU against its definition: every node of a complete binary tree over the ways keeps
 * which half to search for a victim; a touch turns the nodes above the touched way away from it and
 * leaves the others alone; the victim is where all the nodes above it point.
 *
 * A node is named by its depth and its place in it, and so by the ways that it spans.
 */
module lookaside_prove_plru #(
  parameter  int unsigned Ways      = 16,
  localparam int unsigned WayBits   = $clog2(Ways),
  localparam int unsigned StateBits = Ways - 1
) (
  input logic [StateBits-1:0] state_i,
  input logic [WayBits-1:0]   touch_way_i
);

  logic [StateBits-1:0] touched;
  logic [WayBits-1:0]   victim, next_victim;
  lookaside_plru #(
    .Ways(Ways)
  ) u_plru (
    .state_i,
    .touch_way_i,
    .touched_o(touched),
    .victim_o (victim)
  );

  // The victim after the touch.
  logic [StateBits-1:0] unused_touched;
  lookaside_plru #(
    .Ways(Ways)
  ) u_next (
    .state_i    (touched),
    .touch_way_i('0),
    .touched_o  (unused_touched),
    .victim_o   (next_victim)
  );

  logic [StateBits-1:0] touch_right, victim_right;
  for (genvar depth = 0; depth < WayBits; depth++) begin : g_depth
    localparam int unsigned Span = Ways >> depth;
    for (genvar place = 0; place < 2 ** depth; place++) begin : g_node
      // Nodes are numbered from the root, left to right, depth by depth.
      localparam int unsigned Bit = 2 ** depth - 1 + place;
      localparam int unsigned Low = place * Span;
      logic above_touched, touched_low, above_victim, victim_low;
      assign above_touched = 32'(touch_way_i) >= Low && 32'(touch_way_i) < Low + Span;
      assign touched_low   = 32'(touch_way_i) < Low + Span / 2;
      assign above_victim  = 32'(victim) >= Low && 32'(victim) < Low + Span;
      assign victim_low    = 32'(victim) < Low + Span / 2;
      // Set: search the upper half.
      assign touch_right[Bit]  = touched[Bit] == (above_touched ? touched_low : state_i[Bit]);
      assign victim_right[Bit] = !above_victim || state_i[Bit] == !victim_low;
    end
  end

  always @(*) begin
    a_touch_turns_the_path_away: assert (&touch_right);
    a_victim_is_where_all_point: assert (&victim_right);
    a_victim_is_never_the_last_touched: assert (next_victim != touch_way_i);

    c_victim_is_the_highest: cover (victim == '1);
    c_touch_moves_the_victim: cover (victim == touch_way_i && next_victim != victim);
  end

endmodule
