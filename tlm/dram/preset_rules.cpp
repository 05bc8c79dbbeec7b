// SPDX-License-Identifier: Apache-2.0
// Rules between the figures of a device, and the rounding of times to clocks.
#include <initializer_list>

#include <lookaside/dram/preset.h>

namespace lookaside::dram {
namespace {

using P = Parameter;

/// A rule of the shape of a device, and the figures that may break it.
struct Relation {
  const char* rule;
  bool (*holds)(const Device&);
  std::string (*found)(const Device&);
};

/// A rule between clocks: the left side is not less than the right one, or greater.
struct Comparison {
  const char* left;
  std::int32_t (*of_left)(const Device&);
  const char* is;
  const char* right;
  std::int32_t (*of_right)(const Device&);
};

bool power_of_two(std::uint32_t n) {
  return n != 0 && (n & (n - 1)) == 0;
}

std::string listed(std::initializer_list<std::int64_t> figures) {
  std::string text;
  for (const std::int64_t figure : figures) {
    text += (text.empty() ? "" : ", ") + std::to_string(figure);
  }
  return text;
}

constexpr Relation kRelations[] = {
    {"bank_groups, banks_per_group, rows and columns are powers of two",
     [](const Device& d) {
       return power_of_two(d.bank_groups) && power_of_two(d.banks_per_group) &&
              power_of_two(d.rows) && power_of_two(d.columns);
     },
     [](const Device& d) {
       return listed({d.bank_groups, d.banks_per_group, d.rows, d.columns});
     }},
    {"width is 4, 8, 16 or 32",
     [](const Device& d) { return power_of_two(d.width) && d.width >= 4 && d.width <= 32; },
     [](const Device& d) { return listed({d.width}); }},
    {"density = banks x rows x columns x width",
     [](const Device& d) {
       return std::uint64_t{d.density_gb} << 30 ==
              std::uint64_t{d.banks()} * d.rows * d.columns * d.width;
     },
     [](const Device& d) {
       return std::to_string(d.density_gb) + " Gb and " +
              listed({d.banks(), d.rows, d.columns, d.width});
     }},
    {"burst_length is 4, 8, 16 or 32",
     [](const Device& d) {
       return power_of_two(d.burst_length) && d.burst_length >= 4 && d.burst_length <= 32;
     },
     [](const Device& d) { return listed({d.burst_length}); }},
    {"burst_length <= columns", [](const Device& d) { return d.burst_length <= d.columns; },
     [](const Device& d) {
       return listed({d.burst_length, d.columns});
     }},
    {"CL, CWL, tRCD, tRP, tRAS, tRFC, nCMD, nCMD_ACT, nCMD_COL > 0",
     [](const Device& d) {
       return d[P::kCl] > 0 && d[P::kCwl] > 0 && d[P::kRcd] > 0 && d[P::kRp] > 0 &&
              d[P::kRas] > 0 && d[P::kRfc] > 0 && d[P::kCmd] > 0 && d[P::kCmdAct] > 0 &&
              d[P::kCmdCol] > 0;
     },
     [](const Device& d) {
       return listed({d[P::kCl], d[P::kCwl], d[P::kRcd], d[P::kRp], d[P::kRas], d[P::kRfc],
                      d[P::kCmd], d[P::kCmdAct], d[P::kCmdCol]});
     }},
};

template <P kOne, P... kMore>
std::int32_t sum(const Device& d) {
  return (d[kOne] + ... + d[kMore]);
}

constexpr Comparison kComparisons[] = {
    {"tRC", sum<P::kRc>, ">=", "tRAS + tRP", sum<P::kRas, P::kRp>},
    {"tRAS", sum<P::kRas>, ">=", "tRCD + tRTP", sum<P::kRcd, P::kRtp>},
    {"tRPab", sum<P::kRpab>, ">=", "tRP", sum<P::kRp>},
    {"tRRD_L", sum<P::kRrdL>, ">=", "tRRD_S", sum<P::kRrdS>},
    {"tFAW", sum<P::kFaw>, ">=", "4 tRRD_S", sum<P::kRrdS, P::kRrdS, P::kRrdS, P::kRrdS>},
    {"tCCD_S", sum<P::kCcdS>, ">=", "BL/2", sum<P::kBurst>},
    {"tCCD_L", sum<P::kCcdL>, ">=", "tCCD_S", sum<P::kCcdS>},
    {"tCCD_L_WR", sum<P::kCcdLWr>, ">=", "tCCD_L", sum<P::kCcdL>},
    {"tWTR_L", sum<P::kWtrL>, ">=", "tWTR_S", sum<P::kWtrS>},
    {"tRFC", sum<P::kRfc>, ">=", "tRFCsb", sum<P::kRfcSb>},
    {"tREFI", sum<P::kRefi>, ">", "tRFC + tRPab", sum<P::kRfc, P::kRpab>},
    {"tXS", sum<P::kXs>, ">=", "tRFC", sum<P::kRfc>},
};

bool holds(const Comparison& c, const Device& d) {
  const std::int32_t least = c.of_right(d) + (c.is[1] == '=' ? 0 : 1);
  return c.of_left(d) >= least;
}

}  // namespace

void check_device(const Device& device, const std::string& where) {
  const std::string says = where + ": " + device.name + " breaks the rule ";
  for (const Relation& relation : kRelations) {
    if (relation.holds(device)) continue;
    throw PresetError(says + relation.rule + ": found " + relation.found(device));
  }
  for (const Comparison& c : kComparisons) {
    if (holds(c, device)) continue;
    throw PresetError(says + c.left + " " + c.is + " " + c.right + ": " + c.left + " is " +
                      std::to_string(c.of_left(device)) + " clocks, " + c.right + " " +
                      std::to_string(c.of_right(device)));
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
