// SPDX-License-Identifier: Apache-2.0
// Random walks: contexts, addresses, and PTEs that are mostly good and sometimes just not.
#pragma once

#include <cstdint>

#include <lookaside/translation/format.h>

#include "stimulus/random.h"
#include "stimulus/weights.h"

namespace lookaside::stimulus {

inline constexpr translation::Access kAccesses[] = {translation::Access::kFetch,
                                                    translation::Access::kLoad,
                                                    translation::Access::kStore,
                                                    translation::Access::kLoadReserved,
                                                    translation::Access::kStoreConditional,
                                                    translation::Access::kAmo};

/// Bits to turn in a canonical address so that it is none: one of those above the translated ones,
/// or all of them, which leaves only the top translated bit to tell.
inline std::uint64_t upper_bits(Random& random, const translation::Format& format) {
  const unsigned unused = 64 - format.va_bits;
  if (random.chance(50)) return ~std::uint64_t{0} << format.va_bits;
  return std::uint64_t{1} << (format.va_bits + random.below(unused));
}

class WalkGenerator {
 public:
  WalkGenerator(const MmuWeights& weights, std::uint64_t seed) : weights_(weights), random_(seed) {}

  Random& random() { return random_; }
  const MmuWeights& weights() const { return weights_; }

  /// U or S, any root.
  translation::Context context(const translation::Format& format, unsigned asid_bits);
  translation::Access access() { return kAccesses[random_.below(translation::kAccessCount)]; }
  /// Any address; not canonical with its weight.
  std::uint64_t va(const translation::Format& format);
  /// A PTE for a table at `level`: pointer, leaf or almost one.
  std::uint64_t pte(const translation::Format& format, unsigned level);

 private:
  translation::Privilege privilege() {
    return random_.chance(50) ? translation::Privilege::kUser : translation::Privilege::kSupervisor;
  }
  MmuWeights weights_;
  Random random_;
};

}  // namespace lookaside::stimulus
