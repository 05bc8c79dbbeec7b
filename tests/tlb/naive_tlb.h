// SPDX-License-Identifier: Apache-2.0
// A TLB written as its description reads: a list of entries, searched from end to end, and
// replacement by lists and a recursive tree. It shares no code with the array it judges.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include <lookaside/tlb/interface.h>

namespace lookaside::tests {

struct NaiveEntry {
  unsigned set, way;
  std::uint64_t first, last;  // virtual bytes
  std::uint64_t pa_first;
  bool global;
  std::uint32_t asid;
};

class NaiveTlb {
 public:
  explicit NaiveTlb(const tlb::Geometry& g) : g_(g), order_(g.sets()), random_(g.seed) {
    for (unsigned s = 0; s < g.sets(); ++s) {
      trees_.emplace_back(g.ways);
      for (unsigned w = 0; w < g.ways; ++w) order_[s].push_back(w);
    }
  }

  const NaiveEntry* lookup(std::uint64_t va, std::uint32_t asid, bool touch) {
    const NaiveEntry* found = nullptr;
    for (const NaiveEntry& e : entries_) {
      if (va < e.first || va > e.last) continue;
      if (!e.global && e.asid != cut(asid)) continue;
      found = &e;
      ++matches_;
    }
    if (found != nullptr && touch) used(found->set, found->way, false);
    return found;
  }

  struct Filled {
    bool stored = false;
    unsigned set = 0, way = 0, overlapping = 0;
    std::optional<NaiveEntry> victim;
  };
  Filled fill(const translation::Translation& t, std::uint64_t va, std::uint32_t asid) {
    Filled result;
    std::optional<std::uint64_t> size;
    for (const unsigned shift : g_.page_shifts) {
      if (shift <= t.page_shift) size = std::uint64_t{1} << shift;
    }
    if (!size) return result;
    NaiveEntry e{};
    e.first = va / *size * *size;
    e.last = e.first + (*size - 1);
    e.pa_first = t.pa_base + (e.first - t.va_base);
    e.global = t.global;
    e.asid = cut(asid);
    result.stored = true;
    result.overlapping = remove([&e](const NaiveEntry& o) {
      const bool meet = o.first <= e.last && e.first <= o.last;
      return meet && (o.global || e.global || o.asid == e.asid);
    });
    e.set = static_cast<unsigned>(e.first / *size % g_.sets());
    e.way = choose(e.set, result);
    entries_.push_back(e);
    used(e.set, e.way, true);
    result.set = e.set;
    result.way = e.way;
    return result;
  }

  unsigned fence(const translation::Fence& f) {
    using translation::FenceForm;
    return remove([&](const NaiveEntry& e) {
      const bool here = f.va >= e.first && f.va <= e.last;
      const bool mine = !e.global && e.asid == cut(f.asid);
      if (f.form == FenceForm::kAll) return true;
      if (f.form == FenceForm::kAsid) return mine;
      if (f.form == FenceForm::kAddress) return here;
      return here && mine;
    });
  }

  const std::list<NaiveEntry>& entries() const { return entries_; }
  /// How many entries matched in all lookups together: equal to the hits if none ever matched
  /// twice.
  std::uint64_t matches() const { return matches_; }

 private:
  // Tree-PLRU as a picture: each node remembers which half was used last.
  struct Tree {
    explicit Tree(unsigned count) : ways(count) {
      if (count > 1) {
        halves.emplace_back(count / 2);
        halves.emplace_back(count / 2);
      }
    }
    void use(unsigned way) {
      if (ways == 1) return;
      upper_used_last = way >= ways / 2;
      halves[upper_used_last ? 1 : 0].use(way % (ways / 2));
    }
    unsigned coldest() const {
      if (ways == 1) return 0;
      return upper_used_last ? halves[0].coldest() : ways / 2 + halves[1].coldest();
    }
    unsigned ways;
    bool upper_used_last = true;
    std::vector<Tree> halves;
  };

  std::uint32_t cut(std::uint32_t asid) const { return asid % (std::uint32_t{1} << g_.asid_bits); }

  template <typename Predicate>
  unsigned remove(Predicate predicate) {
    const auto before = entries_.size();
    entries_.remove_if(predicate);
    return static_cast<unsigned>(before - entries_.size());
  }

  void used(unsigned set, unsigned way, bool filled) {
    if (g_.replacement == tlb::Replacement::kTreePlru) trees_[set].use(way);
    if (g_.replacement == tlb::Replacement::kLru ||
        (g_.replacement == tlb::Replacement::kFifo && filled)) {
      order_[set].remove(way);
      order_[set].push_back(way);
    }
  }

  unsigned choose(unsigned set, Filled& result) {
    for (unsigned way = 0; way < g_.ways; ++way) {
      if (!at(set, way)) return way;
    }
    unsigned way = order_[set].front();
    if (g_.replacement == tlb::Replacement::kTreePlru) way = trees_[set].coldest();
    if (g_.replacement == tlb::Replacement::kRandom) way = draw();
    result.victim = at(set, way);
    remove([&](const NaiveEntry& e) { return e.set == set && e.way == way; });
    return way;
  }

  std::optional<NaiveEntry> at(unsigned set, unsigned way) const {
    for (const NaiveEntry& e : entries_) {
      if (e.set == set && e.way == way) return e;
    }
    return std::nullopt;
  }

  unsigned draw() {  // xorshift64 as published: left 13, right 7, left 17
    random_ = random_ ^ (random_ << 13);
    random_ = random_ ^ (random_ >> 7);
    random_ = random_ ^ (random_ << 17);
    return static_cast<unsigned>(random_ % g_.ways);
  }

  tlb::Geometry g_;
  std::list<NaiveEntry> entries_;
  std::vector<Tree> trees_;
  std::vector<std::list<unsigned>> order_;  // front: next to go
  std::uint64_t random_;
  std::uint64_t matches_ = 0;
};

}  // namespace lookaside::tests
