// SPDX-License-Identifier: Apache-2.0
// A direct-mapped TLB: SMALL places for 4K pages, LARGE places each for 2M and 1G. Two cycles from
// question to answer. FAULT_... make it wrong on purpose.
module direct_tlb
  import dtlb_types::*;
#(
  parameter int SMALL = 16,
  parameter int LARGE = 4
) (
  input  logic   CLK,
  input  logic   RST,
  input  find_t  FIND,
  output logic   ANSWER,
  output found_t FOUND,
  input  store_t STORE,
  input  clear_t CLEAR
);
  localparam int SX = $clog2(SMALL), LX = $clog2(LARGE);

  typedef struct packed {
    logic        full;
    logic [26:0] page;
    logic [7:0]  space;
    logic [43:0] frame;
    logic [7:0]  flags;
  } place_t;

  place_t small_q [SMALL];
  place_t mega_q  [LARGE];
  place_t giga_q  [LARGE];

  function automatic logic same_space(place_t p, logic [7:0] space);
`ifdef FAULT_ASID
    return p.flags[5] || p.space[6:0] == space[6:0];
`else
    return p.flags[5] || p.space == space;
`endif
  endfunction

  // A page number cut to its size.
  function automatic logic [26:0] cut(logic [26:0] page, int unsigned size);
    return page >> (9 * size);
  endfunction

  // First cycle: the places are read.
  place_t rd_small, rd_mega, rd_giga;
  find_t  asked;
  always_ff @(posedge CLK) begin
    rd_small <= small_q[FIND.page[SX-1:0]];
    rd_mega  <= mega_q[FIND.page[9+:LX]];
    rd_giga  <= giga_q[FIND.page[18+:LX]];
    asked    <= FIND;
    if (RST) asked.go <= 1'b0;
  end

  // Second cycle: they are compared.
  logic hit_small, hit_mega, hit_giga;
  assign hit_small = rd_small.full && same_space(rd_small, asked.space) && rd_small.page == asked.page;
  assign hit_mega  = rd_mega.full && same_space(rd_mega, asked.space) &&
                     cut(rd_mega.page, 1) == cut(asked.page, 1);
  assign hit_giga  = rd_giga.full && same_space(rd_giga, asked.space) &&
                     cut(rd_giga.page, 2) == cut(asked.page, 2);

  always_ff @(posedge CLK) begin
    ANSWER <= asked.go && !RST;
    FOUND  <= '0;
    FOUND.found <= hit_small | hit_mega | hit_giga;
    if (hit_small) begin
      FOUND.frame <= rd_small.frame;
      FOUND.size  <= 3'b001;
      FOUND.flags <= rd_small.flags;
    end else if (hit_mega) begin
`ifdef FAULT_SUPERPAGE
      FOUND.frame <= rd_mega.frame | 44'(asked.page[8:0]);
`else
      FOUND.frame <= rd_mega.frame;
`endif
      FOUND.size  <= 3'b010;
      FOUND.flags <= rd_mega.flags;
    end else if (hit_giga) begin
      FOUND.frame <= rd_giga.frame;
      FOUND.size  <= 3'b100;
      FOUND.flags <= rd_giga.flags;
    end
  end

  // Whether a clear takes a place that holds pages of a size.
  function automatic logic taken(place_t p, int unsigned size);
    logic page_fits, space_fits;
    page_fits = cut(p.page, size) == cut(CLEAR.page, size);
`ifdef FAULT_STALE
    if (size == 1) page_fits = p.page == CLEAR.page;
`endif
    space_fits = p.space == CLEAR.space && !p.flags[5];
    case (CLEAR.what)
      2'd0:    return 1'b1;
      2'd1:    return page_fits;
      2'd2:    return space_fits;
      default: return page_fits && space_fits;
    endcase
  endfunction

  place_t fresh;
  assign fresh = '{full: 1'b1, page: STORE.page, space: STORE.space, frame: STORE.pte[53:10],
                   flags: STORE.pte[7:0]};

  always_ff @(posedge CLK) begin
    if (STORE.put) begin
      if (STORE.size[0]) small_q[STORE.page[SX-1:0]] <= fresh;
      if (STORE.size[1]) mega_q[STORE.page[9+:LX]] <= fresh;
      if (STORE.size[2]) giga_q[STORE.page[18+:LX]] <= fresh;
    end
    for (int i = 0; i < SMALL; i++) if (RST || (CLEAR.clear && taken(small_q[i], 0))) small_q[i].full <= 1'b0;
    for (int i = 0; i < LARGE; i++) if (RST || (CLEAR.clear && taken(mega_q[i], 1))) mega_q[i].full <= 1'b0;
    for (int i = 0; i < LARGE; i++) if (RST || (CLEAR.clear && taken(giga_q[i], 2))) giga_q[i].full <= 1'b0;
  end

`ifdef FAULT_STOP
  always_ff @(posedge CLK) if (!RST && STORE.put && CLEAR.clear) $stop;
  always_ff @(posedge CLK) if (!RST && STORE.put && STORE.size[2]) $fatal(1, "no room for 1G");
`endif
endmodule
