// SPDX-License-Identifier: Apache-2.0

/**
 * An entry of the protection registers, any of them: it shows what was written to it last, and
 * after a reset 0. For every sequence of writes.
 */
module lookaside_prove_pmp_registers #(
  parameter  int unsigned Entries     = 4,
  parameter  int unsigned PaBits      = 34,
  localparam int unsigned PmpAddrBits = PaBits - 2
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   write_i,
  input logic [3:0]             index_i,
  input logic [7:0]             cfg_i,
  input logic [PmpAddrBits-1:0] addr_i,
  input logic [3:0]             watched_i
);

  logic [8*Entries-1:0]           cfg;
  logic [PmpAddrBits*Entries-1:0] addr;
  lookaside_pmp_registers #(
    .Entries(Entries),
    .PaBits (PaBits)
  ) u_registers (
    .clk_i,
    .rst_ni,
    .write_i,
    .index_i,
    .cfg_i,
    .addr_i,
    .cfg_o (cfg),
    .addr_o(addr)
  );

  // The first cycle is a reset, and says which entry is watched; later ones may come at any time.
  logic       started_q = 1'b0;
  logic [3:0] watched_q;
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) watched_q <= watched_i;
  end
  always @(*) begin
    if (!started_q) begin
      m_starts_with_reset: assume (!rst_ni);
      m_entry_exists: assume (32'(watched_i) < Entries);
    end
  end

  logic [7:0]             cfg_q;
  logic [PmpAddrBits-1:0] addr_q;
  logic                   written_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      cfg_q     <= '0;
      addr_q    <= '0;
      written_q <= 1'b0;
    end else if (write_i && index_i == watched_q) begin
      cfg_q     <= cfg_i;
      addr_q    <= addr_i;
      written_q <= 1'b1;
    end
  end

  logic live;
  assign live = started_q && rst_ni;

  always @(*) begin
    if (started_q) i_watched_exists: assert (32'(watched_q) < Entries);
    if (live) begin
      a_configuration_is_what_was_written: assert (8'(cfg >> (8 * watched_q)) == cfg_q);
      a_address_is_what_was_written:
        assert (PmpAddrBits'(addr >> (PmpAddrBits * watched_q)) == addr_q);
    end

    c_written_again: cover (live && written_q && write_i && index_i == watched_q && cfg_i != cfg_q);
    c_other_entry_written: cover (live && written_q && write_i && index_i != watched_q);
    c_entry_that_does_not_exist: cover (live && write_i && 32'(index_i) >= Entries);
    c_reset_of_an_entry: cover (started_q && !rst_ni && cfg_q != '0);
  end

endmodule
