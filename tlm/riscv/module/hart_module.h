// SPDX-License-Identifier: Apache-2.0
// The CPU initiator: a RISC-V hart with TLM-2.0 sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/interrupt_if.h>
#include <lookaside/protocol/mmu_control_if.h>
#include <lookaside/protocol/translation_port_if.h>
#include <lookaside/riscv/core/hart.h>
#include <lookaside/riscv/module/bus_interface.h>
#include <lookaside/riscv/module/hart_recorder.h>

namespace lookaside::riscv {

struct HartModuleConfig {
  HartConfig core;
  /// The hart runs ahead of simulated time by at most so much; 0 synchronises after each
  /// instruction. Results and simulated time do not depend on it.
  std::uint64_t quantum_ps = 1'000'000;
  std::uint64_t instruction_limit = 0;  ///< retired instructions after which it stops; 0 = none
  std::uint64_t time_limit_ps = 0;      ///< simulated time at which it stops; 0 = none
  bool direct = true;                   ///< use the MMU's direct grants where it gives them
  bool stop_simulation = true;          ///< call sc_stop() when the hart stops
  std::string scope;                    ///< of signals and statistics; empty: the module's own name
  /// Symbol of an address, for the waveform's instruction text; may be empty, and may return "".
  std::function<std::string(std::uint64_t)> symbolizer;
  /// Receives each line of the instruction trace, in Spike's commit-log format; may be empty.
  std::function<void(const std::string&)> trace;
};

/// Why a hart has stopped for good.
enum class StopReason : std::uint8_t {
  kRunning,    ///< it has not
  kRequested,  ///< request_stop(): the guest is finished, or a device said so
  kInstructionLimit,
  kTimeLimit,
  kTrapLoop,    ///< traps nest without end
  kNeverWakes,  ///< WFI, and nothing can end it
};

/// One hart in loosely timed style. Shape: one SC_THREAD, which runs ahead of simulated time by a
/// quantum at most, and never beyond the next thing that any other process has scheduled; so timers
/// and devices interrupt at the same instruction whatever the quantum.
///
/// Sockets, 64 bits wide, b_transport only: `fetch_socket` (reads of 2 or 4 bytes), `data_socket`.
/// Payload address = virtual address, zero-extended on RV32; an AccessExtension goes with every
/// payload and brings the fault back, an AtomicExtension with LR, SC and AMOs. An error response
/// without fault record becomes an access fault.
///
/// Errors: HartError for an impossible configuration. Guest faults are traps.
class HartModule : public sc_core::sc_module, private protocol::interrupt_if {
 public:
  tlm_utils::simple_initiator_socket<HartModule, 64> fetch_socket;
  tlm_utils::simple_initiator_socket<HartModule, 64> data_socket;
  /// The MMU's control interface; unbound when there is no MMU.
  sc_core::sc_port<protocol::mmu_control_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> control;
  /// The MMU's fast path; unbound: every access is a transaction.
  sc_core::sc_port<protocol::translation_port_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> translation;
  /// mtime and mtimecmp; unbound: `time` reads 0 and no timer fires.
  sc_core::sc_port<protocol::time_source_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> time_source;
  /// Lines 3 (machine software), 9 (supervisor external), 11 (machine external).
  sc_core::sc_export<protocol::interrupt_if> interrupts;

  HartModule(const sc_core::sc_module_name& name, const HartModuleConfig& config,
             observe::SignalSink* sink = nullptr);
  ~HartModule() override = default;

  Hart& hart() { return hart_; }
  const Hart& hart() const { return hart_; }
  observe::StatisticGroup& statistics() { return statistics_; }

  /// Stops the hart before its next instruction; any process may call it, also within a transport
  /// call.
  void request_stop();
  StopReason stop_reason() const { return reason_; }
  /// One sentence for a person; empty while it runs.
  std::string stop_sentence() const;

 private:
  SC_HAS_PROCESS(HartModule);
  void set_interrupt(unsigned line, bool level) override;
  void thread();
  std::uint64_t deadline() const;
  bool idle();
  void stop(StopReason reason);

  HartModuleConfig config_;
  BusInterface bus_;
  Hart hart_;
  HartRecorder recorder_;
  sc_core::sc_event wake_;
  bool idle_ = false;
  StopReason reason_ = StopReason::kRunning;
  observe::Scalar cycles_;
  observe::Scalar idle_ps_;
  observe::StatisticGroup statistics_;
};

}  // namespace lookaside::riscv
