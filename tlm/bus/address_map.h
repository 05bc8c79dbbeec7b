// SPDX-License-Identifier: Apache-2.0
// Which target answers at which physical address. No SystemC: the lookup is tested on its own.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace lookaside::bus {

/// A mapping that cannot be: empty, beyond the end of the address space, or overlapping another
/// one. The message names every part concerned and its range.
class RouterError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Bytes [first, last] of the physical address space, inclusive, belong to `target`.
struct Mapping {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  unsigned target = 0;
  std::uint64_t target_base = 0;  ///< address the target sees for `first`
  std::string name;

  bool contains(std::uint64_t address) const { return address >= first && address <= last; }
  std::uint64_t to_target(std::uint64_t address) const { return address - first + target_base; }
};

/// Inclusive address range without a mapping.
struct Hole {
  std::uint64_t first;
  std::uint64_t last;
};

/// Mappings sorted by address. Lookup tries the mapping hit last, then searches in log2(n) steps.
class AddressMap {
 public:
  /// Throws RouterError; the map is unchanged then.
  void add(Mapping mapping);

  /// Null: no mapping contains the address.
  const Mapping* find(std::uint64_t address) const {
    if (last_hit_ < mappings_.size() && mappings_[last_hit_].contains(address)) {
      return &mappings_[last_hit_];
    }
    return search(address);
  }
  /// The mapping that contains all of [address, address + bytes - 1]; null if none does, if the
  /// range wraps or if it is empty.
  const Mapping* find(std::uint64_t address, std::uint64_t bytes) const {
    const Mapping* mapping = find(address);
    return mapping != nullptr && bytes != 0 && bytes - 1 <= mapping->last - address ? mapping
                                                                                    : nullptr;
  }
  /// Widest unmapped range around `address`, which must be unmapped.
  Hole hole(std::uint64_t address) const;

  const std::vector<Mapping>& mappings() const { return mappings_; }

 private:
  const Mapping* search(std::uint64_t address) const;

  std::vector<Mapping> mappings_;  // sorted by `first`, disjoint
  mutable std::size_t last_hit_ = 0;
};

}  // namespace lookaside::bus
