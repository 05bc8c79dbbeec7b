// SPDX-License-Identifier: Apache-2.0
// One signal for each pin of a lookaside_mmu that was Verilated with --sc.
#pragma once

#include <cstdint>
#include <type_traits>

#include <systemc>

namespace lookaside::pins {

/// `Model` decides the widths: Verilator shows pins as bool, uint32_t, uint64_t or sc_bv. Addresses
/// of RV32 are narrower than those of RV64, so that adapters take the type from here.
template <typename Model>
class MmuSignals {
  template <typename Pin>
  using SignalOf = sc_core::sc_signal<typename std::remove_reference_t<Pin>::data_type,
                                      sc_core::SC_MANY_WRITERS>;

 public:
  using Address = typename std::remove_reference_t<decltype(Model::data_req_va_i)>::data_type;
  using Physical = typename std::remove_reference_t<decltype(Model::data_rsp_pa_o)>::data_type;
  using PteAddress = typename std::remove_reference_t<decltype(Model::mem_req_addr_o)>::data_type;
  using Root = typename std::remove_reference_t<decltype(Model::ctx_root_i)>::data_type;
  using PmpAddress = typename std::remove_reference_t<decltype(Model::pmp_addr_i)>::data_type;

// A signal and its binding from one name.
// clang-format off
#define LOOKASIDE_MMU_PINS(PIN) \
  PIN(rst_ni) PIN(ctx_mode_i) PIN(ctx_root_i) PIN(ctx_asid_i) PIN(ctx_fetch_priv_i) \
  PIN(ctx_data_priv_i) PIN(ctx_sum_i) PIN(ctx_mxr_i) PIN(ctx_update_i) PIN(fetch_req_valid_i) \
  PIN(fetch_req_ready_o) PIN(fetch_req_va_i) PIN(fetch_req_more_i) PIN(fetch_rsp_valid_o) \
  PIN(fetch_rsp_pa_o) PIN(fetch_rsp_fault_o) PIN(fetch_rsp_rule_o) PIN(fetch_rsp_cause_o) \
  PIN(fetch_rsp_tval_o) PIN(data_req_valid_i) PIN(data_req_ready_o) PIN(data_req_va_i) \
  PIN(data_req_more_i) PIN(data_req_access_i) PIN(data_rsp_valid_o) PIN(data_rsp_pa_o) \
  PIN(data_rsp_fault_o) PIN(data_rsp_rule_o) PIN(data_rsp_cause_o) PIN(data_rsp_tval_o) \
  PIN(fence_valid_i) PIN(fence_ready_o) PIN(fence_form_i) PIN(fence_va_i) PIN(fence_asid_i) \
  PIN(pmp_write_i) PIN(pmp_index_i) PIN(pmp_cfg_i) PIN(pmp_addr_i) PIN(mem_req_valid_o) \
  PIN(mem_req_ready_i) PIN(mem_req_addr_o) PIN(mem_req_cas_o) PIN(mem_req_expected_o) \
  PIN(mem_req_desired_o) PIN(mem_rsp_valid_i) PIN(mem_rsp_error_i) PIN(mem_rsp_swapped_i) \
  PIN(mem_rsp_data_i) PIN(l1i_lookup_done_o) PIN(l1i_lookup_hit_o) PIN(l1i_lookup_set_o) \
  PIN(l1i_lookup_way_o) PIN(l1i_fill_done_o) PIN(l1i_fill_set_o) PIN(l1i_fill_way_o) \
  PIN(l1i_fill_evict_o) PIN(l1i_valid_o) PIN(l1d_lookup_done_o) PIN(l1d_lookup_hit_o) \
  PIN(l1d_lookup_set_o) PIN(l1d_lookup_way_o) PIN(l1d_fill_done_o) PIN(l1d_fill_set_o) \
  PIN(l1d_fill_way_o) PIN(l1d_fill_evict_o) PIN(l1d_valid_o) PIN(l2_busy_o) \
  PIN(l2_lookup_done_o) PIN(l2_lookup_hit_o) PIN(l2_lookup_set_o) PIN(l2_lookup_way_o) \
  PIN(l2_fill_done_o) PIN(l2_fill_set_o) PIN(l2_fill_way_o) PIN(l2_fill_evict_o) \
  PIN(l2_valid_o)
// clang-format on

// NOLINTNEXTLINE(bugprone-macro-parentheses): a declarator
#define LOOKASIDE_PIN_SIGNAL(name) SignalOf<decltype(Model::name)> name{#name};
  LOOKASIDE_MMU_PINS(LOOKASIDE_PIN_SIGNAL)
#undef LOOKASIDE_PIN_SIGNAL

  /// Binds every pin but the clock.
  void bind(Model& mmu) {
#define LOOKASIDE_PIN_BIND(name) mmu.name(name);
    LOOKASIDE_MMU_PINS(LOOKASIDE_PIN_BIND)
#undef LOOKASIDE_PIN_BIND
  }
#undef LOOKASIDE_MMU_PINS
};

}  // namespace lookaside::pins
