// SPDX-License-Identifier: Apache-2.0
// Random operations on a TLB of rtl/ and on the model array, compared one by one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <lookaside/tlb/array.h>

#include "cosim/stimulus.h"
#include "rtl/tlb_drivers.h"
#include "stimulus/tlb_coverage.h"
#include "stimulus/tlb_generator.h"

namespace lookaside::tests {

/// A leaf with these permission bits (D A U X W R) as a PTE.
inline std::uint64_t pte_of(unsigned perm) {
  return 1 | (perm & 7) << 1 | ((perm >> 3) & 1) << 4 | ((perm >> 4) & 3) << 6;
}

/// The page of a fill.
inline translation::Translation translation_of(const translation::Format& format,
                                               const cosim::Operation& o) {
  translation::Translation t;
  t.format = &format;
  t.level = o.level;
  t.page_shift = format.leaf_shift(o.level);
  t.va_base = o.va & ~t.offset_mask();
  t.pa_base = o.ppn << format.page_shift;
  t.global = o.global;
  t.pte = pte_of(o.perm);
  return t;
}

struct LockstepCounts {
  unsigned long long operations = 0, lookups = 0, hits = 0, fills = 0, evictions = 0, fenced = 0;
};

/// Runs operations until `operations` are done or something differs.
template <typename Rtl>
class TlbLockstep {
 public:
  TlbLockstep(Rtl& rtl, const std::string& name, const translation::Format& format,
              const tlb::Geometry& geometry, std::uint64_t seed)
      : rtl_(rtl),
        format_(format),
        model_(geometry),
        generator_({&format, geometry.sets(), geometry.asid_bits}, stimulus::TlbWeights{}, seed),
        cover_(name, format, geometry, Rtl::kQueues) {}

  LockstepCounts run(unsigned long long operations) {
    rtl_.reset();
    before_ = model_.snapshot();
    next_ = generator_.next();
    while (counts_.operations < operations && difference_.empty()) group();
    return counts_;
  }
  /// The first difference, with the number of its operation; empty if there is none.
  const std::string& difference() const { return difference_; }
  const stimulus::Coverage& coverage() const { return cover_.coverage; }

 private:
  // Some operations that are offered together, or so fast that they wait for each other.
  void group() {
    group_.clear();
    do {
      group_.push_back(next_);
      next_ = generator_.next();
    } while (generator_.random().chance(35) && can_join());
    cover_.offered(has(0), has(1), has(2));
    for (std::size_t i = 1; i < group_.size(); ++i) {
      if (Rtl::rank(group_[i]) == 0) cover_.queued(group_[i - 1], group_[i]);
    }
    const bool in_order = rtl_.perform(
        group_,
        [this](const cosim::Operation& o, const RtlAnswer& answer, const RtlFilled& filled) {
          if (difference_.empty()) perform(o, answer, filled);
        });
    if (!in_order) differs(group_.back(), "answers", 1, 0);
    compare_valid();
  }
  bool can_join() const {
    if constexpr (Rtl::kQueues) return group_.size() < 8;
    return Rtl::rank(next_) > Rtl::rank(group_.back());
  }
  bool has(unsigned rank) const {
    for (const cosim::Operation& o : group_) {
      if (Rtl::rank(o) == rank) return true;
    }
    return false;
  }

  void perform(const cosim::Operation& o, const RtlAnswer& answer, const RtlFilled& filled) {
    ++counts_.operations;
    switch (o.kind) {
      case cosim::OperationKind::kLookup:
        return lookup(o, answer);
      case cosim::OperationKind::kDrop:
        drop(o, answer);
        break;
      case cosim::OperationKind::kFill:
        fill(o, filled);
        break;
      default:
        cover_.fence(o, before_);
        counts_.fenced += model_.invalidate(o.fence());
        break;
    }
    before_ = model_.snapshot();
  }

  void lookup(const cosim::Operation& o, const RtlAnswer& got) {
    ++counts_.lookups;
    const tlb::LookupResult want = model_.lookup(o.va, o.asid);
    cover_.lookup(o, before_, want);
    same(o, "hit", want.hit, got.hit);
    if (!want.hit) return;
    ++counts_.hits;
    const translation::Translation& t = want.translation;
    same(o, "set", want.set, got.set);
    same(o, "way", want.way, got.way);
    same(o, "ppn", t.physical(o.va) >> format_.page_shift, got.ppn);
    same(o, "page size", t.page_shift, format_.leaf_shift(got.level));
    same(o, "global", t.global, got.global);
    same(o, "permissions", t.pte, pte_of(got.perm));
  }

  void fill(const cosim::Operation& o, const RtlFilled& got) {
    ++counts_.fills;
    const tlb::FillResult want = model_.fill(translation_of(format_, o), o.va, o.asid);
    cover_.fill(o, before_, want);
    same(o, "stored", want.stored, got.stored);
    if (!want.stored) return;
    counts_.evictions += want.evicted ? 1 : 0;
    same(o, "set", want.set, got.set);
    same(o, "way", want.way, got.way);
    same(o, "evicted", want.evicted, got.evicted);
  }

  // What the model's MMU does with an entry whose A or D bit is missing.
  void drop(const cosim::Operation& o, const RtlAnswer& got) {
    const tlb::LookupResult found = model_.probe(o.va, o.asid);
    cover_.drop(o, found);
    if (found.hit) {
      const auto form = found.translation.global ? translation::FenceForm::kAddress
                                                 : translation::FenceForm::kAddressAsid;
      same(o, "entries dropped by the model", 1, model_.invalidate({form, o.va, o.asid}));
    }
    same(o, "hit", found.hit, got.hit);
  }

  void compare_valid() {
    for (std::size_t i = 0; i < before_.size() && difference_.empty(); ++i) {
      if (before_[i].valid == rtl_.valid(i)) continue;
      differs(group_.back(), fmt::format("entry {} valid", i).c_str(), before_[i].valid,
              rtl_.valid(i));
    }
  }
  void same(const cosim::Operation& o, const char* what, std::uint64_t want, std::uint64_t got) {
    if (want != got) differs(o, what, want, got);
  }
  void differs(const cosim::Operation& o, const char* what, std::uint64_t want, std::uint64_t got) {
    if (!difference_.empty()) return;
    difference_ = fmt::format("operation {}: {}: {}: model {:#x}, RTL {:#x}", counts_.operations,
                              cosim::line_of(o), what, want, got);
  }

  Rtl& rtl_;
  const translation::Format& format_;
  tlb::Array model_;
  stimulus::TlbGenerator generator_;
  stimulus::TlbCoverage cover_;
  std::vector<tlb::Entry> before_;  ///< contents of the model
  cosim::Operation next_;
  std::vector<cosim::Operation> group_;
  LockstepCounts counts_;
  std::string difference_;
};

}  // namespace lookaside::tests
