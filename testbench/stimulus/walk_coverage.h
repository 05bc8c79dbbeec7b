// SPDX-License-Identifier: Apache-2.0
// What a stimulus for a page-table walker has reached: rows of the fault table crossed with access,
// privilege, level and format; A and D; updates that are won, lost and refused; fences in every
// phase of a walk.
#pragma once

#include <string>
#include <vector>

#include <lookaside/translation/walk.h>

#include "stimulus/coverage.h"

namespace lookaside::stimulus {

/// Where a walk is when a fence comes, as its ports show it.
enum class WalkPhase : unsigned {
  kRequest,        ///< the request is taken in this cycle
  kMemoryRequest,  ///< a PTE access is shown, and taken
  kMemoryStall,    ///< a PTE access is shown, and not taken
  kMemoryWorks,    ///< a PTE access is under way
  kMemoryAnswers,  ///< its answer comes in this cycle
  kEnd,            ///< nothing is shown: the walker decides that it is over
  kResponse,       ///< the response is taken in this cycle
  kResponseWaits,  ///< the response is shown, and not taken
};
inline constexpr unsigned kWalkPhases = 8;

class WalkCoverage {
 public:
  /// `formats`: in which walks are made, each with as many levels as it has.
  WalkCoverage(const std::string& name, std::vector<const translation::Format*> formats);

  /// A walk that ended. `leaf`: the leaf as it was read, before any update; 0 if there was none.
  void walk(const translation::Walk& walk, std::uint64_t leaf);
  /// The G bits of a walk that found a leaf: of the leaf, and of any pointer above it.
  void globals(bool leaf, bool pointer);
  enum class Update : unsigned { kWon, kLost, kRefused, kBusError };
  void update(Update update, translation::Access access);
  void fence(WalkPhase phase, unsigned pte_accesses);
  /// Makes points for fences; without it, fences are not wanted.
  void want_fences();

  Coverage coverage;

 private:
  void exclude_rows();

  std::vector<const translation::Format*> formats_;
  CoverPoint* rows_;
  CoverPoint* bits_;
  CoverPoint* updates_;
  CoverPoint* globals_;
  CoverPoint* fences_ = nullptr;
};

/// Fetch, load, store: 0, 1, 2. An axis `access` has these bins.
unsigned access_bin(translation::Access access);
Axis access_axis();

}  // namespace lookaside::stimulus
