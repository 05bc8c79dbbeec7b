// SPDX-License-Identifier: Apache-2.0
// Random walks: contexts, addresses, and PTEs that are mostly good and sometimes just not.
#pragma once

#include <cstdint>

#include <lookaside/translation/walk.h>

#include "translation/random.h"

namespace lookaside::tests {

inline constexpr translation::Access kAccesses[] = {translation::Access::kFetch,
                                                    translation::Access::kLoad,
                                                    translation::Access::kStore,
                                                    translation::Access::kLoadReserved,
                                                    translation::Access::kStoreConditional,
                                                    translation::Access::kAmo};

/// The kind of an access as the ports of the RTL want it.
inline unsigned rtl_access(translation::Access a) {
  if (a == translation::Access::kFetch) return 0;
  return translation::is_store(a) ? 2 : 1;
}

class WalkStimulus {
 public:
  explicit WalkStimulus(std::uint64_t seed) : random_(seed) {}
  Random& random() { return random_; }

  translation::Context context(const translation::Format& format, unsigned asid_bits) {
    translation::Context c;
    c.format = &format;
    c.root = random_.bits(format.pa_bits - format.page_shift) << format.page_shift;
    c.asid = static_cast<std::uint32_t>(random_.bits(asid_bits));
    c.fetch_privilege = privilege();
    c.data_privilege = privilege();
    c.sum = random_.chance(50);
    c.mxr = random_.chance(30);
    c.ad_update =
        random_.chance(50) ? translation::AdUpdate::kHardware : translation::AdUpdate::kFault;
    return c;
  }
  translation::Access access() { return kAccesses[random_.below(translation::kAccessCount)]; }

  std::uint64_t va(const translation::Format& format) {
    std::uint64_t va = random_.next();
    if (!format.sign_extended) return va & ((std::uint64_t{1} << format.va_bits) - 1);
    const unsigned unused = 64 - format.va_bits;
    if (!random_.chance(3)) {
      va = static_cast<std::uint64_t>(static_cast<std::int64_t>(va << unused) >> unused);
    }
    return va;
  }

  /// A PTE for a table at `level`: pointer, leaf or noise.
  std::uint64_t pte(const translation::Format& format, unsigned level) {
    constexpr unsigned kPpnShift = 10;
    const unsigned ppn_bits = format.pa_bits - format.page_shift;
    std::uint64_t ppn = random_.bits(ppn_bits);
    std::uint64_t flags = 1;
    if (level > 0 && random_.chance(75)) {
      flags |= random_.chance(10) ? 1U << 5 : 0;
    } else {
      const unsigned offset_bits = format.leaf_shift(level) - format.page_shift;
      ppn = ppn >> offset_bits << offset_bits;
      flags |= random_.bits(7) << 1;
      if (random_.chance(80)) flags |= 0b1001010;   // R, X, A
      if (random_.chance(60)) flags |= 0b10000100;  // W, D
    }
    std::uint64_t pte = ppn << kPpnShift | flags;
    if (random_.chance(8)) pte ^= std::uint64_t{1} << random_.below(8 * format.pte_bytes);
    return pte;
  }

 private:
  translation::Privilege privilege() {
    return random_.chance(50) ? translation::Privilege::kUser : translation::Privilege::kSupervisor;
  }
  Random random_;
};

}  // namespace lookaside::tests
