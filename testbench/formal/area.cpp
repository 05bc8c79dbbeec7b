// SPDX-License-Identifier: Apache-2.0
#include "area.h"

#include <algorithm>
#include <chrono>
#include <regex>
#include <sstream>

#include <fmt/format.h>

#include "block.h"
#include "yosys.h"

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

/// Elaborates the block alone, as NAME.il with the name `block`, and returns its ports.
std::vector<Port> elaborate(const Configuration& configuration, const AreaOptions& options) {
  const fs::path base = options.work / configuration.name;
  const std::string script =
      elaborate_script(options.rtl, configuration.module, configuration.parameters, "block") +
      fmt::format("write_rtlil {0}.il\njson -o {0}.json block\n", base.string());
  must_yosys(options.work, configuration.name + ".elaborate", script, options.timeout_s);
  return ports_of(base.string() + ".json", "block");
}

/// The counts after the last "by type" of `stat -json`.
std::map<std::string, unsigned> cell_counts(const fs::path& file) {
  const std::string text = read_text(file);
  const std::size_t begin = text.rfind("\"num_cells_by_type\"");
  if (begin == std::string::npos) throw Error(fmt::format("{}: no cell counts", file.string()));
  std::map<std::string, unsigned> counts;
  static const std::regex kLine("\"([^\"]+)\": *([0-9]+)");
  for (std::sregex_iterator
           at(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), kLine),
       end;
       at != end; ++at) {
    counts[(*at)[1]] = static_cast<unsigned>(std::stoul((*at)[2]));
  }
  return counts;
}

bool is_flip_flop(const std::string& type) {
  return type.find("DFF") != std::string::npos;
}

void generic(Area& area, const AreaOptions& options) {
  const fs::path base = options.work / area.configuration.name;
  const Finished finished = run_yosys(
      options.work, area.configuration.name + ".synth",
      fmt::format(
          "read_rtlil {0}.il\nhierarchy -top block\nsynth -flatten\nabc -g cmos2\nopt_clean\n"
          "tee -o {0}.stat stat -json\ntee -o {0}.ltp ltp -noff\n",
          base.string()),
      options.timeout_s);
  if (finished.timed_out) {
    throw Error(
        fmt::format("{}: yosys: no end in {} s", area.configuration.name, options.timeout_s));
  }
  if (finished.status != 0) {
    throw Error(fmt::format("{}: yosys: {}", area.configuration.name, complaint(finished.log)));
  }
  for (const auto& [type, count] : cell_counts(base.string() + ".stat")) {
    (is_flip_flop(type) ? area.flip_flops : area.cells) += count;
  }
  const std::string path = read_text(base.string() + ".ltp");
  std::smatch match;
  if (std::regex_search(path, match, std::regex("length=([0-9]+)"))) {
    area.depth = static_cast<unsigned>(std::stoul(match[1]));
  }
}

/// A top level with few pins: a shift register feeds the inputs, registered outputs fold into one
/// bit, so that paths within the block decide about the clock.
std::string registered_top(const std::vector<Port>& ports) {
  unsigned in = 0;
  unsigned out = 0;
  std::string connections;
  for (const Port& port : ports) {
    if (port.name == "clk_i" || port.name == "rst_ni") {
      connections += fmt::format(",\n    .{0}({0})", port.name);
      continue;
    }
    unsigned& at = port.input ? in : out;
    connections += fmt::format(",\n    .{}({}[{}:{}])", port.name, port.input ? "in_q" : "out",
                               at + port.width - 1, at);
    at += port.width;
  }
  // A chain of pairs: one gate between registers, and every output decides about fold_o.
  return fmt::format(
      "module top (input clk_i, input rst_ni, input shift_i, output fold_o);\n"
      "  reg [{0}:0] in_q;\n  wire [{1}:0] out;\n  reg [{1}:0] out_q;\n"
      "  block u_block ({2});\n"
      "  always @(posedge clk_i) begin\n    in_q <= {{in_q, shift_i}};\n"
      "    out_q <= out ^ (out_q >> 1);\n  end\n"
      "  assign fold_o = out_q[0];\nendmodule\n",
      std::max(1U, in) - 1, std::max(1U, out) - 1, connections.substr(1));
}

