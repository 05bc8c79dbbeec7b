// SPDX-License-Identifier: Apache-2.0
// translation_port_if: what may be lent of a page, and the hart's way past the sockets. Everything
// is decided without side effects; only then is the access looked up and counted.
#include <algorithm>

#include <lookaside/mmu/mmu.h>

namespace lookaside::mmu {

using translation::Access;
using translation::Context;
using translation::Pmp;
using translation::Rule;
using translation::Translation;

namespace {

/// Spreads addresses over slots and bounds what one refusal from below is taken to say; it is no
/// page size and decides nothing that can be observed.
constexpr std::uint64_t kGranule = 4096;

Access read_kind(protocol::Port p) {
  return p == protocol::Port::kFetch ? Access::kFetch : Access::kLoad;
}

}  // namespace

bool Mmu::find_quietly(Port p, std::uint64_t va, bool mapped, Translation& found) {
  const Context& context = engine_->context();
  const tlb::Tlb* tlbs[] = {engine_->l1(p), mapped ? engine_->l2() : nullptr};
  for (const tlb::Tlb* tlb : tlbs) {
    if (tlb == nullptr) continue;
    const tlb::LookupResult result = tlb->probe(va, context.asid);
    if (!result.hit) continue;
    found = result.translation;
    return true;
  }
  if (!mapped) return false;
  translation::Walk walk(context, engine_->pmp(), va, read_kind(p));
  if (!debug_walk(walk, false)) return false;
  found = walk.translation();
  return true;
}

bool Mmu::span_of(Port p, std::uint64_t va, bool mapped, Span& span) {
  const Context& context = engine_->context();
  const Pmp& pmp = engine_->pmp();
  const Access reading = read_kind(p);
  span.translated = context.translates(reading);
  span.read = true;
  span.write = p == Port::kData;
  span.pa = va;
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};
  if (span.translated) {
    Translation found;
    if (!context.format->canonical(va) || !find_quietly(p, va, mapped, found)) return false;
    span.pa = found.physical(va);
    first = found.pa_base;
    last = found.pa_base | found.offset_mask();
    // D=0 forbids a write, A=0 both: a pointer would bypass the update (H-DMI-02, H-DMI-03).
    span.read = check_hit(found, context, reading) == Rule::kNone;
    span.write = span.write && check_hit(found, context, Access::kStore) == Rule::kNone;
  }
  pmp.uniform_span(span.pa, first, last);
  const auto permitted = [&](Access a) {
    return pmp.check(span.pa, 1, a, context.privilege(a)) == Rule::kNone;
  };
  span.read = span.read && permitted(reading);
  span.write = span.write && permitted(Access::kStore);
  span.first = va - (span.pa - first);
  span.last = va + (last - span.pa);
  return true;
}

// By value: asking below may take back what is remembered here.
Region Mmu::region(bool write, std::uint64_t pa) {
  if (const Region* known = regions_.find(write, pa)) return *known;
  tlm::tlm_dmi dmi;
  dmi_payload_.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  dmi_payload_.set_address(pa);
  const bool granted = physical_socket->get_direct_mem_ptr(dmi_payload_, dmi) &&
                       (write ? dmi.is_write_allowed() : dmi.is_read_allowed()) &&
                       dmi.get_dmi_ptr() != nullptr;
  Region region{dmi.get_start_address(), dmi.get_end_address(), nullptr, 0};
  if (!region.contains(pa)) region = {pa, pa, nullptr, 0};
  if (granted) {
    region.host = dmi.get_dmi_ptr();
    region.latency_ps = (write ? dmi.get_write_latency() : dmi.get_read_latency()).value();
  } else {
    // A target that leaves the range untouched has not said that all memory refuses.
    region.first = std::max(region.first, pa & ~(kGranule - 1));
    region.last = std::min(region.last, pa | (kGranule - 1));
  }
  return *regions_.add(write, region);
}

