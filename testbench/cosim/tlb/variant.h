// SPDX-License-Identifier: Apache-2.0
// The Verilated TLBs that this program holds. The shape of RTL is fixed when it is Verilated: a
// configuration gets the variant of its shape, or is told which there are.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <lookaside/tlb/interface.h>

#include "cosim/tlb/port.h"

namespace lookaside::cosim {

/// No variant fits; the message lists them all.
class VariantError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One row of variants.cmake.
struct TlbVariant {
  std::string name;
  unsigned level = 1;     ///< 1: lookaside_tlb, 2: lookaside_tlb_l2
  unsigned va_bits = 39;  ///< 32, 39, 48 or 57: serves that format, on RV64 the smaller ones too
  unsigned sets = 1;
  unsigned ways = 16;
  tlb::Replacement policy = tlb::Replacement::kTreePlru;
  unsigned asid_bits = 16;  ///< or fewer: ASIDs are cut before
  /// Null in a build that leaves this variant out.
  std::unique_ptr<TlbPort> (*make)() = nullptr;
};

/// The shape that is asked for.
struct TlbWish {
  std::string name;  ///< for messages: "mmu.l1d"
  unsigned level = 1;
  unsigned va_bits = 39;  ///< of the largest format that will be used
  tlb::Geometry geometry;
};

/// All rows, in the order of variants.cmake. Whoever links the program says which they are.
const std::vector<TlbVariant>& tlb_variants();

/// The first built variant that answers as the wish says. Throws VariantError.
const TlbVariant& choose(const std::vector<TlbVariant>& variants, const TlbWish& wish);

/// The variant of a name, nullptr if there is none.
const TlbVariant* find_variant(const std::vector<TlbVariant>& variants, const std::string& name);

/// The format whose shape the RTL has.
const translation::Format& format_of(const TlbVariant& variant);

/// "level 1, Sv57, 1 x 16, plru, 16 ASID bits".
std::string text(const TlbVariant& variant);

}  // namespace lookaside::cosim
