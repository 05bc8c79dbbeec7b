// SPDX-License-Identifier: Apache-2.0
// TLBs of rtl/ behind one C++ face: operations one after the other, as the model takes them.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/translation/access.h>

#include "cosim/stimulus.h"
#include "rtl/clocked.h"
#include "rtl/rtl_access.h"

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
  bool valid(std::size_t entry) { return bit(rtl_->valid_o, entry); }
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
    put_fence(f, noise_, rtl_->fence_form_i, rtl_->fence_vpn_i, kPageShift, Bits - kPageShift,
              rtl_->fence_asid_i);
  }

  /// In the order of priorities: fence, fill, lookup.
  static unsigned rank(const cosim::Operation& o) {
    if (o.kind == cosim::OperationKind::kFence) return 0;
    return o.kind == cosim::OperationKind::kFill ? 1 : 2;
  }
  void set(const cosim::Operation& o) {
    switch (rank(o)) {
      case 0:
        return set_fence(o.fence());
      case 1:
        return set_fill({o.va, o.asid, o.ppn, o.level, o.global, o.perm});
      default:
        return set_lookup(o.va, o.asid, o.kind == cosim::OperationKind::kDrop);
    }
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
  static bool bit(std::uint64_t port, std::size_t i) { return (port >> i & 1) != 0; }
  template <std::size_t Words>
  static bool bit(const VlWide<Words>& port, std::size_t i) {
    return (port[i / 32] >> i % 32 & 1) != 0;
  }
  Noise noise_;
};

/// lookaside_tlb: one cycle for everything.
template <typename Model, unsigned Bits>
class RtlTlb : public RtlTlbBase<Model, Bits> {
 public:
  /// Operations are performed in the order of their priorities when they are offered together.
  static constexpr bool kQueues = false;

  RtlAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) {
    this->set_lookup(va, asid, drop);
    rtl_.settle();
    const RtlAnswer result = answer();
    rtl_.edge();
    this->idle();
    return result;
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

  /// Offers at most one fence, one fill and one lookup, in this order, all in one cycle; calls
  /// `done` with each and what the RTL says in the cycle that takes it. False if another operation
  /// than the first was ready.
  template <typename Done>
  bool perform(const std::vector<cosim::Operation>& operations, Done done) {
    for (const cosim::Operation& o : operations) this->set(o);
    bool in_order = true;
    for (const cosim::Operation& o : operations) {
      rtl_.settle();
      const unsigned rank = this->rank(o);
      in_order = in_order && (rtl_->fill_ready_o != 0) == (rank >= 1) &&
                 (rtl_->lookup_ready_o != 0) == (rank >= 2);
      done(o, answer(), this->filled());
      rtl_.edge();
      if (rank == 0) rtl_->fence_valid_i = 0;
      if (rank == 1) rtl_->fill_valid_i = 0;
    }
    this->idle();
    return in_order;
  }

 private:
  using RtlTlbBase<Model, Bits>::rtl_;
  RtlAnswer answer() {
    return {rtl_->hit_o != 0,  rtl_->hit_set_o,         rtl_->hit_way_o, rtl_->hit_ppn_o,
            rtl_->hit_level_o, rtl_->hit_global_o != 0, rtl_->hit_perm_o};
  }
};

/// lookaside_tlb_l2: handshakes, answers later.
template <typename Model, unsigned Bits>
class RtlTlbL2 : public RtlTlbBase<Model, Bits> {
 public:
  /// Operations wait for each other in the RTL, in any order.
  static constexpr bool kQueues = true;

  RtlAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) {
    this->set_lookup(va, asid, drop);
    until(rtl_->lookup_ready_o);
    this->idle();
    pass_until(rtl_->rsp_valid_o);
    return answer();
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
    drain();
  }

  /// Offers each operation as soon as the one before is taken, whatever is under way; calls `done`
  /// with each in order. False if an answer came that nobody waits for, or none.
  template <typename Done>
  bool perform(const std::vector<cosim::Operation>& operations, Done done) {
    std::size_t offered = 0, finished = 0;
    const auto next_done = [&](bool fill) {
      for (; finished < offered; ++finished) {
        const cosim::Operation& o = operations[finished];
        const bool fence = this->rank(o) == 0;
        if (!fence && (this->rank(o) == 1) != fill) return false;
        done(o, answer(), this->filled());
        if (!fence) return ++finished, true;
      }
      return false;
    };
    this->idle();
    for (unsigned cycle = 0; cycle < kPatience; ++cycle) {
      if (offered < operations.size()) this->set(operations[offered]);
      rtl_.settle();
      if (rtl_->fill_done_o != 0 && !next_done(true)) return false;
      if (rtl_->rsp_valid_o != 0 && !next_done(false)) return false;
      if (offered == operations.size()) {
        const bool waits = finished < offered && !only_fences(operations, finished);
        const bool over = !waits && rtl_->busy_o == 0;
        rtl_.edge();
        if (over) break;
        continue;
      }
      const unsigned rank = this->rank(operations[offered]);
      const bool taken = (rank == 0   ? rtl_->fence_ready_o
                          : rank == 1 ? rtl_->fill_ready_o
                                      : rtl_->lookup_ready_o) != 0;
      rtl_.edge();
      if (!taken) continue;
      ++offered;
      this->idle();
    }
    for (; finished < offered && this->rank(operations[finished]) == 0; ++finished) {
      done(operations[finished], answer(), this->filled());
    }
    return finished == operations.size();
  }

 private:
  static constexpr unsigned kPatience = 100'000;
  using RtlTlbBase<Model, Bits>::rtl_;
  RtlAnswer answer() {
    return {rtl_->rsp_hit_o != 0, rtl_->rsp_set_o,         rtl_->rsp_way_o, rtl_->rsp_ppn_o,
            rtl_->rsp_level_o,    rtl_->rsp_global_o != 0, rtl_->rsp_perm_o};
  }
  bool only_fences(const std::vector<cosim::Operation>& operations, std::size_t from) const {
    for (; from < operations.size(); ++from) {
      if (this->rank(operations[from]) != 0) return false;
    }
    return true;
  }
  void drain() {
    rtl_.settle();
    while (rtl_->busy_o != 0) rtl_.edge();
  }
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
