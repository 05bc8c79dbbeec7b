// SPDX-License-Identifier: Apache-2.0
// A small MMU: two ports with four entries each, one walker. The fetch port wants its request held
// until the answer; the data port takes it with ready and answers later. Faults come as two bits.
`include "defs.svh"

typedef struct packed {
  logic        valid;
  logic        store;
  logic [38:0] va;
} small_mmu_req_t;

typedef struct packed {
  logic        valid;
  logic        page_fault;
  logic        bus_fault;
  logic [43:0] ppn;
} small_mmu_rsp_t;

module small_mmu (
  input  logic           clk,
  input  logic           rst_n,
  input  logic [63:0]    satp,
  input  logic           f_supervisor,
  input  logic           d_supervisor,
  input  logic           sum,
  input  logic           mxr,
  input  small_mmu_req_t f_req,
  output small_mmu_rsp_t f_rsp,
  input  small_mmu_req_t d_req,
  output logic           d_rdy,
  output small_mmu_rsp_t d_rsp,
  input  logic           flush,
  input  logic           flush_one_space,
  input  logic [15:0]    flush_space,
  output logic           bus_req,
  input  logic           bus_gnt,
  output logic [55:0]    bus_addr,
  input  logic           bus_rvalid,
  input  logic           bus_err,
  input  logic [63:0]    bus_rdata
);
  typedef struct packed {
    logic        full;
    logic        global;
    logic [15:0] space;
    logic [1:0]  level;
    logic [26:0] vpn;
    logic [63:0] pte;
  } entry_t;

  // The data port latches its request; the fetch port is held.
  small_mmu_req_t d_q;
  logic           d_answered;
  assign d_rdy = !d_q.valid || d_answered;
  always_ff @(posedge clk or negedge rst_n) begin
    if (!rst_n) d_q <= '0;
    else if (d_rdy) d_q <= d_req;
  end

  logic        idle, done, killed, page_fault, bus_fault, walk_global;
  logic [1:0]  walk_level;
  logic [63:0] walk_pte;
  logic        for_data;       // whom the walker serves
  logic [15:0] for_space;

  entry_t tlb [2][4];
  logic [1:0] next_q [2];

  function automatic logic covers(entry_t e, logic [26:0] vpn, logic [15:0] space);
    logic same;
    case (e.level)
      2'd2:    same = e.vpn[26:18] == vpn[26:18];
      2'd1:    same = e.vpn[26:9] == vpn[26:9];
      default: same = e.vpn == vpn;
    endcase
`ifdef FAULT_ASID
    return e.full && same;
`else
    return e.full && same && (e.global || e.space == space);
`endif
  endfunction

  function automatic logic allowed(logic [63:0] pte, logic fetch, logic store, logic supervisor);
    logic ok;
    if (fetch)      ok = pte[`PTE_X];
    else if (store) ok = pte[`PTE_W] && pte[`PTE_D];
    else            ok = pte[`PTE_R] || (mxr && pte[`PTE_X]);
    if (!supervisor) ok = ok && pte[`PTE_U];
    else if (pte[`PTE_U]) ok = ok && !fetch && sum;
    return ok && pte[`PTE_A];
  endfunction

  function automatic logic [43:0] merged(logic [63:0] pte, logic [1:0] level, logic [26:0] vpn);
    case (level)
`ifdef FAULT_SUPERPAGE
      2'd2:    return {pte[53:28], 9'd0, vpn[8:0]};
`else
      2'd2:    return {pte[53:28], vpn[17:0]};
`endif
      2'd1:    return {pte[53:19], vpn[8:0]};
      default: return pte[53:10];
    endcase
  endfunction

  // One answer a cycle on each port: from the TLB, or from the walk that just ended.
  logic [1:0]  want, hit, walked;
  logic [26:0] vpn   [2];
  logic [63:0] pte   [2];
  logic [1:0]  level [2];
  always_comb begin
    want = {d_q.valid, f_req.valid};
    vpn[0] = f_req.va[38:12];
    vpn[1] = d_q.va[38:12];
    for (int p = 0; p < 2; p++) begin
      hit[p]   = 1'b0;
      pte[p]   = walk_pte;
      level[p] = walk_level;
      walked[p] = done && !killed && (for_data == (p == 1));
      for (int i = 0; i < 4; i++) begin
        if (covers(tlb[p][i], vpn[p], satp[59:44])) begin
          hit[p]   = 1'b1;
          pte[p]   = tlb[p][i].pte;
          level[p] = tlb[p][i].level;
        end
      end
      // A fence in this cycle goes first.
      hit[p] = hit[p] && !flush;
    end
  end

  always_comb begin
    f_rsp = '0;
    d_rsp = '0;
    f_rsp.valid = want[0] && (hit[0] || walked[0]);
    d_rsp.valid = want[1] && (hit[1] || walked[1]);
    f_rsp.bus_fault  = !hit[0] && bus_fault;
    d_rsp.bus_fault  = !hit[1] && bus_fault;
    f_rsp.page_fault = !f_rsp.bus_fault &&
        ((!hit[0] && page_fault) || !allowed(pte[0], 1'b1, 1'b0, f_supervisor));
    d_rsp.page_fault = !d_rsp.bus_fault &&
        ((!hit[1] && page_fault) || !allowed(pte[1], 1'b0, d_q.store, d_supervisor));
    f_rsp.ppn = merged(pte[0], level[0], vpn[0]);
    d_rsp.ppn = merged(pte[1], level[1], vpn[1]);
  end
  assign d_answered = d_rsp.valid;

  logic start, start_data;
  assign start_data = want[1] && !hit[1];
  assign start      = idle && !flush && (start_data || (want[0] && !hit[0]));

  walk_unit u_walk (
    .clk, .rst_n,
    .kill(flush),
    .start, .start_va(start_data ? d_q.va : f_req.va), .start_root(satp[43:0]),
    .idle, .done, .done_killed(killed), .done_page_fault(page_fault), .done_bus_fault(bus_fault),
    .done_global(walk_global), .done_level(walk_level), .done_pte(walk_pte),
    .bus_req, .bus_gnt, .bus_addr, .bus_rvalid, .bus_err, .bus_rdata
  );

  always_ff @(posedge clk or negedge rst_n) begin
    if (!rst_n) begin
      for (int p = 0; p < 2; p++) begin
        next_q[p] <= '0;
        for (int i = 0; i < 4; i++) tlb[p][i] <= '0;
      end
    end else begin
      if (start) begin
        for_data  <= start_data;
        for_space <= satp[59:44];
      end
      if (done && !killed && !page_fault && !bus_fault) begin
        tlb[for_data][next_q[for_data]] <= '{full: 1'b1, global: walk_global, space: for_space,
                                             level: walk_level, vpn: vpn[for_data], pte: walk_pte};
        next_q[for_data] <= next_q[for_data] + 2'd1;
      end
      if (flush) begin
        for (int p = 0; p < 2; p++) begin
          for (int i = 0; i < 4; i++) begin
`ifdef FAULT_STALE
            if (!flush_one_space || tlb[p][i].space < flush_space) tlb[p][i].full <= 1'b0;
`else
            if (!flush_one_space || (tlb[p][i].space == flush_space && !tlb[p][i].global)) begin
              tlb[p][i].full <= 1'b0;
            end
`endif
          end
        end
      end
    end
  end
endmodule
