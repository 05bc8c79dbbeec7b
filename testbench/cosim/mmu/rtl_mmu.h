// SPDX-License-Identifier: Apache-2.0
// lookaside_mmu as the translation engine of mmu::Mmu.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include <lookaside/mmu/engine.h>

#include "cosim/mmu/port.h"
#include "cosim/mmu/rtl_waves.h"
#include "cosim/silence_guard.h"

namespace lookaside::cosim {

/// Translates by RTL alone. Time: every job takes the clock edges the RTL takes, at
/// Config::clock_ps each; the other latencies of Config do not count. Memory latencies are rounded
/// up to edges. Between two jobs the clock runs only while the second-level TLB is busy.
///
/// Statistics are those of the model, counted from the RTL's monitor ports; signals too, with the
/// times of the clock. A fault carries cause, tval and rule from the RTL; level and PTE only when a
/// walk found it, because a TLB hit shows neither; of a PTE that protection kept from being read
/// only the level.
///
/// Errors: when the RTL does not answer, the listener is told, every access from then on ends as an
/// access fault that nobody counts, and fences do nothing. Without a listener: RtlSilent.
class RtlMmu final : public mmu::Engine {
 public:
  /// Throws mmu::ConfigError. The references must outlive it.
  RtlMmu(const mmu::Config& config, mmu::Counters& counters, mmu::Waves& waves,
         std::unique_ptr<MmuPort> port);

  void on_silence(SilenceGuard::Listener listener) { guard_.set_listener(std::move(listener)); }
  /// Declares the signals of the RTL at a sink; null: none.
  void show(observe::SignalSink* sink);

  Step begin(mmu::Job& job) override;
  Step pte_read(mmu::Job& job, bool ok, std::uint64_t pte) override;
  Step pte_swapped(mmu::Job& job, bool ok, bool swapped) override;
  void refuse(mmu::Job& job, const translation::Fault& fault) override;
  std::uint64_t fence(const translation::Fence& fence, std::uint64_t now_ps) override;
  void set_pmp(const translation::Pmp& pmp) override;
  bool lends() const override { return false; }
  bool serial() const override { return true; }
  observe::StatisticGroup* statistics() override { return &statistics_; }

  const MmuPort& port() const { return *port_; }

 private:
  /// What is known of the job under way.
  struct Progress {
    std::uint64_t start_cycles = 0;
    std::uint64_t start_ps = 0;
    unsigned accesses = 0;          ///< PTE accesses so far
    std::uint64_t walk_cycles = 0;  ///< when the walk began
    unsigned level = 0;             ///< of the PTE that is accessed
    bool at_once = false;           ///< answered by the first level
    bool again = false;             ///< the next read is of the same PTE
    bool l2_hit = false;
    std::uint64_t pte_address = 0;
    std::uint64_t pte = 0;  ///< as read last
  };

  void watch(bool on);
  void catch_up(std::uint64_t now_ps);
  std::uint64_t now_ps() const {
    return now_.start_ps + (port_->cycles() - now_.start_cycles) * config_.clock_ps;
  }
  std::uint64_t edges(const mmu::Job& job) const;
  template <typename Call>
  Step clocked(mmu::Job& job, Call call);
  Step go_on(mmu::Job& job, MmuPort::State state);
  Step ask(mmu::Job& job);
  Step answer(mmu::Job& job);
  bool walked() const;
  translation::Fault fault_of(const mmu::Job& job) const;
  void walk_begins(std::uint64_t cycle);
  void count_events(protocol::Port port);
  void count_event(MmuTlb tlb, const MmuEvent& event);
  void count_lost(bool fence);
  mmu::TlbCounters& counters(MmuTlb tlb);

  mmu::Config config_;
  mmu::Counters& counters_;
  mmu::Waves& waves_;
  std::unique_ptr<MmuPort> port_;
  SilenceGuard guard_;
  MmuRtlWaves rtl_waves_;
  Progress now_;
  std::uint64_t ended_ps_ = 0;  ///< when the last job or fence ended
  bool l2_fencing_ = false;     ///< the second level may still work on a fence
  bool pmp_written_ = false;
  observe::Scalar edges_;
  observe::StatisticGroup statistics_{"rtl"};
  std::array<unsigned, kMmuTlbs> valid_{};
  std::array<unsigned, kMmuTlbs> filled_{};  ///< entries that fills added since valid_ was counted
};

}  // namespace lookaside::cosim
