// SPDX-License-Identifier: Apache-2.0
// mmu.backend: the MMU of a run as RTL, or as RTL and model in lockstep.
#pragma once

#include <vector>

#include <lookaside/mmu/engine.h>
#include <lookaside/observe/signal.h>

#include "cosim/mmu/variant.h"
#include "cosim/monitor.h"

namespace lookaside::cosim {

struct MmuBackendConfig {
  bool lockstep = false;                ///< else the RTL alone
  unsigned va_bits = 57;                ///< of the largest format: 32, 39, 48 or 57
  unsigned pmp_entries = 16;            ///< that the hart has
  observe::SignalSink* sink = nullptr;  ///< waveform, or nobody
};

/// What mmu::Config::make_engine wants. `variants` and `monitor` must outlive the engines, which it
/// makes for any configuration that a built variant fits; else it throws VariantError.
mmu::EngineFactory mmu_engines(const MmuBackendConfig& config,
                               const std::vector<MmuVariant>& variants, Monitor& monitor);

}  // namespace lookaside::cosim
