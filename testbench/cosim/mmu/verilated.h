// SPDX-License-Identifier: Apache-2.0
// lookaside_mmu, Verilated, behind MmuPort. Included once for each variant.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "cosim/clocked.h"
#include "cosim/mmu/port.h"

namespace lookaside::cosim {

/// A variant whose inside nobody looks at.
struct MmuWithoutInside {
  template <typename Model>
  static void of(Model&, MmuInside&) {}
};

/// `L1I`, `L1D`, `L2`: entries, for the width of the valid bits; L2 = 0: there is none. Inside::of
/// adds to a MmuInside what the pins do not show.
template <typename Model, unsigned L1I, unsigned L1D, unsigned L2,
          typename Inside = MmuWithoutInside>
class VerilatedMmu final : public MmuPort {
 public:
  void reset() override {
    rtl_->fetch_req_valid_i = 0;
    rtl_->data_req_valid_i = 0;
    rtl_->fence_valid_i = 0;
    rtl_->pmp_write_i = 0;
    rtl_->mem_req_ready_i = 0;
    rtl_->mem_rsp_valid_i = 0;
    rtl_.reset();
  }

  // A first-level hit costs two evaluations: one for the lookup, one for the edge, after which the
  // answer stands in a register.
  State request(const MmuRequest& r) override {
    const bool fetch = r.port == protocol::Port::kFetch;
    drive(*r.context);
    if (fetch) {
      put(rtl_->fetch_req_va_i, r.va);
      put(rtl_->fetch_req_more_i, r.bytes - 1);
      rtl_->fetch_req_valid_i = 1;
    } else {
      put(rtl_->data_req_va_i, r.va);
      put(rtl_->data_req_more_i, r.bytes - 1);
      put(rtl_->data_req_access_i, encoded(r.access));
      rtl_->data_req_valid_i = 1;
    }
    rtl_.settle();
    for (unsigned waited = 0; (fetch ? rtl_->fetch_req_ready_o : rtl_->data_req_ready_o) == 0;) {
      if (++waited == kPatience) throw RtlSilent("the RTL never takes the request");
      edge();
      rtl_.settle();
    }
    edge();
    rtl_->fetch_req_valid_i = 0;
    rtl_->data_req_valid_i = 0;
    fetch_ = fetch;
    return answered() ? State::kAnswer : run();
  }

  State respond(std::uint64_t edges, bool ok, bool swapped, std::uint64_t data) override {
    rtl_->mem_req_ready_i = 1;
    rtl_.settle();
    edge();
    rtl_->mem_req_ready_i = 0;
    for (std::uint64_t i = 1; i < edges; ++i) {
      rtl_.settle();
      edge();
    }
    rtl_->mem_rsp_valid_i = 1;
    rtl_->mem_rsp_error_i = !ok;
    rtl_->mem_rsp_swapped_i = swapped;
    put(rtl_->mem_rsp_data_i, data);
    rtl_.settle();
    edge();
    rtl_->mem_rsp_valid_i = 0;
    return run();
  }

  void fence(const translation::Fence& f) override {
    put(rtl_->fence_form_i, f.form);
    put(rtl_->fence_va_i, f.va);
    put(rtl_->fence_asid_i, f.asid);
    rtl_->fence_valid_i = 1;
    rtl_.settle();
    for (unsigned waited = 0; rtl_->fence_ready_o == 0;) {
      if (++waited == kPatience) throw RtlSilent("the RTL never takes the fence");
      edge();
      rtl_.settle();
    }
    edge();
    rtl_->fence_valid_i = 0;
    left_by_fence_.reset();
    rtl_.settle();
    busy_ = rtl_->l2_busy_o != 0;
    if (!busy_) left_by_fence_ = valid_count(MmuTlb::kL2);
  }

  void set_pmp(unsigned index, std::uint8_t cfg, std::uint64_t addr) override {
    rtl_->pmp_write_i = 1;
    put(rtl_->pmp_index_i, index);
    put(rtl_->pmp_cfg_i, cfg);
    put(rtl_->pmp_addr_i, addr);
    rtl_.settle();
    edge();
    rtl_->pmp_write_i = 0;
  }

  void idle(std::uint64_t edges) override {
    while (busy_ && edges-- != 0) {
      rtl_.settle();
      edge();
    }
  }

