// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include <lookaside/bus/address_map.h>

namespace lookaside::bus {
namespace {

std::string describe(const Mapping& m) {
  char range[64];
  std::snprintf(range, sizeof range, " [0x%" PRIx64 ", 0x%" PRIx64 "]", m.first, m.last);
  return "'" + m.name + "'" + range;
}

bool starts_after(std::uint64_t address, const Mapping& m) {
  return address < m.first;
}

}  // namespace

void AddressMap::add(Mapping mapping) {
  if (mapping.last < mapping.first) {
    throw RouterError("bus: mapping of " + describe(mapping) +
                      " ends before it begins: it runs past the end of the 64-bit address space");
  }
  const auto next =
      std::upper_bound(mappings_.begin(), mappings_.end(), mapping.first, starts_after);
  if (next != mappings_.end() && next->first <= mapping.last) {
    throw RouterError("bus: mapping of " + describe(mapping) + " overlaps " + describe(*next));
  }
  if (next != mappings_.begin() && std::prev(next)->last >= mapping.first) {
    throw RouterError("bus: mapping of " + describe(mapping) + " overlaps " +
                      describe(*std::prev(next)));
  }
  mappings_.insert(next, std::move(mapping));
}

const Mapping* AddressMap::search(std::uint64_t address) const {
  const auto next = std::upper_bound(mappings_.begin(), mappings_.end(), address, starts_after);
  if (next == mappings_.begin() || !std::prev(next)->contains(address)) return nullptr;
  last_hit_ = static_cast<std::size_t>(std::prev(next) - mappings_.begin());
  return &mappings_[last_hit_];
}

Hole AddressMap::hole(std::uint64_t address) const {
  const auto next = std::upper_bound(mappings_.begin(), mappings_.end(), address, starts_after);
  return {next == mappings_.begin() ? 0 : std::prev(next)->last + 1,
          next == mappings_.end() ? ~std::uint64_t{0} : next->first - 1};
}

}  // namespace lookaside::bus
