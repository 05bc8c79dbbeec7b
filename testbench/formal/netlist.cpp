// SPDX-License-Identifier: Apache-2.0
#include "netlist.h"

#include <chrono>
#include <regex>

#include <fmt/format.h>

#include "block.h"
#include "yosys.h"

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kSynthSeconds = 600;
constexpr unsigned kNetlistSeconds = 1200;

std::string first_match(const std::string& text, const std::regex& pattern) {
  std::smatch match;
  return std::regex_search(text, match, pattern) ? std::string(match[1]) : "";
}

/// Synthesis to gates; then the cells to change, each by its value of `mutant_i`.
void synthesise(const Unit& unit, const NetlistOptions& options, const fs::path& work) {
  const std::string base = (work / "netlist").string();
  must_yosys(work, "synth",
             elaborate_script(options.rtl, unit.module, unit.parameters, "netlist") +
                 fmt::format("json -o {0}.json netlist\nsynth -flatten\nopt_clean -purge\n"
                             "tee -o {0}.stat stat\nwrite_rtlil {0}.il\n"
                             "mutate -list {1} -seed {2} -ctrl mutant_i 16 1 -o {0}.wrong\n",
                             base, options.wrong, options.seed),
             kSynthSeconds);
  must_yosys(work, "write",
             fmt::format("read_rtlil {0}.il\n{1}{2}\nwrite_verilog -noattr {0}.v\n", base,
                         split_script(), read_text(base + ".wrong")),
             kSynthSeconds);
}

}  // namespace

NetlistResult compare_netlist(const Unit& unit, const NetlistOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const fs::path work = options.work / ("netlist." + unit.name);
  fs::create_directories(work);
  NetlistResult result;
  result.unit = unit;
  synthesise(unit, options, work);
  const std::string cells =
      first_match(read_text(work / "netlist.stat"), std::regex("Number of cells: *([0-9]+)"));
  if (!cells.empty()) result.cells = static_cast<unsigned>(std::stoul(cells));

  std::vector<Port> ports = ports_of(work / "netlist.json", "netlist");
  as_declared(ports, options.rtl / (unit.module + ".sv"));
  write_text(work / "around.sv", around_twins("around", ports, unit.module, unit.parameters));
  std::vector<fs::path> files = rtl_files(options.rtl);
  files.push_back(work / "netlist.v");
  files.push_back(work / "around.sv");
  const fs::path program = build_unit(options.units, unit, "around", files, work / "unit");

  const UnitRun run = run_unit(program, unit, 0, options.operations, kNetlistSeconds);
  const std::string compared = first_match(run.log, std::regex("compared ([0-9]+) times: equal"));
  if (!compared.empty()) result.compared = std::stoull(compared);
  result.activity = first_match(run.log, std::regex("\n([^\n]*[0-9]+ operations, [^\n]*)"));
  // The test of a block without clock may be done sooner: with all inputs that there are.
  const std::uint64_t least = clocked(ports) ? options.operations : 1;
  if (!run.passed) {
    result.difference = first_match(run.log, std::regex("netlist differs (.*)"));
    if (result.difference.empty()) result.difference = "the test fails: " + complaint(run.log);
  } else if (result.compared < least) {
    result.difference =
        fmt::format("compared {} times; at least {} were asked for", result.compared, least);
  }
  static const std::regex kDiffers("netlist differs");
  for (unsigned wrong = 1; wrong <= options.wrong; ++wrong) {
    const UnitRun other = run_unit(program, unit, wrong, options.operations, kNetlistSeconds);
    ++result.wrong;
    result.caught += std::regex_search(other.log, kDiffers) ? 1 : 0;
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

std::string netlist_table(const std::vector<NetlistResult>& results) {
  std::string text = fmt::format("{:<12} {:<28} {:>7} {:>9} {:>12} {:>8}  {}\n", "unit", "block",
                                 "cells", "compared", "wrong ones", "seconds", "difference");
  for (const NetlistResult& result : results) {
    text += fmt::format("{:<12} {:<28} {:>7} {:>9} {:>12} {:>8.0f}  {}\n", result.unit.name,
                        result.unit.module, result.cells, result.compared,
                        fmt::format("{} of {}", result.caught, result.wrong), result.seconds,
                        result.difference.empty() ? "none" : result.difference);
    if (!result.activity.empty()) text += "  " + result.activity + "\n";
  }
  return text;
}

nlohmann::ordered_json netlist_json(const std::vector<NetlistResult>& results) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const NetlistResult& result : results) {
    list.push_back({{"unit", result.unit.name},
                    {"block", result.unit.module},
                    {"parameters", result.unit.parameters},
                    {"cells", result.cells},
                    {"compared", result.compared},
                    {"difference", result.difference},
                    {"wrong_netlists", result.wrong},
                    {"wrong_netlists_caught", result.caught},
                    {"seconds", result.seconds}});
  }
  return list;
}

}  // namespace lookaside::formal
