// SPDX-License-Identifier: Apache-2.0
// The walker of small_mmu: Sv39, one walk at a time, A and D are software's business.
`include "defs.svh"
module walk_unit (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        kill,        // a fence: finish nothing
  input  logic        start,
  input  logic [38:0] start_va,
  input  logic [43:0] start_root,
  output logic        idle,
  output logic        done,        // one pulse
  output logic        done_killed,
  output logic        done_page_fault,
  output logic        done_bus_fault,
  output logic        done_global,
  output logic [1:0]  done_level,
  output logic [63:0] done_pte,
  output logic        bus_req,
  input  logic        bus_gnt,
  output logic [55:0] bus_addr,
  input  logic        bus_rvalid,
  input  logic        bus_err,
  input  logic [63:0] bus_rdata
);
  typedef enum logic [1:0] {IDLE, ASK, GET, OVER} state_t;
  state_t      state;
  logic [38:0] va;
  logic [43:0] table_ppn;
  logic [1:0]  level;
  logic        killed, global, page_fault, bus_fault;
  logic [63:0] pte;

  logic [8:0] index;
  always_comb begin
    case (level)
      2'd2:    index = va[38:30];
      2'd1:    index = va[29:21];
      default: index = va[20:12];
    endcase
  end

  assign idle            = state == IDLE;
  assign bus_req         = state == ASK;
  assign bus_addr        = {table_ppn, index, 3'b000};
  assign done            = state == OVER;
  assign done_killed     = killed || kill;
  assign done_page_fault = page_fault;
  assign done_bus_fault  = bus_fault;
  assign done_global     = global;
  assign done_level      = level;
  assign done_pte        = pte;

  // What the PTE on the bus says.
  logic invalid, is_leaf, misaligned, bad_pointer;
  assign is_leaf     = bus_rdata[`PTE_R] | bus_rdata[`PTE_X];
  assign invalid     = !bus_rdata[`PTE_V] || (!bus_rdata[`PTE_R] && bus_rdata[`PTE_W]) ||
                       (|bus_rdata[63:54]);
  assign bad_pointer = !is_leaf && (level == 2'd0 || bus_rdata[`PTE_D] || bus_rdata[`PTE_A] ||
                                    bus_rdata[`PTE_U]);
  assign misaligned  = is_leaf && ((level >= 2'd1 && (|bus_rdata[18:10])) ||
                                   (level == 2'd2 && (|bus_rdata[27:19])));

  always_ff @(posedge clk or negedge rst_n) begin
    if (!rst_n) begin
      state  <= IDLE;
      killed <= 1'b0;
    end else begin
`ifndef FAULT_REFILL
      if (kill) killed <= 1'b1;
`endif
      case (state)
        IDLE: if (start) begin
          va         <= start_va;
          table_ppn  <= start_root;
          level      <= 2'd2;
          global     <= 1'b0;
          page_fault <= 1'b0;
          bus_fault  <= 1'b0;
          killed     <= kill;
          state      <= ASK;
        end
        ASK: if (bus_gnt) state <= GET;
        GET: if (bus_rvalid) begin
          pte    <= bus_rdata;
          global <= global | bus_rdata[`PTE_G];
          if (bus_err) begin
            bus_fault <= 1'b1;
            state     <= OVER;
          end else if (invalid || bad_pointer || misaligned) begin
            page_fault <= 1'b1;
            state      <= OVER;
          end else if (is_leaf || killed) begin
            state <= OVER;
          end else begin
            table_ppn <= bus_rdata[53:10];
            level     <= level - 2'd1;
            state     <= ASK;
          end
        end
        default: begin
          state  <= IDLE;
          killed <= 1'b0;
        end
      endcase
    end
  end
endmodule
