// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/lockstep_tlb.h"

#include <utility>

#include <fmt/format.h>

#include "cosim/silent.h"
#include "cosim/tlb/replay.h"

namespace lookaside::cosim {

using tlb::FillResult;
using tlb::LookupResult;
using translation::Translation;

namespace {

constexpr std::size_t kEventsShown = 20;
constexpr std::size_t kEntriesShown = 12;

std::string yes_no(bool value) {
  return value ? "yes" : "no";
}

std::string perm_text(unsigned perm) {
  static constexpr char kLetters[] = "rwxuad";
  std::string text = "------";
  for (unsigned i = 0; i < 6; ++i) {
    if (((perm >> i) & 1) != 0) text[i] = kLetters[i];
  }
  return text;
}

/// "2^21 (level 1)".
std::string size_text(unsigned page_shift) {
  return fmt::format("2^{} bytes", page_shift);
}

std::string entries_text(const std::vector<std::uint64_t>& words,
                         const std::vector<std::uint64_t>& other, unsigned ways) {
  std::string only;
  std::size_t shown = 0;
  for (unsigned i = 0; i < 64 * words.size(); ++i) {
    const bool here = ((words[i / 64] >> (i % 64)) & 1) != 0;
    if (!here || ((other[i / 64] >> (i % 64)) & 1) != 0) continue;
    if (++shown > kEntriesShown) continue;
    only += fmt::format("{}{}.{}", only.empty() ? "" : " ", i / ways, i % ways);
  }
  if (shown > kEntriesShown) only += " ...";
  return fmt::format("{} valid{}", population(words),
                     only.empty() ? "" : fmt::format("; set.way only here: {}", only));
}

}  // namespace

TlbComparisons::TlbComparisons(const std::string& name) : group(name) {
  group.add({"lookups_compared", "lookups", "Lookups made on RTL and model whose answers agreed."},
            lookups);
  group.add({"fills_compared", "fills", "Refills whose place and victim agreed."}, fills);
  group.add({"drops_compared", "entries", "Removals of an entry without A or D bit that agreed."},
            drops);
  group.add({"fences_compared", "fences", "Fences after which the same entries were left."},
            fences);
}

LockstepTlb::LockstepTlb(std::string block, const TlbVariant& variant,
                         const tlb::Geometry& geometry, Monitor& monitor, TlbComparisons& counts)
    : block_(std::move(block)),
      variant_(variant),
      format_(format_of(variant)),
      monitor_(monitor),
      counts_(counts),
      model_(geometry),
      rtl_(variant, geometry),
      history_(geometry, format_),
      valid_((geometry.entries + 63) / 64) {}

TlbEvent LockstepTlb::event_of(OperationKind kind, std::uint64_t va, std::uint32_t asid) const {
  TlbEvent event;
  event.time_ps = now();
  event.kind = kind;
  event.va = va;
  event.asid = rtl_.cut(asid);
  return event;
}

template <typename Operation>
bool LockstepTlb::ask(Operation operation) {
  try {
    operation();
    return true;
  } catch (const RtlSilent& silent) {
    differ({{"answer", "yes", "none"}}, silent.what());
    return false;
  }
}

bool LockstepTlb::agree(const LookupResult& model, const TlbAnswer& rtl, std::uint64_t va) const {
  if (model.hit != rtl.hit) return false;
  if (!model.hit) return true;
  const Translation& t = model.translation;
  return model.set == rtl.set && model.way == rtl.way &&
         t.physical(va) >> format_.page_shift == rtl.ppn &&
         t.page_shift == format_.leaf_shift(rtl.level) && t.global == rtl.global &&
         perm_of(t.pte) == rtl.perm;
}

LockstepTlb::Fields LockstepTlb::fields_of(const LookupResult& model, const TlbAnswer& rtl,
                                           std::uint64_t va) const {
  Fields fields = {{"hit", yes_no(model.hit), yes_no(rtl.hit)}};
  const auto add = [&](const char* name, const std::string& m, const std::string& r) {
    fields.push_back({name, model.hit ? m : "-", rtl.hit ? r : "-"});
  };
  const Translation& t = model.translation;
  const unsigned rtl_shift = format_.leaf_shift(rtl.level);
  add("set", fmt::format("{}", model.set), fmt::format("{}", rtl.set));
  add("way", fmt::format("{}", model.way), fmt::format("{}", rtl.way));
  add("ppn", fmt::format("{:#x}", t.physical(va) >> format_.page_shift),
      fmt::format("{:#x}", rtl.ppn));
  add("page size", size_text(t.page_shift), size_text(rtl_shift));
  add("global", yes_no(t.global), yes_no(rtl.global));
  add("permissions", perm_text(perm_of(t.pte)), perm_text(rtl.perm));
  return fields;
}

ComparedField LockstepTlb::valid_field() {
  const auto& rtl = rtl_.port().valid();
  const unsigned ways = geometry().ways;
  return {"entries left", entries_text(valid_, rtl, ways), entries_text(rtl, valid_, ways)};
}

void LockstepTlb::set_valid(unsigned set, unsigned way, bool valid) {
  const unsigned index = set * geometry().ways + way;
  const std::uint64_t bit = std::uint64_t{1} << (index % 64);
  valid_[index / 64] = valid ? valid_[index / 64] | bit : valid_[index / 64] & ~bit;
}

void LockstepTlb::recount() {
  const std::vector<tlb::Entry> entries = model_.snapshot();
  valid_.assign(valid_.size(), 0);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    valid_[i / 64] |= std::uint64_t{entries[i].valid} << (i % 64);
  }
}

