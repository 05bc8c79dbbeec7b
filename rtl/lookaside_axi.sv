// SPDX-License-Identifier: Apache-2.0

/**
 * From the memory port of a walker to an AXI4 manager port: one transaction at a time, one beat.
 *
 * A PTE is read by one read. A compare-and-swap is an exclusive read, a comparison, and an
 * exclusive write, which the interconnect's monitor lets through only if nobody wrote the PTE in
 * between. A subordinate that knows no exclusive accesses, and Exclusive = 0, answer it with an
 * error: then the port is AXI4-Lite, whose other signals are constant here.
 */
module lookaside_axi #(
  // As of the walker, see lookaside_page_walker.
  parameter  int unsigned VaBits    = 39,
  // 0: nothing behind this port knows exclusive accesses (AXI4-Lite); hardware A/D update then
  // ends in an access fault.
  parameter  int unsigned Exclusive = 1,
  // AxPROT: privileged, non-secure, data. AxCACHE: normal, non-cacheable, bufferable.
  parameter  logic [2:0]  Prot      = 3'b011,
  parameter  logic [3:0]  Cache     = 4'b0011,
  localparam int unsigned Xlen      = lookaside_pkg::xlen(VaBits),
  localparam int unsigned PaBits    = lookaside_pkg::ppn_bits(VaBits) + 12
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  // Walker; see lookaside_page_walker.
  input  logic                mem_req_valid_i,
  output logic                mem_req_ready_o,
  input  logic [PaBits-1:0]   mem_req_addr_i,
  input  logic                mem_req_cas_i,
  input  logic [Xlen-1:0]     mem_req_expected_i,
  input  logic [Xlen-1:0]     mem_req_desired_i,
  output logic                mem_rsp_valid_o,
  output logic                mem_rsp_error_o,
  output logic                mem_rsp_swapped_o,
  output logic [Xlen-1:0]     mem_rsp_data_o,

  // Read address and data.
  output logic                axi_arvalid_o,
  input  logic                axi_arready_i,
  output logic [PaBits-1:0]   axi_araddr_o,
  output logic [7:0]          axi_arlen_o,
  output logic [2:0]          axi_arsize_o,
  output logic [1:0]          axi_arburst_o,
  output logic                axi_arlock_o,
  output logic [3:0]          axi_arcache_o,
  output logic [2:0]          axi_arprot_o,
  input  logic                axi_rvalid_i,
  output logic                axi_rready_o,
  input  logic [Xlen-1:0]     axi_rdata_i,
  input  logic [1:0]          axi_rresp_i,

  // Write address, data and response.
  output logic                axi_awvalid_o,
  input  logic                axi_awready_i,
  output logic [PaBits-1:0]   axi_awaddr_o,
  output logic [7:0]          axi_awlen_o,
  output logic [2:0]          axi_awsize_o,
  output logic [1:0]          axi_awburst_o,
  output logic                axi_awlock_o,
  output logic [3:0]          axi_awcache_o,
  output logic [2:0]          axi_awprot_o,
  output logic                axi_wvalid_o,
  input  logic                axi_wready_i,
  output logic [Xlen-1:0]     axi_wdata_o,
  output logic [Xlen/8-1:0]   axi_wstrb_o,
  output logic                axi_wlast_o,
  input  logic                axi_bvalid_i,
  output logic                axi_bready_o,
  input  logic [1:0]          axi_bresp_i
);

  localparam logic [1:0] RespExOkay = 2'b01;
  localparam logic [1:0] BurstIncr  = 2'b01;
  localparam logic [2:0] Size       = 3'($clog2(Xlen / 8));

  typedef enum logic [2:0] {
    StIdle,
    StRefuse,    // a compare-and-swap where there is none
    StAddress,   // read address
    StData,      // read data
    StWrite,     // write address and data, in any order
    StResponse   // write response
  } state_e;

  state_e            state_q, state_d;
  logic [PaBits-1:0] addr_q;
  logic              cas_q;
  logic [Xlen-1:0]   expected_q, desired_q;
  // The address, the data of the write were taken.
  logic              aw_done_q, w_done_q;

  logic accept, written;
  assign mem_req_ready_o = state_q == StIdle;
  assign accept          = mem_req_valid_i & mem_req_ready_o;
  assign written         = (aw_done_q | axi_awready_i) & (w_done_q | axi_wready_i);

  // What the read says of a compare-and-swap.
  logic read_error, equal;
  assign read_error = cas_q ? (axi_rresp_i != RespExOkay) : axi_rresp_i[1];
  assign equal      = axi_rdata_i == expected_q;

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle: begin
        if (accept && mem_req_cas_i && Exclusive == 0) state_d = StRefuse;
        else if (accept) state_d = StAddress;
      end
      StRefuse:  state_d = StIdle;
      StAddress: if (axi_arready_i) state_d = StData;
      StData:    if (axi_rvalid_i) state_d = (cas_q && equal && !read_error) ? StWrite : StIdle;
      StWrite:   if (written) state_d = StResponse;
      default:   if (axi_bvalid_i) state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      aw_done_q <= 1'b0;
      w_done_q  <= 1'b0;
    end else begin
      state_q   <= state_d;
      aw_done_q <= (state_q == StWrite) & ~written & (aw_done_q | axi_awready_i);
      w_done_q  <= (state_q == StWrite) & ~written & (w_done_q | axi_wready_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      addr_q     <= mem_req_addr_i;
      cas_q      <= mem_req_cas_i;
      expected_q <= mem_req_expected_i;
      desired_q  <= mem_req_desired_i;
    end
  end

  // The walker takes an answer in any cycle: nothing is held back.
  always_comb begin
    mem_rsp_valid_o = 1'b0;
    mem_rsp_error_o = 1'b0;
    unique case (state_q)
      StRefuse: begin
        mem_rsp_valid_o = 1'b1;
        mem_rsp_error_o = 1'b1;
      end
      StData: begin
        mem_rsp_valid_o = axi_rvalid_i & (~cas_q | ~equal | read_error);
        mem_rsp_error_o = read_error;
      end
      StResponse: begin
        mem_rsp_valid_o = axi_bvalid_i;
        mem_rsp_error_o = axi_bresp_i[1];
      end
      default: ;
    endcase
  end
  assign mem_rsp_swapped_o = (state_q == StResponse) & (axi_bresp_i == RespExOkay);
  assign mem_rsp_data_o    = axi_rdata_i;

  assign axi_arvalid_o = state_q == StAddress;
  assign axi_araddr_o  = addr_q;
  assign axi_arlock_o  = cas_q;
  assign axi_rready_o  = state_q == StData;

  assign axi_awvalid_o = (state_q == StWrite) & ~aw_done_q;
  assign axi_awaddr_o  = addr_q;
  assign axi_awlock_o  = 1'b1;
  assign axi_wvalid_o  = (state_q == StWrite) & ~w_done_q;
  assign axi_wdata_o   = desired_q;
  assign axi_wstrb_o   = '1;
  assign axi_wlast_o   = 1'b1;
  assign axi_bready_o  = state_q == StResponse;

  assign {axi_arlen_o, axi_awlen_o}     = '0;
  assign {axi_arsize_o, axi_awsize_o}   = {2{Size}};
  assign {axi_arburst_o, axi_awburst_o} = {2{BurstIncr}};
  assign {axi_arcache_o, axi_awcache_o} = {2{Cache}};
  assign {axi_arprot_o, axi_awprot_o}   = {2{Prot}};

endmodule
