// SPDX-License-Identifier: Apache-2.0
/** Counts enabled clocks and stays at the top: a block whose every fault can be worked out by hand. */
module lookaside_counter (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       enable_i,
  output logic [2:0] count_o,
  output logic       full_o
);
  assign full_o = count_o == 3'(lookaside_pkg::Top);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) count_o <= '0;
    else if (enable_i && !full_o) count_o <= count_o + 3'd1;
  end
endmodule
