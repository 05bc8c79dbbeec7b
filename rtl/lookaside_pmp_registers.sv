// SPDX-License-Identifier: Apache-2.0

/**
 * The pmpcfg and pmpaddr values that the checkers work with: a copy of the hart's CSRs, one entry
 * written at a time. Locks and reserved encodings are the CSR file's business: what is written here
 * is what the CSR holds afterwards.
 */
module lookaside_pmp_registers #(
  // 0, 4 or 16.
  parameter  int unsigned Entries     = 16,
  // Width of a physical address that pmpaddr can express: 34 (RV32) or 56 (RV64).
  parameter  int unsigned PaBits      = 56,
  localparam int unsigned Slots       = (Entries == 0) ? 1 : Entries,
  localparam int unsigned PmpAddrBits = PaBits - 2
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // A write to an entry that does not exist is ignored.
  input  logic                         write_i,
  input  logic [3:0]                   index_i,
  input  logic [7:0]                   cfg_i,
  input  logic [PmpAddrBits-1:0]       addr_i,

  output logic [8*Slots-1:0]           cfg_o,
  output logic [PmpAddrBits*Slots-1:0] addr_o
);

  for (genvar i = 0; i < Slots; i++) begin : g_entry
    logic [7:0]             cfg_q;
    logic [PmpAddrBits-1:0] addr_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        cfg_q  <= '0;
        addr_q <= '0;
      end else if (write_i && index_i == 4'(i)) begin
        cfg_q  <= cfg_i;
        addr_q <= addr_i;
      end
    end

    assign cfg_o[8*i+:8]                      = cfg_q;
    assign addr_o[PmpAddrBits*i+:PmpAddrBits] = addr_q;
  end

endmodule
