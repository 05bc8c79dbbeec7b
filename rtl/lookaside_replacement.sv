// SPDX-License-Identifier: Apache-2.0

/**
 * Which way of a set to fill, and how the set's replacement state moves.
 *
 * A fill takes the lowest-numbered free way and asks the policy only when there is none. Hits and
 * fills both touch. Combinational; the state lives with whoever uses it and starts at zero.
 */
module lookaside_replacement #(
  parameter  int unsigned Policy    = lookaside_pkg::PolicyPlru,
  parameter  int unsigned Ways      = 4,
  localparam int unsigned WayBits   = $clog2(Ways),
  localparam int unsigned StateBits = lookaside_pkg::policy_bits(Policy, Ways)
) (
  input  logic [StateBits-1:0] state_i,
  // Ways that hold nothing, counting those that the fill itself is about to empty.
  input  logic [Ways-1:0]      free_i,
  input  logic [WayBits-1:0]   touch_way_i,
  output logic [StateBits-1:0] touched_o,
  // The way a fill takes.
  output logic [WayBits-1:0]   fill_way_o,
  // No way is free: a valid entry makes room.
  output logic                 evict_o
);

  logic [WayBits-1:0] victim;

  if (Policy == lookaside_pkg::PolicyLru) begin : g_lru
    lookaside_lru #(
      .Ways(Ways)
    ) u_lru (
      .state_i,
      .touch_way_i,
      .touched_o,
      .victim_o(victim)
    );
  end else begin : g_plru
    lookaside_plru #(
      .Ways(Ways)
    ) u_plru (
      .state_i,
      .touch_way_i,
      .touched_o,
      .victim_o(victim)
    );
  end

  // at_or_above[i]: way i or a lower one is free; in logarithmic depth.
  logic [Ways-1:0] at_or_above;
  logic [Ways-1:0] lowest;
  always_comb begin
    at_or_above = free_i;
    for (int unsigned step = 1; step < Ways; step = step * 2) begin
      at_or_above |= at_or_above << step;
    end
    lowest = at_or_above & ~(at_or_above << 1);
  end

  always_comb begin
    fill_way_o = evict_o ? victim : '0;
    for (int unsigned way = 0; way < Ways; way++) begin
      if (lowest[way]) fill_way_o |= WayBits'(way);
    end
  end

  assign evict_o = free_i == '0;

endmodule
