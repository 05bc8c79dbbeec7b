// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/variant.h"

#include <fmt/format.h>

#include <lookaside/translation/format.h>

namespace lookaside::cosim {

namespace {

std::string text(const char* name, const MmuVariantTlb& tlb) {
  if (tlb.sets == 0) return fmt::format("no {}", name);
  return fmt::format("{} {} x {} {}", name, tlb.sets, tlb.ways, tlb::name(tlb.policy));
}

MmuVariantTlb shape_of(const mmu::TlbConfig& tlb) {
  if (!tlb.enabled) return {0, 0, tlb.geometry.replacement};
  return {tlb.geometry.sets(), tlb.geometry.ways, tlb.geometry.replacement};
}

bool same(const MmuVariantTlb& a, const MmuVariantTlb& b) {
  return a.sets == b.sets && (a.sets == 0 || (a.ways == b.ways && a.policy == b.policy));
}

bool fits(const MmuVariant& have, const MmuVariant& want) {
  const bool format =
      want.va_bits == 32 ? have.va_bits == 32 : have.va_bits != 32 && have.va_bits >= want.va_bits;
  return format && want.asid_bits <= have.asid_bits && want.pmp_entries <= have.pmp_entries &&
         same(have.l1i, want.l1i) && same(have.l1d, want.l1d) && same(have.l2, want.l2);
}

}  // namespace

std::string text(const MmuVariant& v) {
  return fmt::format("Sv{}, {}, {}, {}, {} ASID bits, {} PMP entries", v.va_bits,
                     text("l1i", v.l1i), text("l1d", v.l1d), text("l2", v.l2), v.asid_bits,
                     v.pmp_entries);
}

const MmuVariant& choose(const std::vector<MmuVariant>& variants, const MmuWish& wish) {
  MmuVariant want;
  want.va_bits = wish.va_bits;
  want.asid_bits = wish.config.asid_bits;
  want.pmp_entries = wish.pmp_entries;
  want.l1i = shape_of(wish.config.l1i);
  want.l1d = shape_of(wish.config.l1d);
  want.l2 = shape_of(wish.config.l2);
  if (wish.pmp_entries == 0) {
    throw VariantError(
        "mmu.backend: found cpu.pmp_entries 0, expected 4 or 16: the RTL's PMP is "
        "always there");
  }
  std::string there;
  std::string absent;
  for (const MmuVariant& v : variants) {
    if (v.make != nullptr && fits(v, want)) return v;
    (v.make != nullptr ? there : absent) += fmt::format("\n  {:<12} {}", v.name, text(v));
  }
  std::string message = fmt::format(
      "mmu.backend: found {} (sets x ways), of which no RTL was built; expected one of these, "
      "which serve smaller Sv formats, fewer ASID bits and fewer PMP entries too:{}",
      text(want), there);
  if (!absent.empty()) {
    message += fmt::format("\nand with cmake -DLOOKASIDE_ALL_VARIANTS=ON:{}", absent);
  }
  throw VariantError(message);
}

}  // namespace lookaside::cosim
