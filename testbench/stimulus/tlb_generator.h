// SPDX-License-Identifier: Apache-2.0
// Random operations for a TLB: few addresses that conflict, few address spaces, every page size,
// fences of each form, and again and again what was filled lately, exactly or almost.
#pragma once

#include <array>
#include <cstdint>

#include <lookaside/translation/format.h>

#include "cosim/stimulus.h"
#include "stimulus/random.h"
#include "stimulus/weights.h"

namespace lookaside::stimulus {

/// What the generator knows of the TLB.
struct TlbShape {
  const translation::Format* format = &translation::kSv39;
  unsigned sets = 1;  ///< for fills that conflict
  unsigned asid_bits = 16;
};

class TlbGenerator {
 public:
  TlbGenerator(const TlbShape& shape, const TlbWeights& weights, std::uint64_t seed);

  /// kLookup, kFill, kDrop or kFence. Fills are canonical and aligned to their size.
  cosim::Operation next();
  /// For choices of whoever performs the operations.
  Random& random() { return random_; }

 private:
  struct Page {
    std::uint64_t va = 0;
    std::uint32_t asid = 0;
    unsigned level = 0;
  };
  cosim::Operation fill();
  cosim::Operation fence();
  Page draw();  ///< recent, nearly recent, or new
  Page fresh();
  std::uint64_t fresh_va();
  void turn_one_bit(Page& page);
  std::uint64_t extended(std::uint64_t va) const;

  TlbShape shape_;
  TlbWeights weights_;
  Random random_;
  std::array<Page, 32> recent_;
  unsigned filled_ = 0;
  unsigned run_ = 0;  ///< fills left of a run into one set
  std::uint64_t run_set_ = 0;
};

}  // namespace lookaside::stimulus
