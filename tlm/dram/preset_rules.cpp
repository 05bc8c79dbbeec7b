// SPDX-License-Identifier: Apache-2.0
// Rules between the figures of a device, and the rounding of times to clocks.
#include <lookaside/dram/preset.h>

namespace lookaside::dram {
namespace {

struct Relation {
  const char* rule;
  bool (*holds)(const Device&);
};

using P = Parameter;

bool power_of_two(std::uint32_t n) {
  return n != 0 && (n & (n - 1)) == 0;
}

constexpr Relation kRelations[] = {
    {"bank_groups, banks_per_group, rows and columns are powers of two",
     [](const Device& d) {
       return power_of_two(d.bank_groups) && power_of_two(d.banks_per_group) &&
              power_of_two(d.rows) && power_of_two(d.columns);
     }},
    {"width is 4, 8, 16 or 32",
     [](const Device& d) { return power_of_two(d.width) && d.width >= 4 && d.width <= 32; }},
    {"density = banks x rows x columns x width",
     [](const Device& d) {
       return std::uint64_t{d.density_gb} << 30 ==
              std::uint64_t{d.banks()} * d.rows * d.columns * d.width;
     }},
    {"burst_length is 4, 8, 16 or 32",
     [](const Device& d) {
       return power_of_two(d.burst_length) && d.burst_length >= 4 && d.burst_length <= 32;
     }},
    {"burst_length <= columns", [](const Device& d) { return d.burst_length <= d.columns; }},
    {"CL, CWL, tRCD, tRP, tRAS, tRFC, nCMD > 0",
     [](const Device& d) {
       return d[P::kCl] > 0 && d[P::kCwl] > 0 && d[P::kRcd] > 0 && d[P::kRp] > 0 &&
              d[P::kRas] > 0 && d[P::kRfc] > 0 && d[P::kCmd] > 0 && d[P::kCmdAct] > 0 &&
              d[P::kCmdCol] > 0;
     }},
    {"tRC >= tRAS + tRP", [](const Device& d) { return d[P::kRc] >= d[P::kRas] + d[P::kRp]; }},
    {"tRAS >= tRCD + tRTP", [](const Device& d) { return d[P::kRas] >= d[P::kRcd] + d[P::kRtp]; }},
    {"tRPab >= tRP", [](const Device& d) { return d[P::kRpab] >= d[P::kRp]; }},
    {"tRRD_L >= tRRD_S", [](const Device& d) { return d[P::kRrdL] >= d[P::kRrdS]; }},
    {"tFAW >= 4 tRRD_S", [](const Device& d) { return d[P::kFaw] >= 4 * d[P::kRrdS]; }},
    {"tCCD_S >= BL/2", [](const Device& d) { return d[P::kCcdS] >= d[P::kBurst]; }},
    {"tCCD_L >= tCCD_S", [](const Device& d) { return d[P::kCcdL] >= d[P::kCcdS]; }},
    {"tCCD_L_WR >= tCCD_L", [](const Device& d) { return d[P::kCcdLWr] >= d[P::kCcdL]; }},
    {"tWTR_L >= tWTR_S", [](const Device& d) { return d[P::kWtrL] >= d[P::kWtrS]; }},
    {"tRFC >= tRFCsb", [](const Device& d) { return d[P::kRfc] >= d[P::kRfcSb]; }},
    {"tREFI > tRFC + tRPab",
     [](const Device& d) { return d[P::kRefi] > d[P::kRfc] + d[P::kRpab]; }},
    {"tXS >= tRFC", [](const Device& d) { return d[P::kXs] >= d[P::kRfc]; }},
};

}  // namespace

void check_device(const Device& device, const std::string& where) {
  for (const Relation& relation : kRelations) {
    if (relation.holds(device)) continue;
    throw PresetError(where + ": " + device.name + " breaks the rule " + relation.rule);
  }
}

std::int32_t clocks_at_least(std::uint64_t picoseconds, std::uint32_t data_rate_mts) {
  // t / tCK = picoseconds * rate / 2'000'000; 0.025 of that unit is 50'000.
  constexpr std::uint64_t kUnit = 2'000'000;
  const std::uint64_t product = picoseconds * data_rate_mts;
  if (product <= kUnit / 40) return 0;
  return static_cast<std::int32_t>((product - kUnit / 40 + kUnit - 1) / kUnit);
}

std::int32_t clocks_at_most(std::uint64_t picoseconds, std::uint32_t data_rate_mts) {
  return static_cast<std::int32_t>(picoseconds * data_rate_mts / 2'000'000);
}

}  // namespace lookaside::dram
