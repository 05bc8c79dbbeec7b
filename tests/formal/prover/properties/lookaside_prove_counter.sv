// SPDX-License-Identifier: Apache-2.0
module lookaside_prove_counter (
  input logic clk_i,
  input logic rst_ni,
  input logic enable_i
);
  logic [2:0] count;
  logic       full;
  lookaside_counter u_counter (
    .clk_i,
    .rst_ni,
    .enable_i,
    .count_o(count),
    .full_o (full)
  );

  logic started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  logic live;
  assign live = started_q && rst_ni;

  always @(*) begin
    if (!started_q) m_starts_with_reset: assume (!rst_ni);
    if (live) a_never_above_the_top: assert (32'(count) <= lookaside_prove_pkg::Top);
    if (live && full) a_full_at_the_top: assert (32'(count) == lookaside_prove_pkg::Top);
    c_full: cover (live && full);
  end
endmodule