bool Mmu::resolve(Port p, std::uint64_t va, bool mapped, Slot& slot) {
  Span span;
  if (!span_of(p, va, mapped, span)) return false;
  slot.translated = span.translated;
  slot.va = va;
  slot.pa = span.pa;
  protocol::DirectGrant& grant = slot.grant;
  const tlb::Tlb* l1 = engine_->l1(p);
  const TlbConfig& tlb_config = p == Port::kFetch ? config_.l1i : config_.l1d;
  const std::uint64_t hit_ps =
      span.translated && l1 != nullptr ? tlb_config.lookup_cycles * config_.clock_ps : 0;
  std::uint64_t first = span.first;
  std::uint64_t last = span.last;
  std::uint8_t* host = nullptr;  // of `va`
  for (const bool write : {false, true}) {
    if (!(write ? span.write : span.read)) continue;
    const Region below = region(write, span.pa);
    if (below.host == nullptr) continue;
    std::uint8_t* here = below.host + (span.pa - below.first);
    if (host != nullptr && here != host) continue;  // two places for one address: lend one of them
    host = here;
    if (span.pa - below.first < va - first) first = va - (span.pa - below.first);
    if (below.last - span.pa < last - va) last = va + (below.last - span.pa);
    (write ? grant.write : grant.read) = true;
    (write ? grant.write_latency_ps : grant.read_latency_ps) = hit_ps + below.latency_ps;
  }
  if (host == nullptr) return false;
  grant.first = first;
  grant.last = last;
  grant.host = host - (va - first);
  grant.countable = !span.translated || (l1 != nullptr && l1->repeat_hit_is_noop());
  return true;
}

void Mmu::entered(Port p) {
  PortState& s = state(p);
  ++s.generation;
  s.last = nullptr;
}

void Mmu::renew(Port p) {
  ++state(p).epoch;
  entered(p);
}

void Mmu::renew_if_changed(Port p) {
  const tlb::Tlb* l1 = engine_->l1(p);
  if (l1 == nullptr || l1->generation() == state(p).tlb_generation) return;
  state(p).tlb_generation = l1->generation();
  renew(p);
}

// An access across the end of a smallest page is two lookups (see translate_pieces), also inside a
// superpage; a grant must not make it one.
void Mmu::cut_to_smallest_page(Port p, Slot& slot) const {
  if (!slot.translated) return;
  const std::uint64_t last = page_end(engine_->context(), read_kind(p), slot.va);
  const std::uint64_t first =
      last - ((std::uint64_t{1} << engine_->context().format->page_shift) - 1);
  protocol::DirectGrant& grant = slot.grant;
  if (first > grant.first) {
    grant.host += first - grant.first;
    grant.first = first;
  }
  grant.last = std::min(grant.last, last);
}

bool Mmu::direct(Port p, std::uint64_t va, unsigned bytes, Access access,
                 protocol::DirectGrant& grant) {
  if (!config_.direct || waves_.on()) return false;
  const bool plain = p == Port::kFetch ? access == Access::kFetch
                                       : access == Access::kLoad || access == Access::kStore;
  if (!plain || bytes == 0) return false;
  renew_if_changed(p);
  PortState& s = state(p);
  Slot& slot = s.slots[(va / kGranule) % kSlots];
  if (slot.epoch != s.epoch || !slot.grant.covers(va, bytes)) {
    Slot fresh;
    if (!resolve(p, va, false, fresh)) return false;
    cut_to_smallest_page(p, fresh);
    if (!fresh.grant.covers(va, bytes)) return false;
    fresh.epoch = s.epoch;
    if (s.last == &slot) s.last = nullptr;
    slot = fresh;
  }
  if (!(access == Access::kStore ? slot.grant.write : slot.grant.read)) return false;

  counters_.count_access(access);
  ++counters_.translations.value;
  if (slot.translated) {
    TlbCounters& counters = counters_.l1(p);
    ++counters.lookups.value;
    ++counters.hits.value;
    if (s.last != &slot || !slot.grant.countable) {
      engine_->l1(p)->lookup(slot.va, engine_->context().asid);
    }
  } else {
    ++counters_.bypasses.value;
  }
  if (s.last != &slot) ++s.generation;
  s.last = &slot;
  grant = slot.grant;
  grant.generation = &s.generation;
  grant.generation_value = s.generation;
  Repeats& repeats = counters_.repeats(p, slot.translated);
  grant.repeats = &repeats.reads;
  grant.write_repeats = &repeats.writes;
  return true;
}

}  // namespace lookaside::mmu
