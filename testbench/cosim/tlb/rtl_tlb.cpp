// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/rtl_tlb.h"

namespace lookaside::cosim {

using tlb::FillResult;
using tlb::LookupResult;
using translation::Translation;

TlbPage page_of(const Translation& t, std::uint64_t va, std::uint32_t asid) {
  return {va, asid, t.pa_base >> t.format->page_shift, t.level, t.global, perm_of(t.pte)};
}

RtlTlb::RtlTlb(const TlbVariant& variant, const tlb::Geometry& geometry)
    : geometry_(geometry),
      format_(format_of(variant)),
      asid_mask_((std::uint32_t{1} << geometry.asid_bits) - 1),
      port_(variant.make()),
      filled_(geometry.entries) {}

void RtlTlb::show(observe::SignalSink* sink, const std::string& scope, std::uint64_t period_ps) {
  if (sink == nullptr) return;
  waves_ = RtlWaves(sink, scope, period_ps);
  port_->watch([this] { waves_.cycle(*port_); });
}

TlbAnswer RtlTlb::ask_lookup(std::uint64_t va, std::uint32_t asid, bool drop) {
  if (!waves_.on()) return port_->lookup(va, cut(asid), drop);
  waves_.begin(time_ps_, drop ? OperationKind::kDrop : OperationKind::kLookup, va, cut(asid));
  const TlbAnswer answer = port_->lookup(va, cut(asid), drop);
  waves_.answer(answer);
  waves_.end(*port_);
  return answer;
}

TlbFilled RtlTlb::ask_fill(const TlbPage& page) {
  if (!waves_.on()) return port_->fill(page);
  waves_.begin(time_ps_, OperationKind::kFill, page.va, page.asid);
  const TlbFilled filled = port_->fill(page);
  waves_.filled(filled);
  waves_.end(*port_);
  return filled;
}

void RtlTlb::ask_fence(const translation::Fence& fence) {
  const translation::Fence cut_fence{fence.form, fence.va, cut(fence.asid)};
  if (waves_.on()) waves_.begin(time_ps_, OperationKind::kFence, fence.va, cut_fence.asid);
  port_->fence(cut_fence);
  if (waves_.on()) waves_.end(*port_);
}

LookupResult RtlTlb::result(const TlbAnswer& answer, std::uint64_t va) const {
  LookupResult r;
  r.cycles = answer.edges;
  r.hit = answer.hit;
  if (!r.hit) return r;
  r.set = answer.set;
  r.way = answer.way;
  const std::size_t index = std::size_t{answer.set} * geometry_.ways + answer.way;
  if (index < filled_.size()) r.translation = filled_[index].translation;
  Translation& t = r.translation;
  if (t.format == nullptr) t.format = &format_;
  t.level = answer.level;
  t.page_shift = format_.leaf_shift(answer.level);
  t.global = answer.global;
  t.pte = with_perm(t.pte, answer.perm);
  const std::uint64_t pa = answer.ppn << format_.page_shift;
  const std::uint64_t in_page = t.offset_mask() >> format_.page_shift << format_.page_shift;
  // What the RTL says of this piece holds even if it contradicts the page's size.
  if (((pa ^ va) & in_page) != 0) t.page_shift = format_.page_shift;
  t.va_base = va & ~t.offset_mask();
  t.pa_base = pa & ~t.offset_mask();
  return r;
}

LookupResult RtlTlb::lookup(std::uint64_t va, std::uint32_t asid) {
  LookupResult r;
  guard_.make([&] { r = result(ask_lookup(va, asid, false), va); });
  return r;
}

LookupResult RtlTlb::probe(std::uint64_t va, std::uint32_t asid) const {
  TlbAnswer answer;
  if (port_->peek(va, cut(asid), answer)) return result(answer, va);
  LookupResult r;
  for (unsigned i = 0; i < filled_.size() && !r.hit; ++i) {
    const tlb::Entry& e = filled_[i];
    if (!valid(i) || !e.translation.covers(va)) continue;
    if (!e.translation.global && e.asid != cut(asid)) continue;
    r.hit = true;
    r.set = i / geometry_.ways;
    r.way = i % geometry_.ways;
    r.translation = e.translation;
  }
  return r;
}

LookupResult RtlTlb::drop(std::uint64_t va, std::uint32_t asid) {
  LookupResult r;
  guard_.make([&] { r = result(ask_lookup(va, asid, true), va); });
  if (r.hit) ++generation_;
  return r;
}

FillResult RtlTlb::fill(const Translation& translation, std::uint64_t va, std::uint32_t asid) {
  FillResult r;
  const unsigned before = population(port_->valid());
  TlbFilled filled;
  guard_.make([&] { filled = ask_fill(page_of(translation, va, cut(asid))); });
  r.stored = filled.stored;
  if (!r.stored) return r;
  const unsigned after = population(port_->valid());
  r.set = filled.set;
  r.way = filled.way;
  r.evicted = filled.evicted;
  const unsigned gone = before + 1 - after;
  r.overlapping = gone > (r.evicted ? 1U : 0U) ? gone - (r.evicted ? 1U : 0U) : 0;
  const std::size_t index = std::size_t{filled.set} * geometry_.ways + filled.way;
  if (index < filled_.size()) {
    if (r.evicted) r.victim = filled_[index];
    filled_[index] = {true, cut(asid), translation};
  }
  ++generation_;
  return r;
}

unsigned RtlTlb::invalidate(const translation::Fence& fence) {
  const unsigned before = population(port_->valid());
  guard_.make([&] { ask_fence(fence); });
  const unsigned after = population(port_->valid());
  if (before != after) ++generation_;
  return before > after ? before - after : 0;
}

std::vector<tlb::Entry> RtlTlb::snapshot() const {
  std::vector<tlb::Entry> entries(filled_.size());
  for (unsigned i = 0; i < entries.size(); ++i) {
    if (valid(i)) entries[i] = filled_[i];
    entries[i].valid = valid(i);
  }
  return entries;
}

}  // namespace lookaside::cosim