void ice40(Area& area, const std::vector<Port>& ports, const AreaOptions& options) {
  const std::string& name = area.configuration.name;
  const std::string base = (options.work / name).string();
  write_text(base + ".top.v", registered_top(ports));
  must_yosys(
      options.work, name + ".ice40",
      fmt::format("read_rtlil {0}.il\nsynth_ice40 -top block\ntee -o {0}.ice40 stat -json\n", base),
      options.timeout_s);
  area.luts = 0;
  for (const auto& [type, count] : cell_counts(base + ".ice40")) {
    if (type == "SB_LUT4") area.luts = count;
  }
  must_yosys(options.work, name + ".ice40_top",
             fmt::format("read_rtlil {0}.il\nread_verilog {0}.top.v\n"
                         "synth_ice40 -top top -json {0}.top.json\n",
                         base),
             options.timeout_s);
  const Finished placed =
      run_command(fmt::format("nextpnr-ice40 --hx8k --package ct256 --seed 1 --timing-allow-fail "
                              "--pcf-allow-unconstrained --freq 100 --json '{}.top.json'",
                              base),
                  base + ".nextpnr.log", options.timeout_s);
  std::smatch match;
  if (std::regex_search(placed.log, match, std::regex("ICESTORM_LC: *([0-9]+)/"))) {
    area.ice40_cells = static_cast<unsigned>(std::stoul(match[1]));
  }
  static const std::regex kClock("Max frequency for clock '[^']*': *([0-9.]+) MHz");
  for (std::sregex_iterator at(placed.log.begin(), placed.log.end(), kClock), end; at != end;
       ++at) {
    area.fmax_mhz = std::stod((*at)[1]);  // the last one is after routing
  }
  if (placed.status != 0) {
    area.fmax_mhz.reset();
    area.ice40_note = placed.timed_out ? "no end in time" : "does not fit an HX8K";
  }
}

template <typename Value>
std::string shown(const std::optional<Value>& value) {
  return value ? fmt::format("{}", *value) : "-";
}

std::string parameters_of(const Configuration& configuration) {
  std::string result;
  for (const auto& [name, value] : configuration.parameters) {
    result += fmt::format(" {}={}", name, value);
  }
  return result;
}

}  // namespace

const std::vector<Configuration>& usual_configurations() {
  static const std::vector<Configuration> kConfigurations = {
      {"tlb-16", "lookaside_tlb", {{"Ways", "16"}}},
      {"tlb-32", "lookaside_tlb", {{"Ways", "32"}}},
      {"tlb-64", "lookaside_tlb", {{"Ways", "64"}}},
      {"tlb-16x4", "lookaside_tlb", {{"Sets", "16"}, {"Ways", "4"}}},
      {"tlb-16-sv32", "lookaside_tlb", {{"VaBits", "32"}, {"AsidBits", "9"}, {"Ways", "16"}}},
      {"walker-sv32", "lookaside_page_walker", {{"VaBits", "32"}}},
      {"walker-sv39", "lookaside_page_walker", {}},
      {"walker-sv57", "lookaside_page_walker", {{"VaBits", "57"}}},
      {"pmp-16", "lookaside_pmp", {}},
      {"mmu-16-16", "lookaside_mmu", {{"L2Sets", "0"}}},
  };
  return kConfigurations;
}

void check(const Configuration& configuration, const AreaOptions& options) {
  const auto modules = modules_of(options.rtl, options.work);
  std::vector<std::string> names;
  for (const auto& [name, parameters] : modules) names.push_back(name);
  expect_known("module", configuration.module, names);
  for (const auto& [name, value] : configuration.parameters) {
    expect_known("parameter of " + configuration.module, name, modules.at(configuration.module));
  }
}

Area measure_area(const Configuration& configuration, const AreaOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  Area area;
  area.configuration = configuration;
  const std::vector<Port> ports = elaborate(configuration, options);
  generic(area, options);
  if (options.ice40 && clocked(ports)) ice40(area, ports, options);
  if (options.ice40 && !clocked(ports)) area.ice40_note = "combinational";
  area.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return area;
}

std::string area_table(const std::vector<Area>& areas, bool with_ice40) {
  std::string text =
      fmt::format("{:<14} {:>8} {:>10} {:>6}", "configuration", "cells", "flip-flops", "depth");
  if (with_ice40) text += fmt::format(" {:>7} {:>9}", "LUT4", "Fmax MHz");
  text += "  block and parameters\n";
  for (const Area& area : areas) {
    text += fmt::format("{:<14} {:>8} {:>10} {:>6}", area.configuration.name, area.cells,
                        area.flip_flops, area.depth);
    if (with_ice40) {
      text += fmt::format(" {:>7} {:>9}", shown(area.luts),
                          area.fmax_mhz ? fmt::format("{:.1f}", *area.fmax_mhz) : "-");
    }
    text += fmt::format("  {}{}{}\n", area.configuration.module, parameters_of(area.configuration),
                        area.ice40_note.empty() ? "" : " (" + area.ice40_note + ")");
  }
  return text;
}

nlohmann::ordered_json area_json(const std::vector<Area>& areas) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Area& area : areas) {
    nlohmann::ordered_json entry = {{"name", area.configuration.name},
                                    {"module", area.configuration.module},
                                    {"parameters", area.configuration.parameters},
                                    {"cells", area.cells},
                                    {"flip_flops", area.flip_flops},
                                    {"depth", area.depth},
                                    {"seconds", area.seconds}};
    if (area.luts) entry["ice40_luts"] = *area.luts;
    if (area.ice40_cells) entry["ice40_logic_cells_with_registers_around"] = *area.ice40_cells;
    if (area.fmax_mhz) entry["ice40_fmax_mhz"] = *area.fmax_mhz;
    if (!area.ice40_note.empty()) entry["ice40_note"] = area.ice40_note;
    list.push_back(entry);
  }
  return list;
}

}  // namespace lookaside::formal
