// SPDX-License-Identifier: Apache-2.0
// A stimulus of an MMU, run on model and RTL without a platform.
#pragma once

#include <vector>

#include "cosim/minimise.h"
#include "cosim/mmu/variant.h"
#include "cosim/stimulus.h"
#include "cosim/tlb/replay.h"

namespace lookaside::cosim {

/// The settings of a `block mmu` line that stand for a variant.
std::vector<BlockSetting> mmu_settings(const MmuVariant& variant);

/// Runs it from reset, with memory that is zero, until something differs; the setting `variant`
/// names what is run. Throws StimulusError for an operation that an MMU does not have, or whose
/// fence falls into a walk, which the model ends first and the RTL begins again.
ReplayResult replay_mmu(const Stimulus& stimulus, const std::vector<MmuVariant>& variants);

/// As minimise_tlb().
Stimulus minimise_mmu(const Stimulus& stimulus, const std::vector<MmuVariant>& variants,
                      MinimiseBudget budget = {});

}  // namespace lookaside::cosim
