// SPDX-License-Identifier: Apache-2.0
// Turns what a hart retires into waveform signals and trace lines. Private to HartModule.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <lookaside/observe/signal.h>
#include <lookaside/riscv/core/observer.h>

namespace lookaside::riscv {

/// Signals, scope = name of the hart: pc, privilege, instruction, trap, instret. Each event lies at
/// the local time at which the instruction started or the trap was taken.
class HartRecorder : public Observer {
 public:
  /// Value of the signal `trap` while there is none; exceptions have their code, interrupts 16 +
  /// code.
  static constexpr std::uint64_t kNoTrap = 63;
  static constexpr std::uint64_t kInterruptOffset = 16;

  HartRecorder(const std::string& scope, unsigned xlen, unsigned hart_id,
               std::function<std::string(std::uint64_t)> symbolizer,
               std::function<void(const std::string&)> trace, observe::SignalSink* sink);

  /// Whether there is anything to record into.
  bool wanted() const { return sink_ != nullptr || trace_; }

  void retired(const Commit& commit) override;
  void trapped(const Trap& trap) override;

 private:
  void show(const Commit& commit);
  void show(std::uint64_t time, std::uint64_t pc, const Instruction* instruction);
  void show(std::uint64_t time, translation::Privilege privilege);

  unsigned xlen_;
  unsigned hart_id_;
  std::function<std::string(std::uint64_t)> symbolizer_;
  std::function<void(const std::string&)> trace_;
  observe::SignalSink* sink_;
  observe::Signal pc_;
  observe::Signal privilege_;
  observe::Signal instruction_;
  observe::Signal trap_;
  observe::Signal instret_;
  bool started_ = false;
  translation::Privilege shown_privilege_ = translation::Privilege::kMachine;
  bool trap_shown_ = false;
  std::uint64_t trap_time_ps_ = 0;
};

}  // namespace lookaside::riscv
