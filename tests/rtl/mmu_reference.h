// SPDX-License-Identifier: Apache-2.0
// The model's MMU without sockets, fed with the PTE accesses that the RTL made.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/mmu/translator.h>

#include "rtl/pte_bus.h"
#include "rtl/recording_tlb.h"
#include "rtl/rtl_mmu.h"

namespace lookaside::tests {

struct MmuShape {
  const translation::Format* largest;
  tlb::Geometry l1i, l1d, l2;
  bool l2_enabled;
  unsigned asid_bits;
  unsigned pmp_entries;
};

class MmuReference {
 public:
  explicit MmuReference(const MmuShape& shape)
      : config_(config(shape)),
        counters_(config_),
        waves_(nullptr, config_.scope),
        translator_(config_, counters_, waves_) {}

  std::array<std::vector<TlbEvent>, 3> events;
  mmu::Translator& translator() { return translator_; }

  /// Translates one access. It must ask for the accesses at the front of `made`, in their order,
  /// and gets their answers; those used are removed. `before_walk` is called when the TLBs were
  /// asked and no PTE was.
  mmu::Job translate(
      MmuPort port, const MmuRequest& r, std::deque<PteAccess>& made,
      const std::function<void()>& before_walk = [] {}) {
    using Step = mmu::Translator::Step;
    mmu::Job job;
    job.port = port == kFetchPort ? protocol::Port::kFetch : protocol::Port::kData;
    job.access = r.access;
    job.va = r.va;
    job.bytes = r.bytes;
    job.context = translator_.context();
    Step step = translator_.begin(job);
    before_walk();
    while (step == Step::kReadPte || step == Step::kCompareAndSwap) {
      EXPECT_FALSE(made.empty()) << "the model accesses a PTE that the RTL did not";
      if (made.empty()) return job;
      const PteAccess a = made.front();
      made.pop_front();
      EXPECT_EQ(a.cas, step == Step::kCompareAndSwap);
      EXPECT_EQ(a.address, job.pte.address);
      if (::testing::Test::HasFailure()) return job;
      if (a.cas) {
        EXPECT_EQ(a.expected, job.pte.expected);
        EXPECT_EQ(a.desired, job.pte.desired);
        step = translator_.pte_swapped(job, !a.error, a.swapped);
      } else {
        step = translator_.pte_read(job, !a.error, a.data);
      }
    }
    return job;
  }

 private:
  mmu::Config config(const MmuShape& shape) {
    mmu::Config c;
    c.l1i.geometry = shape.l1i;
    c.l1d.geometry = shape.l1d;
    c.l2.geometry = shape.l2;
    c.l2.enabled = shape.l2_enabled;
    c.asid_bits = shape.asid_bits;
    c.make_tlb = [this](const std::string& name, const tlb::Geometry& geometry) {
      const MmuTlb tlb = name == "l1i" ? kL1I : name == "l1d" ? kL1D : kL2;
      return std::make_unique<RecordingTlb>(geometry, events[tlb]);
    };
    return c;
  }

  mmu::Config config_;
  mmu::Counters counters_;
  mmu::Waves waves_;
  mmu::Translator translator_;
};

}  // namespace lookaside::tests
