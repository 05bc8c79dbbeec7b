// SPDX-License-Identifier: Apache-2.0
#include "allowed_fills.h"

#include <algorithm>

#include <lookaside/translation/access.h>

namespace lookaside::foreign {

using translation::Fence;
using translation::FenceForm;
using translation::Translation;

namespace {

std::uint32_t cut(std::uint32_t asid, unsigned bits) {
  return static_cast<std::uint32_t>(asid & ((std::uint64_t{1} << bits) - 1));
}

}  // namespace

void AllowedFills::fill(const Translation& translation, std::uint32_t asid) {
  ++now_;
  fills_.push_back({translation, cut(asid, options_.asid_bits), ~Time{0}, {}});
}

void AllowedFills::fence(const Fence& fence) {
  ++now_;
  const bool by_address =
      fence.form == FenceForm::kAddress || fence.form == FenceForm::kAddressAsid;
  const bool by_asid = fence.form == FenceForm::kAsid || fence.form == FenceForm::kAddressAsid;
  const std::uint32_t asid = cut(fence.asid, options_.asid_bits);
  for (Fill& fill : fills_) {
    if (fill.covered <= now_) continue;
    if (by_asid && (fill.translation.global || fill.asid != asid)) continue;
    if (by_address && !fill.translation.covers(fence.va)) continue;
    if (by_address && options_.pieces && fill.translation.page_shift > options_.page_shift) {
      fill.holes.push_back({fence.va, now_});
    } else {
      fill.covered = now_;
    }
  }
}

bool AllowedFills::gone(const Fill& fill, std::uint64_t va, Time begun) const {
  if (fill.covered <= begun) return true;
  return std::any_of(fill.holes.begin(), fill.holes.end(), [&](const Hole& hole) {
    return hole.time <= begun && ((hole.va ^ va) >> options_.page_shift) == 0;
  });
}

std::vector<Translation> AllowedFills::allowed(std::uint64_t va, std::uint32_t asid,
                                               Time begun) const {
  std::vector<Translation> result;
  asid = cut(asid, options_.asid_bits);
  for (const Fill& fill : fills_) {
    if (!fill.translation.covers(va)) continue;
    if (!fill.translation.global && fill.asid != asid) continue;
    if (!gone(fill, va, begun)) result.push_back(fill.translation);
  }
  return result;
}

void AllowedFills::forget(Time oldest) {
  fills_.erase(std::remove_if(fills_.begin(), fills_.end(),
                              [oldest](const Fill& fill) { return fill.covered <= oldest; }),
               fills_.end());
}

}  // namespace lookaside::foreign
