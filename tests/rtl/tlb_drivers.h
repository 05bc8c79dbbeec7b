// SPDX-License-Identifier: Apache-2.0
// TLBs of rtl/ behind one C++ face: operations one after the other, as the model takes them.
#pragma once

#include <cstdint>

#include <lookaside/translation/access.h>

#include "rtl/clocked.h"

namespace lookaside::tests {

struct RtlAnswer {
  bool hit = false;
  unsigned set = 0, way = 0;
  std::uint64_t ppn = 0;  ///< of the 4 KiB piece
  unsigned level = 0;
  bool global = false;
  unsigned perm = 0;  ///< D A U X W R, R lowest
};

struct RtlPage {
  std::uint64_t va = 0;
  std::uint32_t asid = 0;
  std::uint64_t ppn = 0;
  unsigned level = 0;
  bool global = false;
  unsigned perm = 0;
};

struct RtlFilled {
  bool stored = false;
  unsigned set = 0, way = 0;
  bool evicted = false;
};

/// Ports that every TLB shares. `Bits` = width of a virtual address as the ports see it.
template <typename Model, unsigned Bits>
class RtlTlbBase {
 public:
  static constexpr unsigned kPageShift = 12;
  void reset() {
    idle();
    rtl_.reset();
  }
  std::uint64_t valid() { return rtl_->valid_o; }
  unsigned long long cycles() const { return rtl_.cycles(); }
  Model& ports() { return *rtl_; }
  Clocked<Model>& clock() { return rtl_; }

  /// Nothing is asked; the operands become noise.
  void idle() {
    rtl_->lookup_valid_i = 0;
    rtl_->fill_valid_i = 0;
    rtl_->fence_valid_i = 0;
    noise_.on(rtl_->lookup_drop_i, 1);
    noise_.on(rtl_->lookup_vpn_i, Bits - kPageShift);
    noise_.on(rtl_->fill_vpn_i, Bits - kPageShift);
    noise_.on(rtl_->fill_level_i, 1);
    noise_.on(rtl_->fence_form_i, 2);
    noise_.on(rtl_->fence_vpn_i, Bits - kPageShift);
    noise_.on(rtl_->fence_asid_i, 2);
  }
  void set_lookup(std::uint64_t va, std::uint32_t asid, bool drop) {
    rtl_->lookup_valid_i = 1;
    put(rtl_->lookup_drop_i, drop);
    put(rtl_->lookup_vpn_i, vpn(va));
    put(rtl_->lookup_asid_i, asid);
  }
  void set_fill(const RtlPage& p) {
    rtl_->fill_valid_i = 1;
    put(rtl_->fill_vpn_i, vpn(p.va));
    put(rtl_->fill_asid_i, p.asid);
    put(rtl_->fill_ppn_i, p.ppn);
    put(rtl_->fill_level_i, p.level);
    put(rtl_->fill_global_i, p.global);
    put(rtl_->fill_perm_i, p.perm);
  }
  void set_fence(const translation::Fence& f) {
    rtl_->fence_valid_i = 1;
    put(rtl_->fence_form_i, f.form);
    put(rtl_->fence_vpn_i, vpn(f.va));
    put(rtl_->fence_asid_i, f.asid);
  }

 protected:
  static std::uint64_t vpn(std::uint64_t va) {
    return (va >> kPageShift) & ((std::uint64_t{1} << (Bits - kPageShift)) - 1);
  }
  RtlFilled filled() {
    return {rtl_->fill_stored_o != 0, rtl_->fill_set_o, rtl_->fill_way_o, rtl_->fill_evict_o != 0};
  }
  Clocked<Model> rtl_;

 private:
  Noise noise_;
};

/// lookaside_tlb: one cycle for everything.
template <typename Model, unsigned Bits>
class RtlTlb : public RtlTlbBase<Model, Bits> {
 public:
  RtlAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) {
    this->set_lookup(va, asid, drop);
    rtl_.settle();
    const RtlAnswer answer{rtl_->hit_o != 0, rtl_->hit_set_o,   rtl_->hit_way_o,
                           rtl_->hit_ppn_o,  rtl_->hit_level_o, rtl_->hit_global_o != 0,
                           rtl_->hit_perm_o};
    rtl_.edge();
    this->idle();
    return answer;
  }
  RtlFilled fill(const RtlPage& page) {
    this->set_fill(page);
    rtl_.settle();
    const RtlFilled result = this->filled();
    rtl_.edge();
    this->idle();
    return result;
  }
  void fence(const translation::Fence& f) {
    this->set_fence(f);
    rtl_.edge();
    this->idle();
  }

 private:
  using RtlTlbBase<Model, Bits>::rtl_;
};

/// lookaside_tlb_l2: handshakes, answers later.
template <typename Model, unsigned Bits>
class RtlTlbL2 : public RtlTlbBase<Model, Bits> {
 public:
  RtlAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) {
    this->set_lookup(va, asid, drop);
    until(rtl_->lookup_ready_o);
    this->idle();
    pass_until(rtl_->rsp_valid_o);
    return {rtl_->rsp_hit_o != 0, rtl_->rsp_set_o,         rtl_->rsp_way_o, rtl_->rsp_ppn_o,
            rtl_->rsp_level_o,    rtl_->rsp_global_o != 0, rtl_->rsp_perm_o};
  }
  RtlFilled fill(const RtlPage& page) {
    this->set_fill(page);
    until(rtl_->fill_ready_o);
    this->idle();
    pass_until(rtl_->fill_done_o);
    return this->filled();
  }
  void fence(const translation::Fence& f) {
    this->set_fence(f);
    until(rtl_->fence_ready_o);
    this->idle();
    rtl_.settle();
    while (rtl_->busy_o != 0) rtl_.edge();
  }

 private:
  using RtlTlbBase<Model, Bits>::rtl_;
  /// Edges up to and including the one at which `ready` was set.
  void until(const CData& ready) {
    rtl_.settle();
    while (ready == 0) rtl_.edge();
    rtl_.edge();
  }
  void pass_until(const CData& valid) {
    while (valid == 0) rtl_.edge();
  }
};

}  // namespace lookaside::tests
