// SPDX-License-Identifier: Apache-2.0
// Direct memory pointers for initiators that know nothing of translation_port_if (rule book H.5).
#include <algorithm>

#include <lookaside/mmu/mmu.h>

namespace lookaside::mmu {

using protocol::AccessExtension;
using translation::Access;
using translation::Context;

// tlm_dmi says nothing of a context, so what is lent always belongs to the current one (H-DMI-05).
bool Mmu::own_context(const AccessExtension* extension) const {
  return extension == nullptr || !extension->has_context ||
         extension->context == engine_->context();
}

bool Mmu::get_direct_mem_ptr(int id, Payload& payload, tlm::tlm_dmi& dmi) {
  const auto p = static_cast<Port>(id);
  const std::uint64_t va = payload.get_address();
  dmi.init();
  if (config_.dmi == DmiPolicy::kOff) return false;
  const Context& context = engine_->context();
  const bool mapped = config_.dmi == DmiPolicy::kMapped;
  Slot slot;
  const bool found =
      own_context(payload.get_extension<AccessExtension>()) && resolve(p, va, mapped, slot);
  const protocol::DirectGrant& grant = slot.grant;
  if (!found || !(payload.is_write() ? grant.write : grant.read)) {
    // The refusal speaks of this page, or without translation of this address.
    const Access kind = p == Port::kFetch ? Access::kFetch : Access::kLoad;
    const std::uint64_t last = page_end(context, kind, va);
    const bool pages = context.translates(kind);
    dmi.set_start_address(pages ? va & ~((std::uint64_t{1} << context.format->page_shift) - 1)
                                : va);
    dmi.set_end_address(pages ? last : va);
    return false;
  }
  dmi.set_dmi_ptr(grant.host);
  dmi.set_start_address(grant.first);
  dmi.set_end_address(grant.last);
  dmi.set_read_latency(sc_core::sc_time::from_value(grant.read_latency_ps));
  dmi.set_write_latency(sc_core::sc_time::from_value(grant.write_latency_ps));
  if (grant.read && grant.write) {
    dmi.allow_read_write();
  } else if (grant.write) {
    dmi.allow_write();
  } else {
    dmi.allow_read();
  }
  grants_.add({p, grant.first, grant.last, slot.pa - (va - grant.first)});
  ++counters_.dmi_grants.value;
  return true;
}

// H-DMI-18: the hint promises that a request for this address and command would succeed now.
void Mmu::dmi_hint(const Request& r, const Job& job) {
  if (!r.payload.is_dmi_allowed()) return;
  const bool write = r.payload.is_write();
  regions_.forget_denial(write, job.pa);
  const Access kind = write                    ? Access::kStore
                      : r.port == Port::kFetch ? Access::kFetch
                                               : Access::kLoad;
  bool lent = config_.dmi != DmiPolicy::kOff && own_context(r.extension) && r.access == kind;
  if (lent && job.translated && config_.dmi == DmiPolicy::kResident) {
    const tlb::Tlb* l1 = engine_->l1(r.port);
    lent = l1 != nullptr && l1->probe(job.va, job.context.asid).hit;
  }
  r.payload.set_dmi_allowed(lent);
}

void Mmu::invalidated_below(sc_dt::uint64 first, sc_dt::uint64 last) {
  regions_.forget(first, last);
  renew(Port::kFetch);
  renew(Port::kData);
  // Every virtual span lent from these bytes, aliases included (H-DMI-09).
  grants_.take(
      [&](const Grant& g) {
        return g.pa_first <= last && first <= g.pa_first + (g.va_last - g.va_first);
      },
      [this](const Grant& g) { revoke(g); });
}

void Mmu::left(Port p, std::uint64_t first, std::uint64_t last) {
  if (grants_.empty()) return;
  grants_.take(
      [&](const Grant& g) { return g.port == p && g.va_first <= last && first <= g.va_last; },
      [this](const Grant& g) { revoke(g); });
}

void Mmu::revoke(const Grant& grant) {
  ++counters_.dmi_revocations.value;
  (grant.port == Port::kFetch ? fetch_socket : data_socket)
      ->invalidate_direct_mem_ptr(grant.va_first, grant.va_last);
}

void Mmu::revoke_all() {
  if (grants_.empty()) return;
  grants_.take([](const Grant&) { return true; }, [this](const Grant& g) { revoke(g); });
}

}  // namespace lookaside::mmu
