// SPDX-License-Identifier: Apache-2.0
// What translates inside an MMU: the model's Translator, RTL, or both in lockstep stand behind
// this. An engine has no sockets and never accesses memory: it says which PTE it wants, and whoever
// drives it performs the access.
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

/// The PTE access that a step asks for.
struct PteRequest {
  std::uint64_t address = 0;   ///< physical, naturally aligned
  unsigned bytes = 0;          ///< 4 or 8
  std::uint64_t expected = 0;  ///< of a compare-and-swap
  std::uint64_t desired = 0;   ///< of a compare-and-swap
};

/// One translation under way: a piece of an access that lies within one page. Filled in by the
/// driver up to `time_ps`; everything after it is the answer.
struct Job {
  protocol::Port port = protocol::Port::kData;
  translation::Access access = translation::Access::kLoad;
  std::uint64_t va = 0;
  std::uint64_t bytes = 1;  ///< all within one page of the format's smallest size
  translation::Context context;
  /// Absolute local time. The engine adds its own latencies; the driver adds those of memory before
  /// it reports a PTE access as done.
  std::uint64_t time_ps = 0;

  bool translated = false;
  std::uint64_t pa = 0;
  /// If translated. An engine that does not know the leaf leaves `format` null.
  translation::Translation translation;
  translation::Fault fault;  ///< after Step::kFault
  PteRequest pte;            ///< after Step::kReadPte and Step::kCompareAndSwap

  // The engine's own.
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

/// Drive it so: `step = begin(job)`; while the step asks for memory, perform `job.pte` and report
/// with pte_read() or pte_swapped(); then kDone (`job.pa` holds) or kFault (`job.fault`).
class Engine {
 public:
  using Step = translation::Walk::Step;

  Engine() = default;
  virtual ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  virtual Step begin(Job& job) = 0;
  virtual Step pte_read(Job& job, bool ok, std::uint64_t pte) = 0;
  virtual Step pte_swapped(Job& job, bool ok, bool swapped) = 0;
  /// Counts and shows a fault found outside: by the bus, or by alignment.
  virtual void refuse(Job& job, const translation::Fault& fault) = 0;
  /// Drops what the fence covers everywhere; no walk begun before may fill after (SFN-11). Begins
  /// at `now_ps`, absolute; returns how long it takes, in ps.
  virtual std::uint64_t fence(const translation::Fence& fence, std::uint64_t now_ps) = 0;

  const translation::Context& context() const { return context_; }
  /// The context of the jobs whose driver knows no other.
  void set_context(const translation::Context& context) { context_ = context; }
  const translation::Pmp& pmp() const { return pmp_; }
  virtual void set_pmp(const translation::Pmp& pmp) { pmp_ = pmp; }

  /// The L1 TLB of a port, or nullptr when it is not enabled or does not stand behind tlb::Tlb.
  tlb::Tlb* l1(protocol::Port port) const { return l1_[static_cast<unsigned>(port)].get(); }
  tlb::Tlb* l2() const { return l2_.get(); }
  void set_listener(ResidenceListener* listener) { listener_ = listener; }

  /// False: every access must come here, so the MMU lends no pointer and answers no direct().
  virtual bool lends() const { return true; }
  /// True: one job at a time, and no fence while it waits for memory.
  virtual bool serial() const { return false; }
  /// What it counts besides Counters; may be null.
  virtual observe::StatisticGroup* statistics() { return nullptr; }

 protected:
  std::array<std::unique_ptr<tlb::Tlb>, 2> l1_;
  std::unique_ptr<tlb::Tlb> l2_;
  translation::Context context_;
  translation::Pmp pmp_;
  ResidenceListener* listener_ = nullptr;
};

}  // namespace lookaside::mmu
