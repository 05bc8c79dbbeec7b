// SPDX-License-Identifier: Apache-2.0
// Page tables of a test, built by hand-written arithmetic: it must not ask the Format it tests.
#pragma once

#include <cstdint>

#include <lookaside/translation/walk.h>

#include "translation/array_memory.h"

namespace lookaside::tests {

inline constexpr std::uint64_t kV = 1, kR = 2, kW = 4, kX = 8, kU = 16, kG = 32, kA = 64, kD = 128;
/// A user page on which everything is allowed and nothing is left to update.
inline constexpr std::uint64_t kUserPage = kV | kR | kW | kX | kU | kA | kD;
/// The same for the supervisor.
inline constexpr std::uint64_t kSupervisorPage = kUserPage & ~kU;

inline constexpr std::uint64_t kRoot = 0x80000000;

constexpr std::uint64_t pte(std::uint64_t pa, std::uint64_t flags) {
  return (pa >> 12) << 10 | flags;
}

/// An Sv format with one chain of tables in memory: the root at kRoot, each lower table one page
/// up.
struct Tables {
  const translation::Format* format;
  ArrayMemory memory;

  unsigned levels() const {
    if (format == &translation::kSv32) return 2;
    if (format == &translation::kSv39) return 3;
    return format == &translation::kSv48 ? 4 : 5;
  }
  unsigned index_bits() const { return format == &translation::kSv32 ? 10 : 9; }
  unsigned pte_bytes() const { return format == &translation::kSv32 ? 4 : 8; }

  std::uint64_t table(unsigned level) const {
    return kRoot + std::uint64_t{levels() - 1 - level} * 0x1000;
  }
  std::uint64_t pte_address(std::uint64_t va, unsigned level) const {
    const std::uint64_t index = va >> (12 + index_bits() * level) & ((1U << index_bits()) - 1);
    return table(level) + index * pte_bytes();
  }
  /// Pointers for `va` down to `level`, and `leaf` there. Returns the leaf's address.
  std::uint64_t map(std::uint64_t va, unsigned level, std::uint64_t leaf) {
    for (unsigned l = levels() - 1; l > level; --l) {
      memory.words[pte_address(va, l)] = pte(table(l - 1), kV);
    }
    memory.words[pte_address(va, level)] = leaf;
    return pte_address(va, level);
  }
};

inline const translation::Format* const kFormats[] = {&translation::kSv32, &translation::kSv39,
                                                      &translation::kSv48, &translation::kSv57};
inline constexpr translation::Access kAccesses[] = {translation::Access::kFetch,
                                                    translation::Access::kLoad,
                                                    translation::Access::kStore,
                                                    translation::Access::kLoadReserved,
                                                    translation::Access::kStoreConditional,
                                                    translation::Access::kAmo};

/// The causes of an access's kind, by hand (WALK-06).
constexpr unsigned page_cause(translation::Access a) {
  constexpr unsigned kCauses[] = {12, 13, 15, 13, 15, 15};
  return kCauses[static_cast<unsigned>(a)];
}
constexpr unsigned access_cause(translation::Access a) {
  constexpr unsigned kCauses[] = {1, 5, 7, 5, 7, 7};
  return kCauses[static_cast<unsigned>(a)];
}

inline translation::Context context(
    const translation::Format* format,
    translation::Privilege privilege = translation::Privilege::kUser,
    translation::AdUpdate ad_update = translation::AdUpdate::kHardware) {
  translation::Context c;
  c.format = format;
  c.root = kRoot;
  c.fetch_privilege = c.data_privilege = privilege;
  c.ad_update = ad_update;
  return c;
}

/// PMP that lets everything through.
inline translation::Pmp open_pmp() {
  translation::Pmp pmp;
  pmp.write_addr(15, ~std::uint64_t{0});
  pmp.write_cfg(15, 0x1f);
  return pmp;
}

}  // namespace lookaside::tests
