// SPDX-License-Identifier: Apache-2.0
// The Verilated MMUs that this program holds. The shape of RTL is fixed when it is Verilated: a
// configuration gets the variant of its shape, or is told which there are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <lookaside/mmu/config.h>

#include "cosim/mmu/port.h"
#include "cosim/tlb/variant.h"

namespace lookaside::cosim {

struct MmuVariantTlb {
  unsigned sets = 1;  ///< 0: there is none
  unsigned ways = 16;
  tlb::Replacement policy = tlb::Replacement::kTreePlru;
};

/// One row of variants.cmake: the parameters of lookaside_mmu.
struct MmuVariant {
  std::string name;
  unsigned va_bits = 39;  ///< 32, 39, 48 or 57: serves that format, on RV64 the smaller ones too
  unsigned asid_bits = 16;
  unsigned pmp_entries = 16;  ///< or fewer, but not none: without PMP everything is allowed
  MmuVariantTlb l1i, l1d, l2;
  bool l2_sweeps = true;
  /// Null in a build that leaves this variant out.
  std::unique_ptr<MmuPort> (*make)() = nullptr;
};

/// The shape that is asked for.
struct MmuWish {
  unsigned va_bits = 57;      ///< of the largest format that will be used
  unsigned pmp_entries = 16;  ///< that the hart has
  mmu::Config config;
};

/// All rows, in the order of variants.cmake. Whoever links the program says which they are.
const std::vector<MmuVariant>& mmu_variants();

/// The first built variant that answers as the wish says. Throws VariantError, which names the key
/// that no RTL has, or lists the variants.
const MmuVariant& choose(const std::vector<MmuVariant>& variants, const MmuWish& wish);

/// "Sv57, l1i 1 x 16 plru, l1d 1 x 16 plru, l2 128 x 4 plru, 16 ASID bits, 16 PMP entries".
std::string text(const MmuVariant& variant);

}  // namespace lookaside::cosim
