// SPDX-License-Identifier: Apache-2.0
// lookaside_tlb and lookaside_tlb_l2, Verilated, behind TlbPort. Included once for each variant.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include "cosim/clocked.h"
#include "cosim/tlb/port.h"

namespace lookaside::cosim {

/// The low 64 bits of a signal, whatever its width.
template <typename Signal>
std::uint64_t low_word(const Signal& signal) {
  if constexpr (std::is_integral_v<Signal>) {
    return signal;
  } else {
    return signal[0] | std::uint64_t{signal[1]} << 32;
  }
}

/// What both blocks share: operands. `VaBits` as in rtl/; Inside::of(model) gives a TlbInside.
template <typename Model, unsigned VaBits, unsigned Entries, typename Inside>
class VerilatedTlbBase : public TlbPort {
 public:
  void reset() final {
    rtl_->lookup_valid_i = 0;
    rtl_->fill_valid_i = 0;
    rtl_->fence_valid_i = 0;
    rtl_.reset();
    refresh();
  }
  unsigned long long cycles() const final { return rtl_.cycles(); }
  void watch(std::function<void()> cycle) final { rtl_.watch(std::move(cycle)); }
  TlbInside inside() final {
    rtl_.settle();
    return Inside::of(*rtl_);
  }

 protected:
  static constexpr unsigned kPageShift = 12;
  static constexpr unsigned kVpnBits = (VaBits == 32 ? 32 : 64) - kPageShift;

  static std::uint64_t vpn(std::uint64_t va) {
    return (va >> kPageShift) & ((std::uint64_t{1} << kVpnBits) - 1);
  }
  void set_lookup(std::uint64_t va, std::uint32_t asid, bool drop) {
    put(rtl_->lookup_drop_i, drop);
    put(rtl_->lookup_vpn_i, vpn(va));
    put(rtl_->lookup_asid_i, asid);
  }
  void set_fill(const TlbPage& p) {
    put(rtl_->fill_vpn_i, vpn(p.va));
    put(rtl_->fill_asid_i, p.asid);
    put(rtl_->fill_ppn_i, p.ppn);
    put(rtl_->fill_level_i, p.level);
    put(rtl_->fill_global_i, p.global);
    put(rtl_->fill_perm_i, p.perm);
  }
  void set_fence(const translation::Fence& f) {
    put(rtl_->fence_form_i, f.form);
    put(rtl_->fence_vpn_i, vpn(f.va));
    put(rtl_->fence_asid_i, f.asid);
  }
  TlbFilled filled() {
    return {rtl_->fill_stored_o != 0, rtl_->fill_set_o, rtl_->fill_way_o, rtl_->fill_evict_o != 0};
  }
  /// Takes valid_o over; ports up to 64 bits are numbers, wider ones arrays of 32-bit words.
  void refresh() {
    valid_.assign((Entries + 63) / 64, 0);
    if constexpr (std::is_integral_v<std::decay_t<decltype(rtl_->valid_o)>>) {
      valid_[0] = rtl_->valid_o;
    } else {
      for (unsigned i = 0; i < (Entries + 31) / 32; ++i) {
        valid_[i / 2] |= std::uint64_t{rtl_->valid_o[i]} << (i % 2 * 32);
      }
    }
  }

  Clocked<Model> rtl_;
};

/// lookaside_tlb: one cycle for everything; lookups answer in it.
template <typename Model, unsigned VaBits, unsigned Entries, typename Inside>
class VerilatedTlb final : public VerilatedTlbBase<Model, VaBits, Entries, Inside> {
 public:
  TlbAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) override {
    this->set_lookup(va, asid, drop);
    rtl_->lookup_valid_i = 1;
    rtl_.settle();
    const TlbAnswer found = answer();
    rtl_.rise();
    rtl_->lookup_valid_i = 0;
    if (drop) this->refresh();
    return found;
  }
  TlbFilled fill(const TlbPage& page) override {
    this->set_fill(page);
    rtl_->fill_valid_i = 1;
    rtl_.settle();
    const TlbFilled result = this->filled();
    rtl_.rise();
    rtl_->fill_valid_i = 0;
    this->refresh();
    return result;
  }
  void fence(const translation::Fence& f) override {
    this->set_fence(f);
    rtl_->fence_valid_i = 1;
    rtl_.settle();
    rtl_.rise();
    rtl_->fence_valid_i = 0;
    this->refresh();
  }
  bool peek(std::uint64_t va, std::uint32_t asid, TlbAnswer& found) override {
    this->set_lookup(va, asid, false);
    rtl_.settle();
    found = answer();
    return true;
  }

 private:
  using VerilatedTlbBase<Model, VaBits, Entries, Inside>::rtl_;
  TlbAnswer answer() {
    return {rtl_->hit_o != 0,  rtl_->hit_set_o,         rtl_->hit_way_o,  rtl_->hit_ppn_o,
            rtl_->hit_level_o, rtl_->hit_global_o != 0, rtl_->hit_perm_o, 0};
  }
};

/// lookaside_tlb_l2: handshakes, answers later.
template <typename Model, unsigned VaBits, unsigned Entries, typename Inside>
class VerilatedTlbL2 final : public VerilatedTlbBase<Model, VaBits, Entries, Inside> {
 public:
  TlbAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) override {
    this->set_lookup(va, asid, drop);
    rtl_->lookup_valid_i = 1;
    take(rtl_->lookup_ready_o, "lookup_ready_o");
    rtl_->lookup_valid_i = 0;
    rtl_.settle();
    const unsigned edges = 1 + rtl_.wait_for(rtl_->rsp_valid_o, "rsp_valid_o");
    const TlbAnswer found{
        rtl_->rsp_hit_o != 0, rtl_->rsp_set_o,         rtl_->rsp_way_o,  rtl_->rsp_ppn_o,
        rtl_->rsp_level_o,    rtl_->rsp_global_o != 0, rtl_->rsp_perm_o, edges};
    if (drop) settled();
    return found;
  }
  TlbFilled fill(const TlbPage& page) override {
    this->set_fill(page);
    rtl_->fill_valid_i = 1;
    take(rtl_->fill_ready_o, "fill_ready_o");
    rtl_->fill_valid_i = 0;
    rtl_.settle();
    rtl_.wait_for(rtl_->fill_done_o, "fill_done_o");
    const TlbFilled result = this->filled();
    settled();
    return result;
  }
  void fence(const translation::Fence& f) override {
    this->set_fence(f);
    rtl_->fence_valid_i = 1;
    take(rtl_->fence_ready_o, "fence_ready_o");
    rtl_->fence_valid_i = 0;
    rtl_.settle();
    settled();
  }
  bool peek(std::uint64_t, std::uint32_t, TlbAnswer&) override { return false; }

 private:
  using VerilatedTlbBase<Model, VaBits, Entries, Inside>::rtl_;
  template <typename Ready>
  void take(const Ready& ready, const char* what) {
    rtl_.settle();
    rtl_.wait_for(ready, what);
    rtl_.rise();
  }
  /// Waits until nothing is under way, so that valid_o tells what is left.
  void settled() {
    unsigned edges = 0;
    for (; rtl_->busy_o != 0; ++edges) {
      if (edges == 100'000) throw RtlSilent("the RTL never ends busy_o");
      rtl_.rise();
      rtl_.settle();
    }
    this->refresh();
  }
};

}  // namespace lookaside::cosim
