// SPDX-License-Identifier: Apache-2.0
// One RISC-V hart: RV32IMAC or RV64IMAC with M, S and U mode, Zicsr, Zifencei, Zicntr, Sstc.
// Without SystemC: it executes against a System, in slices of local time.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <lookaside/observe/statistic.h>
#include <lookaside/riscv/core/config.h>
#include <lookaside/riscv/core/csr_file.h>
#include <lookaside/riscv/core/observer.h>
#include <lookaside/riscv/core/op.h>
#include <lookaside/riscv/core/system.h>
#include <lookaside/riscv/core/trap.h>

namespace lookaside::riscv {

/// Why a slice ended.
enum class Pause : std::uint8_t {
  kDeadline,  ///< local time reached the deadline or the horizon
  kWaiting,   ///< WFI, and no enabled interrupt is pending
  kStopped,   ///< request_stop() was called
  kLimit,     ///< the instruction limit is reached
  kTrapLoop,  ///< traps nest without end (TVAL-12)
};

/// Counters of a hart; none depends on the quantum or on the fast path.
struct HartStatistics {
  HartStatistics();
  observe::Scalar instructions;
  observe::Scalar loads;
  observe::Scalar stores;
  observe::Scalar atomics;
  observe::Scalar misaligned;
  observe::Scalar fences;
  observe::Scalar waits;
  observe::Vector exceptions;
  observe::Vector interrupts;
};

/// Time is absolute and in integer picoseconds. Each instruction costs one clock plus the latencies
/// of its accesses; a trapping one costs what it did until the trap; entering an interrupt costs
/// nothing. Guest faults are traps, never C++ exceptions; a wrong configuration throws HartError.
class Hart {
 public:
  /// `system` must outlive the hart.
  Hart(const HartConfig& config, System& system);

  /// Runs until local time reaches `deadline_ps` or something else ends the slice. At least one
  /// instruction is executed if `deadline_ps` and the horizon lie ahead.
  Pause run(std::uint64_t deadline_ps);

  /// Ends the slice before the next instruction; may be called from anywhere, any thread.
  void request_stop() {
    stop_requested_ = true;
    slice_end_.store(0, std::memory_order_relaxed);
  }
  bool stop_requested() const { return stop_requested_; }
  /// Total number of retired instructions after which run() returns kLimit, exactly; 0 = no limit.
  void set_instruction_limit(std::uint64_t instructions) { instruction_limit_ = instructions; }

  /// Level of an interrupt line: bit 3, 9 or 11 of mip; others are ignored.
  void set_interrupt(unsigned line, bool level) {
    csrs_.set_line(line, level);
    attention();
  }

  /// Absolute local time. It may be moved forward while the hart waits.
  std::uint64_t time_ps() const { return now_; }
  void advance_to(std::uint64_t time_ps) {
    if (time_ps > now_) now_ = time_ps;
  }
  /// Absolute time at which a timer interrupt that is enabled in mie becomes pending; ~0 if none
  /// will.
  std::uint64_t next_timer_ps() const;

  unsigned xlen() const { return config_.xlen; }
  const HartConfig& config() const { return config_; }
  std::uint64_t pc() const { return pc_; }
  void set_pc(std::uint64_t pc) { pc_ = pc; }
  std::uint64_t reg(unsigned i) const { return x_[i]; }
  void set_reg(unsigned i, std::uint64_t value);
  std::uint64_t retired() const { return retired_; }
  std::uint64_t cycles() const { return now_ / config_.cycle_ps; }
  CsrFile& csrs() { return csrs_; }
  const CsrFile& csrs() const { return csrs_; }
  const Trap& last_trap() const { return last_trap_; }
  /// The one that began the present row of traps without a retired instruction between them.
  const Trap& first_trap() const { return first_trap_; }
  const translation::Fault& last_fault() const { return fault_; }
  HartStatistics& statistics() { return statistics_; }

  /// nullptr: nobody. Takes effect at the next slice.
  void set_observer(Observer* observer) { observer_ = observer; }

 private:
  template <unsigned kXlen, bool kObserved>
  friend struct Executor;

  /// The open part of a grant: an access whose offset from `first` lies below the span needs no
  /// call.
  struct Window {
    std::uint64_t first = 0;
    std::uint64_t read_span = 0;
    std::uint64_t write_span = 0;
    std::uint8_t* host = nullptr;
    std::uint64_t read_cost = 0;
    std::uint64_t write_cost = 0;
    std::uint64_t* repeats = nullptr;
    std::uint64_t* write_repeats = nullptr;
    const std::uint64_t* generation = nullptr;
    std::uint64_t generation_value = 0;

