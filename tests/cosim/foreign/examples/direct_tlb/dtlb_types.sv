// SPDX-License-Identifier: Apache-2.0
// Bundles of direct_tlb.
package dtlb_types;
  typedef struct packed {
    logic        go;
    logic [26:0] page;
    logic [7:0]  space;
  } find_t;                    // 36 bits

  typedef struct packed {
    logic        found;
    logic [43:0] frame;        // of the whole page, not of the piece
    logic [2:0]  size;         // one-hot: 4K, 2M, 1G
    logic [7:0]  flags;        // D A G U X W R V
  } found_t;                   // 56 bits

  typedef struct packed {
    logic        put;
    logic [26:0] page;
    logic [7:0]  space;
    logic [2:0]  size;
    logic [63:0] pte;
  } store_t;                   // 103 bits

  typedef struct packed {
    logic        clear;
    logic [1:0]  what;         // 0 everything, 1 a page, 2 a space, 3 a page of a space
    logic [26:0] page;
    logic [7:0]  space;
  } clear_t;                   // 38 bits
endpackage
