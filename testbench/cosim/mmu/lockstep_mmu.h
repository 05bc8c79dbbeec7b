// SPDX-License-Identifier: Apache-2.0
// Model and RTL side by side as the translation engine of mmu::Mmu: every access is made on both,
// one memory access serves both, and everything they say is compared.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/mmu/translator.h>
#include <lookaside/observe/statistic.h>

#include "cosim/mmu/history.h"
#include "cosim/mmu/lockstep_waves.h"
#include "cosim/mmu/port.h"
#include "cosim/mmu/rtl_waves.h"
#include "cosim/mmu/variant.h"
#include "cosim/monitor.h"

namespace lookaside::cosim {

/// Compared are: every PTE access as it is asked for (address, read or compare-and-swap, the values
/// expected and desired); the physical address, or rule, cause and tval of the fault; of each TLB
/// what every lookup found (hit, set, way) and where every refill went and whether it evicted;
/// after each fence the set of entries left.
///
/// Answers, statistics and time are the model's. From the first difference on, which goes to the
/// monitor, only the model is asked.
class LockstepMmu final : public mmu::Engine {
 public:
  /// `block` names it in reports ("hart0.mmu"). References must outlive it. Throws
  /// mmu::ConfigError.
  LockstepMmu(std::string block, const MmuVariant& variant, const mmu::Config& config,
              mmu::Counters& counters, mmu::Waves& waves, Monitor& monitor);

  /// Declares its signals and those of the RTL at a sink; null: none.
  void show(observe::SignalSink* sink);

  Step begin(mmu::Job& job) override;
  Step pte_read(mmu::Job& job, bool ok, std::uint64_t pte) override;
  Step pte_swapped(mmu::Job& job, bool ok, bool swapped) override;
  void refuse(mmu::Job& job, const translation::Fault& fault) override {
    model_.refuse(job, fault);
  }
  std::uint64_t fence(const translation::Fence& fence, std::uint64_t now_ps) override;
  void set_pmp(const translation::Pmp& pmp) override;
  bool lends() const override { return false; }
  bool serial() const override { return true; }
  observe::StatisticGroup* statistics() override { return &statistics_; }

  /// How long memory makes the RTL wait, at least 1; nothing that is compared depends on it.
  void set_memory_edges(std::uint64_t edges) { memory_edges_ = edges; }

  /// Accesses whose answers agreed, one for each page an access touches.
  std::uint64_t compared() const { return accesses_.value; }

 private:
  using Fields = std::vector<ComparedField>;
  using Events = std::array<std::vector<MmuEvent>, kMmuTlbs>;

  mmu::Config recording(mmu::Config config);
  template <typename Operation>
  bool ask(Operation operation);
  template <typename Call>
  bool clocked(std::uint64_t time_ps, Call call);
  Step check(const mmu::Job& job, Step step);
  bool same_request(const mmu::Job& job, Step step) const;
  bool same_answer(const mmu::Job& job, Step step) const;
  bool same_events();
  void settle();
  void watch(bool on);
  void forget_events();
  const tlb::Tlb* model_tlb(MmuTlb tlb) const;
  std::vector<std::uint64_t> model_valid(MmuTlb tlb) const;
  Fields request_fields(const mmu::Job& job, Step step) const;
  Fields answer_fields(const mmu::Job& job, Step step) const;
  void differ(Fields fields, std::uint64_t time_ps, const std::string& remark = "");

  std::string block_;
  const MmuVariant& variant_;
  Monitor& monitor_;
  Events model_events_;  ///< before model_, which writes them
  mmu::Translator model_;
  std::unique_ptr<MmuPort> port_;
  MmuPort::State state_ = MmuPort::State::kAnswer;
  bool pmp_written_ = false;
  std::uint64_t memory_edges_ = 1;
  std::uint64_t last_ps_ = 0;  ///< time of the latest job or fence
  MmuHistory history_;
  MmuLockstepWaves waves_;
  MmuRtlWaves rtl_waves_;
  std::uint64_t clock_ps_;

  observe::Scalar accesses_, pte_reads_, pte_updates_, fences_, edges_;
  observe::StatisticGroup statistics_{"lockstep"};
};

}  // namespace lookaside::cosim
