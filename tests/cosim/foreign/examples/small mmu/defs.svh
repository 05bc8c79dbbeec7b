// SPDX-License-Identifier: Apache-2.0
`ifndef DEFS_SVH
`define DEFS_SVH
`define PTE_V 0
`define PTE_R 1
`define PTE_W 2
`define PTE_X 3
`define PTE_U 4
`define PTE_G 5
`define PTE_A 6
`define PTE_D 7
`endif
