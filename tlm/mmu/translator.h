// SPDX-License-Identifier: Apache-2.0
// The model's translation engine: TLBs, walks, permissions, faults. Any number of jobs may be in
// flight.
#pragma once

#include <cstdint>

#include <lookaside/mmu/engine.h>

namespace lookaside::mmu {

/// The model. Statistics, signals and latencies are those of Counters, Waves and Config.
class Translator final : public Engine {
 public:
  /// Throws ConfigError, or what the TLB factory throws.
  Translator(const Config& config, Counters& counters, Waves& waves);

  Step begin(Job& job) override;
  Step pte_read(Job& job, bool ok, std::uint64_t pte) override;
  Step pte_swapped(Job& job, bool ok, bool swapped) override;
  void refuse(Job& job, const translation::Fault& fault) override;
  std::uint64_t fence(const translation::Fence& fence, std::uint64_t now_ps) override;

 private:
  Step lookup_l1(Job& job);
  Step lookup_l2(Job& job);
  Step accept_hit(Job& job, const translation::Translation& found, Phase phase, bool from_l2);
  void drop_stale(Job& job);
  Step start_walk(Job& job);
  Step continue_walk(Job& job);
  Step finish_walk(Job& job);
  void refill_l1(Job& job);
  void refill_l2(Job& job);
  Step physical(Job& job);
  Step fail(Job& job, const translation::Fault& fault);
  void spend(Job& job, unsigned cycles) const { job.time_ps += cycles * config_.clock_ps; }
  void count_fill(TlbCounters& counters, const tlb::FillResult& result) const;

  Config config_;
  Counters& counters_;
  Waves& waves_;
  std::uint64_t fence_count_ = 0;
};

}  // namespace lookaside::mmu
