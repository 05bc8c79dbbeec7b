// SPDX-License-Identifier: Apache-2.0
// The RTL of a TLB in the run's waveform: its pins and its inside, cycle by cycle, on the time axis
// of the platform.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/observe/signal.h>

#include "cosim/stimulus.h"
#include "cosim/tlb/port.h"

namespace lookaside::cosim {

/// Scope: that of the TLB with ".rtl". An operation begins at the time at which the platform asks
/// for it, or when the one before has taken its last cycle: the RTL may be busy longer than the
/// platform's time says.
class RtlWaves {
 public:
  RtlWaves() = default;
  RtlWaves(observe::SignalSink* sink, const std::string& scope, std::uint64_t period_ps);

  bool on() const { return static_cast<bool>(operation_); }
  void begin(std::uint64_t time_ps, OperationKind kind, std::uint64_t va, std::uint32_t asid);
  /// One clock cycle.
  void cycle(TlbPort& port);
  void answer(const TlbAnswer& answer);
  void filled(const TlbFilled& filled);
  /// The state after the last edge; nothing is asked any more.
  void end(TlbPort& port);

 private:
  void show(TlbPort& port);

  std::uint64_t period_ps_ = 1000;
  std::uint64_t cursor_ps_ = 0;  ///< of the cycle that comes next
  std::uint64_t start_ps_ = 0;   ///< of the operation
  observe::Signal operation_, va_, asid_;
  observe::Signal hit_, set_, way_, ppn_;
  observe::Signal state_, match_, policy_, valid_;
};

}  // namespace lookaside::cosim
