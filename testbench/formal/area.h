// SPDX-License-Identifier: Apache-2.0
// What a block costs: cells, flip-flops and depth after yosys' generic synthesis; LUTs and clock on
// an iCE40, as a yardstick that Debian's tools can place and route. For comparing configurations;
// an ASIC's area needs its library.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lookaside::formal {

/// A block of rtl/ with parameters.
struct Configuration {
  std::string name;  ///< for the table
  std::string module;
  std::map<std::string, std::string> parameters;
};

/// The configurations that `rtl area` shows when none is asked for.
const std::vector<Configuration>& usual_configurations();

struct Area {
  Configuration configuration;
  unsigned cells = 0;  ///< two-input gates, inverters and multiplexers, without flip-flops
  unsigned flip_flops = 0;
  unsigned depth = 0;                   ///< cells on the longest path between flip-flops or ports
  double seconds = 0;                   ///< wall clock, all tools
  std::optional<unsigned> luts;         ///< iCE40: 4-input LUTs after synthesis
  std::optional<unsigned> ice40_cells;  ///< iCE40: logic cells after packing
  std::optional<double> fmax_mhz;       ///< iCE40 HX8K after placing and routing, ports registered
  std::string ice40_note;               ///< why there is no clock figure
};

struct AreaOptions {
  std::filesystem::path rtl;
  std::filesystem::path work;
  bool ice40 = false;  ///< synthesise for iCE40, place and route
  unsigned timeout_s = 600;
};

/// Throws Error, with the nearest name, if the RTL has no such module or the module no such
/// parameter.
void check(const Configuration& configuration, const AreaOptions& options);

/// Synthesises one configuration. Throws Error with yosys' message if it refuses.
Area measure_area(const Configuration& configuration, const AreaOptions& options);

std::string area_table(const std::vector<Area>& areas, bool ice40);
nlohmann::ordered_json area_json(const std::vector<Area>& areas);

}  // namespace lookaside::formal
