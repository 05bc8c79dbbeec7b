// SPDX-License-Identifier: Apache-2.0
// A stimulus of a TLB, run on model and RTL without a platform.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cosim/difference.h"
#include "cosim/minimise.h"
#include "cosim/stimulus.h"
#include "cosim/tlb/variant.h"

namespace lookaside::cosim {

/// The settings of a `block tlb` line that stand for a variant and what was asked of it.
std::vector<BlockSetting> tlb_settings(const TlbVariant& variant, const tlb::Geometry& geometry);

/// What the block line of a stimulus asks for. Throws StimulusError for a shape that no TLB has.
TlbWish wish_of(const Stimulus& stimulus);

struct ReplayResult {
  std::uint64_t compared = 0;  ///< operations
  std::optional<Difference> difference;
};

/// Runs it from reset until something differs. `variants` must hold the variant that the block line
/// names, else the first of the shape it gives. Throws StimulusError for an operation that a TLB
/// does not have, VariantError when no variant fits.
ReplayResult replay_tlb(const Stimulus& stimulus, const std::vector<TlbVariant>& variants);

/// The shortest stimulus found that shows a difference in the same fields of the same kind of
/// operation; empty operations if `stimulus` shows none.
Stimulus minimise_tlb(const Stimulus& stimulus, const std::vector<TlbVariant>& variants,
                      MinimiseBudget budget = {});

}  // namespace lookaside::cosim
