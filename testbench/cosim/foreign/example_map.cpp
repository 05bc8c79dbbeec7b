// SPDX-License-Identifier: Apache-2.0
#include "example_map.h"

namespace lookaside::foreign {

const char* const kExampleMap =
    R"(# How somebody else's TLB or MMU is built, and what its ports mean.
kind: tlb                        # tlb, or mmu: ports for fetches and data, a walker, fences
top: acme_tlb                    # the module; a wrapper of your own is just another source
sources: [acme_pkg.sv, acme_tlb.sv]   # in this order, relative to --rtl
#include: [include]              # directories for `include and for modules by file name
#define: {SYNTHESIS: 1}
#parameters: {ENTRIES: 16}
#verilator: [-Wno-fatal, --language 1800-2017]
#lint: errors                    # errors: only errors stop; warnings: every warning does

format: sv39                     # sv32, sv39, sv48, sv57
asid_bits: 8                     # 0: there is no ASID
#pa_bits: 40                     # of a physical address, if less than the format has
compare: architectural           # architectural: any answer that is legal; exact: the model's
#geometry: {entries: 16, ways: 4, policy: plru, page_sizes: [4KiB, 2MiB]}   # for exact
                                 # kind mmu: geometry: {l1i: {...}, l1d: {...}, l2: {...}}
#superpage_fence: page           # page: a fence anywhere in a superpage drops it whole;
                                 # piece: superpages are kept in pieces, which go one by one
#ad_update: fault                # kind mmu: fault, or hardware sets A and D (unless a port says it)
#bare: supported                 # kind mmu: supported, or absent: it always translates
#pmp_entries: 0                  # kind mmu: 0, 4 or 16

clock: clk_i                     # or {port: clk_i, edge: falling}
reset: {port: rst_ni, active: low, cycles: 2}
tie: {scan_enable_i: 0}          # inputs that have no role
latency: {lookup: 2, fill: 1, fence: 1}   # clock edges to the answer, where no port tells;
                                 # 0: in the cycle of the request
#hold: [lookup]                  # requests that stay until the answer (lookup, fill, fence;
                                 # kind mmu: fetch, data, fence)
#timeout_cycles: 2000

ports:                           # role: port; 'lookaside cosim --roles' lists the roles
  lookup.valid: req_i[35]        # bits of a packed struct, counted from its last member
  lookup.vpn: req_i[34:8]
  lookup.asid: req_i[7:0]
  response.hit: hit_o
  response.ppn: ppn_o
  response.level: {port: size_o, values: {4KiB: 0, 2MiB: 1, 1GiB: 2}}   # its encoding
  response.r: perm_o[0]
  response.w: perm_o[1]
  fill.valid: {port: fill_ni, active: low}
  fill.vpn: fill_vpn_i
  fill.asid: fill_asid_i
  fill.pte: fill_pte_i
  fill.level: {port: fill_size_i, values: {4KiB: 0, 2MiB: 1, 1GiB: 2}}
  fence.valid: flush_i
  fence.form: {port: flush_form_i, values: {all: 0, asid: 1}}   # forms left out are not used
  fence.asid: flush_asid_i
)";

}  // namespace lookaside::foreign
