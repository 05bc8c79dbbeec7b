// SPDX-License-Identifier: Apache-2.0
// What a waveform shows of an MMU: one access at a time, each step at its own time. Without a sink
// every call is one test of a pointer.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/observe/signal.h>
#include <lookaside/translation/fault.h>
#include <lookaside/translation/format.h>

namespace lookaside::mmu {

/// Values of the signal `outcome`: what the MMU is doing, or how the lookup ended.
enum class Phase : std::uint8_t {
  kIdle,
  kL1Hit,  ///< the access follows at once
  kL1Miss,
  kL2Hit,
  kL2Miss,
  kWalk,
  kAdUpdate,  ///< the walker's compare-and-swap
  kRefill,
  kMemory,  ///< the access itself, after a refill
  kBypass,  ///< not translated; the access follows at once
  kFault,
};

/// Signals, all under the scope given: access, va, pa, outcome, tlb_entry, walk_level, pte_address,
/// pte, fault_cause, fault_text. Times are absolute ps.
class Waves {
 public:
  Waves(observe::SignalSink* sink, const std::string& scope);
  bool on() const { return on_; }

  void access(std::uint64_t ps, translation::Access access, std::uint64_t va) const;
  void phase(std::uint64_t ps, Phase phase) const {
    if (on_) outcome_.set(ps, static_cast<std::uint64_t>(phase));
  }
  /// The entry (set * ways + way) of the TLB that the outcome speaks of.
  void entry(std::uint64_t ps, std::uint64_t index) const {
    if (on_) entry_.set(ps, index);
  }
  void pte_request(std::uint64_t ps, unsigned level, std::uint64_t address) const;
  void pte_value(std::uint64_t ps, std::uint64_t pte) const {
    if (on_) pte_.set(ps, pte);
  }
  void walk_end(std::uint64_t ps) const;
  void physical(std::uint64_t ps, std::uint64_t pa) const {
    if (on_) pa_.set(ps, pa);
  }
  void fault(std::uint64_t ps, const translation::Fault& fault);
  void idle(std::uint64_t ps) const;

 private:
  bool on_;
  std::uint64_t shown_cause_ = 0;
  observe::Signal access_;
  observe::Signal va_;
  observe::Signal pa_;
  observe::Signal outcome_;
  observe::Signal entry_;
  observe::Signal level_;
  observe::Signal pte_address_;
  observe::Signal pte_;
  observe::Signal cause_;
  observe::Signal text_;
};

}  // namespace lookaside::mmu
