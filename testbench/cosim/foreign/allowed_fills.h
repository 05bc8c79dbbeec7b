// SPDX-License-Identifier: Apache-2.0
// Which translations a TLB may return: the allowed set of a block that is filled from outside.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/translation/format.h>

namespace lookaside::foreign {

/// A TLB may return any translation that it was filled with for this address and address space
/// since the last fence that covers it (rule book A.10, A.11); several may stand side by side
/// (CACHE-01), and a miss is always legal. Time as in AllowedSet.
class AllowedFills {
 public:
  using Time = std::uint64_t;

  struct Options {
    unsigned asid_bits = 16;
    /// A fence by address inside a superpage drops only the piece of the smallest page that holds
    /// the address (SFN-06), where a TLB caches superpages in pieces. False: the whole page
    /// (SFN-04).
    bool pieces = false;
    unsigned page_shift = 12;  ///< log2 of the smallest page
  };

  explicit AllowedFills(const Options& options) : options_(options) {}

  /// The TLB takes a refill.
  void fill(const translation::Translation& translation, std::uint32_t asid);
  /// The TLB takes a fence.
  void fence(const translation::Fence& fence);
  Time now() const { return now_; }

  /// Every translation that a lookup offered at `begun` and answered now may return.
  std::vector<translation::Translation> allowed(std::uint64_t va, std::uint32_t asid,
                                                Time begun) const;
  /// Forgets what no lookup offered at `oldest` or later can return.
  void forget(Time oldest);
  std::size_t size() const { return fills_.size(); }

 private:
  struct Hole {
    std::uint64_t va = 0;
    Time time = 0;
  };
  struct Fill {
    translation::Translation translation;
    std::uint32_t asid = 0;
    Time covered = ~Time{0};  ///< when a fence took it
    std::vector<Hole> holes;  ///< pieces that a fence took alone
  };
  bool gone(const Fill& fill, std::uint64_t va, Time begun) const;

  Options options_;
  Time now_ = 1;
  std::vector<Fill> fills_;
};

}  // namespace lookaside::foreign
