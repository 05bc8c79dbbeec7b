// SPDX-License-Identifier: Apache-2.0
// The RTL of an MMU in the run's waveform: requests, the TLBs at work, the state machines of miss
// unit and walker by name, and the memory port, cycle by cycle, on the time axis of the platform.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <lookaside/observe/signal.h>

#include "cosim/mmu/port.h"

namespace lookaside::cosim {

/// Scopes: that of the MMU with ".rtl", and those of its TLBs (".l1i.rtl" and so on). A cycle
/// stands at the time at which the platform asks for it, or when the one before has ended: in
/// lockstep the RTL may be busy longer than the model's time says.
class MmuRtlWaves {
 public:
  MmuRtlWaves() = default;
  /// `period_ps`: of the RTL's clock.
  MmuRtlWaves(observe::SignalSink* sink, const std::string& scope, std::uint64_t period_ps);

  bool on() const { return static_cast<bool>(request_); }
  /// The next cycle begins at `time_ps`, or when the last one has ended.
  void at(std::uint64_t time_ps);
  /// One clock cycle, before its edge.
  void cycle(MmuPort& port);
  /// After the last edge of an operation that was answered, or that waits for memory.
  void end(MmuPort& port, MmuPort::State state);
  /// After the last edge of an operation without answer.
  void end(MmuPort& port);

 private:
  struct Tlb {
    observe::Signal work, set, way, match, policy, state, valid;
  };
  void show(MmuPort& port);

  std::uint64_t period_ps_ = 1000;
  std::uint64_t cursor_ps_ = 0;  ///< of the cycle that comes next
  observe::Signal request_, va_, answer_, pa_, rule_;
  observe::Signal miss_, walker_, level_, memory_, pte_address_, pte_;
  std::array<Tlb, kMmuTlbs> tlbs_;
};

}  // namespace lookaside::cosim
