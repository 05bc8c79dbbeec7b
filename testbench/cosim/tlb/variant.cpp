// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/variant.h"

#include <algorithm>

#include <fmt/format.h>

#include <lookaside/translation/format.h>

namespace lookaside::cosim {

namespace {

const translation::Format& format_of_bits(unsigned va_bits) {
  switch (va_bits) {
    case 32:
      return translation::kSv32;
    case 39:
      return translation::kSv39;
    case 48:
      return translation::kSv48;
    default:
      return translation::kSv57;
  }
}

/// Every page size of the formats up to `format` can be held, as the RTL does.
bool holds_all_sizes(const tlb::Geometry& geometry, const translation::Format& format) {
  for (unsigned level = 0; level < format.levels; ++level) {
    const auto& shifts = geometry.page_shifts;
    if (std::find(shifts.begin(), shifts.end(), format.leaf_shift(level)) == shifts.end()) {
      return false;
    }
  }
  return true;
}

bool fits(const TlbVariant& v, const TlbWish& wish) {
  const tlb::Geometry& g = wish.geometry;
  const bool format =
      wish.va_bits == 32 ? v.va_bits == 32 : v.va_bits != 32 && v.va_bits >= wish.va_bits;
  return v.level == wish.level && format && v.sets == g.sets() && v.ways == g.ways &&
         v.policy == g.replacement && g.asid_bits <= v.asid_bits &&
         holds_all_sizes(g, format_of(v));
}

}  // namespace

const translation::Format& format_of(const TlbVariant& variant) {
  return format_of_bits(variant.va_bits);
}

std::string text(const TlbVariant& v) {
  return fmt::format("level {}, {}, {} x {}, {}, {} ASID bits", v.level,
                     format_of_bits(v.va_bits).name, v.sets, v.ways, tlb::name(v.policy),
                     v.asid_bits);
}

const TlbVariant& choose(const std::vector<TlbVariant>& variants, const TlbWish& wish) {
  std::string there;
  std::string absent;
  for (const TlbVariant& v : variants) {
    if (v.make != nullptr && fits(v, wish)) return v;
    (v.make != nullptr ? there : absent) += fmt::format("\n  {:<16} {}", v.name, text(v));
  }
  const TlbVariant wanted{"",
                          wish.level,
                          wish.va_bits,
                          wish.geometry.sets(),
                          wish.geometry.ways,
                          wish.geometry.replacement,
                          wish.geometry.asid_bits,
                          nullptr};
  std::string message = fmt::format(
      "{}: found {} (sets x ways), of which no RTL was built; expected one of these, which serve "
      "smaller Sv formats and fewer ASID bits too:{}",
      wish.name, text(wanted), there);
  if (!absent.empty()) {
    message += fmt::format("\nand with cmake -DLOOKASIDE_ALL_VARIANTS=ON:{}", absent);
  }
  throw VariantError(message);
}

const TlbVariant* find_variant(const std::vector<TlbVariant>& variants, const std::string& name) {
  const auto found = std::find_if(variants.begin(), variants.end(),
                                  [&](const TlbVariant& v) { return v.name == name; });
  return found == variants.end() ? nullptr : &*found;
}

}  // namespace lookaside::cosim