void LockstepTlb::differ(Fields fields, const std::string& remark) {
  Difference d;
  d.block = block_;
  d.fields = std::move(fields);
  d.remark = remark;
  d.number = history_.count();
  d.time_ps = now();
  d.before = history_.before_last(kEventsShown);
  d.history.block = "tlb";
  d.history.settings = tlb_settings(variant_, geometry());
  d.history.operations = history_.operations();
  d.operation = line_of(d.history.operations.back());
  waves_.differs(d.time_ps);
  monitor_.report(std::move(d));
}

LookupResult LockstepTlb::lookup(std::uint64_t va, std::uint32_t asid) {
  const LookupResult model = model_.lookup(va, asid);
  if (monitor_.differed()) return model;
  TlbEvent event = event_of(OperationKind::kLookup, va, asid);
  event.hit = model.hit;
  event.set = model.set;
  event.way = static_cast<std::uint16_t>(model.way);
  remember(event);
  TlbAnswer answer;
  if (!ask([&] { answer = rtl_.ask_lookup(va, event.asid, false); })) return model;
  if (waves_.on()) waves_.answers(event.time_ps, va, model, answer);
  if (agree(model, answer, va)) {
    ++counts_.lookups.value;
  } else {
    differ(fields_of(model, answer, va));
  }
  return model;
}

LookupResult LockstepTlb::drop(std::uint64_t va, std::uint32_t asid) {
  const LookupResult model = model_.drop(va, asid);
  if (monitor_.differed()) return model;
  TlbEvent event = event_of(OperationKind::kDrop, va, asid);
  event.hit = model.hit;
  event.set = model.set;
  event.way = static_cast<std::uint16_t>(model.way);
  remember(event);
  if (model.hit) set_valid(model.set, model.way, false);
  TlbAnswer answer;
  if (!ask([&] { answer = rtl_.ask_lookup(va, event.asid, true); })) return model;
  if (waves_.on()) waves_.answers(event.time_ps, va, model, answer);
  if (agree(model, answer, va) && valid_agree()) {
    ++counts_.drops.value;
  } else {
    Fields fields = fields_of(model, answer, va);
    fields.push_back(valid_field());
    differ(std::move(fields));
  }
  return model;
}

FillResult LockstepTlb::fill(const Translation& translation, std::uint64_t va, std::uint32_t asid) {
  const FillResult model = model_.fill(translation, va, asid);
  if (monitor_.differed()) return model;
  const TlbPage page = page_of(translation, va, rtl_.cut(asid));
  TlbEvent event = event_of(OperationKind::kFill, va, asid);
  event.ppn = page.ppn;
  event.level = static_cast<std::uint8_t>(page.level);
  event.perm = static_cast<std::uint8_t>(page.perm);
  event.global = page.global;
  event.hit = model.stored;
  event.set = model.set;
  event.way = static_cast<std::uint16_t>(model.way);
  event.gone = model.evicted ? 1 : 0;
  remember(event);
  if (model.overlapping != 0) recount();
  if (model.stored) set_valid(model.set, model.way, true);
  TlbFilled filled;
  if (!ask([&] { filled = rtl_.ask_fill(page); })) return model;
  if (waves_.on()) waves_.places(event.time_ps, model, filled);
  const bool same_place = !model.stored || (model.set == filled.set && model.way == filled.way &&
                                            model.evicted == filled.evicted);
  if (model.stored == filled.stored && same_place && valid_agree()) {
    ++counts_.fills.value;
    return model;
  }
  differ({{"stored", yes_no(model.stored), yes_no(filled.stored)},
          {"set", fmt::format("{}", model.set), fmt::format("{}", filled.set)},
          {"way", fmt::format("{}", model.way), fmt::format("{}", filled.way)},
          {"evicts", yes_no(model.evicted), yes_no(filled.evicted)},
          valid_field()});
  return model;
}

unsigned LockstepTlb::invalidate(const translation::Fence& fence) {
  const unsigned gone = model_.invalidate(fence);
  if (monitor_.differed()) return gone;
  TlbEvent event = event_of(OperationKind::kFence, fence.va, fence.asid);
  event.form = fence.form;
  event.gone = static_cast<std::uint16_t>(gone);
  remember(event);
  if (gone != 0) recount();
  if (!ask([&] { rtl_.ask_fence({fence.form, fence.va, event.asid}); })) return gone;
  if (valid_agree()) {
    ++counts_.fences.value;
  } else {
    differ({valid_field()});
  }
  return gone;
}

}  // namespace lookaside::cosim
