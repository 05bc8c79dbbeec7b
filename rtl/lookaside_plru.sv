// SPDX-License-Identifier: Apache-2.0

/**
 * Tree pseudo-LRU of one set, without the flip-flops: the state lives with whoever uses it.
 *
 * Node n of the tree is state bit n - 1; node 1 is the root, node n has the children 2n and 2n + 1,
 * the leaves Ways .. 2 Ways - 1 are the ways. A clear bit sends the search for a victim to the
 * lower ways; a touch turns every node on the way's path away from it.
 */
module lookaside_plru #(
  // Power of two, at least 2.
  parameter  int unsigned Ways      = 4,
  localparam int unsigned WayBits   = $clog2(Ways),
  localparam int unsigned StateBits = Ways - 1
) (
  input  logic [StateBits-1:0] state_i,
  input  logic [WayBits-1:0]   touch_way_i,
  // The state after a touch of `touch_way_i`.
  output logic [StateBits-1:0] touched_o,
  // The way to replace when all are in use.
  output logic [WayBits-1:0]   victim_o
);

  if (Ways < 2 || Ways != 2 ** WayBits) begin : g_bad_ways
    $error("lookaside_plru: Ways must be a power of two, at least 2");
  end

  // The touched way as a node of the tree.
  logic [WayBits:0] leaf;
  assign leaf = {1'b1, touch_way_i};

  for (genvar n = 1; n < Ways; n++) begin : g_node
    localparam int unsigned Depth = $clog2(n + 1) - 1;
    logic on_path;
    assign on_path = leaf[WayBits-:Depth+1] == (Depth + 1)'(n);
    assign touched_o[n-1] = on_path ? ~leaf[WayBits-Depth-1] : state_i[n-1];
  end

  // From the root down, one bit of the victim's number per level.
  logic [WayBits-1:0] node;
  always_comb begin
    node = WayBits'(1);
    victim_o = '0;
    for (int unsigned level = 0; level < WayBits; level++) begin
      victim_o[WayBits-1-level] = state_i[node-WayBits'(1)];
      node = WayBits'({node, victim_o[WayBits-1-level]});
    end
  end

endmodule
