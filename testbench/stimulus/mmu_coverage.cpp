// SPDX-License-Identifier: Apache-2.0
#include "stimulus/mmu_coverage.h"

#include "stimulus/walk_coverage.h"

namespace lookaside::stimulus {

using cosim::Operation;
using translation::Context;
using translation::Privilege;
using translation::Rule;

namespace {

using Bins = CoverPoint::Bins;
enum : unsigned { kFetch, kLoad, kStore };
enum : unsigned { kUser, kSupervisor, kMachine };
enum : unsigned { kSum, kMxr, kMode };

constexpr unsigned kRules = static_cast<unsigned>(Rule::kPmpPermission) + 1;

Axis rule_axis() {
  Axis axis{"rule", {}};
  for (unsigned r = 0; r < kRules; ++r) axis.bins.emplace_back(name(static_cast<Rule>(r)));
  return axis;
}

unsigned mode_bin(Privilege p) {
  return p == Privilege::kUser ? kUser : p == Privilege::kSupervisor ? kSupervisor : kMachine;
}

bool between(unsigned rule, Rule first, Rule last) {
  return rule >= static_cast<unsigned>(first) && rule <= static_cast<unsigned>(last);
}
bool is(unsigned rule, Rule r) {
  return rule == static_cast<unsigned>(r);
}
bool is_pmp(unsigned rule) {
  return rule == 0 || between(rule, Rule::kPmpNoMatch, Rule::kPmpPermission);
}

}  // namespace

MmuCoverage::MmuCoverage(const std::string& name, bool sv32, bool second_level)
    : coverage(name),
      answers_(&coverage.add("answers", {rule_axis(),
                                         access_axis(),
                                         {"mode", {"U", "S", "M"}},
                                         {"source", {"nobody", "L1", "L2", "walk"}}})),
      stale_(&coverage.add("page without A or D", {{"found", {"L1", "L2"}}})),
      protection_(&coverage.add("protection",
                                {{"of", {"PTE read", "PTE update", "data"}},
                                 {"pmp", {"allowed", "no match", "partial match", "no permission"}},
                                 access_axis()})),
      rights_(&coverage.add("rights change without a fence", {{"changed", {"SUM", "MXR", "mode"}},
                                                              access_axis(),
                                                              flag("refused_before"),
                                                              flag("refused_after")})),
      both_(&coverage.add("both ports", {{"order", {"together", "fetch first", "data first"}},
                                         flag("fetch_missed"),
                                         flag("data_missed")})),
      fences_(&coverage.add("fence while an access is served",
                            {{"form", {"all", "asid", "address", "address+asid"}},
                             {"phase",
                              {"beside the request", "second level", "1st PTE", "2nd PTE",
                               "later PTE", "answered"}}})) {
  exclude_answers(sv32, second_level);
  exclude_rights();
  if (!second_level) {
    stale_->exclude("there is no second-level TLB", [](const Bins& b) { return b[0] == 1; });
  }
  if (sv32) {
    protection_->exclude("an Sv32 PTE is one word of PMP",
                         [](const Bins& b) { return b[0] == 0 && b[1] == 2; });
  }
  protection_->exclude("the PTE was read, and lies as it lay",
                       [](const Bins& b) { return b[0] == 1 && (b[1] == 1 || b[1] == 2); });
}

void MmuCoverage::exclude_answers(bool sv32, bool second_level) {
  const auto exclude = [this](const char* reason, auto cannot) {
    answers_->exclude(reason, [cannot](const Bins& b) {
      return cannot(b[0], b[1], b[2], static_cast<Source>(b[3]));
    });
  };
  if (!second_level) {
    exclude("there is no second-level TLB",
            [](unsigned, unsigned, unsigned, Source s) { return s == Source::kL2; });
  }
  exclude("M-mode is not translated", [](unsigned, unsigned, unsigned mode, Source s) {
    return mode == kMachine && s != Source::kNobody;
  });
  exclude("no entry is locked: lookaside_pmp is tested with locks on its own",
          [](unsigned rule, unsigned, unsigned mode, Source) {
            return mode == kMachine &&
                   (is(rule, Rule::kPmpNoMatch) || is(rule, Rule::kPmpPermission));
          });
  exclude(sv32 ? "Sv32 translates every address" : "no TLB and no PTE is asked",
          [sv32](unsigned rule, unsigned, unsigned mode, Source s) {
            return is(rule, Rule::kNotCanonical) &&
                   (sv32 || s != Source::kNobody || mode == kMachine);
          });
  exclude("no page is looked at", [](unsigned rule, unsigned, unsigned, Source s) {
    return s == Source::kNobody && !is_pmp(rule) && !is(rule, Rule::kNotCanonical);
  });
  if (sv32) {
    exclude("no bit of an Sv32 PTE is reserved", [](unsigned rule, unsigned, unsigned, Source) {
      return is(rule, Rule::kReservedBits);
    });
  }
  exclude(
      "a TLB holds good leaves with A set only", [](unsigned rule, unsigned, unsigned, Source s) {
        const bool l1_or_l2 = s == Source::kL1 || s == Source::kL2;
        return l1_or_l2 && (between(rule, Rule::kPteAccessRefused, Rule::kMisalignedSuperpage) ||
                            is(rule, Rule::kAccessedClear) ||
                            between(rule, Rule::kPteUpdateRefused, Rule::kPteUpdateBusError));
      });
  exclude("filled by a fetch that was allowed: has X",
          [](unsigned rule, unsigned, unsigned, Source s) {
            return is(rule, Rule::kNoExecute) && s == Source::kL1;
          });
  exclude("the rule binds another kind of access or another mode",
          [](unsigned rule, unsigned access, unsigned mode, Source) {
            const bool fetch = access == kFetch, user = mode == kUser;
            if (is(rule, Rule::kSupervisorPage)) return !user;
            if (is(rule, Rule::kUserPageFetch)) return user || !fetch;
            if (is(rule, Rule::kUserPageWithoutSum)) return user || fetch;
            if (is(rule, Rule::kNoExecute)) return !fetch;
            if (is(rule, Rule::kNoRead)) return access != kLoad;
            if (is(rule, Rule::kNoWrite) || is(rule, Rule::kDirtyClear)) return access != kStore;
            return false;
          });
}

void MmuCoverage::exclude_rights() {
  rights_->exclude("SUM does not concern fetches, and what it does concern it turns",
                   [](const Bins& b) { return b[0] == kSum && b[1] == kFetch && b[2] != b[3]; });
  rights_->exclude("MXR concerns loads only",
                   [](const Bins& b) { return b[0] == kMxr && b[1] != kLoad && b[2] != b[3]; });
  rights_->exclude("a page is either of U or of S, and S without SUM never has both",
                   [](const Bins& b) { return b[0] == kMode && b[1] == kFetch && !b[2] && !b[3]; });
}

void MmuCoverage::access(const Operation& o, const Context& context, Source source, Rule rule) {
  const unsigned access = access_bin(o.access);
  answers_->hit({static_cast<unsigned>(rule), access, mode_bin(context.privilege(o.access)),
                 static_cast<unsigned>(source)});
  if (source != Source::kNobody && is_pmp(static_cast<unsigned>(rule))) {
    protection(Protected::kData, rule, o.access);
  }
  const bool refused = rule != Rule::kNone;
  if (source == Source::kL1) rights(o, context, refused);
  last_ = Last{o, context, refused};
}

/// The same access as before, from the same first-level entry, with one thing turned.
void MmuCoverage::rights(const Operation& o, const Context& context, bool refused) {
  if (!last_ || !last_->context.translates(o.access) || last_->operation.va != o.va ||
      last_->operation.access != o.access)
    return;
  Context turned = last_->context;
  const bool sum = turned.sum != context.sum, mxr = turned.mxr != context.mxr;
  turned.sum = context.sum;
  turned.mxr = context.mxr;
  const bool mode = turned.privilege(o.access) != context.privilege(o.access);
  turned.fetch_privilege = context.fetch_privilege;
  turned.data_privilege = context.data_privilege;
  if (sum + mxr + mode != 1 || turned != context) return;
  rights_->hit({sum ? kSum : mxr ? kMxr : kMode, access_bin(o.access), last_->refused, refused});
}

void MmuCoverage::protection(Protected what, Rule rule, translation::Access access) {
  const unsigned pmp = rule == Rule::kNone ? 0
                                           : 1 + static_cast<unsigned>(rule) -
                                                 static_cast<unsigned>(Rule::kPmpNoMatch);
  protection_->hit({static_cast<unsigned>(what), pmp, access_bin(access)});
}

void MmuCoverage::both(Order order, bool fetch_missed, bool data_missed) {
  both_->hit({static_cast<unsigned>(order), fetch_missed, data_missed});
}

void MmuCoverage::fence(translation::FenceForm form, MissPhase phase) {
  fences_->hit({static_cast<unsigned>(form), static_cast<unsigned>(phase)});
}

}  // namespace lookaside::stimulus
