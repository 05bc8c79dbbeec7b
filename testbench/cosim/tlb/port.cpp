// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/port.h"

#include <bitset>

namespace lookaside::cosim {

namespace {

// Sv PTEs (Privileged Architecture 12.3): V R W X U G A D from bit 0. Row i: the bit of perm_t's
// bit i.
constexpr unsigned kPteBit[] = {1, 2, 3, 4, 6, 7};

}  // namespace

unsigned perm_of(std::uint64_t pte) {
  unsigned perm = 0;
  for (unsigned i = 0; i < 6; ++i) perm |= static_cast<unsigned>((pte >> kPteBit[i]) & 1) << i;
  return perm;
}

std::uint64_t with_perm(std::uint64_t pte, unsigned perm) {
  for (unsigned i = 0; i < 6; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << kPteBit[i];
    pte = ((perm >> i) & 1) != 0 ? pte | bit : pte & ~bit;
  }
  return pte;
}

unsigned population(const std::vector<std::uint64_t>& words) {
  std::size_t count = 0;
  for (const std::uint64_t word : words) count += std::bitset<64>(word).count();
  return static_cast<unsigned>(count);
}

}  // namespace lookaside::cosim
