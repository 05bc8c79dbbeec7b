// SPDX-License-Identifier: Apache-2.0
// A TLB as its pins show it, one operation after the other: what a Verilated variant looks like
// from C++, whatever its shape.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <lookaside/translation/access.h>

#include "cosim/silent.h"

namespace lookaside::cosim {

/// Raw permission bits in the order of perm_t in rtl/: D A U X W R, R lowest.
unsigned perm_of(std::uint64_t pte);
/// `pte` with these permission bits.
std::uint64_t with_perm(std::uint64_t pte, unsigned perm);

/// The leaf that a refill stores.
struct TlbPage {
  std::uint64_t va = 0;  ///< any address in the page
  std::uint32_t asid = 0;
  std::uint64_t ppn = 0;  ///< of the page's first smallest page
  unsigned level = 0;
  bool global = false;
  unsigned perm = 0;
};

struct TlbAnswer {
  bool hit = false;
  unsigned set = 0, way = 0;
  std::uint64_t ppn = 0;  ///< of the smallest page asked for
  unsigned level = 0;
  bool global = false;
  unsigned perm = 0;
  unsigned edges =
      0;  ///< clock edges from the one that takes the lookup to the answer; 0: the same
};

struct TlbFilled {
  bool stored = false;
  unsigned set = 0, way = 0;
  bool evicted = false;
};

/// What a waveform shows of the inside.
struct TlbInside {
  std::uint64_t match = 0;  ///< level 1: entry i (below 64) matches; level 2: way i of the set seen
  std::uint64_t policy = 0;  ///< level 1: replacement state of the set hit, its low 64 bits
  unsigned state = 0;        ///< level 2: 0 idle, 1 visits sets, 2 writes the new entry
};

/// Operations are complete when a call returns. All throw RtlSilent when the block does not answer.
class TlbPort {
 public:
  virtual ~TlbPort() = default;
  virtual void reset() = 0;
  virtual TlbAnswer lookup(std::uint64_t va, std::uint32_t asid, bool drop) = 0;
  virtual TlbFilled fill(const TlbPage& page) = 0;
  virtual void fence(const translation::Fence& fence) = 0;
  /// A lookup without side effect; false if the block has no way to answer one.
  virtual bool peek(std::uint64_t va, std::uint32_t asid, TlbAnswer& answer) = 0;

  /// Which entries hold something: bit set * ways + way, 64 to a word.
  const std::vector<std::uint64_t>& valid() const { return valid_; }
  virtual unsigned long long cycles() const = 0;

  /// `cycle` is called in each clock cycle before its edge; then inside() tells of this cycle.
  virtual void watch(std::function<void()> cycle) = 0;
  virtual TlbInside inside() = 0;

 protected:
  std::vector<std::uint64_t> valid_;
};

/// How many bits are set.
unsigned population(const std::vector<std::uint64_t>& words);

}  // namespace lookaside::cosim
