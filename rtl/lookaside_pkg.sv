// SPDX-License-Identifier: Apache-2.0

/**
 * Names and numbers that all blocks share.
 *
 * A block is told its format by one parameter, VaBits: 32 (Sv32), 39, 48 or 57 (the largest of
 * Sv39, Sv48 and Sv57 that it can do; the smaller ones are selected at run time by the mode).
 * Every width follows from it through the functions below.
 */
package lookaside_pkg;

  // Values of satp.MODE.
  typedef enum logic [3:0] {
    ModeBare = 4'd0,
    ModeSv32 = 4'd1,
    ModeSv39 = 4'd8,
    ModeSv48 = 4'd9,
    ModeSv57 = 4'd10
  } mode_e;

  // Privilege modes.
  typedef enum logic [1:0] {
    PrivUser       = 2'd0,
    PrivSupervisor = 2'd1,
    PrivMachine    = 2'd3
  } priv_e;

  // Replacement policies.
  typedef enum int unsigned {
    PolicyPlru = 0,
    PolicyLru  = 1
  } policy_e;

  // The kind of an access. LR is a load; SC and AMO are stores.
  typedef enum logic [1:0] {
    AccessFetch = 2'd0,
    AccessLoad  = 2'd1,
    AccessStore = 2'd2
  } access_e;

  // The four operand forms of SFENCE.VMA: bit 0 = an ASID is given, bit 1 = an address is given.
  typedef enum logic [1:0] {
    FenceAll         = 2'd0,
    FenceAsid        = 2'd1,
    FenceAddress     = 2'd2,
    FenceAddressAsid = 2'd3
  } fence_e;

  // Raw permission bits of a leaf, in the order of the PTE.
  typedef struct packed {
    logic d;
    logic a;
    logic u;
    logic x;
    logic w;
    logic r;
  } perm_t;

  // The rule that refused an access, in the order in which rules are applied: an earlier one wins.
  typedef enum logic [4:0] {
    RuleNone               = 5'd0,
    RuleNotCanonical       = 5'd1,
    RulePteAccessRefused   = 5'd2,
    RulePteBusError        = 5'd3,
    RuleNotValid           = 5'd4,
    RuleWriteWithoutRead   = 5'd5,
    RuleReservedBits       = 5'd6,
    RulePointerBits        = 5'd7,
    RulePointerAtLeafLevel = 5'd8,
    RuleMisalignedSuperpage = 5'd9,
    RuleSupervisorPage     = 5'd10,
    RuleUserPageFetch      = 5'd11,
    RuleUserPageWithoutSum = 5'd12,
    RuleNoExecute          = 5'd13,
    RuleNoRead             = 5'd14,
    RuleNoWrite            = 5'd15,
    RuleAccessedClear      = 5'd16,
    RuleDirtyClear         = 5'd17,
    RulePteUpdateRefused   = 5'd18,
    RulePteUpdateBusError  = 5'd19,
    RulePmpNoMatch         = 5'd20,
    RulePmpPartialMatch    = 5'd21,
    RulePmpPermission      = 5'd22
  } rule_e;

  // Shape of a format.

  function automatic int unsigned levels(input int unsigned va_bits);
    levels = (va_bits == 32) ? 2 : (va_bits - 12) / 9;
  endfunction

  // VA bits that index one table.
  function automatic int unsigned index_bits(input int unsigned va_bits);
    index_bits = (va_bits == 32) ? 10 : 9;
  endfunction

  // Width of an integer register, and so of an address before it is translated.
  function automatic int unsigned xlen(input int unsigned va_bits);
    xlen = (va_bits == 32) ? 32 : 64;
  endfunction

  function automatic int unsigned ppn_bits(input int unsigned va_bits);
    ppn_bits = (va_bits == 32) ? 22 : 44;
  endfunction

  // Width of a physical address as the bus sees it: what a PTE can express on RV32, and XLEN on
  // RV64, where an untranslated address may have any bit set.
  function automatic int unsigned bus_bits(input int unsigned va_bits);
    bus_bits = (va_bits == 32) ? 34 : 64;
  endfunction

  // A page size as level and as thermometer: bit k of `wild` is set when VPN field k belongs to the
  // page offset.
  function automatic logic [3:0] wild_of_level(input logic [2:0] level);
    wild_of_level = {level > 3'd3, level > 3'd2, level > 3'd1, level > 3'd0};
  endfunction

  function automatic logic [2:0] level_of_wild(input logic [3:0] wild);
    level_of_wild = wild[3] ? 3'd4 : wild[2] ? 3'd3 : wild[1] ? 3'd2 : {2'd0, wild[0]};
  endfunction

  // Level of the root table: one less than the number of levels.
  function automatic logic [2:0] top_level(input logic [3:0] mode);
    unique case (mode)
      lookaside_pkg::ModeSv57: top_level = 3'd4;
      lookaside_pkg::ModeSv48: top_level = 3'd3;
      lookaside_pkg::ModeSv39: top_level = 3'd2;
      default:                 top_level = 3'd1;
    endcase
  endfunction

  // All bits above the translated ones equal the top translated one. Takes VA bits 63 to 38; Sv32
  // has no such rule.
  function automatic logic canonical(input logic [3:0] mode, input logic [25:0] upper);
    unique case (mode)
      lookaside_pkg::ModeSv57: canonical = (&upper[25:18]) | ~(|upper[25:18]);
      lookaside_pkg::ModeSv48: canonical = (&upper[25:9]) | ~(|upper[25:9]);
      lookaside_pkg::ModeSv39: canonical = (&upper) | ~(|upper);
      default:                 canonical = 1'b1;
    endcase
  endfunction

  // Replacement state of one set.
  function automatic int unsigned policy_bits(input int unsigned policy, input int unsigned ways);
    policy_bits = (policy == lookaside_pkg::PolicyLru) ? ways * (ways - 1) / 2 : ways - 1;
  endfunction

  // Cause of the fault that an access refused by `rule` raises: the class follows the rule, the
  // kind follows the access.
  function automatic logic [3:0] cause_of(input logic [4:0] rule, input logic [1:0] access);
    logic access_fault;
    access_fault = rule == lookaside_pkg::RulePteAccessRefused ||
                   rule == lookaside_pkg::RulePteBusError ||
                   rule >= lookaside_pkg::RulePteUpdateRefused;
    cause_of[3] = !access_fault;
    cause_of[2] = !access_fault || access != lookaside_pkg::AccessFetch;
    cause_of[1] = access == lookaside_pkg::AccessStore;
    cause_of[0] = access_fault || access != lookaside_pkg::AccessFetch;
  endfunction

endpackage