  std::vector<std::uint64_t> valid(MmuTlb tlb) override {
    switch (tlb) {
      case MmuTlb::kL1I:
        return words(rtl_->l1i_valid_o, L1I);
      case MmuTlb::kL1D:
        return words(rtl_->l1d_valid_o, L1D);
      default:
        return words(rtl_->l2_valid_o, L2);
    }
  }
  void watch(std::function<void()> cycle) override { rtl_.watch(std::move(cycle)); }
  MmuInside inside() override {
    rtl_.settle();
    MmuInside now;
    show_request(now);
    show_memory(now);
    using Work = MmuInside::Work;
    const auto work = [](bool looked, bool hit, bool filled, bool evicts) {
      if (filled) return evicts ? Work::kEvictingRefill : Work::kRefill;
      return !looked ? Work::kNone : hit ? Work::kHit : Work::kMiss;
    };
    const auto show = [&](MmuTlb tlb, Work what, unsigned lookup_set, unsigned lookup_way,
                          unsigned fill_set, unsigned fill_way) {
      const bool fill = what > Work::kHit;
      MmuInside::Tlb& shown = now.tlbs[static_cast<unsigned>(tlb)];
      shown.work = what;
      shown.set = fill ? fill_set : lookup_set;
      shown.way = fill ? fill_way : lookup_way;
    };
    show(MmuTlb::kL1I,
         work(rtl_->l1i_lookup_done_o, rtl_->l1i_lookup_hit_o, rtl_->l1i_fill_done_o,
              rtl_->l1i_fill_evict_o),
         rtl_->l1i_lookup_set_o, rtl_->l1i_lookup_way_o, rtl_->l1i_fill_set_o,
         rtl_->l1i_fill_way_o);
    show(MmuTlb::kL1D,
         work(rtl_->l1d_lookup_done_o, rtl_->l1d_lookup_hit_o, rtl_->l1d_fill_done_o,
              rtl_->l1d_fill_evict_o),
         rtl_->l1d_lookup_set_o, rtl_->l1d_lookup_way_o, rtl_->l1d_fill_set_o,
         rtl_->l1d_fill_way_o);
    show(MmuTlb::kL2,
         work(rtl_->l2_lookup_done_o, rtl_->l2_lookup_hit_o, rtl_->l2_fill_done_o,
              rtl_->l2_fill_evict_o),
         rtl_->l2_lookup_set_o, rtl_->l2_lookup_way_o, rtl_->l2_fill_set_o, rtl_->l2_fill_way_o);
    Inside::of(*rtl_, now);
    return now;
  }
  unsigned valid_count(MmuTlb tlb) override {
    switch (tlb) {
      case MmuTlb::kL1I:
        return population(rtl_->l1i_valid_o, L1I);
      case MmuTlb::kL1D:
        return population(rtl_->l1d_valid_o, L1D);
      default:
        return population(rtl_->l2_valid_o, L2);
    }
  }

 private:
  static constexpr unsigned kPageShift = 12;
  static constexpr unsigned kPatience = 100'000;

  static unsigned encoded(translation::Access access) {
    if (access == translation::Access::kFetch) return 0;
    return translation::is_store(access) ? 2 : 1;
  }

  void show_request(MmuInside& now) {
    using Request = MmuInside::Request;
    if (rtl_->fence_valid_i != 0) {
      now.request = Request::kFence;
      now.va = rtl_->fence_va_i;
    } else if (rtl_->fetch_req_valid_i != 0) {
      now.request = Request::kFetch;
      now.va = rtl_->fetch_req_va_i;
    } else if (rtl_->data_req_valid_i != 0) {
      now.request = rtl_->data_req_access_i == encoded(translation::Access::kStore)
                        ? Request::kStore
                        : Request::kLoad;
      now.va = rtl_->data_req_va_i;
    }
  }
  void show_memory(MmuInside& now) {
    using Memory = MmuInside::Memory;
    if (rtl_->mem_rsp_valid_i != 0) {
      now.memory = Memory::kAnswer;
      now.pte = rtl_->mem_rsp_data_i;
    } else if (rtl_->mem_req_valid_o != 0) {
      now.memory = rtl_->mem_req_cas_o != 0 ? Memory::kCompareAndSwap : Memory::kRead;
      now.pte_address = rtl_->mem_req_addr_o;
    }
  }

  void drive(const translation::Context& c) {
    put(rtl_->ctx_mode_i, c.format == nullptr ? 0 : c.format->satp_mode);
    put(rtl_->ctx_root_i, c.root >> kPageShift);
    put(rtl_->ctx_asid_i, c.asid);
    put(rtl_->ctx_fetch_priv_i, c.fetch_privilege);
    put(rtl_->ctx_data_priv_i, c.data_privilege);
    rtl_->ctx_sum_i = c.sum;
    rtl_->ctx_mxr_i = c.mxr;
    rtl_->ctx_update_i = c.ad_update == translation::AdUpdate::kHardware;
  }

  /// Settled before; collects what the cycle that ends here shows.
  void edge() {
    collect();
    rtl_.rise();
    ++cycles_;
  }

