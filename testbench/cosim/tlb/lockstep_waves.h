// SPDX-License-Identifier: Apache-2.0
// Signals of a TLB in lockstep: both answers beside each other.
#pragma once

#include <cstdint>
#include <string>

#include <lookaside/observe/signal.h>
#include <lookaside/tlb/interface.h>

#include "cosim/tlb/port.h"

namespace lookaside::cosim {

/// Scope: that of the TLB with ".lockstep". Values stand from one operation to the next.
class LockstepWaves {
 public:
  LockstepWaves() = default;
  LockstepWaves(observe::SignalSink* sink, const std::string& scope);

  bool on() const { return static_cast<bool>(operation_); }
  /// An operation as its line in a stimulus.
  void operation(std::uint64_t time_ps, const std::string& line) const;
  void answers(std::uint64_t time_ps, std::uint64_t va, const tlb::LookupResult& model,
               const TlbAnswer& rtl) const;
  void places(std::uint64_t time_ps, const tlb::FillResult& model, const TlbFilled& rtl) const;
  void differs(std::uint64_t time_ps) const { differs_.set(time_ps, 1); }

 private:
  observe::Signal operation_;
  observe::Signal model_hit_, rtl_hit_;
  observe::Signal model_set_, rtl_set_;
  observe::Signal model_way_, rtl_way_;
  observe::Signal model_ppn_, rtl_ppn_;
  observe::Signal model_perm_, rtl_perm_;
  observe::Signal differs_;
};

/// A GTKWave save file that shows these signals below what the MMU does, markers at the difference.
/// `scope` is that of the TLB ("hart0.mmu.l1d"), `mmu` that of its MMU; both files lie in one
/// directory.
std::string lockstep_save_file(const std::string& name, const std::string& dump,
                               const std::string& mmu, const std::string& scope,
                               std::uint64_t difference_ps);

}  // namespace lookaside::cosim
