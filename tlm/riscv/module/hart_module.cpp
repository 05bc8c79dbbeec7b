// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <lookaside/riscv/module/hart_module.h>

namespace lookaside::riscv {

using sc_core::sc_time;

namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

std::uint64_t now_ps() {
  return sc_core::sc_time_stamp().value();
}

/// Times are integer picoseconds throughout; SystemC's default resolution is exactly that.
void check_resolution() {
  if (sc_core::sc_get_time_resolution() != sc_time(1, sc_core::SC_PS)) {
    throw HartError("the SystemC time resolution is " +
                    sc_core::sc_get_time_resolution().to_string() + "; expected 1 ps");
  }
}

std::string describe(const Trap& trap) {
  return fmt::format("{} at pc 0x{:x}, tval 0x{:x}, handler 0x{:x}{}",
                     trap.interrupt ? interrupt_name(trap.code) : exception_name(trap.code),
                     trap.epc, trap.tval, trap.handler,
                     trap.fault != nullptr ? ": " + translation::explain(*trap.fault) : "");
}

}  // namespace

HartModule::HartModule(const sc_core::sc_module_name& name, const HartModuleConfig& config,
                       observe::SignalSink* sink)
    : sc_module(name),
      fetch_socket("fetch_socket"),
      data_socket("data_socket"),
      control("control"),
      translation("translation"),
      time_source("time_source"),
      interrupts("interrupts"),
      config_(config),
      bus_(*this, config.core.hart_id, config.direct),
      hart_(config.core, bus_),
      recorder_(config.scope.empty() ? basename() : config.scope, config.core.xlen,
                config.core.hart_id, config.symbolizer, config.trace, sink),
      wake_("wake"),
      statistics_(config.scope.empty() ? basename() : config.scope) {
  check_resolution();
  interrupts.bind(*this);
  hart_.set_instruction_limit(config.instruction_limit);
  if (recorder_.wanted()) hart_.set_observer(&recorder_);
  HartStatistics& s = hart_.statistics();
  statistics_.add({"instructions", "instructions", "instructions retired"}, s.instructions);
  statistics_.add({"cycles", "cycles", "clocks elapsed until the hart stopped, waiting included"},
                  cycles_);
  statistics_.add_derived({"cycles_per_instruction", "ratio", "cycles / instructions"}, [this] {
    const std::uint64_t retired = hart_.statistics().instructions.value;
    return retired == 0 ? 0.0 : static_cast<double>(cycles_.value) / static_cast<double>(retired);
  });
  statistics_.add({"loads", "accesses", "loads performed, LR and AMOs not included"}, s.loads);
  statistics_.add({"stores", "accesses", "stores performed, SC and AMOs not included"}, s.stores);
  statistics_.add({"atomics", "accesses", "LR, SC and AMOs performed, failed SC included"},
                  s.atomics);
  statistics_.add({"misaligned", "accesses",
                   "loads and stores at an address that is not a multiple "
                   "of their size"},
                  s.misaligned);
  statistics_.add({"exceptions", "traps", "exceptions taken, per cause"}, s.exceptions);
  statistics_.add({"interrupts", "traps", "interrupts taken, per cause"}, s.interrupts);
  statistics_.add({"fences", "instructions", "SFENCE.VMA executed"}, s.fences);
  statistics_.add({"waits", "instructions", "WFI executed"}, s.waits);
  statistics_.add({"wait_time_ps", "ps", "simulated time spent in WFI"}, idle_ps_);
  SC_THREAD(thread);
}

void HartModule::request_stop() {
  hart_.request_stop();
  if (idle_) wake_.notify(sc_core::SC_ZERO_TIME);
}

void HartModule::set_interrupt(unsigned line, bool level) {
  hart_.set_interrupt(line, level);
  if (idle_ && level) wake_.notify(sc_core::SC_ZERO_TIME);
}

