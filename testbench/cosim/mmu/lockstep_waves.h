// SPDX-License-Identifier: Apache-2.0
// Signals of an MMU in lockstep: what both ask of memory and both answers, beside each other.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/mmu/engine.h>
#include <lookaside/observe/signal.h>

#include "cosim/mmu/port.h"

namespace lookaside::cosim {

/// Scope: that of the MMU with ".lockstep". Values stand from one step to the next.
class MmuLockstepWaves {
 public:
  MmuLockstepWaves() = default;
  MmuLockstepWaves(observe::SignalSink* sink, const std::string& scope);

  bool on() const { return static_cast<bool>(operation_); }
  /// An operation as its line in a stimulus.
  void operation(std::uint64_t time_ps, const std::string& line) const {
    operation_.set(time_ps, line);
  }
  void requests(std::uint64_t time_ps, const mmu::PteRequest& model,
                const MmuMemoryRequest& rtl) const;
  void answers(std::uint64_t time_ps, const mmu::Job& model, bool fault,
               const MmuAnswer& rtl) const;
  void differs(std::uint64_t time_ps) const { differs_.set(time_ps, 1); }

 private:
  observe::Signal operation_;
  observe::Signal model_pte_address_, rtl_pte_address_;
  observe::Signal model_pa_, rtl_pa_;
  observe::Signal model_rule_, rtl_rule_;
  observe::Signal differs_;
};

/// A GTKWave save file that shows these signals below what the MMU does, marker at the difference.
/// `mmu` is the scope of the MMU; both files lie in one directory.
std::string mmu_save_file(const std::string& name, const std::string& dump, const std::string& mmu,
                          std::uint64_t difference_ps);

}  // namespace lookaside::cosim
