// SPDX-License-Identifier: Apache-2.0
// A choice among weights.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "stimulus/random.h"

namespace lookaside::stimulus {

/// An index, each with the probability of its weight; 0 if all are 0.
template <std::size_t N>
unsigned pick(Random& random, const std::array<unsigned, N>& weights) {
  unsigned sum = 0;
  for (const unsigned w : weights) sum += w;
  unsigned left = random.below(std::max(sum, 1U));
  for (unsigned i = 0; i < N; ++i) {
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return 0;
}

}  // namespace lookaside::stimulus
