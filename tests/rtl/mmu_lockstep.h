// SPDX-License-Identifier: Apache-2.0
// Random operations on lookaside_mmu and on the model's MMU: answers, PTE accesses in their order,
// what every TLB said and did, and what is left in them. One or both ports at once, at the same
// time or one a little later; fences between accesses and while one is served.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "rtl/mmu_reference.h"
#include "rtl/rtl_mmu.h"
#include "stimulus/mmu_coverage.h"
#include "stimulus/mmu_generator.h"

namespace lookaside::tests {

template <typename Model>
class MmuLockstep {
 public:
  using Operation = cosim::Operation;
  using Kind = cosim::OperationKind;

  MmuLockstep(const std::string& name, const MmuShape& shape,
              std::vector<const translation::Format*> formats, std::uint64_t seed)
      : cover(name, !formats.front()->sign_extended, shape.l2_enabled),
        generator_({std::move(formats), shape.asid_bits, shape.pmp_entries}, stimulus::MmuWeights{},
                   seed),
        pmp_(shape.pmp_entries, shape.largest->pa_bits),
        reference_(shape) {
    rtl_.bus.perform = [this](PteAccess& a) { perform(a); };
  }

  /// Performs one operation, or two accesses at once; stops at the first difference as a failure of
  /// the test.
  void step() {
    const Operation o = generator_.next();
    switch (o.kind) {
      case Kind::kWrite:
      case Kind::kFence:
        if (o.phase != 0) {
          disturbances_.push_back(o);
          return;
        }
        if (o.kind == Kind::kFence) fence(o);
        if (o.kind == Kind::kWrite) write(o);
        cover.forget();
        break;
      case Kind::kBusError:
        errors_.insert(o.pa);
        return;
      case Kind::kLatency:
        rtl_.bus.latency = o.index;
        return;
      case Kind::kContext:
        rtl_.set_context(o.context);
        translator().set_context(o.context);
        return;
      case Kind::kPmp:
        protect(o);
        return;
      default:
        access(o);
        break;
    }
    compare_contents();
  }
  unsigned long long cycles() const { return rtl_.cycles(); }
  unsigned long long compared = 0, hits = 0, l2_hits = 0, faults = 0, walked = 0, both = 0,
                     fenced = 0;
  stimulus::MmuCoverage cover;

 private:
  using Source = stimulus::Source;
  using MissPhase = stimulus::MissPhase;

  stimulus::Random& random() { return generator_.random(); }
  mmu::Translator& translator() { return reference_.translator(); }
  static MmuPort port_of(const Operation& o) {
    return o.access == translation::Access::kFetch ? kFetchPort : kDataPort;
  }
  static MmuRequest request_of(const Operation& o) { return {o.va, o.bytes, o.access}; }

  // ---- memory --------------------------------------------------------------------------------
  void write(const Operation& o) {
    words_[o.pa] = o.value;
    errors_.erase(o.pa);
  }
  void perform(PteAccess& a) {
    ++accesses_;
    for (Operation& o : disturbances_) {
      if (o.kind != Kind::kWrite || o.phase != accesses_) continue;
      write(o);
      o.phase = 0;
    }
    a.error = errors_.count(a.address) != 0 || (a.cas && random().chance(kRefusedSwaps));
    if (a.error) return;
    std::uint64_t& word = words_[a.address];
    a.data = word;
    if (!a.cas) return;
    a.swapped = word == a.expected;
    if (a.swapped) word = a.desired;
  }

  // ---- operations ----------------------------------------------------------------------------
  void fence(const Operation& o) {
    rtl_.fence(o.fence());
    ASSERT_TRUE(rtl_.run());
    translator().fence(o.fence(), 0);
  }
  void protect(const Operation& o) {
    pmp_.write_addr(o.index, o.value);
    pmp_.write_cfg(o.index, o.cfg);
    rtl_.set_pmp(pmp_, o.index);
    translator().set_pmp(pmp_);
    cover.forget();
  }

  void access(const Operation& o) {
    accesses_ = 0;
    rtl_.bus.accesses.clear();
    const Operation* fence = nullptr;
    for (const Operation& d : disturbances_) fence = d.kind == Kind::kFence ? &d : fence;
    const Operation& next = generator_.peek();
    const bool pair = next.kind == Kind::kAccess && port_of(next) != port_of(o) &&
                      disturbances_.empty() && random().chance(60);
    if (fence != nullptr) {
      access_and_fence(o, *fence);
    } else if (pair) {
      two_accesses(o, generator_.next());
    } else {
      one_access(o);
    }
    for (const Operation& d : disturbances_) {
      if (d.kind == Kind::kWrite && d.phase != 0) write(d);
    }
    disturbances_.clear();
  }
  std::deque<PteAccess> made() const {
    return {rtl_.bus.accesses.begin(), rtl_.bus.accesses.end()};
  }
  void stalls() { rtl_.bus.stall = random().chance(15); }
  bool run() {
    for (unsigned i = 0; i < kPatience; ++i) {
      stalls();
      rtl_.cycle();
      if (rtl_.idle()) return true;
    }
    return false;
  }

