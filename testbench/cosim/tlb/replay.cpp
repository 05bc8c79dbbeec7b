// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/replay.h"

#include <algorithm>

#include <fmt/format.h>

#include "cosim/tlb/lockstep_tlb.h"

namespace lookaside::cosim {

using tlb::Geometry;
using tlb::Replacement;
using translation::Format;
using translation::Translation;

namespace {

const Format& format_named(const Stimulus& stimulus) {
  const std::string name = stimulus.setting("format", "sv39");
  const Format* format = translation::format_by_name(name);
  if (format == nullptr) {
    throw StimulusError(
        fmt::format("{}: block tlb: format: found '{}', expected one of sv32, sv39, sv48, sv57",
                    stimulus.file, name));
  }
  return *format;
}

Replacement policy_named(const Stimulus& stimulus) {
  const std::string policy = stimulus.setting("policy", "plru");
  for (const Replacement r : {Replacement::kTreePlru, Replacement::kLru}) {
    if (policy == tlb::name(r)) return r;
  }
  throw StimulusError(fmt::format("{}: block tlb: policy: found '{}', expected one of plru, lru",
                                  stimulus.file, policy));
}

Translation translation_of(const Format& format, const Operation& o) {
  Translation t;
  t.format = &format;
  t.level = o.level;
  t.page_shift = format.leaf_shift(o.level);
  t.va_base = o.va & ~t.offset_mask();
  t.pa_base = (o.ppn << format.page_shift) & ~t.offset_mask();
  t.global = o.global;
  t.pte = with_perm(1, o.perm);
  return t;
}

void perform(const Operation& o, const Format& format, const std::string& file, LockstepTlb& tlb) {
  switch (o.kind) {
    case OperationKind::kLookup:
      tlb.lookup(o.va, o.asid);
      return;
    case OperationKind::kFill:
      if (o.level >= format.levels) break;
      tlb.fill(translation_of(format, o), o.va, o.asid);
      return;
    case OperationKind::kDrop:
      tlb.drop(o.va, o.asid);
      return;
    case OperationKind::kFence:
      tlb.invalidate(o.fence());
      return;
    default:
      break;
  }
  throw StimulusError(fmt::format(
      "{}:{}: found '{}', expected lookup, fill (of a level below {}), drop or fence of "
      "a TLB",
      file, o.line, line_of(o), format.levels));
}

const TlbVariant& variant_for(const Stimulus& s, const TlbWish& wish,
                              const std::vector<TlbVariant>& variants) {
  const std::string name = s.setting("variant", "");
  const TlbVariant* named = find_variant(variants, name);
  if (named != nullptr && named->make != nullptr) return choose({*named}, wish), *named;
  return choose(variants, wish);
}

ReplayResult run(const Stimulus& s, const std::vector<Operation>& operations, const TlbWish& wish,
                 const TlbVariant& variant) {
  const Format& format = format_of(variant);
  Monitor monitor;
  TlbComparisons counts("tlb");
  LockstepTlb tlb("tlb " + variant.name, variant, wish.geometry, monitor, counts);
  ReplayResult result;
  for (const Operation& o : operations) {
    perform(o, format, s.file, tlb);
    if (monitor.differed()) break;
    ++result.compared;
  }
  result.difference = monitor.difference();
  return result;
}

}  // namespace

TlbWish wish_of(const Stimulus& s) {
  s.expect_settings({"format", "level", "entries", "ways", "policy", "asid_bits", "variant"});
  const Format& format = format_named(s);
  TlbWish wish;
  wish.name = s.file + ": block tlb";
  wish.level = static_cast<unsigned>(s.number("level", 1));
  wish.va_bits = format.va_bits;
  Geometry& g = wish.geometry;
  g.entries = static_cast<unsigned>(s.number("entries", 16));
  g.ways = static_cast<unsigned>(s.number("ways", g.entries));
  g.asid_bits = static_cast<unsigned>(s.number("asid_bits", format.va_bits == 32 ? 9 : 16));
  g.replacement = policy_named(s);
  g.page_shifts.clear();
  const Format& widest = format.va_bits == 32 ? format : translation::kSv57;
  for (unsigned level = 0; level < widest.levels; ++level) {
    g.page_shifts.push_back(widest.leaf_shift(level));
  }
  const std::string wrong = tlb::validate(g);
  if (!wrong.empty()) throw StimulusError(fmt::format("{}: block tlb: {}", s.file, wrong));
  return wish;
}

std::vector<BlockSetting> tlb_settings(const TlbVariant& variant, const Geometry& geometry) {
  std::string format{format_of(variant).name};
  std::transform(format.begin(), format.end(), format.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return {{"variant", variant.name},
          {"level", fmt::format("{}", variant.level)},
          {"format", format},
          {"entries", fmt::format("{}", geometry.entries)},
          {"ways", fmt::format("{}", geometry.ways)},
          {"policy", tlb::name(geometry.replacement)},
          {"asid_bits", fmt::format("{}", geometry.asid_bits)}};
}

ReplayResult replay_tlb(const Stimulus& stimulus, const std::vector<TlbVariant>& variants) {
  const TlbWish wish = wish_of(stimulus);
  return run(stimulus, stimulus.operations, wish, variant_for(stimulus, wish, variants));
}

Stimulus minimise_tlb(const Stimulus& stimulus, const std::vector<TlbVariant>& variants,
                      MinimiseBudget budget) {
  const TlbWish wish = wish_of(stimulus);
  const TlbVariant& variant = variant_for(stimulus, wish, variants);
  Stimulus small = stimulus;
  const auto first = run(stimulus, stimulus.operations, wish, variant);
  small.operations.clear();
  if (!first.difference) return small;
  // Same kind of operation, same fields.
  const auto kind_of = [](const Difference& d) {
    return d.operation.substr(0, d.operation.find(' ')) + ": " + d.what();
  };
  const std::string kind = kind_of(*first.difference);
  small.operations.assign(
      stimulus.operations.begin(),
      stimulus.operations.begin() + static_cast<std::ptrdiff_t>(first.compared + 1));
  small.operations = minimise(
      std::move(small.operations),
      [&](const std::vector<Operation>& candidate) {
        const ReplayResult r = run(stimulus, candidate, wish, variant);
        return r.difference && r.compared + 1 == candidate.size() && kind_of(*r.difference) == kind;
      },
      budget);
  return small;
}

}  // namespace lookaside::cosim
