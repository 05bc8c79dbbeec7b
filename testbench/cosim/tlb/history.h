// SPDX-License-Identifier: Apache-2.0
// What was asked of a TLB, kept so that a difference can be reproduced: in bounded memory, however
// long the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/tlb/interface.h>
#include <lookaside/translation/format.h>

#include "cosim/difference.h"
#include "cosim/stimulus.h"

namespace lookaside::cosim {

/// One operation and what came of it; small, because there are millions.
struct TlbEvent {
  std::uint64_t time_ps = 0;
  std::uint64_t va = 0;
  std::uint64_t ppn = 0;
  std::uint32_t asid = 0;
  std::uint32_t set = 0;
  std::uint16_t way = 0;
  OperationKind kind = OperationKind::kLookup;
  translation::FenceForm form = translation::FenceForm::kAll;
  std::uint8_t level = 0;
  std::uint8_t perm = 0;
  bool global = false;
  bool hit = false;        ///< hit, stored
  std::uint16_t gone = 0;  ///< entries removed; of a fill: 1 if it evicted
};
Operation operation_of(const TlbEvent& event);

/// The state of a TLB as operations that lead to it from reset: entries, and the order of last use,
/// which is all that LRU and tree-PLRU remember. `touched[i]`: when entry i was last hit or filled,
/// 0 for never.
std::vector<Operation> operations_to(const std::vector<tlb::Entry>& entries,
                                     const std::vector<std::uint64_t>& touched,
                                     const tlb::Geometry& geometry,
                                     const translation::Format& format);

class TlbHistory {
 public:
  /// Keeps at least the last `chunk` operations, at most twice as many; what came before them is
  /// replaced by operations_to() of the state then.
  TlbHistory(const tlb::Geometry& geometry, const translation::Format& format,
             std::size_t chunk = std::size_t{1} << 17);

  /// `state` gives the entries after the event; asked rarely.
  template <typename State>
  void add(const TlbEvent& event, State state) {
    ++count_;
    if (event.hit && event.kind != OperationKind::kDrop) {
      touched_[event.set * geometry_.ways + event.way] = count_;
    }
    events_.push_back(event);
    if (events_.size() % chunk_ == 0) turn(state());
  }
  std::uint64_t count() const { return count_; }

  /// From reset to the last event.
  std::vector<Operation> operations() const;
  /// The last `count` events but the very last, oldest first.
  std::vector<PastEvent> before_last(std::size_t count) const;

 private:
  void turn(const std::vector<tlb::Entry>& entries);

  tlb::Geometry geometry_;
  const translation::Format& format_;
  std::size_t chunk_;
  std::uint64_t count_ = 0;
  std::vector<std::uint64_t> touched_;
  std::vector<TlbEvent> events_;
  std::vector<Operation> start_;  ///< leads to the state before events_[0]
  std::vector<Operation> next_;   ///< leads to the state before events_[chunk_]
};

/// "hit set 0 way 3", "miss", "stored in set 0 way 1".
std::string outcome_text(const TlbEvent& event);

}  // namespace lookaside::cosim