std::uint64_t HartModule::deadline() const {
  const std::uint64_t quantum = std::max<std::uint64_t>(config_.quantum_ps, 1);
  const std::uint64_t end = hart_.time_ps() > kNever - quantum ? kNever : hart_.time_ps() + quantum;
  return config_.time_limit_ps == 0 ? end : std::min(end, config_.time_limit_ps);
}

/// Local time is `ahead` of simulated time or equal; when equal, other processes of this very time
/// run first.
void HartModule::thread() {
  while (reason_ == StopReason::kRunning) {
    hart_.advance_to(now_ps());
    const std::uint64_t before = hart_.cycles();
    const Pause pause = hart_.run(deadline());
    cycles_.value += hart_.cycles() - before;
    const std::uint64_t ahead = hart_.time_ps() - now_ps();
    switch (pause) {
      case Pause::kStopped:
        stop(StopReason::kRequested);
        break;
      case Pause::kLimit:
        stop(StopReason::kInstructionLimit);
        break;
      case Pause::kTrapLoop:
        stop(StopReason::kTrapLoop);
        break;
      case Pause::kWaiting:
        if (ahead == 0 && !idle()) {
          stop(StopReason::kNeverWakes);
          break;
        }
        if (ahead != 0) wait(sc_time::from_value(ahead));
        break;
      case Pause::kDeadline:
        wait(sc_time::from_value(ahead));
        if (config_.time_limit_ps != 0 && hart_.time_ps() >= config_.time_limit_ps) {
          stop(StopReason::kTimeLimit);
        }
        break;
    }
  }
}

/// WFI with local and simulated time equal: sleeps until a timer or a line may end it. False if
/// nothing ever can.
bool HartModule::idle() {
  const bool possible = (hart_.csrs().mie() & interrupt::kAll) != 0;
  std::uint64_t wake = hart_.next_timer_ps();
  if (!possible || (wake == kNever && !sc_core::sc_pending_activity())) return false;
  if (config_.time_limit_ps != 0) wake = std::min(wake, config_.time_limit_ps);
  const std::uint64_t start = now_ps();
  idle_ = true;
  if (wake == kNever) {
    wait(wake_);
  } else {
    wait(sc_time::from_value(wake - start), wake_);
  }
  idle_ = false;
  idle_ps_.value += now_ps() - start;
  const std::uint64_t before = hart_.cycles();
  hart_.advance_to(now_ps());
  cycles_.value += hart_.cycles() - before;
  return true;
}

void HartModule::stop(StopReason reason) {
  // Simulated time catches up first, so that everybody sees the same end.
  if (hart_.time_ps() > now_ps()) wait(sc_time::from_value(hart_.time_ps() - now_ps()));
  reason_ = reason;
  if (config_.stop_simulation) sc_core::sc_stop();
}

std::string HartModule::stop_sentence() const {
  switch (reason_) {
    case StopReason::kRunning:
      return "";
    case StopReason::kRequested:
      return "the guest ended the simulation";
    case StopReason::kInstructionLimit:
      return fmt::format("the limit of {} instructions is reached", config_.instruction_limit);
    case StopReason::kTimeLimit:
      return fmt::format("the limit of {} ps simulated time is reached", config_.time_limit_ps);
    case StopReason::kTrapLoop: {
      const std::string first = describe(hart_.first_trap());
      const std::string last = describe(hart_.last_trap());
      return fmt::format(
          "traps nest without end: more than {} in a row without a retired instruction; {}{}",
          config_.core.trap_loop_limit, first == last ? "each is " : "the first is " + first,
          first == last ? last : "; the last is " + last);
    }
    case StopReason::kNeverWakes:
      return fmt::format(
          "the hart waits for an interrupt (wfi before pc 0x{:x}) that can never come: mie = "
          "0x{:x}",
          hart_.pc(), hart_.csrs().mie());
  }
  return "";
}

}  // namespace lookaside::riscv
