// SPDX-License-Identifier: Apache-2.0
#include <lookaside/tlb/interface.h>

namespace lookaside::tlb {

namespace {

constexpr unsigned kMaxEntries = 65536;
constexpr unsigned kMaxAsidBits = 16;
constexpr unsigned kMaxPlruWays = 64;
constexpr unsigned kMaxPageShift = 62;

bool power_of_two(unsigned x) {
  return x != 0 && (x & (x - 1)) == 0;
}

std::string page_shift_error(const std::vector<unsigned>& shifts) {
  if (shifts.empty()) return "no page size is given; expected at least one, e.g. 12 for 4 KiB";
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    if (shifts[i] == 0 || shifts[i] > kMaxPageShift) {
      return "page size 2^" + std::to_string(shifts[i]) + " is out of range; expected 2^1 to 2^" +
             std::to_string(kMaxPageShift);
    }
    if (i > 0 && shifts[i] <= shifts[i - 1]) {
      return "page sizes must ascend, but 2^" + std::to_string(shifts[i]) + " follows 2^" +
             std::to_string(shifts[i - 1]);
    }
  }
  return {};
}

}  // namespace

std::string validate(const Geometry& g) {
  const std::string entries = std::to_string(g.entries);
  const std::string ways = std::to_string(g.ways);
  if (g.entries == 0 || g.entries > kMaxEntries) {
    return entries + " entries are out of range; expected 1 to " + std::to_string(kMaxEntries);
  }
  if (g.ways == 0 || g.entries % g.ways != 0) {
    return ways + " ways do not divide " + entries +
           " entries; expected a divisor (ways equal to entries is fully associative)";
  }
  if (!power_of_two(g.sets())) {
    return entries + " entries in " + ways + " ways are " + std::to_string(g.sets()) +
           " sets; expected a power of two";
  }
  if (g.replacement == Replacement::kTreePlru && (!power_of_two(g.ways) || g.ways > kMaxPlruWays)) {
    return "tree-PLRU cannot order " + ways + " ways; expected a power of two up to " +
           std::to_string(kMaxPlruWays) + ", or another replacement policy";
  }
  if (g.asid_bits > kMaxAsidBits) {
    return std::to_string(g.asid_bits) + " ASID bits are out of range; expected 0 to " +
           std::to_string(kMaxAsidBits);
  }
  return page_shift_error(g.page_shifts);
}

}  // namespace lookaside::tlb
