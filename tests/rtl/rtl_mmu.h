// SPDX-License-Identifier: Apache-2.0
// lookaside_mmu, cycle by cycle: requests go in, answers and TLB events are collected.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <lookaside/translation/pmp.h>

#include "rtl/clocked.h"
#include "rtl/pte_bus.h"
#include "rtl/recording_tlb.h"
#include "rtl/rtl_access.h"

namespace lookaside::tests {

/// An access that lies within a page.
struct MmuRequest {
  std::uint64_t va = 0;
  unsigned bytes = 1;
  translation::Access access = translation::Access::kLoad;
};

struct MmuAnswer {
  unsigned cycles = 0;  ///< edges from the one that took the request to that of the answer
  bool fault = false;
  translation::Rule rule = translation::Rule::kNone;
  unsigned cause = 0;
  std::uint64_t tval = 0;
  std::uint64_t pa = 0;
};

enum MmuPort : unsigned { kFetchPort = 0, kDataPort = 1 };
enum MmuTlb : unsigned { kL1I = 0, kL1D = 1, kL2 = 2 };

template <typename Model>
class RtlMmu {
 public:
  PteBus bus;
  std::array<std::vector<TlbEvent>, 3> events;

  RtlMmu() {
    rtl_->fetch_req_valid_i = 0;
    rtl_->data_req_valid_i = 0;
    rtl_->fence_valid_i = 0;
    rtl_->pmp_write_i = 0;
    rtl_->mem_rsp_valid_i = 0;
    rtl_.reset();
  }

  /// The context of requests that are taken from now on.
  void set_context(const translation::Context& c) { context_ = c; }
  void set_pmp(const translation::Pmp& pmp) {
    for (unsigned i = 0; i < pmp.implemented(); ++i) set_pmp(pmp, i);
  }
  void set_pmp(const translation::Pmp& pmp, unsigned entry) {
    rtl_->pmp_write_i = 1;
    put(rtl_->pmp_index_i, entry);
    put(rtl_->pmp_cfg_i, pmp.cfg(entry));
    put(rtl_->pmp_addr_i, pmp.addr(entry));
    cycle();
    rtl_->pmp_write_i = 0;
    noise_.on(rtl_->pmp_cfg_i, 8);
    noise_.on(rtl_->pmp_addr_i, kNoiseBits);
  }

  /// Offers requests from this cycle on.
  void request(MmuPort port, const MmuRequest& r) {
    ports_[port].wanted = true;
    if (port == kFetchPort) {
      put(rtl_->fetch_req_va_i, r.va);
      put(rtl_->fetch_req_more_i, r.bytes - 1);
    } else {
      put(rtl_->data_req_va_i, r.va);
      put(rtl_->data_req_more_i, r.bytes - 1);
      put(rtl_->data_req_access_i, rtl_access(r.access));
    }
  }
  /// The last answer of a port; none before the first.
  bool answered(MmuPort port) const { return ports_[port].answer.has_value(); }
  const MmuAnswer& answer(MmuPort port) const { return *ports_[port].answer; }

  /// Offers a fence from this cycle on.
  void fence(const translation::Fence& f) {
    fence_wanted_ = true;
    put_fence(f, noise_, rtl_->fence_form_i, rtl_->fence_va_i, 0, 8 * sizeof rtl_->fence_va_i,
              rtl_->fence_asid_i);
  }
  bool fence_done() const { return !fence_wanted_; }
  /// A request was taken and not yet answered.
  bool waiting(MmuPort port) const { return ports_[port].waiting; }
  bool quiet(MmuPort port) const { return !ports_[port].wanted && !ports_[port].waiting; }

  /// One clock cycle: drives what is offered, looks, and lets the edge come.
  void cycle() {
    rtl_->fetch_req_valid_i = ports_[kFetchPort].wanted;
    rtl_->data_req_valid_i = ports_[kDataPort].wanted;
    rtl_->fence_valid_i = fence_wanted_;
    drive_context();
    drive_noise();
    bus.drive(*rtl_);
    const bool fetch_taken = ports_[kFetchPort].wanted && rtl_->fetch_req_ready_o != 0;
    const bool data_taken = ports_[kDataPort].wanted && rtl_->data_req_ready_o != 0;
    overrun_ |= ready_too_soon(kFetchPort, rtl_->fetch_req_ready_o, rtl_->fetch_rsp_valid_o) ||
                ready_too_soon(kDataPort, rtl_->data_req_ready_o, rtl_->data_rsp_valid_o);
    collect_answer(
        kFetchPort, rtl_->fetch_rsp_valid_o != 0,
        {0, rtl_->fetch_rsp_fault_o != 0, static_cast<translation::Rule>(rtl_->fetch_rsp_rule_o),
         rtl_->fetch_rsp_cause_o, rtl_->fetch_rsp_tval_o, rtl_->fetch_rsp_pa_o});
    collect_answer(
        kDataPort, rtl_->data_rsp_valid_o != 0,
        {0, rtl_->data_rsp_fault_o != 0, static_cast<translation::Rule>(rtl_->data_rsp_rule_o),
         rtl_->data_rsp_cause_o, rtl_->data_rsp_tval_o, rtl_->data_rsp_pa_o});
    taken(kFetchPort, fetch_taken);
    taken(kDataPort, data_taken);
    const bool fenced = fence_wanted_ && rtl_->fence_ready_o != 0;
    if (fenced) fence_wanted_ = false;
    collect_events();
    if (fenced) l2_idle_ = false;  // it becomes busy at the edge
    bus.clocked(*rtl_);
    rtl_.edge();
  }

  /// A port was ready for a request, with the one before still unanswered.
  bool overrun() const { return overrun_; }

