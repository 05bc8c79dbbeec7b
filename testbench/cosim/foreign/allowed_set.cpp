// SPDX-License-Identifier: Apache-2.0
#include "allowed_set.h"

#include <algorithm>

#include <fmt/format.h>

namespace lookaside::foreign {

using translation::Decoded;
using translation::Fence;
using translation::FenceForm;
using translation::Rule;
using translation::Walk;

std::string text(const Answer& answer) {
  if (!answer.fault) return fmt::format("pa {:#x}", answer.pa);
  return fmt::format("{} ({}), tval {:#x}", name(answer.cause), name(answer.rule), answer.tval);
}

/// One question: the access, and what was found so far.
struct AllowedSet::Search {
  const translation::Context& context;
  const translation::Pmp& pmp;
  const Request& request;
  Time begun;
  bool foreign_root = false;  ///< the root is another ASID's: only global translations count
  std::vector<Answer> answers{};

  void add(const Answer& answer) {
    if (std::find(answers.begin(), answers.end(), answer) == answers.end()) {
      answers.push_back(answer);
    }
  }
};

const std::vector<AllowedSet::Value>& AllowedSet::values(std::uint64_t pa) const {
  static const std::vector<Value> kZero(1);  // memory starts at zero
  const auto found = memory_.find(pa);
  return found == memory_.end() ? kZero : found->second;
}

void AllowedSet::put(std::uint64_t pa, std::uint64_t value, bool error) {
  ++now_;
  auto& values = memory_[pa];
  if (values.empty()) values.push_back({});
  if (values.back().value == value && values.back().error == error) return;
  values.back().overwritten = now_;
  values.push_back({value, error, kNever});
}

void AllowedSet::write_error(std::uint64_t pa) {
  put(pa, value(pa), true);
}

void AllowedSet::write(std::uint64_t pa, std::uint64_t value) {
  const translation::Format& format = *options_.format;
  put(pa, value, false);
  for (unsigned level = 1; level < format.levels; ++level) {
    const Decoded decoded = format.decode(format, value, level);
    if (decoded.kind == Decoded::Kind::kPointer) {
      tables_.insert(decoded.address >> format.page_shift);
    }
  }
}

void AllowedSet::set_root(std::uint32_t asid, std::uint64_t root) {
  ++now_;
  auto& values = roots_[asid];
  if (!values.empty() && values.back().value == root) return;
  if (!values.empty()) values.back().overwritten = now_;
  values.push_back({root, false, kNever});
  tables_.insert(root >> options_.format->page_shift);
}

void AllowedSet::fence(const Fence& fence) {
  Fence cut = fence;
  cut.asid &= static_cast<std::uint32_t>((std::uint64_t{1} << options_.asid_bits) - 1);
  // An address that the format cannot have covers nothing.
  const bool by_address = cut.form == FenceForm::kAddress || cut.form == FenceForm::kAddressAsid;
  ++now_;
  if (by_address && !options_.format->canonical(cut.va)) return;
  fences_.push_back({cut, now_});
}

std::uint64_t AllowedSet::value(std::uint64_t pa) const {
  return values(pa).back().value;
}

bool AllowedSet::fails(std::uint64_t pa) const {
  return values(pa).back().error;
}

bool AllowedSet::is_table(std::uint64_t pa) const {
  return tables_.count(pa >> options_.format->page_shift) != 0;
}

bool AllowedSet::usable(const Search& search, const Use& use, bool leaf, bool global) const {
  const translation::Format& format = *options_.format;
  const unsigned page = options_.pieces || !leaf ? format.page_shift : format.leaf_shift(use.level);
  for (auto it = fences_.rbegin(); it != fences_.rend() && it->time >= use.overwritten; ++it) {
    if (it->time > search.begun) continue;
    const Fence& f = it->fence;
    const bool by_address = f.form == FenceForm::kAddress || f.form == FenceForm::kAddressAsid;
    const bool by_asid = f.form == FenceForm::kAsid || f.form == FenceForm::kAddressAsid;
    if (by_address && (!leaf || ((f.va ^ search.request.va) >> page) != 0)) continue;
    if (by_asid && (global || f.asid != search.context.asid)) continue;
    return false;
  }
  return true;
}

void AllowedSet::finished(Search& search, const Walk& walk, const std::vector<Use>& path,
                          bool global, bool leaf) const {
  if (search.foreign_root && !global) return;
  for (const Use& use : path) {
    const bool is_leaf = leaf && use.level == path.back().level;
    if (!usable(search, use, is_leaf, global)) return;
  }
  if (walk.step() == Walk::Step::kFault) {
    search.add({true, 0, walk.fault().cause, walk.fault().rule, walk.fault().tval});
    return;
  }
  const std::uint64_t pa = walk.translation().physical(search.request.va);
  const Rule rule =
      check_physical(search.pmp, pa, search.request.bytes, search.context, search.request.access);
  if (rule == Rule::kNone) {
    search.add({false, pa, {}, rule, 0});
  } else {
    search.add({true, 0, cause_of(rule, search.request.access), rule, search.request.va});
  }
}

// An answer with the bit set needs the updated value in memory, and that is another value of this
// PTE: what is left to happen here is a bus error.
void AllowedSet::update(Search& search, const Walk& walk, std::vector<Use>& path,
                        bool global) const {
  for (const Value& value : values(walk.pte_address())) {
    if (!value.error) continue;
    Walk next = walk;
    next.swap_failed();
    path.push_back({walk.level(), value.overwritten});
    finished(search, next, path, global, true);
    path.pop_back();
  }
}

void AllowedSet::read(Search& search, const Walk& walk, const Value& value, std::vector<Use>& path,
                      bool global) const {
  const translation::Format& format = *options_.format;
  const unsigned level = walk.level();
  Walk next = walk;
  if (value.error) {
    next.read_failed();
    finished(search, next, path, global, level == 0);
    return;
  }
  const Decoded decoded = format.decode(format, value.value, level);
  const bool leaf = decoded.kind == Decoded::Kind::kLeaf || level == 0;
  const bool is_global = global || decoded.global;
  next.read_done(value.value);
  switch (next.step()) {
    case Walk::Step::kReadPte:
      this->walk(search, next, path, is_global);
      break;
    case Walk::Step::kCompareAndSwap:
      update(search, next, path, is_global);
      break;
    default:
      finished(search, next, path, is_global, leaf);
      break;
  }
}

// Tries every value that the PTE asked for has had; the walk is copied for each.
void AllowedSet::walk(Search& search, const Walk& walk, std::vector<Use>& path, bool global) const {
  if (walk.step() != Walk::Step::kReadPte) {
    finished(search, walk, path, global, false);
    return;
  }
  for (const Value& value : values(walk.pte_address())) {
    path.push_back({walk.level(), value.overwritten});
    read(search, walk, value, path, global);
    path.pop_back();
  }
}

std::vector<Answer> AllowedSet::allowed(const translation::Context& context,
                                        const translation::Pmp& pmp, const Request& request,
                                        Time begun) const {
  Search search{context, pmp, request, begun};
  if (!context.translates(request.access)) {
    const Rule rule = check_physical(pmp, request.va, request.bytes, context, request.access);
    if (rule == Rule::kNone) return {{false, request.va, {}, rule, 0}};
    return {{true, 0, cause_of(rule, request.access), rule, request.va}};
  }
  for (const auto& [asid, roots] : roots_) {
    search.foreign_root = asid != context.asid;
    for (const Value& root : roots) {
      translation::Context start = context;
      start.root = root.value;
      std::vector<Use> path{{options_.format->levels, root.overwritten}};
      walk(search, Walk(start, pmp, request.va, request.access), path, false);
    }
  }
  return search.answers;
}

void AllowedSet::forget(Time oldest) {
  Time all = 0;  // the last fence of everything that every open access has behind it
  for (const Covers& c : fences_) {
    if (c.fence.form == FenceForm::kAll && c.time <= oldest) all = std::max(all, c.time);
  }
  if (all == 0) return;
  const auto drop = [all](std::vector<Value>& values) {
    values.erase(std::remove_if(values.begin(), values.end(),
                                [all](const Value& v) { return v.overwritten <= all; }),
                 values.end());
  };
  for (auto& entry : memory_) drop(entry.second);
  for (auto& entry : roots_) drop(entry.second);
  fences_.erase(std::remove_if(fences_.begin(), fences_.end(),
                               [all](const Covers& c) { return c.time < all; }),
                fences_.end());
}

std::size_t AllowedSet::stale_values() const {
  std::size_t count = 0;
  for (const auto& entry : memory_) count += entry.second.size() - 1;
  for (const auto& entry : roots_) count += entry.second.size() - 1;
  return count;
}

}  // namespace lookaside::foreign