  /// Clocks until the port answers or memory is needed.
  State run() {
    if (answered()) return State::kAnswer;
    for (unsigned i = 0; i < kPatience; ++i) {
      rtl_.settle();
      if (rtl_->mem_req_valid_o != 0) {
        memory_ = {rtl_->mem_req_cas_o != 0, rtl_->mem_req_addr_o, rtl_->mem_req_expected_o,
                   rtl_->mem_req_desired_o};
        return State::kMemory;
      }
      edge();
      if (answered()) return State::kAnswer;
    }
    throw RtlSilent("the RTL never answers the request");
  }

  /// After an edge: the answer stands in registers and the protection behind them.
  bool answered() {
    if (fetch_) {
      if (rtl_->fetch_rsp_valid_o == 0) return false;
      answer_ = {rtl_->fetch_rsp_fault_o != 0,
                 static_cast<translation::Rule>(rtl_->fetch_rsp_rule_o), rtl_->fetch_rsp_cause_o,
                 rtl_->fetch_rsp_tval_o, rtl_->fetch_rsp_pa_o};
      return true;
    }
    if (rtl_->data_rsp_valid_o == 0) return false;
    answer_ = {rtl_->data_rsp_fault_o != 0, static_cast<translation::Rule>(rtl_->data_rsp_rule_o),
               rtl_->data_rsp_cause_o, rtl_->data_rsp_tval_o, rtl_->data_rsp_pa_o};
    return true;
  }

  void collect() {
    if (rtl_->l1i_lookup_done_o != 0) {
      looked_up(MmuTlb::kL1I, rtl_->l1i_lookup_hit_o, rtl_->l1i_lookup_set_o,
                rtl_->l1i_lookup_way_o);
    }
    if (rtl_->l1d_lookup_done_o != 0) {
      looked_up(MmuTlb::kL1D, rtl_->l1d_lookup_hit_o, rtl_->l1d_lookup_set_o,
                rtl_->l1d_lookup_way_o);
    }
    if (rtl_->l2_lookup_done_o != 0) {
      looked_up(MmuTlb::kL2, rtl_->l2_lookup_hit_o, rtl_->l2_lookup_set_o, rtl_->l2_lookup_way_o);
    }
    if (rtl_->l1i_fill_done_o != 0) {
      filled(MmuTlb::kL1I, rtl_->l1i_fill_evict_o, rtl_->l1i_fill_set_o, rtl_->l1i_fill_way_o);
    }
    if (rtl_->l1d_fill_done_o != 0) {
      filled(MmuTlb::kL1D, rtl_->l1d_fill_evict_o, rtl_->l1d_fill_set_o, rtl_->l1d_fill_way_o);
    }
    if (rtl_->l2_fill_done_o != 0) {
      filled(MmuTlb::kL2, rtl_->l2_fill_evict_o, rtl_->l2_fill_set_o, rtl_->l2_fill_way_o);
    }
    if (!left_by_fence_ && rtl_->l2_busy_o == 0) left_by_fence_ = valid_count(MmuTlb::kL2);
    // The second level takes a page in the cycle in which the first one is filled, and says in a
    // later one, at the latest in that after its last busy one, what it did.
    busy_ = rtl_->l2_busy_o != 0 || rtl_->l1i_fill_done_o != 0 || rtl_->l1d_fill_done_o != 0;
  }
  void looked_up(MmuTlb tlb, bool hit, unsigned set, unsigned way) {
    if (hit) {
      add(tlb, {false, true}, set, way);
    } else {
      add(tlb, {}, 0, 0);
    }
  }
  void filled(MmuTlb tlb, bool evicted, unsigned set, unsigned way) {
    add(tlb, {true, evicted}, set, way);
  }
  void add(MmuTlb tlb, MmuEvent event, unsigned set, unsigned way) {
    event.set = static_cast<std::uint16_t>(set);
    event.way = static_cast<std::uint16_t>(way);
    event.cycle = cycles_;
    events(tlb).push_back(event);
  }

  template <typename Port>
  static std::vector<std::uint64_t> words(const Port& port, unsigned entries) {
    std::vector<std::uint64_t> all((entries + 63) / 64);
    if (entries == 0) return all;
    if constexpr (std::is_integral_v<Port>) {
      all[0] = port;
    } else {
      for (unsigned i = 0; i < (entries + 31) / 32; ++i) {
        all[i / 2] |= std::uint64_t{port[i]} << (i % 2 * 32);
      }
    }
    return all;
  }
  template <typename Port>
  static unsigned population(const Port& port, unsigned entries) {
    if (entries == 0) return 0;
    if constexpr (std::is_integral_v<Port>) {
      return static_cast<unsigned>(__builtin_popcountll(port));
    } else {
      unsigned sum = 0;
      for (unsigned i = 0; i < (entries + 31) / 32; ++i) {
        sum += static_cast<unsigned>(__builtin_popcount(port[i]));
      }
      return sum;
    }
  }

  Clocked<Model> rtl_;
  bool fetch_ = false;  ///< the port that was asked last
};

}  // namespace lookaside::cosim
