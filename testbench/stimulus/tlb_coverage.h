// SPDX-License-Identifier: Apache-2.0
// What a stimulus for a TLB has reached: the situations of rule book section G that a TLB can tell
// apart, crossed.
#pragma once

#include <vector>

#include <lookaside/tlb/interface.h>

#include "cosim/stimulus.h"
#include "stimulus/coverage.h"

namespace lookaside::stimulus {

class TlbCoverage {
 public:
  /// `format`: of all translations. `queues`: a fence may wait behind another operation.
  TlbCoverage(const std::string& name, const translation::Format& format,
              const tlb::Geometry& geometry, bool queues = false);

  // After an operation, with the contents before it.
  void lookup(const cosim::Operation& o, const std::vector<tlb::Entry>& before,
              const tlb::LookupResult& result);
  void drop(const cosim::Operation& o, const tlb::LookupResult& found);
  void fill(const cosim::Operation& o, const std::vector<tlb::Entry>& before,
            const tlb::FillResult& result);
  void fence(const cosim::Operation& o, const std::vector<tlb::Entry>& before);
  /// Operations that were offered in one cycle.
  void offered(bool fence, bool fill, bool lookup);
  /// A fence was offered right behind another operation that takes several cycles.
  void queued(const cosim::Operation& before, const cosim::Operation& fence);

  Coverage coverage;

 private:
  unsigned level_of(const translation::Translation& t) const;
  /// log2 of the page size that holds a page of `level`.
  unsigned held_shift(unsigned level) const;
  void follows(const cosim::Operation& o);
  void near_miss(const cosim::Operation& o, const tlb::Entry& e);

  const translation::Format& format_;
  std::vector<unsigned> shifts_;  ///< page sizes held
  unsigned ways_;
  CoverPoint& hit_;
  CoverPoint& miss_;
  CoverPoint& ways_used_;
  CoverPoint& permissions_;
  CoverPoint& overlap_;
  CoverPoint& fence_;
  CoverPoint& drop_;
  CoverPoint& sequence_;
  CoverPoint& same_cycle_;
  CoverPoint* queued_ = nullptr;
  cosim::Operation last_;
};

}  // namespace lookaside::stimulus