  /// Nothing is offered, under way or waited for.
  bool idle() const { return quiet(kFetchPort) && quiet(kDataPort) && !fence_wanted_ && l2_idle_; }
  /// Cycles until idle; false if that never comes.
  bool run() {
    for (unsigned i = 0; i < kPatience; ++i) {
      cycle();
      if (idle()) return true;
    }
    return false;
  }

  std::uint64_t valid(MmuTlb tlb) {
    return tlb == kL1I ? rtl_->l1i_valid_o : tlb == kL1D ? rtl_->l1d_valid_o : rtl_->l2_valid_o;
  }
  unsigned long long cycles() const { return rtl_.cycles(); }

 private:
  static constexpr unsigned kPageShift = 12;
  static constexpr unsigned kPatience = 2000;
  struct State {
    bool wanted = false;
    bool waiting = false;
    unsigned cycles = 0;
    std::optional<MmuAnswer> answer;
  };

  bool ready_too_soon(MmuPort port, unsigned ready, unsigned answers) const {
    return ports_[port].waiting && ready != 0 && answers == 0;
  }

  static constexpr unsigned kNoiseBits = 32;
  // The context counts while a request is offered, operands while they are: noise at other times.
  void drive_context() {
    if (!ports_[kFetchPort].wanted && !ports_[kDataPort].wanted) {
      noise_.on(rtl_->ctx_root_i, 20);
      noise_.on(rtl_->ctx_asid_i, 2);
      noise_.on(rtl_->ctx_fetch_priv_i, 1);
      noise_.on(rtl_->ctx_data_priv_i, 1);
      noise_.on(rtl_->ctx_sum_i, 1);
      noise_.on(rtl_->ctx_mxr_i, 1);
      noise_.on(rtl_->ctx_update_i, 1);
      put(rtl_->ctx_mode_i, 0);
      return;
    }
    put(rtl_->ctx_mode_i, context_.format == nullptr ? 0 : context_.format->satp_mode);
    put(rtl_->ctx_root_i, context_.root >> kPageShift);
    put(rtl_->ctx_asid_i, context_.asid);
    put(rtl_->ctx_fetch_priv_i, context_.fetch_privilege);
    put(rtl_->ctx_data_priv_i, context_.data_privilege);
    rtl_->ctx_sum_i = context_.sum;
    rtl_->ctx_mxr_i = context_.mxr;
    rtl_->ctx_update_i = context_.ad_update == translation::AdUpdate::kHardware;
  }
  void drive_noise() {
    if (!ports_[kFetchPort].wanted) {
      noise_.on(rtl_->fetch_req_va_i, kNoiseBits);
      noise_.on(rtl_->fetch_req_more_i, 12);
    }
    if (!ports_[kDataPort].wanted) {
      noise_.on(rtl_->data_req_va_i, kNoiseBits);
      noise_.on(rtl_->data_req_more_i, 12);
      noise_.on(rtl_->data_req_access_i, 1);
    }
    if (fence_wanted_) return;
    noise_.on(rtl_->fence_form_i, 2);
    noise_.on(rtl_->fence_va_i, kNoiseBits);
    noise_.on(rtl_->fence_asid_i, 2);
  }

  void taken(MmuPort port, bool taken) {
    State& s = ports_[port];
    if (s.waiting) ++s.cycles;
    if (!taken) return;
    s.wanted = false;
    s.waiting = true;
    s.cycles = 1;
  }
  void collect_answer(MmuPort port, bool valid, MmuAnswer answer) {
    State& s = ports_[port];
    ASSERT_EQ(valid && !s.waiting, false) << "an answer that nobody waits for";
    if (!valid) return;
    answer.cycles = s.cycles;
    s.answer = answer;
    s.waiting = false;
  }
  // Two events of one TLB in one cycle cannot be: a port waits while its TLB is filled.
  void collect_events() {
    if (rtl_->l1i_lookup_done_o != 0) {
      add(kL1I, false, rtl_->l1i_lookup_hit_o, rtl_->l1i_lookup_set_o, rtl_->l1i_lookup_way_o);
    }
    if (rtl_->l1d_lookup_done_o != 0) {
      add(kL1D, false, rtl_->l1d_lookup_hit_o, rtl_->l1d_lookup_set_o, rtl_->l1d_lookup_way_o);
    }
    if (rtl_->l1i_fill_done_o != 0) {
      add(kL1I, true, rtl_->l1i_fill_evict_o, rtl_->l1i_fill_set_o, rtl_->l1i_fill_way_o);
    }
    if (rtl_->l1d_fill_done_o != 0) {
      add(kL1D, true, rtl_->l1d_fill_evict_o, rtl_->l1d_fill_set_o, rtl_->l1d_fill_way_o);
    }
    if (rtl_->l2_lookup_done_o != 0) {
      add(kL2, false, rtl_->l2_lookup_hit_o, rtl_->l2_lookup_set_o, rtl_->l2_lookup_way_o);
    }
    if (rtl_->l2_fill_done_o != 0) {
      add(kL2, true, rtl_->l2_fill_evict_o, rtl_->l2_fill_set_o, rtl_->l2_fill_way_o);
    }
    l2_idle_ = rtl_->l2_busy_o == 0 && rtl_->l2_fill_done_o == 0;
  }
  void add(MmuTlb tlb, bool fill, bool hit_or_evict, unsigned set, unsigned way) {
    if (fill || hit_or_evict) {
      events[tlb].push_back({fill, hit_or_evict, set, way});
    } else {
      events[tlb].push_back({});
    }
  }

  Clocked<Model> rtl_;
  Noise noise_;
  translation::Context context_;
  std::array<State, 2> ports_;
  bool fence_wanted_ = false;
  bool overrun_ = false;
  bool l2_idle_ = true;
};

}  // namespace lookaside::tests