  void one_access(const Operation& o) {
    rtl_.request(port_of(o), request_of(o));
    ASSERT_TRUE(run()) << "no answer";
    std::deque<PteAccess> accesses = made();
    compare(o, accesses);
    ASSERT_TRUE(accesses.empty()) << "the RTL accessed a PTE that the model did not";
  }

  // Offered together, data is served first; else whoever came first.
  void two_accesses(const Operation& first, const Operation& second) {
    ++both;
    const unsigned later = random().chance(40) ? 0 : 1 + random().below(20);
    rtl_.request(port_of(first), request_of(first));
    for (unsigned i = 0; i < later; ++i) {
      stalls();
      rtl_.cycle();
    }
    rtl_.request(port_of(second), request_of(second));
    ASSERT_TRUE(run()) << "no answer";
    std::deque<PteAccess> accesses = made();
    const bool swap = later == 0 && port_of(first) == kFetchPort;
    compare(swap ? second : first, accesses);
    compare(swap ? first : second, accesses);
    ASSERT_TRUE(accesses.empty()) << "the RTL accessed a PTE that the model did not";
    using Order = stimulus::MmuCoverage::Order;
    const Order order = later == 0                     ? Order::kTogether
                        : port_of(first) == kFetchPort ? Order::kFetchFirst
                                                       : Order::kDataFirst;
    cover.both(order, rtl_.answer(kFetchPort).cycles > 1, rtl_.answer(kDataPort).cycles > 1);
  }

  /// What the RTL had done when it took a fence.
  struct AtFence {
    bool taken = false, answered = false;  ///< of the access
    std::size_t accesses = 0;              ///< PTE accesses that the fence makes worthless
    std::size_t l2_lookups = 0;
  };

  // The fence comes some cycles after the request, or after the PTE access of its phase.
  void access_and_fence(const Operation& o, const Operation& fence) {
    ++fenced;
    const MmuPort port = port_of(o);
    const bool early = random().chance(35);
    unsigned wait = early ? random().below(9) : random().below(rtl_.bus.latency + 4);
    AtFence at;
    bool offered = false, over = false;
    rtl_.request(port, request_of(o));
    for (unsigned i = 0; i < kPatience && !over; ++i) {
      stalls();
      const bool due = early || accesses_ >= fence.phase || rtl_.quiet(port);
      if (!offered && due && wait-- == 0) {
        offered = true;
        rtl_.fence(fence.fence());
      }
      const bool open = offered && !rtl_.fence_done();
      const AtFence before{rtl_.waiting(port), false, 0, lookups(kL2)};
      rtl_.cycle();
      if (open && rtl_.fence_done()) {
        at = before;
        at.answered = rtl_.quiet(port);
        at.accesses = rtl_.bus.accesses.size() + (rtl_.bus.held() ? 1 : 0);
      }
      over = offered && rtl_.idle();
    }
    ASSERT_TRUE(over) << "no answer";
    cover.fence(fence.form, phase(at));
    compare_fenced(o, fence, at);
  }
  static MissPhase phase(const AtFence& at) {
    if (at.answered) return MissPhase::kAnswered;
    if (!at.taken) return MissPhase::kRequest;
    const auto pte = static_cast<unsigned>(MissPhase::kSecondLevel) +
                     static_cast<unsigned>(std::min<std::size_t>(at.accesses, 3));
    return static_cast<MissPhase>(pte);
  }

  // The model does the same in the same order: what the TLBs were asked before the fence, the
  // fence, and the walk from its root.
  void compare_fenced(const Operation& o, const Operation& fence, const AtFence& at) {
    std::deque<PteAccess> accesses = made();
    if (at.answered) {
      compare(o, accesses);
      translator().fence(fence.fence(), 0);
    } else if (!at.taken) {
      translator().fence(fence.fence(), 0);
      compare(o, accesses);
    } else {
      const MmuTlb l1 = port_of(o) == kFetchPort ? kL1I : kL1D;
      const bool found = !rtl_.events[l1].empty() && rtl_.events[l1].front().hit_or_evict;
      // The first level was asked before; without a second level the walk began at once.
      if (found || at.l2_lookups != 0 || translator().l2() == nullptr) {
        ASSERT_GE(accesses.size(), at.accesses);
        accesses.erase(accesses.begin(), accesses.begin() + static_cast<long>(at.accesses));
        compare(o, accesses, [&] { invalidate(fence.fence()); });
      } else {
        // What the second level said before the fence was not used.
        for (std::size_t i = 1; i < lookups(kL2); ++i) {
          translator().l2()->lookup(o.va, translator().context().asid);
        }
        invalidate(fence.fence());
        compare(o, accesses);
      }
    }
    if (::testing::Test::HasFailure()) return;
    ASSERT_TRUE(accesses.empty()) << "the RTL accessed a PTE that the model did not";
    cover.forget();
  }
  // A fence that the walk of the model does not see: it is told nothing of what was read before.
  void invalidate(const translation::Fence& fence) {
    mmu::Translator& t = translator();
    for (tlb::Tlb* tlb : {t.l1(protocol::Port::kFetch), t.l1(protocol::Port::kData), t.l2()}) {
      if (tlb != nullptr) tlb->invalidate(fence);
    }
  }
  std::size_t lookups(MmuTlb tlb) const {
    std::size_t n = 0;
    for (const TlbEvent& e : rtl_.events[tlb]) n += e.fill ? 0 : 1;
    return n;
  }

