// SPDX-License-Identifier: Apache-2.0
// Clocks against clocks.csv and variants.csv, written from the JEDEC rules for these speed bins.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/dram/preset.h>

#include "dram/csv.h"

namespace lookaside::dram {
namespace {

using testing::HasSubstr;

Device device_named(const std::string& name) {
  std::istringstream words(name);
  std::string preset, density, width, bin;
  words >> preset >> density >> width >> bin;
  return builtin_device(preset, {static_cast<std::uint32_t>(std::stoul(density)),
                                 static_cast<std::uint32_t>(std::stoul(width.substr(1))), bin});
}

std::int32_t clocks(const Device& device, const std::string& parameter) {
  for (unsigned i = 0; i < kParameterCount; ++i) {
    const auto p = static_cast<Parameter>(i);
    if (parameter == name(p)) return device[p];
  }
  ADD_FAILURE() << "no parameter " << parameter;
  return -1;
}

TEST(Preset, ClocksAreThoseOfTheStandard) {
  const auto rows = read_csv("clocks.csv");
  ASSERT_EQ(rows.size(), 27U);
  for (std::size_t column = 1; column < rows[0].size(); ++column) {
    const Device device = device_named(rows[0][column]);
    EXPECT_EQ(device.name, rows[0][column]);
    for (std::size_t row = 1; row < rows.size(); ++row) {
      EXPECT_EQ(clocks(device, rows[row][0]), std::stoi(rows[row][column]))
          << device.name << " " << rows[row][0];
    }
  }
}

TEST(Preset, DensityWidthAndBinChooseTheRule) {
  const auto rows = read_csv("variants.csv");
  ASSERT_GT(rows.size(), 20U);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& r = rows[i];
    const Device device =
        builtin_device(r[0], {static_cast<std::uint32_t>(std::stoul(r[1])),
                              static_cast<std::uint32_t>(std::stoul(r[2])), r[3]});
    EXPECT_EQ(clocks(device, r[4]), std::stoi(r[5])) << device.name << " " << r[4];
  }
}

TEST(Preset, EveryDeviceOfEveryPresetKeepsTheRules) {
  unsigned devices = 0;
  for (const BuiltinPreset& preset : builtin_presets()) {
    for (const Choice& choice : choices(preset.text, std::string(preset.file))) {
      EXPECT_NO_THROW(builtin_device(preset.name, choice)) << preset.name;
      ++devices;
    }
  }
  EXPECT_EQ(devices, 6U * 4 + 9 * 4 + 9 * 3 + 6 * 3 + 3);
}

TEST(Preset, GeometryAndDisputes) {
  const Device device = builtin_device("DDR4-2400");
  EXPECT_EQ(device.name, "DDR4-2400 8Gb x8 T");
  EXPECT_EQ(device.bank_groups, 4U);
  EXPECT_EQ(device.rows, 65536U);
  EXPECT_EQ(device.page_bytes(), 1024U);
  EXPECT_THAT(device.disputes, testing::Contains(HasSubstr("tRFC: 360 ns")));
  ASSERT_EQ(device.rails.size(), 2U);
  EXPECT_EQ(device.rails[0].idd4r, 135);
}

TEST(PresetRounding, DropsAFortiethOfAClockAndNoMore) {
  EXPECT_EQ(clocks_at_least(7500, 2400), 9) << "9.000";
  EXPECT_EQ(clocks_at_least(13750, 1600), 11);
  EXPECT_EQ(clocks_at_least(7520, 2400), 9) << "9.024";
  EXPECT_EQ(clocks_at_least(7530, 2400), 10) << "9.036";
  EXPECT_EQ(clocks_at_least(0, 2400), 0);
  EXPECT_EQ(clocks_at_most(3904000, 3200), 6246) << "6246.4";
}

/// The DDR4-2400 preset with one text replaced by another.
std::string edited(const std::string& from, const std::string& to) {
  for (const BuiltinPreset& preset : builtin_presets()) {
    if (preset.name != "DDR4-2400") continue;
    std::string text(preset.text);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
  return {};
}

std::string refusal(const std::string& text) {
  try {
    load_device(text, "my.yaml");
  } catch (const PresetError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(PresetRefused, SaysFileLineAndNearestName) {
  EXPECT_EQ(refusal(edited("tRAS:", "tRASS:")),
            "my.yaml:27: unknown key 'tRASS' in timing; did you mean 'tRAS'?");
  EXPECT_THAT(refusal(edited("burst_length", "burst_lenght")),
              HasSubstr("unknown key 'burst_lenght' in the preset; did you mean 'burst_length'?"));
  EXPECT_THAT(refusal(edited("tWR: {ns: 15}", "tWR: {sn: 15}")),
              HasSubstr("unknown key 'sn' in tWR; did you mean 'ns'?"));
  EXPECT_THAT(refusal(edited("tWR: {ns: 15}", "tWR: {ns: fast}")), HasSubstr("'ns' must be"));
  EXPECT_THAT(refusal(edited("tWR: {ns: 15}", "tWR: {ns: .nan}")), HasSubstr("'ns' must be from"));
  EXPECT_THAT(refusal(edited("tWR: {ns: 15}", "")), HasSubstr("'tWR' is missing in timing"));
  EXPECT_THAT(refusal(edited("tWR: {ns: 15}", "tWR: {of: [tWR]}")), HasSubstr("refers to itself"));
  EXPECT_THAT(refusal(edited("tWR: {ns: 15}", "tWR: {of: [tRCC]}")),
              HasSubstr("unknown parameter 'tRCC'; did you mean 'tRCD'?"));
  EXPECT_THAT(refusal(edited("standard: DDR4", "standard: DDR6")), HasSubstr("did you mean"));
  EXPECT_THAT(refusal("a: [1"), HasSubstr("my.yaml:"));
  EXPECT_THAT(refusal("- 1"), HasSubstr("must be a map"));
  EXPECT_THAT(refusal(""), HasSubstr("must be a map"));
}

TEST(PresetRefused, NamesAreTakenInEitherCase) {
  EXPECT_EQ(refusal(edited("standard: DDR4", "standard: dDr4")), "accepted");
  EXPECT_EQ(refusal(edited("standard: DDR4", "standard: ddr6")),
            "my.yaml:5: unknown standard 'ddr6'; did you mean 'DDR3'?");
  EXPECT_EQ(refusal(edited("bin: T}", "bin: t}")), "accepted");
  EXPECT_EQ(refusal(edited("bins: [P, R, T, U]", "bins: [P, R, t, U]")), "accepted");
  EXPECT_EQ(refusal(edited("{bin: T, ns: 14.16", "{bin: t, ns: 14.16")), "accepted");
}

TEST(PresetRefused, NamesTheBrokenRule) {
  const std::string says = "my.yaml: DDR4-2400 8Gb x8 T breaks the rule ";
  EXPECT_EQ(refusal(edited("tRC: {of: [tRAS, tRP]}", "tRC: {ns: 45}")),
            says + "tRC >= tRAS + tRP: tRC is 54 clocks, tRAS + tRP 56");
  EXPECT_EQ(refusal(edited("tCCD_L: {nCK: 5, ns: 5}", "tCCD_L: {nCK: 3}")),
            says + "tCCD_L >= tCCD_S: tCCD_L is 3 clocks, tCCD_S 4");
  EXPECT_EQ(refusal(edited("{page_bytes: 1024, nCK: 20, ns: 21}", "{nCK: 15}")),
            says + "tFAW >= 4 tRRD_S: tFAW is 15 clocks, 4 tRRD_S 16");
  EXPECT_EQ(refusal(edited("tREFI: {ns: 7800", "tREFI: {ns: 300")),
            says + "tREFI > tRFC + tRPab: tREFI is 360 clocks, tRFC + tRPab 437");
  EXPECT_EQ(
      refusal(edited("density_gb: 8, width: 8, bank_groups: 4, banks_per_group: 4, rows: 65536",
                     "density_gb: 8, width: 8, bank_groups: 4, banks_per_group: 4, rows: 8192")),
      says + "density = banks x rows x columns x width: found 8 Gb and 16, 8192, 1024, 8");
}

TEST(PresetRefused, AKeyThatStandsTwice) {
  EXPECT_EQ(refusal(edited("  tRP:", "  tRCD: {nCK: 9}\n  tRP:")),
            "my.yaml:25: 'tRCD' stands twice in timing");
  EXPECT_EQ(refusal(edited("tWR: {ns: 15}", "tWR: {ns: 15, ns: 16}")),
            "my.yaml:38: 'ns' stands twice in tWR");
  EXPECT_EQ(refusal(edited("standard: DDR4", "standard: DDR4\nstandard: DDR4")),
            "my.yaml:6: 'standard' stands twice in the preset");
  EXPECT_THAT(refusal(edited("rail: VDD,", "rail: VDD, rail: VPP,")),
              HasSubstr("'rail' stands twice in energy"));
}

TEST(PresetRefused, FiguresThatNoMemoryHas) {
  EXPECT_EQ(refusal(edited("max_postponed_refreshes: 8", "max_postponed_refreshes: 9")),
            "my.yaml:8: 'max_postponed_refreshes' is 9; no standard permits more than 8");
  EXPECT_EQ(refusal(edited("IDD5: 250", "IDD5: 33.5")),
            "my.yaml:58: IDD5 of VDD is 33.5 mA, IDD2N 34; expected IDD5 >= IDD2N");
  EXPECT_EQ(refusal(edited("IDD5: 250", "IDD5: 34")), "accepted");
}

TEST(PresetRefused, WhatDoesNotExist) {
  const auto refused = [](const std::string& preset, const Choice& choice) -> std::string {
    try {
      builtin_device(preset, choice);
    } catch (const PresetError& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refused("DDR4-2401", {}), "no DRAM preset 'DDR4-2401'; did you mean 'DDR4-2400'?");
  EXPECT_THAT(refused("DDR4-2400", {7, 8, ""}), HasSubstr("no geometry for 7Gb x8"));
  EXPECT_THAT(refused("DDR4-2400", {8, 8, "AA"}), HasSubstr("no speed bin 'AA'"));
}

}  // namespace
}  // namespace lookaside::dram
