// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <lookaside/mmu/config.h>
#include <lookaside/tlb/array.h>
#include <lookaside/translation/format.h>

namespace lookaside::mmu {

namespace {

/// Every page size that the Sv formats have, each once, ascending.
std::vector<unsigned> all_page_shifts() {
  std::vector<unsigned> shifts = {translation::kSv32.leaf_shift(0)};
  for (unsigned level = 1; level < translation::kSv57.levels; ++level) {
    shifts.push_back(translation::kSv57.leaf_shift(level));
    if (level == 1) shifts.push_back(translation::kSv32.leaf_shift(1));
  }
  return shifts;
}

tlb::Geometry shape(unsigned entries, unsigned ways) {
  tlb::Geometry g;
  g.entries = entries;
  g.ways = ways;
  g.page_shifts = all_page_shifts();
  return g;
}

}  // namespace

std::unique_ptr<tlb::Tlb> make_array(const std::string& /*name*/, const tlb::Geometry& geometry) {
  return std::make_unique<tlb::Array>(geometry);
}

Config::Config() {
  l1i.geometry = shape(16, 16);
  l1d.geometry = shape(16, 16);
  l2.geometry = shape(512, 4);
  l2.lookup_cycles = 3;
}

std::string validate(const Config& config) {
  constexpr std::uint64_t kMaxClock = 1'000'000'000;
  if (config.clock_ps == 0 || config.clock_ps > kMaxClock) {
    return "clock_ps is " + std::to_string(config.clock_ps) + "; expected 1 to " +
           std::to_string(kMaxClock);
  }
  const std::pair<const char*, const TlbConfig*> tlbs[] = {
      {"l1i", &config.l1i}, {"l1d", &config.l1d}, {"l2", &config.l2}};
  for (const auto& [name, tlb] : tlbs) {
    if (!tlb->enabled) continue;
    tlb::Geometry geometry = tlb->geometry;
    geometry.asid_bits = config.asid_bits;
    const std::string error = tlb::validate(geometry);
    if (!error.empty()) return std::string(name) + ": " + error;
  }
  return {};
}

}  // namespace lookaside::mmu