    void close() { read_span = write_span = 0; }
    /// Opens it for accesses of up to `widest` bytes in the page of `va`, if the grant permits.
    void open(const Grant& grant, unsigned widest, std::uint64_t va, std::uint64_t page_mask);
    void revalidate() {
      if ((read_span | write_span) != 0 && *generation != generation_value) close();
    }
  };

  template <unsigned kXlen, bool kObserved>
  void run_slice();

  static constexpr unsigned kCacheEntries = 4096;  ///< decoded instructions, by pc, tagged by bits

  // Memory (hart_memory.cpp). False: refused; the exception is noted.
  bool fetch_slow(std::uint32_t& raw);
  bool fetch_part(std::uint64_t va, unsigned bytes, std::uint32_t& data);
  bool data_slow(translation::Access access, std::uint64_t va, unsigned bytes, std::uint64_t& data);
  bool misaligned(translation::Access access, std::uint64_t va);
  bool atomic(Transfer& transfer);
  void sent_access();
  static bool same_page(std::uint64_t va, unsigned bytes, std::uint64_t page_mask) {
    return (va & page_mask) <= page_mask - (bytes - 1U);
  }
  void after_call() {
    fetch_.revalidate();
    data_.revalidate();
  }

  // System instructions (hart_system.cpp).
  enum class CsrAction : std::uint8_t { kWrite, kSet, kClear };
  bool csr_instruction(const Instruction& i, CsrAction action, std::uint64_t operand, bool writes);
  void commit_csr(unsigned number);
  bool return_from_trap(const Instruction& i);
  bool wait_for_interrupt(const Instruction& i);
  bool fence_vma(const Instruction& i);
  bool breakpoint();
  bool environment_call();
  void apply_changes();

  // Traps and the outer loop (hart.cpp).
  bool raise(Exception exception, std::uint64_t tval) {
    exception_ = static_cast<unsigned>(exception);
    tval_ = tval;
    has_fault_ = false;
    return false;
  }
  bool raise(const translation::Fault& fault);
  void take_exception(const Instruction* instruction);
  void take_interrupt(unsigned code);
  void trap(bool interrupt, unsigned code, std::uint64_t tval);
  void refresh();
  void run_one_slice(std::uint64_t end);
  std::uint64_t limit_end(std::uint64_t end) const;
  void attention() { slice_end_.store(0, std::memory_order_relaxed); }
  std::uint64_t slice_end() const { return slice_end_.load(std::memory_order_relaxed); }

  // Hot state first.
  std::array<std::uint64_t, 32> x_{};
  std::uint64_t pc_ = 0;
  std::uint64_t next_pc_ = 0;
  std::uint64_t now_ = 0;   ///< start of the instruction
  std::uint64_t cost_ = 0;  ///< of the instruction so far
  std::atomic<std::uint64_t> slice_end_{0};
  std::uint64_t retired_ = 0;
  Window fetch_;
  Window data_;
  std::uint64_t align_mask_ = 0;  ///< all ones if misaligned accesses trap
  std::vector<Instruction> cache_;

  HartConfig config_;
  System& system_;
  CsrFile csrs_;
  translation::Context context_;
  // Offset bits of the smallest page; all ones where nothing is translated and there are no pages.
  std::uint64_t fetch_page_mask_ = ~std::uint64_t{0};
  std::uint64_t data_page_mask_ = ~std::uint64_t{0};
  Observer* observer_ = nullptr;
  Commit commit_;

  unsigned exception_ = 0;
  std::uint64_t tval_ = 0;
  translation::Fault fault_;
  bool has_fault_ = false;
  Trap last_trap_;
  Trap first_trap_;
  translation::Fault first_fault_{};  ///< what first_trap_ points to
  std::uint64_t retired_at_trap_ = ~std::uint64_t{0};
  unsigned traps_in_a_row_ = 0;

  bool started_ = false;
  bool waiting_ = false;
  bool stale_ = true;  ///< horizon and timers must be asked for again
  std::uint64_t horizon_ps_ = 0;
  std::uint64_t timer_ps_ = ~std::uint64_t{0};  ///< when the next timer that is not pending fires
  std::uint64_t machine_timer_ps_ = ~std::uint64_t{0};
  std::uint64_t supervisor_timer_ps_ = ~std::uint64_t{0};
  std::uint64_t instruction_limit_ = 0;
  std::uint64_t counted_ = 0;  ///< retired instructions already in the statistics
  std::atomic<bool> stop_requested_{false};
  HartStatistics statistics_;
};

}  // namespace lookaside::riscv
