// SPDX-License-Identifier: Apache-2.0
// Tree pseudo-LRU: ways-1 bits a set, each pointing to the half that was used less recently.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/tlb/replacement/policy.h>

namespace lookaside::tlb {

/// Bit 0 of a set's word is unused; node n has the children 2n and 2n+1, node 1 is the root; a
/// clear bit sends the search for a victim to the lower ways. All bits start clear: the first
/// victim of an untouched set is way 0.
class TreePlru final : public Policy {
 public:
  TreePlru(unsigned sets, unsigned ways) : ways_(ways), tree_(sets), touch_(ways) {
    for (unsigned way = 0; way < ways; ++way) touch_[way] = path(way);
  }
  void hit(unsigned set, unsigned way) override {
    const Touch& t = touch_[way];
    tree_[set] = (tree_[set] & ~t.mask) | t.value;
  }
  void filled(unsigned set, unsigned way) override { hit(set, way); }
  unsigned victim(unsigned set) override {
    unsigned node = 1;
    while (node < ways_) node = 2 * node + static_cast<unsigned>((tree_[set] >> node) & 1U);
    return node - ways_;
  }
  bool repeat_hit_is_noop() const override { return true; }

 private:
  struct Touch {
    std::uint64_t mask = 0;   ///< nodes on the way's path
    std::uint64_t value = 0;  ///< what they become: pointing away from the way
  };
  Touch path(unsigned way) const {
    Touch touch;
    for (unsigned node = way + ways_; node > 1; node /= 2) {
      touch.mask |= std::uint64_t{1} << (node / 2);
      if (node % 2 == 0) touch.value |= std::uint64_t{1} << (node / 2);
    }
    return touch;
  }

  unsigned ways_;
  std::vector<std::uint64_t> tree_;
  std::vector<Touch> touch_;
};

}  // namespace lookaside::tlb
