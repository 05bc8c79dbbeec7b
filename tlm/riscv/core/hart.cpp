// SPDX-License-Identifier: Apache-2.0
// The outer loop of a hart: deadlines, timers, interrupts, traps.
#include <algorithm>
#include <string>

#include <lookaside/riscv/core/hart.h>

namespace lookaside::riscv {

namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};

std::vector<std::string> labels(const char* (*name)(unsigned)) {
  std::vector<std::string> result;
  for (unsigned code = 0; code < kCauseCount; ++code) result.emplace_back(name(code));
  return result;
}

/// Codes without a meaning get a label of their own, so that labels stay unique.
const char* interrupt_label(unsigned code) {
  static constexpr const char* kReserved[kCauseCount] = {
      "reserved_0",  nullptr,       "reserved_2",  nullptr,      "reserved_4",  nullptr,
      "reserved_6",  nullptr,       "reserved_8",  nullptr,      "reserved_10", nullptr,
      "reserved_12", "reserved_13", "reserved_14", "reserved_15"};
  return kReserved[code] != nullptr ? kReserved[code] : interrupt_name(code);
}

HartConfig checked(const HartConfig& config) {
  validate(config);
  return config;
}

}  // namespace

HartStatistics::HartStatistics()
    : exceptions(labels(exception_name)), interrupts(labels(interrupt_label)) {}

Hart::Hart(const HartConfig& config, System& system)
    : pc_(config.reset_pc),
      align_mask_(config.misaligned == Misaligned::kTrap ? ~std::uint64_t{0} : 0),
      cache_(kCacheEntries),
      config_(checked(config)),
      system_(system),
      csrs_(config_) {}

void Hart::set_reg(unsigned i, std::uint64_t value) {
  if (i != 0) x_[i] = config_.xlen == 32 ? value & 0xffffffffULL : value;
}

std::uint64_t Hart::next_timer_ps() const {
  std::uint64_t next = kNever;
  const std::uint64_t enabled = csrs_.mie();
  if ((enabled & interrupt::kMtip) != 0) next = std::min(next, machine_timer_ps_);
  if ((enabled & interrupt::kStip) != 0) next = std::min(next, supervisor_timer_ps_);
  return next;
}

/// Asks the world again if something may have changed it, and brings the timer bits to local time.
void Hart::refresh() {
  if (stale_) {
    stale_ = false;
    horizon_ps_ = system_.horizon_ps();
    machine_timer_ps_ = system_.time_of(system_.mtimecmp());
    supervisor_timer_ps_ = csrs_.sstc_enabled() ? system_.time_of(csrs_.stimecmp()) : kNever;
  }
  const bool machine = now_ >= machine_timer_ps_;
  const bool supervisor = now_ >= supervisor_timer_ps_;
  csrs_.set_timers(machine, supervisor);
  timer_ps_ =
      std::min(machine ? kNever : machine_timer_ps_, supervisor ? kNever : supervisor_timer_ps_);
}

/// Each instruction takes a clock or more: before this time no more than the limit can retire.
std::uint64_t Hart::limit_end(std::uint64_t end) const {
  if (instruction_limit_ == 0) return end;
  const std::uint64_t left = instruction_limit_ - retired_;
  if (left > (kNever - now_) / config_.cycle_ps) return end;
  return std::min(end, now_ + left * config_.cycle_ps);
}

void Hart::run_one_slice(std::uint64_t end) {
  slice_end_.store(end, std::memory_order_relaxed);
  if (stop_requested_) return;  // requested between the last test and the store
  const bool rv32 = config_.xlen == 32;
  if (observer_ == nullptr) {
    rv32 ? run_slice<32, false>() : run_slice<64, false>();
  } else {
    rv32 ? run_slice<32, true>() : run_slice<64, true>();
  }
}

Pause Hart::run(std::uint64_t deadline_ps) {
  stale_ = true;
  apply_changes();
  after_call();
  Pause pause = Pause::kDeadline;
  for (;;) {
    refresh();
    const std::uint64_t end = std::min(deadline_ps, horizon_ps_);
    if (stop_requested_) {
      pause = Pause::kStopped;
      break;
    }
    if (instruction_limit_ != 0 && retired_ >= instruction_limit_) {
      pause = Pause::kLimit;
      break;
    }
    if (traps_in_a_row_ > config_.trap_loop_limit) {
      pause = Pause::kTrapLoop;
      break;
    }
    // Before interrupts: what happens elsewhere at this very time must be seen first.
    if (now_ >= end) break;
    if (waiting_) {
      if ((csrs_.mip() & csrs_.mie()) == 0) {
        pause = Pause::kWaiting;
        break;
      }
      waiting_ = false;
    }
    const int code = csrs_.pending_interrupt();
    if (code >= 0) {
      take_interrupt(static_cast<unsigned>(code));
      continue;
    }
    run_one_slice(limit_end(std::min(end, timer_ps_)));
  }
  statistics_.instructions.value += retired_ - counted_;
  counted_ = retired_;
  return pause;
}

bool Hart::raise(const translation::Fault& fault) {
  exception_ = static_cast<unsigned>(fault.cause);
  tval_ = fault.tval;
  fault_ = fault;
  has_fault_ = true;
  return false;
}

void Hart::take_exception(const Instruction* instruction) {
  ++statistics_.exceptions.values[exception_ % kCauseCount];
  last_trap_.instruction = instruction;
  trap(false, exception_, tval_);
  now_ += cost_;
}

void Hart::take_interrupt(unsigned code) {
  ++statistics_.interrupts.values[code];
  has_fault_ = false;
  last_trap_.instruction = nullptr;
  trap(true, code, 0);
}

void Hart::trap(bool interrupt, unsigned code, std::uint64_t tval) {
  traps_in_a_row_ = retired_ == retired_at_trap_ ? traps_in_a_row_ + 1 : 1;
  retired_at_trap_ = retired_;
  last_trap_.time_ps = now_;
  last_trap_.interrupt = interrupt;
  last_trap_.code = code;
  last_trap_.epc = pc_;
  last_trap_.tval = config_.xlen == 32 ? tval & 0xffffffffULL : tval;
  last_trap_.fault = has_fault_ ? &fault_ : nullptr;
  last_trap_.from = csrs_.privilege();
  pc_ = csrs_.enter_trap(interrupt, code, pc_, tval);
  last_trap_.to = csrs_.privilege();
  last_trap_.handler = pc_;
  if (traps_in_a_row_ == 1) {
    first_trap_ = last_trap_;
    if (has_fault_) {
      first_fault_ = fault_;
      first_trap_.fault = &first_fault_;
    }
  }
  apply_changes();
  attention();
  if (observer_ != nullptr) observer_->trapped(last_trap_);
}

}  // namespace lookaside::riscv
