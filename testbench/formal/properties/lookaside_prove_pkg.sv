// SPDX-License-Identifier: Apache-2.0

/**
 * What the properties mean by a page, an address space and a fence, written from the rule book
 * (SFENCE.VMA and leaf PTEs of the privileged specification) and not from the RTL.
 *
 * A page is a page number and a mask of those of its bits that belong to the page offset.
 */
package lookaside_prove_pkg;

  // The mask of a page size given as a thermometer of VPN fields, as the lines keep it.
  function automatic logic [63:0] offset_mask(input int unsigned va_bits, input logic [3:0] wild);
    logic [63:0] field;
    field = (va_bits == 32) ? 64'h3ff : 64'h1ff;
    offset_mask = '0;
    for (int unsigned k = 0; k < 4; k++) begin
      if (wild[k]) offset_mask |= field << (k * ((va_bits == 32) ? 10 : 9));
    end
  endfunction

  // The mask of a page of a level: level 0 is 4 KiB.
  function automatic logic [63:0] level_mask(input int unsigned va_bits, input logic [2:0] level);
    level_mask = (64'd1 << (level * ((va_bits == 32) ? 10 : 9))) - 64'd1;
  endfunction

  // The page holds the address.
  function automatic logic holds(input logic [63:0] page, input logic [63:0] mask,
                                 input logic [63:0] address);
    holds = ((page ^ address) & ~mask) == '0;
  endfunction

  // Two pages have an address in common: bits that either leaves open decide nothing.
  function automatic logic overlaps(input logic [63:0] page, input logic [63:0] mask,
                                    input logic [63:0] other, input logic [63:0] other_mask);
    overlaps = ((page ^ other) & ~(mask | other_mask)) == '0;
  endfunction

endpackage
