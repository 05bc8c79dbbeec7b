// SPDX-License-Identifier: Apache-2.0
#include "stimulus/tlb_coverage.h"

#include <algorithm>

namespace lookaside::stimulus {

using cosim::Operation;
using tlb::Entry;
using translation::Format;

namespace {

enum : unsigned { kOwn, kOther };                        // address space
enum : unsigned { kNoOperand, kSame, kElse, kNowhere };  // operand of a fence
enum : unsigned { kHitWay, kFreeWay, kVictimWay };

const std::vector<std::string> kOperations = {"lookup", "fill", "drop", "fence"};
const Axis kForms = {"form", {"all", "asid", "address", "address+asid"}};

/// Into kOperations.
unsigned index(cosim::OperationKind kind) {
  switch (kind) {
    case cosim::OperationKind::kLookup:
      return 0;
    case cosim::OperationKind::kFill:
      return 1;
    case cosim::OperationKind::kDrop:
      return 2;
    default:
      return 3;
  }
}

/// "asid", "field 0" .., "upper bits": the one thing that differs between a key and an entry.
Axis differences(const Format& format) {
  Axis axis{"differs", {"asid"}};
  for (unsigned k = 0; k < format.levels; ++k) axis.bins.push_back("field " + std::to_string(k));
  if (format.sign_extended) axis.bins.push_back("upper bits");
  return axis;
}

Axis operand(bool canonical_matters) {
  Axis axis{"address", {"none", "inside", "outside"}};
  if (canonical_matters) axis.bins.push_back("not canonical");
  return axis;
}

}  // namespace

TlbCoverage::TlbCoverage(const std::string& name, const Format& format,
                         const tlb::Geometry& geometry, bool queues)
    : coverage(name),
      format_(format),
      shifts_(geometry.page_shifts),
      ways_(geometry.ways),
      hit_(coverage.add(
          "hit", {numbered("level", format.levels), flag("global"), {"asid", {"own", "other"}}})),
      miss_(coverage.add("near miss",
                         {differences(format), numbered("level", format.levels), flag("global")})),
      ways_used_(coverage.add(
          "ways", {{"use", {"hit", "free", "victim"}}, numbered("way", geometry.ways)})),
      permissions_(coverage.add("permissions of a hit", {numbered("daUXWR", 64)})),
      overlap_(coverage.add("refill overlaps", {{"older", {"smaller", "same size", "larger"}},
                                                flag("new_global"),
                                                flag("old_global"),
                                                {"asid", {"own", "other"}}})),
      fence_(coverage.add("fence", {kForms,
                                    numbered("level", format.levels),
                                    flag("global"),
                                    operand(format.sign_extended),
                                    {"asid", {"none", "own", "other"}}})),
      drop_(coverage.add("drop", {flag("hit"), flag("global")})),
      sequence_(coverage.add("back to back",
                             {{"before", kOperations}, {"after", kOperations}, flag("same_page")})),
      same_cycle_(
          coverage.add("offered in one cycle", {flag("fence"), flag("fill"), flag("lookup")})) {
  if (queues) {
    queued_ = &coverage.add("fence behind",
                            {{"operation", kOperations}, numbered("level", format.levels), kForms});
    queued_->exclude("the operation has no page size",
                     [](const CoverPoint::Bins& b) { return b[0] != 1 && b[1] != 0; });
  }
  using Bins = CoverPoint::Bins;
  const auto held = [&](unsigned level) {
    const auto& shifts = geometry.page_shifts;
    return std::find(shifts.begin(), shifts.end(), format.leaf_shift(level)) != shifts.end();
  };
  bool all_held = true;
  for (unsigned level = 0; level < format.levels; ++level) all_held = all_held && held(level);
  if (!all_held) {
    const char* reason = "pages of that size are held in pieces";
    hit_.exclude(reason, [&](const Bins& b) { return !held(b[0]); });
    miss_.exclude(reason, [&](const Bins& b) { return !held(b[1]); });
    fence_.exclude(reason, [&](const Bins& b) { return !held(b[1]); });
  }
  hit_.exclude("a private page is seen by its address space only",
               [](const Bins& b) { return b[1] == 0 && b[2] == kOther; });
  miss_.exclude("a global page is seen by every address space",
                [](const Bins& b) { return b[0] == 0 && b[2] == 1; });
  miss_.exclude("the field belongs to the page offset",
                [](const Bins& b) { return b[0] > 0 && b[0] - 1 < b[1]; });
  overlap_.exclude("private pages of two address spaces share nothing",
                   [](const Bins& b) { return b[1] == 0 && b[2] == 0 && b[3] == kOther; });
  fence_.exclude("the form takes no address",
                 [](const Bins& b) { return (b[0] & 2) == 0 && b[3] != kNoOperand; });
  fence_.exclude("the form takes an address",
                 [](const Bins& b) { return (b[0] & 2) != 0 && b[3] == kNoOperand; });
  fence_.exclude("the form takes no ASID",
                 [](const Bins& b) { return (b[0] & 1) == 0 && b[4] != kNoOperand; });
  fence_.exclude("the form takes an ASID",
                 [](const Bins& b) { return (b[0] & 1) != 0 && b[4] == kNoOperand; });
  drop_.exclude("nothing is found", [](const Bins& b) { return b[0] == 0 && b[1] == 1; });
  same_cycle_.exclude("one operation or none: not beside another",
                      [](const Bins& b) { return b[0] + b[1] + b[2] < 2; });
}

unsigned TlbCoverage::level_of(const translation::Translation& t) const {
  unsigned level = 0;
  while (format_.leaf_shift(level) < t.page_shift) ++level;
  return level;
}

unsigned TlbCoverage::held_shift(unsigned level) const {
  unsigned held = 0;
  for (const unsigned shift : shifts_) {
    if (shift <= format_.leaf_shift(level)) held = shift;
  }
  return held;
}

void TlbCoverage::follows(const Operation& o) {
  const bool same = ((o.va ^ last_.va) >> format_.page_shift) == 0;
  sequence_.hit({index(last_.kind), index(o.kind), same});
  last_ = o;
}

void TlbCoverage::near_miss(const Operation& o, const Entry& e) {
  const translation::Translation& t = e.translation;
  const bool asid_differs = !t.global && e.asid != o.asid;
  unsigned differing = 0, which = 0;
  for (unsigned k = level_of(t); k < format_.levels; ++k) {
    if (format_.index(o.va, k) == format_.index(t.va_base, k)) continue;
    ++differing;
    which = 1 + k;
  }
  const bool canonical = format_.canonical(o.va);
  if (differing + asid_differs + !canonical != 1) return;
  const unsigned difference = asid_differs ? 0 : canonical ? which : 1 + format_.levels;
  miss_.hit({difference, level_of(t), t.global});
}

void TlbCoverage::lookup(const Operation& o, const std::vector<Entry>& before,
                         const tlb::LookupResult& result) {
  follows(o);
  if (!result.hit) {
    for (const Entry& e : before) {
      if (e.valid) near_miss(o, e);
    }
    return;
  }
  const Entry& e = before[result.set * ways_ + result.way];
  const translation::Translation& t = result.translation;
  hit_.hit({level_of(t), t.global, e.asid == o.asid ? kOwn : kOther});
  ways_used_.hit({kHitWay, result.way});
  const auto pte = static_cast<unsigned>(t.pte);
  permissions_.hit({(pte >> 1 & 0xf) | (pte >> 6 & 3) << 4});
}

void TlbCoverage::drop(const Operation& o, const tlb::LookupResult& found) {
  follows(o);
  drop_.hit({found.hit, found.hit && found.translation.global});
}

void TlbCoverage::fill(const Operation& o, const std::vector<Entry>& before,
                       const tlb::FillResult& result) {
  follows(o);
  if (!result.stored) return;
  ways_used_.hit({result.evicted ? kVictimWay : kFreeWay, result.way});
  for (const Entry& e : before) {
    if (!e.valid) continue;
    const translation::Translation& t = e.translation;
    const bool other = e.asid != o.asid;
    if (other && !o.global && !t.global) continue;
    const unsigned shift = held_shift(o.level);
    if ((o.va ^ t.va_base) >> std::max(t.page_shift, shift) != 0) continue;
    const unsigned size = t.page_shift < shift ? 0 : t.page_shift == shift ? 1 : 2;
    overlap_.hit({size, o.global, t.global, other});
  }
}

void TlbCoverage::fence(const Operation& o, const std::vector<Entry>& before) {
  follows(o);
  const auto form = static_cast<unsigned>(o.form);
  for (const Entry& e : before) {
    if (!e.valid) continue;
    const translation::Translation& t = e.translation;
    const unsigned address = (form & 2) == 0            ? kNoOperand
                             : !format_.canonical(o.va) ? kNowhere
                             : t.covers(o.va)           ? kSame
                                                        : kElse;
    const unsigned asid = (form & 1) == 0 ? kNoOperand : e.asid == o.asid ? kSame : kElse;
    fence_.hit({form, level_of(t), t.global, address, asid});
  }
}

void TlbCoverage::offered(bool fence, bool fill, bool lookup) {
  if (fence + fill + lookup >= 2) same_cycle_.hit({fence, fill, lookup});
}

void TlbCoverage::queued(const Operation& before, const Operation& fence) {
  if (queued_ == nullptr) return;
  queued_->hit({index(before.kind), before.level, static_cast<unsigned>(fence.form)});
}

}  // namespace lookaside::stimulus
