// SPDX-License-Identifier: Apache-2.0
// A model TLB that writes down what it was asked and what it did, as the RTL's monitor ports do.
#pragma once

#include <vector>

#include <lookaside/tlb/array.h>

#include "cosim/mmu/port.h"

namespace lookaside::cosim {

class RecordingTlb final : public tlb::Tlb {
 public:
  RecordingTlb(const tlb::Geometry& geometry, std::vector<MmuEvent>& events)
      : array_(geometry), events_(events) {}

  const tlb::Geometry& geometry() const override { return array_.geometry(); }
  tlb::LookupResult lookup(std::uint64_t va, std::uint32_t asid) override {
    const tlb::LookupResult r = array_.lookup(va, asid);
    events_.push_back(r.hit ? event(false, true, r.set, r.way) : MmuEvent{});
    return r;
  }
  tlb::LookupResult probe(std::uint64_t va, std::uint32_t asid) const override {
    return array_.probe(va, asid);
  }
  tlb::LookupResult drop(std::uint64_t va, std::uint32_t asid) override {
    return array_.drop(va, asid);
  }
  tlb::FillResult fill(const translation::Translation& t, std::uint64_t va,
                       std::uint32_t asid) override {
    const tlb::FillResult r = array_.fill(t, va, asid);
    if (r.stored) events_.push_back(event(true, r.evicted, r.set, r.way));
    return r;
  }
  unsigned invalidate(const translation::Fence& fence) override { return array_.invalidate(fence); }
  std::vector<tlb::Entry> snapshot() const override { return array_.snapshot(); }
  const std::uint64_t& generation() const override { return array_.generation(); }
  bool repeat_hit_is_noop() const override { return array_.repeat_hit_is_noop(); }

 private:
  static MmuEvent event(bool fill, bool hit_or_evict, unsigned set, unsigned way) {
    return {fill, hit_or_evict, static_cast<std::uint16_t>(set), static_cast<std::uint16_t>(way),
            0};
  }

  tlb::Array array_;
  std::vector<MmuEvent>& events_;
};

}  // namespace lookaside::cosim
