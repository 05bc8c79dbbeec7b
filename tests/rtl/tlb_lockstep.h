// SPDX-License-Identifier: Apache-2.0
// Random operations on a TLB of rtl/ and on the model array, compared one by one.
#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/tlb/array.h>

#include "rtl/tlb_drivers.h"
#include "translation/random.h"

namespace lookaside::tests {

/// Few addresses that conflict, few address spaces, every page size, fences of each form.
class TlbStimulus {
 public:
  TlbStimulus(const translation::Format& format, std::uint32_t asid_mask, std::uint64_t seed)
      : format_(format), asid_mask_(asid_mask), random_(seed) {}

  std::uint64_t va() {
    std::uint64_t va = random_.bits(format_.page_shift);
    for (unsigned level = 0; level < format_.levels; ++level) {
      const std::uint64_t mask = (std::uint64_t{1} << format_.index_bits[level]) - 1;
      // Mostly one of a few tables; at the leaf level, enough pages to overflow the sets.
      std::uint64_t index = random_.below(level == 0 ? 12 : 2) * (level == 0 ? 1 : mask);
      if (random_.chance(3)) index = random_.next() & mask;
      va |= index << format_.leaf_shift(level);
    }
    const unsigned top = format_.va_bits - 1;
    if (format_.sign_extended && ((va >> top) & 1) != 0) va |= ~std::uint64_t{0} << top;
    if (format_.sign_extended && random_.chance(1)) va ^= std::uint64_t{1} << (top + 1);
    return va;
  }
  std::uint32_t asid() {
    static constexpr std::uint32_t kFew[] = {0, 1, 0x155};
    return (random_.chance(95) ? kFew[random_.below(3)]
                               : static_cast<std::uint32_t>(random_.next())) &
           asid_mask_;
  }
  RtlPage page() {
    RtlPage p;
    p.va = va();
    while (!format_.canonical(p.va)) p.va = va();
    p.asid = asid();
    p.level = random_.chance(70) ? 0 : random_.below(format_.levels);
    p.global = random_.chance(12);
    p.perm = static_cast<unsigned>(random_.bits(6));
    const unsigned offset_bits = format_.leaf_shift(p.level) - format_.page_shift;
    p.ppn = random_.bits(format_.pa_bits - format_.page_shift) >> offset_bits << offset_bits;
    return p;
  }
  translation::Fence fence() {
    // The form that empties everything is rare, or nothing would ever be full.
    const unsigned form = random_.chance(4) ? 0 : 1 + random_.below(3);
    return {static_cast<translation::FenceForm>(form), va(), asid()};
  }
  Random& random() { return random_; }

 private:
  const translation::Format& format_;
  std::uint32_t asid_mask_;
  Random random_;
};

/// A leaf with these permission bits (D A U X W R) as a PTE.
inline std::uint64_t pte_of(unsigned perm) {
  return 1 | (perm & 7) << 1 | ((perm >> 3) & 1) << 4 | ((perm >> 4) & 3) << 6;
}

inline translation::Translation translation_of(const translation::Format& format,
                                               const RtlPage& p) {
  translation::Translation t;
  t.format = &format;
  t.level = p.level;
  t.page_shift = format.leaf_shift(p.level);
  t.va_base = p.va & ~t.offset_mask();
  t.pa_base = p.ppn << format.page_shift;
  t.global = p.global;
  t.pte = pte_of(p.perm);
  return t;
}

struct LockstepCounts {
  unsigned long long operations = 0, lookups = 0, hits = 0, fills = 0, evictions = 0, fenced = 0;
};

/// Runs operations until `operations` are done or something differs.
template <typename Rtl>
class TlbLockstep {
 public:
  TlbLockstep(Rtl& rtl, const translation::Format& format, const tlb::Geometry& geometry,
              std::uint64_t seed)
      : rtl_(rtl),
        format_(format),
        model_(geometry),
        stimulus_(format, (std::uint32_t{1} << geometry.asid_bits) - 1, seed) {}

  LockstepCounts run(unsigned long long operations) {
    rtl_.reset();
    while (counts_.operations < operations && !::testing::Test::HasFailure()) {
      ++counts_.operations;
      SCOPED_TRACE(counts_.operations);
      const unsigned what = stimulus_.random().below(100);
      if (what < 55) {
        lookup();
      } else if (what < 88) {
        fill();
      } else if (what < 94) {
        drop();
      } else {
        fence();
      }
    }
    return counts_;
  }

 private:
  void lookup() {
    const std::uint64_t va = stimulus_.va();
    const std::uint32_t asid = stimulus_.asid();
    ++counts_.lookups;
    const tlb::LookupResult want = model_.lookup(va, asid);
    const RtlAnswer got = rtl_.lookup(va, asid, false);
    ASSERT_EQ(got.hit, want.hit) << text(va, asid);
    if (!want.hit) return;
    ++counts_.hits;
    const translation::Translation& t = want.translation;
    ASSERT_EQ(got.set, want.set) << text(va, asid);
    ASSERT_EQ(got.way, want.way) << text(va, asid);
    ASSERT_EQ(got.ppn, t.physical(va) >> format_.page_shift) << text(va, asid);
    ASSERT_EQ(format_.leaf_shift(got.level), t.page_shift) << text(va, asid);
    ASSERT_EQ(got.global, t.global) << text(va, asid);
    ASSERT_EQ(pte_of(got.perm), t.pte) << text(va, asid);
  }

  void fill() {
    const RtlPage p = stimulus_.page();
    ++counts_.fills;
    const tlb::FillResult want = model_.fill(translation_of(format_, p), p.va, p.asid);
    const RtlFilled got = rtl_.fill(p);
    ASSERT_EQ(got.stored, want.stored) << text(p.va, p.asid);
    if (want.stored) {
      counts_.evictions += want.evicted ? 1 : 0;
      ASSERT_EQ(got.set, want.set) << text(p.va, p.asid);
      ASSERT_EQ(got.way, want.way) << text(p.va, p.asid);
      ASSERT_EQ(got.evicted, want.evicted) << text(p.va, p.asid);
    }
    compare_valid();
  }

  // What the model's MMU does with an entry whose A or D bit is missing.
  void drop() {
    const std::uint64_t va = stimulus_.va();
    const std::uint32_t asid = stimulus_.asid();
    const tlb::LookupResult found = model_.probe(va, asid);
    if (found.hit) {
      const auto form = found.translation.global ? translation::FenceForm::kAddress
                                                 : translation::FenceForm::kAddressAsid;
      ASSERT_EQ(model_.invalidate({form, va, asid}), 1U);
    }
    ASSERT_EQ(rtl_.lookup(va, asid, true).hit, found.hit) << text(va, asid);
    compare_valid();
  }

  void fence() {
    const translation::Fence f = stimulus_.fence();
    counts_.fenced += model_.invalidate(f);
    rtl_.fence(f);
    compare_valid();
  }

  void compare_valid() {
    std::uint64_t want = 0;
    const std::vector<tlb::Entry> entries = model_.snapshot();
    for (std::size_t i = 0; i < entries.size(); ++i) want |= std::uint64_t{entries[i].valid} << i;
    ASSERT_EQ(rtl_.valid(), want);
  }

  static std::string text(std::uint64_t va, std::uint32_t asid) {
    std::ostringstream s;
    s << "va 0x" << std::hex << va << " asid 0x" << asid;
    return s.str();
  }

  Rtl& rtl_;
  const translation::Format& format_;
  tlb::Array model_;
  TlbStimulus stimulus_;
  LockstepCounts counts_;
};

}  // namespace lookaside::tests
