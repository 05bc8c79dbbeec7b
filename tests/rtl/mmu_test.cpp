// SPDX-License-Identifier: Apache-2.0
// lookaside_mmu against the model's MMU: answers, PTE accesses in their order, what every TLB said
// and did, and what is left in them.
#include <MmuRv32.h>
#include <MmuRv64.h>
#include <iostream>
#include <sstream>

#include <gmock/gmock.h>

#include "rtl/mmu_reference.h"
#include "rtl/page_tables.h"
#include "rtl/rtl_mmu.h"

namespace lookaside::tests {
namespace {

using translation::Access;
using translation::Context;
using translation::Fence;
using translation::FenceForm;
using translation::Format;
using translation::Pmp;
using translation::Privilege;

/// LOOKASIDE_OPERATIONS, or enough for a quick run.
unsigned long long steps() {
  return from_environment("LOOKASIDE_OPERATIONS", 60'000);
}

tlb::Geometry geometry(unsigned sets, unsigned ways, std::vector<unsigned> shifts,
                       tlb::Replacement policy = tlb::Replacement::kTreePlru) {
  tlb::Geometry g;
  g.entries = sets * ways;
  g.ways = ways;
  g.page_shifts = std::move(shifts);
  g.replacement = policy;
  return g;
}

/// The parameters in CMakeLists.txt once more.
MmuShape rv64() {
  const std::vector<unsigned> sizes = {12, 21, 30, 39, 48};
  return {&translation::kSv57,
          geometry(1, 4, sizes),
          geometry(2, 4, sizes),
          geometry(8, 2, sizes),
          true,
          16,
          16};
}
MmuShape rv32() {
  const std::vector<unsigned> sizes = {12, 22};
  return {&translation::kSv32,
          geometry(1, 5, sizes, tlb::Replacement::kLru),
          geometry(1, 8, sizes, tlb::Replacement::kLru),
          geometry(4, 4, sizes),
          true,
          9,
          4};
}

template <typename Model>
class Lockstep {
 public:
  Lockstep(const MmuShape& shape, std::vector<const Format*> formats, std::uint64_t seed)
      : shape_(shape),
        formats_(std::move(formats)),
        stimulus_(seed),
        tables_(stimulus_),
        reference_(shape) {
    std::cout << "seed " << seed << "\n";
    rtl_.bus.perform = [this](PteAccess& a) { tables_.perform(a, *format_); };
    new_context();
    new_pmp();
  }

  void step() {
    Random& random = stimulus_.random();
    const unsigned what = random.below(100);
    if (what < 6) {
      new_context();
    } else if (what < 7) {
      new_pmp();
    } else if (what < 11) {
      tables_.change_one();
    } else if (what < 16) {
      fence();
    } else {
      accesses();
    }
    compare_contents();
  }
  unsigned long long cycles() const { return rtl_.cycles(); }
  unsigned long long compared = 0, hits = 0, l2_hits = 0, faults = 0, walked = 0, both = 0;

 private:
  void new_context() {
    Random& random = stimulus_.random();
    format_ = formats_[random.below(static_cast<unsigned>(formats_.size()))];
    context_ = stimulus_.context(*format_, 1);
    // Four roots, two address spaces, so that translations are met again.
    context_.root = std::uint64_t{0x80000 + random.below(4) * 16 + format_->levels}
                    << format_->page_shift;
    tables_.set_root(context_.root, *format_);
    if (random.chance(4)) context_.format = nullptr;
    if (random.chance(4)) context_.data_privilege = Privilege::kMachine;
    if (random.chance(4)) context_.fetch_privilege = Privilege::kMachine;
    rtl_.set_context(context_);
    reference_.translator().set_context(context_);
  }
  // Mostly open, with forbidden or read-only regions anywhere, and over words of page tables: half
  // a PTE is refused whole (PMP-10).
  void new_pmp() {
    Random& random = stimulus_.random();
    Pmp pmp(shape_.pmp_entries, shape_.largest->pa_bits);
    for (unsigned i = 0; i + 1 < shape_.pmp_entries; ++i) {
      if (random.chance(85)) continue;
      const std::uint64_t napot = (std::uint64_t{1} << random.below(52)) - 1;
      if (random.chance(50)) {
        pmp.write_addr(i, (tables_.some_pte() >> 2) + random.below(2));
        pmp.write_cfg(i, static_cast<std::uint8_t>(0x10 | random.below(8)));  // NA4
      } else {
        pmp.write_addr(i, random.next() | napot);
        pmp.write_cfg(i, static_cast<std::uint8_t>(random.next()) & 0x1f);
      }
    }
    pmp.write_addr(shape_.pmp_entries - 1, ~std::uint64_t{0});
    pmp.write_cfg(shape_.pmp_entries - 1, 0x1f);
    rtl_.set_pmp(pmp);
    reference_.translator().set_pmp(pmp);
  }
  void fence() {
    Random& random = stimulus_.random();
    const unsigned form = random.chance(10) ? 0 : 1 + random.below(3);
    const Fence f{static_cast<FenceForm>(form), few_addresses(random, *format_),
                  static_cast<std::uint32_t>(random.below(2))};
    rtl_.fence(f);
    ASSERT_TRUE(rtl_.run());
    reference_.translator().fence(f, 0);
  }
  MmuRequest draw(MmuPort port) {
    Random& random = stimulus_.random();
    MmuRequest r;
    r.va = few_addresses(random, *format_);
    r.bytes = 1 + random.below(8);
    r.access = port == kFetchPort ? Access::kFetch : kAccesses[1 + random.below(5)];
    return r;
  }
  void accesses() {
    Random& random = stimulus_.random();
    rtl_.bus.latency = 1 + random.below(4);
    rtl_.bus.stall = false;
    rtl_.bus.accesses.clear();
    const unsigned ports = 1 + random.below(3);
    both += ports == 3;
    MmuRequest requests[2];
    for (const MmuPort port : {kDataPort, kFetchPort}) {
      if ((ports >> port & 1) == 0) continue;
      requests[port] = draw(port);
      rtl_.request(port, requests[port]);
    }
    ASSERT_TRUE(rtl_.run()) << "no answer";
    std::deque<PteAccess> made(rtl_.bus.accesses.begin(), rtl_.bus.accesses.end());
    walked += made.empty() ? 0 : 1;
    // If both miss in one cycle, data is served first.
    for (const MmuPort port : {kDataPort, kFetchPort}) {
      if ((ports >> port & 1) != 0) compare(port, requests[port], made);
    }
    ASSERT_TRUE(made.empty()) << "the RTL accessed a PTE that the model did not";
  }
  void compare(MmuPort port, const MmuRequest& r, std::deque<PteAccess>& made) {
    const mmu::Job job = reference_.translate(port, r, made);
    if (::testing::Test::HasFailure()) return;
    ++compared;
    const MmuAnswer& got = rtl_.answer(port);
    const bool fault = job.fault.rule != translation::Rule::kNone;
    ASSERT_STREQ(name(got.rule), name(job.fault.rule)) << text(r);
    ASSERT_EQ(got.fault, fault);
    if (fault) {
      ++faults;
      ASSERT_EQ(got.cause, static_cast<unsigned>(job.fault.cause)) << text(r);
      ASSERT_EQ(got.tval, job.fault.tval) << text(r);
    } else {
      ASSERT_EQ(got.pa, job.pa) << text(r);
    }
  }
  void compare_contents() {
    for (const MmuTlb tlb : {kL1I, kL1D, kL2}) {
      ASSERT_EQ(rtl_.events[tlb], reference_.events[tlb]) << "TLB " << tlb;
      for (const TlbEvent& e : rtl_.events[tlb]) {
        (tlb == kL2 ? l2_hits : hits) += !e.fill && e.hit_or_evict ? 1 : 0;
      }
      rtl_.events[tlb].clear();
      reference_.events[tlb].clear();
    }
    mmu::Translator& t = reference_.translator();
    ASSERT_EQ(rtl_.valid(kL1I), valid_bits(*t.l1(protocol::Port::kFetch)));
    ASSERT_EQ(rtl_.valid(kL1D), valid_bits(*t.l1(protocol::Port::kData)));
    ASSERT_EQ(rtl_.valid(kL2), valid_bits(*t.l2()));
  }
  std::string text(const MmuRequest& r) const {
    std::ostringstream s;
    s << name(r.access) << " of " << r.bytes << " at 0x" << std::hex << r.va;
    return s.str();
  }

  MmuShape shape_;
  std::vector<const Format*> formats_;
  WalkStimulus stimulus_;
  PageTables tables_;
  MmuReference reference_;
  RtlMmu<Model> rtl_;
  const Format* format_ = nullptr;
  Context context_;
};

template <typename Model>
void lockstep(const MmuShape& shape, const std::vector<const Format*>& formats) {
  const std::uint64_t start = seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(start));
  Lockstep<Model> bench(shape, formats, start);
  for (unsigned long long i = 0; i < steps() && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(i);
    bench.step();
  }
  std::cout << bench.compared << " accesses compared in " << bench.cycles()
            << " cycles: " << bench.hits << " first-level hits, " << bench.l2_hits
            << " second-level hits, " << bench.walked << " with walks, " << bench.faults
            << " faults, " << bench.both << " times both ports at once\n";
  EXPECT_GT(bench.hits, bench.compared / 20);
  EXPECT_GT(bench.l2_hits, bench.compared / 200);
  EXPECT_GT(bench.walked, bench.compared / 20);
  EXPECT_GT(bench.faults, bench.compared / 20);
}

TEST(RtlMmuLockstep, Rv64EveryModeWithSweepingSecondLevel) {
  lockstep<MmuRv64>(rv64(), {&translation::kSv39, &translation::kSv48, &translation::kSv57});
}

TEST(RtlMmuLockstep, Rv32WithFlipFlopSecondLevel) {
  lockstep<MmuRv32>(rv32(), {&translation::kSv32});
}

}  // namespace
}  // namespace lookaside::tests