  // ---- comparison ----------------------------------------------------------------------------
  void compare(
      const Operation& o, std::deque<PteAccess>& made,
      const std::function<void()>& before_walk = [] {}) {
    const std::size_t accesses = made.size();
    const std::vector<PteAccess> all{made.begin(), made.end()};
    const MmuTlb l1 = port_of(o) == kFetchPort ? kL1I : kL1D;
    const std::size_t l1_before = reference_.events[l1].size();
    const std::size_t l2_before = reference_.events[kL2].size();
    const mmu::Job job = reference_.translate(port_of(o), request_of(o), made, before_walk);
    if (::testing::Test::HasFailure()) return;
    ++compared;
    const MmuAnswer& got = rtl_.answer(port_of(o));
    const bool fault = job.fault.rule != translation::Rule::kNone;
    ASSERT_STREQ(name(got.rule), name(job.fault.rule)) << cosim::line_of(o);
    ASSERT_EQ(got.fault, fault);
    if (fault) {
      ++faults;
      ASSERT_EQ(got.cause, static_cast<unsigned>(job.fault.cause)) << cosim::line_of(o);
      ASSERT_EQ(got.tval, job.fault.tval) << cosim::line_of(o);
    } else {
      ASSERT_EQ(got.pa, job.pa) << cosim::line_of(o);
    }
    sample(o, job, {all.begin(), all.begin() + static_cast<long>(accesses - made.size())},
           found(l1, l1_before), found(kL2, l2_before));
  }
  bool found(MmuTlb tlb, std::size_t from) const {
    const auto& events = reference_.events[tlb];
    for (std::size_t i = from; i < events.size(); ++i) {
      if (!events[i].fill && events[i].hit_or_evict) return true;
    }
    return false;
  }
  void sample(const Operation& o, const mmu::Job& job, const std::vector<PteAccess>& made,
              bool l1_found, bool l2_found) {
    using Protected = stimulus::MmuCoverage::Protected;
    const bool asked = job.walk.has_value();
    const bool canonical = job.fault.rule != translation::Rule::kNotCanonical;
    const Source source = asked                                             ? Source::kWalk
                          : !job.context.translates(o.access) || !canonical ? Source::kNobody
                          : l1_found                                        ? Source::kL1
                                                                            : Source::kL2;
    hits += source == Source::kL1;
    l2_hits += source == Source::kL2;
    walked += asked;
    if (asked && (l1_found || l2_found)) cover.stale(l1_found ? Source::kL1 : Source::kL2);
    for (const PteAccess& a : made) {
      cover.protection(a.cas ? Protected::kPteUpdate : Protected::kPteRead,
                       translation::Rule::kNone, o.access);
    }
    const bool update = job.fault.rule == translation::Rule::kPteUpdateRefused;
    if (update || job.fault.rule == translation::Rule::kPteAccessRefused) {
      const translation::Rule rule =
          pmp_.check(job.fault.pte_address, job.context.format->pte_bytes,
                     update ? translation::Access::kStore : translation::Access::kLoad,
                     translation::Privilege::kSupervisor);
      cover.protection(update ? Protected::kPteUpdate : Protected::kPteRead, rule, o.access);
    }
    cover.access(o, job.context, source, job.fault.rule);
  }

  void compare_contents() {
    if (::testing::Test::HasFailure()) return;
    for (const MmuTlb tlb : {kL1I, kL1D, kL2}) {
      ASSERT_EQ(rtl_.events[tlb], reference_.events[tlb]) << "TLB " << tlb;
      rtl_.events[tlb].clear();
      reference_.events[tlb].clear();
    }
    mmu::Translator& t = translator();
    ASSERT_FALSE(rtl_.overrun()) << "a port takes a request while the one before has no answer";
    ASSERT_EQ(rtl_.valid(kL1I), valid_bits(*t.l1(protocol::Port::kFetch)));
    ASSERT_EQ(rtl_.valid(kL1D), valid_bits(*t.l1(protocol::Port::kData)));
    ASSERT_EQ(rtl_.valid(kL2), t.l2() == nullptr ? 0 : valid_bits(*t.l2()));
  }

  static constexpr unsigned kPatience = 4000;
  static constexpr unsigned kRefusedSwaps = 3;  ///< percent of compare-and-swaps with a bus error
  stimulus::MmuGenerator generator_;
  translation::Pmp pmp_;
  MmuReference reference_;
  RtlMmu<Model> rtl_;
  std::map<std::uint64_t, std::uint64_t> words_;
  std::set<std::uint64_t> errors_;
  std::vector<Operation> disturbances_;  ///< of the next access
  unsigned accesses_ = 0;                ///< PTE accesses since it began
};

}  // namespace lookaside::tests
