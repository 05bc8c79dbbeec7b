// SPDX-License-Identifier: Apache-2.0
// Device presets: YAML files of JEDEC rules max(nCK, ns), from which the clocks of a speed bin are
// derived. Those of the product are compiled in; a user's file has the same format.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <lookaside/dram/device.h>

namespace lookaside::dram {

/// What is wrong with a preset: "file:line: what was found; what was expected".
class PresetError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Which device of a preset; 0 and "" choose the preset's default.
struct Choice {
  std::uint32_t density_gb = 0;
  std::uint32_t width = 0;
  std::string bin;
};

struct BuiltinPreset {
  std::string_view name;  ///< "DDR4-2400"
  std::string_view file;  ///< "ddr4-2400.yaml"
  std::string_view text;
};
/// The presets of the product, sorted by file name.
const std::vector<BuiltinPreset>& builtin_presets();

/// A device from the text of a preset; `file` names it in messages. Throws PresetError: syntax, a
/// key that does not exist (with the nearest that does) or stands twice, a missing figure, a device
/// the preset does not have, or a figure that breaks a rule between parameters (with the rule).
Device load_device(std::string_view text, const std::string& file, const Choice& choice = {});
/// A device of a builtin preset. Throws PresetError, with the nearest name.
Device builtin_device(std::string_view preset, const Choice& choice = {});
/// Every device a preset describes, in the order of its geometry and bins.
std::vector<Choice> choices(std::string_view text, const std::string& file);

/// Throws PresetError naming the first rule between parameters that the device breaks and the
/// figures found, e.g. "tRC >= tRAS + tRP: tRC is 50 clocks, tRAS + tRP 56".
void check_device(const Device& device, const std::string& where);

/// Clocks of `picoseconds` at a data rate, as JEDEC rounds minimum times: ceil(t / tCK - 0.025).
std::int32_t clocks_at_least(std::uint64_t picoseconds, std::uint32_t data_rate_mts);
/// ... and maximum times: floor(t / tCK).
std::int32_t clocks_at_most(std::uint64_t picoseconds, std::uint32_t data_rate_mts);

}  // namespace lookaside::dram
