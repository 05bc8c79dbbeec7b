// SPDX-License-Identifier: Apache-2.0
// A model TLB that writes down what it was asked and what it did.
#pragma once

#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include <lookaside/tlb/array.h>

namespace lookaside::tests {

/// One lookup or fill. Set and way are 0 for a miss.
struct TlbEvent {
  bool fill = false;
  bool hit_or_evict = false;
  unsigned set = 0, way = 0;
  friend bool operator==(const TlbEvent& a, const TlbEvent& b) {
    return a.fill == b.fill && a.hit_or_evict == b.hit_or_evict && a.set == b.set && a.way == b.way;
  }
};
inline void PrintTo(const TlbEvent& e, std::ostream* os) {
  *os << (e.fill ? (e.hit_or_evict ? "evicting fill" : "fill") : (e.hit_or_evict ? "hit" : "miss"))
      << " set " << e.set << " way " << e.way;
}

class RecordingTlb final : public tlb::Tlb {
 public:
  RecordingTlb(const tlb::Geometry& geometry, std::vector<TlbEvent>& events)
      : array_(geometry), events_(events) {}

  const tlb::Geometry& geometry() const override { return array_.geometry(); }
  tlb::LookupResult lookup(std::uint64_t va, std::uint32_t asid) override {
    const tlb::LookupResult r = array_.lookup(va, asid);
    events_.push_back({false, r.hit, r.set, r.way});
    return r;
  }
  tlb::LookupResult probe(std::uint64_t va, std::uint32_t asid) const override {
    return array_.probe(va, asid);
  }
  tlb::FillResult fill(const translation::Translation& t, std::uint64_t va,
                       std::uint32_t asid) override {
    const tlb::FillResult r = array_.fill(t, va, asid);
    if (r.stored) events_.push_back({true, r.evicted, r.set, r.way});
    return r;
  }
  unsigned invalidate(const translation::Fence& fence) override { return array_.invalidate(fence); }
  std::vector<tlb::Entry> snapshot() const override { return array_.snapshot(); }
  const std::uint64_t& generation() const override { return array_.generation(); }
  bool repeat_hit_is_noop() const override { return array_.repeat_hit_is_noop(); }

 private:
  tlb::Array array_;
  std::vector<TlbEvent>& events_;
};

/// Bit i: entry i is valid.
inline std::uint64_t valid_bits(const tlb::Tlb& tlb) {
  std::uint64_t bits = 0;
  const std::vector<tlb::Entry> entries = tlb.snapshot();
  for (std::size_t i = 0; i < entries.size(); ++i) bits |= std::uint64_t{entries[i].valid} << i;
  return bits;
}

}  // namespace lookaside::tests
