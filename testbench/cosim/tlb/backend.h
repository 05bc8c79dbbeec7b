// SPDX-License-Identifier: Apache-2.0
// mmu.tlb.backend: the TLBs of a run as RTL, or as RTL and model in lockstep.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/tlb/interface.h>

#include "cosim/monitor.h"
#include "cosim/tlb/lockstep_tlb.h"
#include "cosim/tlb/variant.h"

namespace lookaside::cosim {

struct TlbBackendConfig {
  bool lockstep = false;                ///< else the RTL alone
  unsigned va_bits = 39;                ///< of the largest format: 32, 39, 48 or 57
  std::string scope = "hart0.mmu";      ///< dotted name in reports and of the signals
  observe::SignalSink* sink = nullptr;  ///< waveform, or nobody
  std::uint64_t period_ps = 1000;       ///< clock of the RTL in the waveform
};

/// Makes the TLBs of one MMU, and counts. Statistics: "lockstep.l1d.lookups_compared" and so on, or
/// "rtl.l1d.clock_edges". Must outlive the TLBs; the statistics may be read while those live.
class TlbBackend {
 public:
  TlbBackend(TlbBackendConfig config, const std::vector<TlbVariant>& variants, Monitor& monitor);

  /// As mmu::TlbFactory. Throws VariantError when nothing was built that fits.
  std::unique_ptr<tlb::Tlb> make(const std::string& name, const tlb::Geometry& geometry);

  observe::StatisticGroup& statistics() { return statistics_; }

 private:
  struct Part {
    Part(const std::string& name, bool lockstep);
    observe::Scalar edges;
    observe::StatisticGroup group;  ///< rtl
    TlbComparisons counts;          ///< lockstep
  };

  TlbBackendConfig config_;
  const std::vector<TlbVariant>& variants_;
  Monitor& monitor_;
  observe::StatisticGroup statistics_;
  std::deque<Part> parts_;
};

}  // namespace lookaside::cosim
