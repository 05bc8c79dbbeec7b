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
