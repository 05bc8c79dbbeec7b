// SPDX-License-Identifier: Apache-2.0
// The MMU without sockets: TLBs, walks, permissions, faults. It never accesses memory: it says
// which PTE it wants, and whoever drives it performs the access. Any number of jobs may be in
// flight.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include <lookaside/mmu/config.h>
#include <lookaside/mmu/counters.h>
#include <lookaside/mmu/waves.h>
#include <lookaside/protocol/translation_port_if.h>
#include <lookaside/tlb/interface.h>
#include <lookaside/translation/pmp.h>
#include <lookaside/translation/walk.h>

namespace lookaside::mmu {

/// One translation under way: a piece of an access that lies within one page. Filled in by the
/// driver up to `time_ps`; everything after it is the answer.
struct Job {
  protocol::Port port = protocol::Port::kData;
  translation::Access access = translation::Access::kLoad;
  std::uint64_t va = 0;
  std::uint64_t bytes = 1;  ///< all within one page of the format's smallest size
  translation::Context context;
  /// Absolute local time. The translator adds its own latencies; the driver adds those of memory
  /// before it reports a PTE access as done.
  std::uint64_t time_ps = 0;

  bool translated = false;
  std::uint64_t pa = 0;
  translation::Translation translation;  ///< if translated
  translation::Fault fault;              ///< after Step::kFault

  std::optional<translation::Walk> walk;
  std::uint64_t walk_start_ps = 0;
  std::uint64_t request_ps = 0;  ///< when the PTE access in flight was asked for
  std::uint64_t fence_count = 0;
};

/// Is told which pages the L1 TLB of a port no longer holds.
class ResidenceListener {
 public:
  virtual ~ResidenceListener() = default;
  /// The virtual bytes [first, last] may no longer be resident in the L1 TLB of `port`.
  virtual void left(protocol::Port port, std::uint64_t first, std::uint64_t last) = 0;
};

/// Drive it so: `step = begin(job)`; while the step asks for memory, access
/// `job.walk->pte_address()` and report with pte_read() or pte_swapped(); then kDone (`job.pa`
/// holds) or kFault (`job.fault`).
class Translator {
 public:
  using Step = translation::Walk::Step;

  /// Throws ConfigError, or what the TLB factory throws.
  Translator(const Config& config, Counters& counters, Waves& waves);

  Step begin(Job& job);
  Step pte_read(Job& job, bool ok, std::uint64_t pte);
  Step pte_swapped(Job& job, bool ok, bool swapped);
  /// Counts and shows a fault found outside: by the bus, or by alignment.
  void refuse(Job& job, const translation::Fault& fault);

  const translation::Context& context() const { return context_; }
  void set_context(const translation::Context& context) { context_ = context; }
  const translation::Pmp& pmp() const { return pmp_; }
  void set_pmp(const translation::Pmp& pmp) { pmp_ = pmp; }
  /// Drops what the fence covers everywhere; no walk begun before may fill after (SFN-11).
  void fence(const translation::Fence& fence);

  /// The L1 TLB of a port, or nullptr when it is not enabled.
  tlb::Tlb* l1(protocol::Port port) const { return l1_[static_cast<unsigned>(port)].get(); }
  tlb::Tlb* l2() const { return l2_.get(); }
  void set_listener(ResidenceListener* listener) { listener_ = listener; }

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
  std::array<std::unique_ptr<tlb::Tlb>, 2> l1_;
  std::unique_ptr<tlb::Tlb> l2_;
  translation::Context context_;
  translation::Pmp pmp_;
  std::uint64_t fence_count_ = 0;
  ResidenceListener* listener_ = nullptr;
};

}  // namespace lookaside::mmu
