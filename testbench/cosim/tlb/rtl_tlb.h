// SPDX-License-Identifier: Apache-2.0
// The Verilated TLB as a tlb::Tlb: the RTL decides what hits and what it says.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/tlb/interface.h>

#include "cosim/silence_guard.h"
#include "cosim/tlb/port.h"
#include "cosim/tlb/rtl_waves.h"
#include "cosim/tlb/variant.h"

namespace lookaside::cosim {

/// What the RTL does not hold - format, address and raw value of the PTE - stands beside each way,
/// from the refill; PPN, page size, global and permissions of an answer are the RTL's. Its cycles
/// are the latency of a lookup. When the block does not answer, the listener is told; from then on
/// lookups miss and nothing is stored. Without a listener, and in ask_*(): RtlSilent.
class RtlTlb final : public tlb::Tlb {
 public:
  RtlTlb(const TlbVariant& variant, const tlb::Geometry& geometry);

  void on_silence(SilenceGuard::Listener listener) { guard_.set_listener(std::move(listener)); }
  /// Declares its signals at a sink; null: none.
  void show(observe::SignalSink* sink, const std::string& scope, std::uint64_t period_ps);

  const tlb::Geometry& geometry() const override { return geometry_; }
  void at(std::uint64_t time_ps) override { time_ps_ = time_ps; }
  tlb::LookupResult lookup(std::uint64_t va, std::uint32_t asid) override;
  /// A level-1 block is asked without a clock edge. A level-2 block has no port for that: what was
  /// filled and is still valid answers. Only DMI and direct access probe, which RTL does without.
  tlb::LookupResult probe(std::uint64_t va, std::uint32_t asid) const override;
  tlb::LookupResult drop(std::uint64_t va, std::uint32_t asid) override;
  tlb::FillResult fill(const translation::Translation& translation, std::uint64_t va,
                       std::uint32_t asid) override;
  unsigned invalidate(const translation::Fence& fence) override;
  std::vector<tlb::Entry> snapshot() const override;
  const std::uint64_t& generation() const override { return generation_; }
  bool repeat_hit_is_noop() const override { return true; }

  // What LockstepTlb compares: the pins.
  TlbAnswer ask_lookup(std::uint64_t va, std::uint32_t asid, bool drop);
  TlbFilled ask_fill(const TlbPage& page);
  void ask_fence(const translation::Fence& fence);
  const TlbPort& port() const { return *port_; }
  std::uint32_t cut(std::uint32_t asid) const { return asid & asid_mask_; }
  tlb::LookupResult result(const TlbAnswer& answer, std::uint64_t va) const;

 private:
  bool valid(unsigned index) const {
    return ((port_->valid()[index / 64] >> (index % 64)) & 1) != 0;
  }

  tlb::Geometry geometry_;
  const translation::Format& format_;
  std::uint32_t asid_mask_;
  std::unique_ptr<TlbPort> port_;
  SilenceGuard guard_;
  std::vector<tlb::Entry> filled_;  ///< by entry, as the refill said
  std::uint64_t generation_ = 0;
  std::uint64_t time_ps_ = 0;
  RtlWaves waves_;
};

/// A refill as the pins take it.
TlbPage page_of(const translation::Translation& translation, std::uint64_t va, std::uint32_t asid);

}  // namespace lookaside::cosim
