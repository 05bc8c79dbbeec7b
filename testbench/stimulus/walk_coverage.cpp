// SPDX-License-Identifier: Apache-2.0
#include "stimulus/walk_coverage.h"

#include <algorithm>

namespace lookaside::stimulus {

using translation::Access;
using translation::Format;
using translation::Rule;
using translation::Walk;

namespace {

constexpr unsigned kFetch = 0, kLoad = 1, kStore = 2;
constexpr unsigned kWalkRules = static_cast<unsigned>(Rule::kPteUpdateBusError) + 1;
constexpr unsigned kManyAccesses = 3;

Axis format_axis(const std::vector<const Format*>& formats) {
  Axis axis{"format", {}};
  for (const Format* f : formats) axis.bins.emplace_back(f->name);
  return axis;
}

Axis rule_axis() {
  Axis axis{"rule", {}};
  for (unsigned r = 0; r < kWalkRules; ++r) {
    axis.bins.emplace_back(translation::name(static_cast<Rule>(r)));
  }
  return axis;
}

unsigned most_levels(const std::vector<const Format*>& formats) {
  unsigned levels = 0;
  for (const Format* f : formats) levels = std::max(levels, f->levels);
  return levels;
}

}  // namespace

unsigned access_bin(Access access) {
  return access == Access::kFetch ? kFetch : translation::is_store(access) ? kStore : kLoad;
}

Axis access_axis() {
  return {"access", {"fetch", "load", "store"}};
}

WalkCoverage::WalkCoverage(const std::string& name, std::vector<const Format*> formats)
    : coverage(name),
      formats_(std::move(formats)),
      rows_(&coverage.add("fault rows", {format_axis(formats_),
                                         rule_axis(),
                                         access_axis(),
                                         {"mode", {"S", "U"}},
                                         numbered("level", most_levels(formats_))})),
      bits_(&coverage.add("A and D",
                          {flag("a"), flag("d"), access_axis(), {"update", {"Svade", "Svadu"}}})),
      updates_(&coverage.add("update",
                             {{"end", {"won", "lost", "refused", "bus error"}}, access_axis()})),
      globals_(&coverage.add("global", {flag("leaf"), flag("pointer")})) {
  exclude_rows();
}

void WalkCoverage::exclude_rows() {
  const auto only = [this](const char* reason, Rule rule, auto possible) {
    rows_->exclude(reason, [rule, possible](const CoverPoint::Bins& b) {
      return b[1] == static_cast<unsigned>(rule) && !possible(b[2], b[3] != 0, b[4]);
    });
  };
  const bool alike = std::all_of(formats_.begin(), formats_.end(), [this](const Format* f) {
    return f->levels == formats_.front()->levels;
  });
  if (!alike) {
    rows_->exclude("the format has no such level",
                   [this](const CoverPoint::Bins& b) { return b[4] >= formats_[b[0]]->levels; });
  }
  const bool narrow = !formats_.front()->sign_extended;
  only(narrow ? "Sv32 translates every address" : "no PTE is read", Rule::kNotCanonical,
       [narrow](unsigned, bool, unsigned level) { return !narrow && level == 0; });
  if (narrow) {
    only("no bit of an Sv32 PTE is reserved", Rule::kReservedBits,
         [](unsigned, bool, unsigned) { return false; });
  }
  only("above the leaf level a pointer is followed", Rule::kPointerAtLeafLevel,
       [](unsigned, bool, unsigned level) { return level == 0; });
  only("the smallest page has no offset fields", Rule::kMisalignedSuperpage,
       [](unsigned, bool, unsigned level) { return level > 0; });
  only("binds U-mode only", Rule::kSupervisorPage,
       [](unsigned, bool user, unsigned) { return user; });
  only("binds fetches of S-mode only", Rule::kUserPageFetch,
       [](unsigned access, bool user, unsigned) { return access == kFetch && !user; });
  only("binds loads and stores of S-mode only", Rule::kUserPageWithoutSum,
       [](unsigned access, bool user, unsigned) { return access != kFetch && !user; });
  only("asked of fetches only", Rule::kNoExecute,
       [](unsigned access, bool, unsigned) { return access == kFetch; });
  only("asked of loads only", Rule::kNoRead,
       [](unsigned access, bool, unsigned) { return access == kLoad; });
  only("asked of stores only", Rule::kNoWrite,
       [](unsigned access, bool, unsigned) { return access == kStore; });
  only("only stores need D", Rule::kDirtyClear,
       [](unsigned access, bool, unsigned) { return access == kStore; });
}

void WalkCoverage::walk(const Walk& walk, std::uint64_t leaf) {
  const translation::Context& c = walk.context();
  const bool done = walk.step() == Walk::Step::kDone;
  const Rule rule = done ? Rule::kNone : walk.fault().rule;
  const unsigned level =
      done ? walk.translation().level : static_cast<unsigned>(std::max(walk.fault().level, 0));
  const auto format = std::find(formats_.begin(), formats_.end(), c.format) - formats_.begin();
  const unsigned access = access_bin(walk.access());
  const bool user = c.privilege(walk.access()) == translation::Privilege::kUser;
  rows_->hit({static_cast<unsigned>(format), static_cast<unsigned>(rule), access, user, level});
  // Beyond this row, only A and D decide.
  if (leaf == 0 || (!done && rule < Rule::kAccessedClear)) return;
  bits_->hit({(leaf >> 6 & 1) != 0, (leaf >> 7 & 1) != 0, access,
              c.ad_update == translation::AdUpdate::kHardware});
}

void WalkCoverage::globals(bool leaf, bool pointer) {
  globals_->hit({leaf, pointer});
}

void WalkCoverage::update(Update update, Access access) {
  updates_->hit({static_cast<unsigned>(update), access_bin(access)});
}

void WalkCoverage::want_fences() {
  fences_ = &coverage.add(
      "fence in a walk", {{"phase",
                           {"beside the request", "memory request", "memory stalls", "memory works",
                            "memory answers", "end", "beside the response", "response waits"}},
                          {"pte_accesses", {"0", "1", "2", "3 or more"}}});
  const auto is = [](unsigned bin, WalkPhase phase) { return bin == static_cast<unsigned>(phase); };
  fences_->exclude("no PTE was accessed yet", [is](const CoverPoint::Bins& b) {
    return b[1] == 0 && (is(b[0], WalkPhase::kMemoryWorks) || is(b[0], WalkPhase::kMemoryAnswers));
  });
  fences_->exclude("the walk begins here", [is](const CoverPoint::Bins& b) {
    return b[1] != 0 && is(b[0], WalkPhase::kRequest);
  });
}

void WalkCoverage::fence(WalkPhase phase, unsigned pte_accesses) {
  fences_->hit({static_cast<unsigned>(phase), std::min(pte_accesses, kManyAccesses)});
}

}  // namespace lookaside::stimulus
