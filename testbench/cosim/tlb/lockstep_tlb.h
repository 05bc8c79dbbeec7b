// SPDX-License-Identifier: Apache-2.0
// Model and RTL side by side: every operation is made on both and every answer compared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/observe/statistic.h>
#include <lookaside/tlb/array.h>

#include "cosim/monitor.h"
#include "cosim/tlb/history.h"
#include "cosim/tlb/lockstep_waves.h"
#include "cosim/tlb/rtl_tlb.h"

namespace lookaside::cosim {

/// How many answers were compared; a difference is not counted.
struct TlbComparisons {
  explicit TlbComparisons(const std::string& name);
  observe::Scalar lookups;
  observe::Scalar fills;
  observe::Scalar drops;
  observe::Scalar fences;
  observe::StatisticGroup group;
};

/// Compared are: of a lookup or drop hit, set, way, PPN, page size, global, permissions; of a
/// refill whether it is stored, where, and whether it evicts (so the victim); after a refill, a
/// drop and a fence the set of entries left.
///
/// Answers are the model's, without cycles: time in lockstep is the model's time. From the first
/// difference on, which goes to the monitor, only the model is asked.
class LockstepTlb final : public tlb::Tlb {
 public:
  /// `block` names it in reports ("hart0.mmu.l1d"). All references must outlive it.
  LockstepTlb(std::string block, const TlbVariant& variant, const tlb::Geometry& geometry,
              Monitor& monitor, TlbComparisons& counts);

  /// Declares its signals at a sink; null: none.
  void show(observe::SignalSink* sink, std::uint64_t period_ps) {
    waves_ = LockstepWaves(sink, block_);
    rtl_.show(sink, block_, period_ps);
  }
  const RtlTlb& rtl() const { return rtl_; }

  const tlb::Geometry& geometry() const override { return model_.geometry(); }
  void at(std::uint64_t time_ps) override {
    time_ps_ = time_ps;
    rtl_.at(time_ps);
  }
  tlb::LookupResult lookup(std::uint64_t va, std::uint32_t asid) override;
  tlb::LookupResult probe(std::uint64_t va, std::uint32_t asid) const override {
    return model_.probe(va, asid);
  }
  tlb::LookupResult drop(std::uint64_t va, std::uint32_t asid) override;
  tlb::FillResult fill(const translation::Translation& translation, std::uint64_t va,
                       std::uint32_t asid) override;
  unsigned invalidate(const translation::Fence& fence) override;
  std::vector<tlb::Entry> snapshot() const override { return model_.snapshot(); }
  const std::uint64_t& generation() const override { return model_.generation(); }
  bool repeat_hit_is_noop() const override { return model_.repeat_hit_is_noop(); }

 private:
  using Fields = std::vector<ComparedField>;

  /// The time of the caller, or of the run where the caller says none.
  std::uint64_t now() const { return time_ps_ != 0 ? time_ps_ : monitor_.now(); }

  TlbEvent event_of(OperationKind kind, std::uint64_t va, std::uint32_t asid) const;
  void remember(const TlbEvent& event) {
    history_.add(event, [this] { return model_.snapshot(); });
    if (waves_.on()) waves_.operation(event.time_ps, line_of(operation_of(event)));
  }
  bool agree(const tlb::LookupResult& model, const TlbAnswer& rtl, std::uint64_t va) const;
  Fields fields_of(const tlb::LookupResult& model, const TlbAnswer& rtl, std::uint64_t va) const;
  bool valid_agree() { return valid_ == rtl_.port().valid(); }
  ComparedField valid_field();
  void recount();
  void set_valid(unsigned set, unsigned way, bool valid);
  void differ(Fields fields, const std::string& remark = "");
  /// Calls `operation` on the RTL; false, and a difference, when it does not answer.
  template <typename Operation>
  bool ask(Operation operation);

  std::string block_;
  const TlbVariant& variant_;
  const translation::Format& format_;
  Monitor& monitor_;
  TlbComparisons& counts_;
  tlb::Array model_;
  RtlTlb rtl_;
  TlbHistory history_;
  LockstepWaves waves_;
  std::uint64_t time_ps_ = 0;
  std::vector<std::uint64_t> valid_;  ///< of the model, as TlbPort::valid()
};

}  // namespace lookaside::cosim
