// SPDX-License-Identifier: Apache-2.0
// Page tables that come into being when they are read: every PTE is made up once and then stays,
// so that addresses can be met again; and a stimulus of accesses over them.
#pragma once

#include <cstdint>
#include <map>

#include "rtl/pte_bus.h"
#include "rtl/rtl_mmu.h"
#include "rtl/walk_stimulus.h"

namespace lookaside::tests {

class PageTables {
 public:
  explicit PageTables(WalkStimulus& stimulus) : stimulus_(stimulus) {}

  /// Answers an access; `level` is known from where the address lies.
  void perform(PteAccess& a, const translation::Format& format) {
    Random& random = stimulus_.random();
    a.error = random.chance(error_percent);
    if (a.error) return;
    auto [it, fresh] = words_.try_emplace(a.address, 0);
    if (fresh) create(it->second, a.address, format);
    if (a.cas) {
      // Now and then somebody else is faster.
      if (random.chance(5)) it->second ^= 1U << 6;
      a.swapped = it->second == a.expected;
      if (a.swapped) it->second = a.desired;
      return;
    }
    a.data = it->second;
  }
  void set_root(std::uint64_t root, const translation::Format& format) {
    table_level_[root >> kTableShift] = format.levels - 1;
  }
  /// Address of a PTE that was read before, or 0.
  std::uint64_t some_pte() {
    if (words_.empty()) return 0;
    Random& random = stimulus_.random();
    auto it = words_.lower_bound(random.next() >> random.below(40));
    return it == words_.end() ? words_.begin()->first : it->first;
  }
  /// Changes something about a PTE that was read before.
  void change_one() {
    const auto it = words_.find(some_pte());
    if (it == words_.end()) return;
    Random& random = stimulus_.random();
    it->second ^= std::uint64_t{1} << (random.chance(70) ? random.below(8) : random.below(32));
  }
  unsigned error_percent = 1;

 private:
  static constexpr unsigned kTableShift = 12;
  void create(std::uint64_t& pte, std::uint64_t address, const translation::Format& format) {
    const auto known = table_level_.find(address >> kTableShift);
    const unsigned level = known == table_level_.end() ? 0 : known->second;
    pte = stimulus_.pte(format, level);
    const auto decoded = format.decode(format, pte, level);
    if (decoded.kind == translation::Decoded::Kind::kPointer && level > 0) {
      table_level_[decoded.address >> kTableShift] = level - 1;
    }
  }

  WalkStimulus& stimulus_;
  std::map<std::uint64_t, std::uint64_t> words_;
  std::map<std::uint64_t, unsigned> table_level_;
};

/// Addresses that are met again and again: a few values for each index.
inline std::uint64_t few_addresses(Random& random, const translation::Format& format) {
  std::uint64_t va = std::uint64_t{random.below(8)} << 3;
  for (unsigned level = 0; level < format.levels; ++level) {
    const std::uint64_t mask = (std::uint64_t{1} << format.index_bits[level]) - 1;
    const std::uint64_t index = level == 0 ? random.below(6) : (random.chance(50) ? mask : 0);
    va |= index << format.leaf_shift(level);
  }
  if (format.sign_extended && ((va >> (format.va_bits - 1)) & 1) != 0) {
    va |= ~std::uint64_t{0} << format.va_bits;
  }
  if (format.sign_extended && random.chance(1)) va ^= std::uint64_t{1} << 63;
  return va;
}

}  // namespace lookaside::tests
