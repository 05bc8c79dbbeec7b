// SPDX-License-Identifier: Apache-2.0

/**
 * True LRU of one set, without the flip-flops: the state lives with whoever uses it.
 *
 * One bit per pair of ways: bit j (j - 1) / 2 + i, for i < j, is set when way i was used after way
 * j. Starting from all clear, every sequence of touches leaves a total order.
 */
module lookaside_lru #(
  // At least 2.
  parameter  int unsigned Ways      = 4,
  localparam int unsigned WayBits   = $clog2(Ways),
  localparam int unsigned StateBits = Ways * (Ways - 1) / 2
) (
  input  logic [StateBits-1:0] state_i,
  input  logic [WayBits-1:0]   touch_way_i,
  // The state after a touch of `touch_way_i`.
  output logic [StateBits-1:0] touched_o,
  // The way whose last touch is longest ago.
  output logic [WayBits-1:0]   victim_o
);

  if (Ways < 2) begin : g_bad_ways
    $error("lookaside_lru: Ways must be at least 2");
  end

  // newer[i * Ways + j]: way i was used after way j; the diagonal is clear.
  logic [Ways*Ways-1:0] newer;

  for (genvar j = 0; j < Ways; j++) begin : g_column
    assign newer[j*Ways+j] = 1'b0;
    for (genvar i = 0; i < j; i++) begin : g_row
      localparam int unsigned Bit = j * (j - 1) / 2 + i;
      assign newer[i*Ways+j] = state_i[Bit];
      assign newer[j*Ways+i] = ~state_i[Bit];
      assign touched_o[Bit] = (touch_way_i == WayBits'(i)) ||
                              (state_i[Bit] && touch_way_i != WayBits'(j));
    end
  end

  logic [Ways-1:0] oldest;
  for (genvar i = 0; i < Ways; i++) begin : g_oldest
    assign oldest[i] = newer[i*Ways+:Ways] == '0;
  end

  always_comb begin
    victim_o = '0;
    for (int unsigned way = 0; way < Ways; way++) begin
      if (oldest[way]) victim_o |= WayBits'(way);
    end
  end

endmodule
