// SPDX-License-Identifier: Apache-2.0
// What a stimulus for an MMU has reached: who answered which access with which rule, protection of
// page tables and of data, rights that change without a fence, both ports at once, and fences while
// a miss is served.
#pragma once

#include <optional>
#include <string>

#include <lookaside/translation/pmp.h>

#include "cosim/stimulus.h"
#include "stimulus/coverage.h"

namespace lookaside::stimulus {

/// Who knew the answer.
enum class Source : unsigned { kNobody, kL1, kL2, kWalk };

/// When a fence came, seen from the one access that is under way.
enum class MissPhase : unsigned {
  kRequest,      ///< offered with the request, and taken before it
  kSecondLevel,  ///< no PTE was accessed yet: the second level is asked, or the walk begins
  kFirstPte,     ///< one PTE access was made or shown
  kSecondPte,
  kLaterPte,
  kAnswered,
};

class MmuCoverage {
 public:
  /// `second_level`: the MMU has a second-level TLB.
  MmuCoverage(const std::string& name, bool sv32, bool second_level = true);

  /// An access that was answered. `rule`: why it was refused, or none.
  void access(const cosim::Operation& o, const translation::Context& context, Source source,
              translation::Rule rule);
  /// A page that was found, but must be walked for its A or D bit.
  void stale(Source source) { stale_->hit({source == Source::kL2 ? 1U : 0U}); }
  enum class Protected : unsigned { kPteRead, kPteUpdate, kData };
  /// PMP's judgement of memory touched for `access`.
  void protection(Protected what, translation::Rule rule, translation::Access access);
  enum class Order : unsigned { kTogether, kFetchFirst, kDataFirst };
  void both(Order order, bool fetch_missed, bool data_missed);
  void fence(translation::FenceForm form, MissPhase phase);
  /// Something that ends the memory of what was accessed last: a fence, a write, another PMP.
  void forget() { last_.reset(); }

  Coverage coverage;

 private:
  void exclude_answers(bool sv32, bool second_level);
  void exclude_rights();
  void rights(const cosim::Operation& o, const translation::Context& context, bool refused);

  struct Last {
    cosim::Operation operation;
    translation::Context context;
    bool refused = false;
  };
  CoverPoint* answers_;
  CoverPoint* stale_;
  CoverPoint* protection_;
  CoverPoint* rights_;
  CoverPoint* both_;
  CoverPoint* fences_;
  std::optional<Last> last_;
};

}  // namespace lookaside::stimulus
