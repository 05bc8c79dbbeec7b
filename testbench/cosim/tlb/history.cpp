// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/history.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cosim/tlb/port.h"

namespace lookaside::cosim {

namespace {

unsigned level_of(const translation::Format& format, unsigned page_shift) {
  unsigned level = 0;
  while (level + 1 < format.levels && format.leaf_shift(level) < page_shift) ++level;
  return level;
}

Operation fill_of(const tlb::Entry& entry, const translation::Format& format) {
  const translation::Translation& t = entry.translation;
  return fill(t.va_base, entry.asid, t.pa_base >> format.page_shift, level_of(format, t.page_shift),
              t.global, perm_of(t.pte));
}

/// Addresses of smallest pages in a given set that nothing in the TLB covers, each only once.
class FreePages {
 public:
  FreePages(const std::vector<tlb::Entry>& entries, unsigned sets,
            const translation::Format& format)
      : entries_(entries), sets_(sets), format_(format) {}

  /// Empty when large pages cover every canonical address of the lower half.
  std::optional<std::uint64_t> in_set(unsigned set) {
    const std::uint64_t pages = std::uint64_t{1} << (format_.va_bits - 1 - format_.page_shift);
    while (next_ * sets_ + set < pages) {
      const std::uint64_t va = (next_ * sets_ + set) << format_.page_shift;
      const auto cover = std::find_if(entries_.begin(), entries_.end(), [&](const tlb::Entry& e) {
        return e.valid && e.translation.covers(va);
      });
      ++next_;
      if (cover == entries_.end()) return va;
      const translation::Translation& t = cover->translation;
      const std::uint64_t behind = (t.va_base + t.offset_mask() + 1) >> format_.page_shift;
      next_ = std::max(next_, behind / sets_);
    }
    return std::nullopt;
  }

 private:
  const std::vector<tlb::Entry>& entries_;
  unsigned sets_;
  const translation::Format& format_;
  std::uint64_t next_ = 0;
};

}  // namespace

Operation operation_of(const TlbEvent& e) {
  switch (e.kind) {
    case OperationKind::kFill:
      return fill(e.va, e.asid, e.ppn, e.level, e.global, e.perm);
    case OperationKind::kDrop:
      return drop(e.va, e.asid);
    case OperationKind::kFence:
      return fence({e.form, e.va, e.asid});
    default:
      return lookup(e.va, e.asid);
  }
}

std::string outcome_text(const TlbEvent& e) {
  switch (e.kind) {
    case OperationKind::kFill:
      if (!e.hit) return "not stored";
      return fmt::format("stored in set {} way {}{}", e.set, e.way, e.gone != 0 ? ", evicts" : "");
    case OperationKind::kFence:
      return fmt::format("removes {}", e.gone);
    case OperationKind::kDrop:
      return e.hit ? fmt::format("removes set {} way {}", e.set, e.way) : "nothing there";
    default:
      return e.hit ? fmt::format("hit set {} way {}", e.set, e.way) : "miss";
  }
}

// A fill takes the lowest free way, so the ways of a set that were ever used are the first ones:
// they are filled in their order, a page of no consequence standing in for an entry that is gone,
// then touched in the order of last use, and the stand-ins removed.
std::vector<Operation> operations_to(const std::vector<tlb::Entry>& entries,
                                     const std::vector<std::uint64_t>& touched,
                                     const tlb::Geometry& geometry,
                                     const translation::Format& format) {
  FreePages pages(entries, geometry.sets(), format);
  std::vector<Operation> operations;
  std::vector<Operation> drops;
  std::vector<std::pair<std::uint64_t, Operation>> touches;
  for (unsigned i = 0; i < entries.size(); ++i) {
    if (touched[i] == 0) continue;
    Operation filled;
    if (entries[i].valid) {
      filled = fill_of(entries[i], format);
    } else {
      const auto page = pages.in_set(i / geometry.ways);
      if (!page) continue;
      filled = fill(*page, 0, 0, 0, false, 0);
      drops.push_back(drop(filled.va, filled.asid));
    }
    operations.push_back(filled);
    touches.emplace_back(touched[i], lookup(filled.va, filled.asid));
  }
  std::sort(touches.begin(), touches.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [when, touch] : touches) operations.push_back(touch);
  operations.insert(operations.end(), drops.begin(), drops.end());
  return operations;
}

TlbHistory::TlbHistory(const tlb::Geometry& geometry, const translation::Format& format,
                       std::size_t chunk)
    : geometry_(geometry), format_(format), chunk_(chunk), touched_(geometry.entries) {}

void TlbHistory::turn(const std::vector<tlb::Entry>& entries) {
  if (events_.size() == 2 * chunk_) {
    events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(chunk_));
    start_ = std::move(next_);
  }
  next_ = operations_to(entries, touched_, geometry_, format_);
}

std::vector<Operation> TlbHistory::operations() const {
  std::vector<Operation> all = start_;
  for (const TlbEvent& event : events_) all.push_back(operation_of(event));
  return all;
}

std::vector<PastEvent> TlbHistory::before_last(std::size_t count) const {
  std::vector<PastEvent> past;
  const std::size_t last = events_.empty() ? 0 : events_.size() - 1;
  for (std::size_t i = last - std::min(last, count); i < last; ++i) {
    const TlbEvent& e = events_[i];
    past.push_back({e.time_ps, line_of(operation_of(e)), outcome_text(e)});
  }
  return past;
}

}  // namespace lookaside::cosim
