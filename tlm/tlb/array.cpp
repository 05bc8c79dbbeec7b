// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/tlb/array.h>

namespace lookaside::tlb {

namespace {

constexpr std::uint64_t kValid = std::uint64_t{1} << 63;
constexpr unsigned kAsidShift = 47;
constexpr std::uint64_t kVpnMask = (std::uint64_t{1} << kAsidShift) - 1;
constexpr std::uint64_t kAsidMask = std::uint64_t{0xFFFF} << kAsidShift;

const Geometry& checked(const Geometry& geometry) {
  const std::string error = validate(geometry);
  if (!error.empty()) throw GeometryError("TLB geometry: " + error);
  return geometry;
}

bool overlap(const Entry& a, const Entry& b) {
  const std::uint64_t larger = std::max(a.translation.offset_mask(), b.translation.offset_mask());
  const bool same_space = a.translation.global || b.translation.global || a.asid == b.asid;
  return same_space && ((a.translation.va_base ^ b.translation.va_base) & ~larger) == 0;
}

/// Rule book A.10: which entries a fence names; the address was compared before.
bool fence_takes(const Entry& entry, translation::FenceForm form, std::uint32_t asid) {
  switch (form) {
    case translation::FenceForm::kAll:
    case translation::FenceForm::kAddress:
      return true;
    case translation::FenceForm::kAsid:
    case translation::FenceForm::kAddressAsid:
      break;
  }
  return !entry.translation.global && entry.asid == asid;
}

}  // namespace

// The address form drops the entry even if it is global; nobody else's entry can cover this address
// then, because a TLB never holds two that match one lookup.
LookupResult Tlb::drop(std::uint64_t va, std::uint32_t asid) {
  using translation::FenceForm;
  const LookupResult found = probe(va, asid);
  if (!found.hit) return found;
  invalidate({found.translation.global ? FenceForm::kAddress : FenceForm::kAddressAsid, va, asid});
  return found;
}

Array::Array(const Geometry& geometry)
    : geometry_(checked(geometry)),
      sets_(geometry.sets()),
      asid_mask_((std::uint32_t{1} << geometry.asid_bits) - 1),
      policy_(make_policy(geometry)),
      tags_(geometry.entries),
      entries_(geometry.entries),
      population_(geometry.page_shifts.size()) {}

std::uint64_t Array::key_of(std::uint64_t va, std::uint32_t asid) const {
  return kValid | std::uint64_t{asid & asid_mask_} << kAsidShift |
         ((va >> geometry_.page_shifts.front()) & kVpnMask);
}

Array::Tag Array::tag_of(const Entry& entry) const {
  const unsigned wild_bits = entry.translation.page_shift - geometry_.page_shifts.front();
  const std::uint64_t vpn = kVpnMask & ~((std::uint64_t{1} << wild_bits) - 1);
  return {key_of(entry.translation.va_base, entry.asid),
          kValid | (entry.translation.global ? 0 : kAsidMask) | vpn};
}

unsigned Array::set_of(std::uint64_t va, unsigned page_shift) const {
  return static_cast<unsigned>(va >> page_shift) & (sets_ - 1);
}

unsigned Array::hint_of(std::uint64_t key) {
  return static_cast<unsigned>(key ^ (key >> 8) ^ (key >> kAsidShift)) % kHints;
}

template <typename Visit>
void Array::for_each_way(std::uint64_t va, Visit visit) const {
  if (sets_ == 1) {
    for (unsigned i = 0; i < geometry_.entries; ++i) visit(i);
    return;
  }
  for (std::size_t size = 0; size < population_.size(); ++size) {
    if (population_[size] == 0) continue;
    const unsigned first = set_of(va, geometry_.page_shifts[size]) * geometry_.ways;
    for (unsigned i = first; i < first + geometry_.ways; ++i) visit(i);
  }
}

unsigned Array::scan(unsigned first, std::uint64_t key, std::uint64_t va) const {
  for (unsigned i = first; i < first + geometry_.ways; ++i) {
    if (matches(i, key, va)) return i;
  }
  return kNone;
}

unsigned Array::find(std::uint64_t va, std::uint64_t key) const {
  const unsigned hint = hints_[hint_of(key)];
  if (matches(hint, key, va)) return hint;
  if (sets_ == 1) return scan(0, key, va);
  for (std::size_t size = 0; size < population_.size(); ++size) {
    if (population_[size] == 0) continue;
    const unsigned first = set_of(va, geometry_.page_shifts[size]) * geometry_.ways;
    const unsigned found = scan(first, key, va);
    if (found != kNone) return found;
  }
  return kNone;
}

LookupResult Array::result(unsigned index) const {
  LookupResult r;
  if (index == kNone) return r;
  r.hit = true;
  r.set = index / geometry_.ways;
  r.way = index % geometry_.ways;
  r.translation = entries_[index].translation;
  return r;
}

LookupResult Array::lookup(std::uint64_t va, std::uint32_t asid) {
  const std::uint64_t key = key_of(va, asid);
  const unsigned index = find(va, key);
  LookupResult r = result(index);
  if (r.hit) {
    hints_[hint_of(key)] = index;
    policy_->hit(r.set, r.way);
  }
  return r;
}

LookupResult Array::probe(std::uint64_t va, std::uint32_t asid) const {
  return result(find(va, key_of(va, asid)));
}

std::size_t Array::size_index(unsigned page_shift) const {
  const auto& shifts = geometry_.page_shifts;
  return static_cast<std::size_t>(std::find(shifts.begin(), shifts.end(), page_shift) -
                                  shifts.begin());
}

void Array::clear(unsigned index) {
  --population_[size_index(entries_[index].translation.page_shift)];
  entries_[index] = Entry{};
  tags_[index] = Tag{};
}

// A piece of a large page keeps the leaf's PTE, level and PTE address: faults speak of the leaf.
bool Array::cut_to_supported(translation::Translation& t, std::uint64_t va) const {
  const auto& shifts = geometry_.page_shifts;
  const auto larger = std::upper_bound(shifts.begin(), shifts.end(), t.page_shift);
  if (larger == shifts.begin()) return false;
  const unsigned shift = *(larger - 1);
  if (shift == t.page_shift) return true;
  const std::uint64_t base = va & ~((std::uint64_t{1} << shift) - 1);
  t.pa_base = t.physical(base);
  t.va_base = base;
  t.page_shift = shift;
  return true;
}

unsigned Array::drop_overlapping(const Entry& entry) {
  unsigned dropped = 0;
  const auto drop_if = [&](unsigned i) {
    if (entries_[i].valid && overlap(entries_[i], entry)) {
      clear(i);
      ++dropped;
    }
  };
  bool smaller = false;
  for (std::size_t size = 0; size < size_index(entry.translation.page_shift); ++size) {
    smaller = smaller || population_[size] != 0;
  }
  // Smaller pages under a new large one can stand in any set.
  if (smaller) {
    for (unsigned i = 0; i < geometry_.entries; ++i) drop_if(i);
  } else {
    for_each_way(entry.translation.va_base, drop_if);
  }
  return dropped;
}

unsigned Array::choose_way(unsigned set, FillResult& result) {
  const unsigned first = set * geometry_.ways;
  for (unsigned way = 0; way < geometry_.ways; ++way) {
    if (!entries_[first + way].valid) return way;
  }
  const unsigned way = policy_->victim(set);
  result.evicted = true;
  result.victim = entries_[first + way];
  clear(first + way);
  return way;
}

FillResult Array::fill(const translation::Translation& translation, std::uint64_t va,
                       std::uint32_t asid) {
  FillResult result;
  Entry entry{true, asid & asid_mask_, translation};
  if (!cut_to_supported(entry.translation, va)) return result;
  result.stored = true;
  result.overlapping = drop_overlapping(entry);
  result.set = set_of(entry.translation.va_base, entry.translation.page_shift);
  result.way = choose_way(result.set, result);
  const unsigned index = result.set * geometry_.ways + result.way;
  entries_[index] = entry;
  tags_[index] = tag_of(entry);
  ++population_[size_index(entry.translation.page_shift)];
  hints_[hint_of(key_of(va, asid))] = index;
  policy_->filled(result.set, result.way);
  ++generation_;
  return result;
}

unsigned Array::invalidate(const translation::Fence& fence) {
  using translation::FenceForm;
  const bool by_address =
      fence.form == FenceForm::kAddress || fence.form == FenceForm::kAddressAsid;
  const std::uint32_t asid = fence.asid & asid_mask_;
  unsigned dropped = 0;
  const auto drop_if = [&](unsigned i) {
    const Entry& entry = entries_[i];
    if (!entry.valid || (by_address && !entry.translation.covers(fence.va))) return;
    if (!fence_takes(entry, fence.form, asid)) return;
    clear(i);
    ++dropped;
  };
  if (by_address) {
    for_each_way(fence.va, drop_if);
  } else {
    for (unsigned i = 0; i < geometry_.entries; ++i) drop_if(i);
  }
  if (dropped != 0) ++generation_;
  return dropped;
}

}  // namespace lookaside::tlb
