// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include <fmt/format.h>

#include "yosys.h"

namespace lookaside::formal {

namespace fs = std::filesystem;

namespace {

constexpr unsigned kBuildSeconds = 1200;

}  // namespace

std::vector<Unit> load_units(const fs::path& file) {
  if (!fs::exists(file)) {
    throw Error(
        fmt::format("{}: no such file: random tests need a build tree of this repository, "
                    "made with Ninja and without sanitizers; --units names its file",
                    file.string()));
  }
  std::vector<Unit> units;
  std::istringstream lines(read_text(file));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Unit unit;
    std::string library;
    std::string prefix;
    words >> unit.name >> library >> unit.program >> unit.filter >> unit.module >> prefix;
    for (std::string word; words >> word;) {
      const std::size_t equal = word.find('=');
      if (word.rfind("-G", 0) == 0 && equal != std::string::npos) {
        unit.parameters[word.substr(2, equal - 2)] = word.substr(equal + 1);
      }
    }
    if (!prefix.empty()) units.push_back(unit);
  }
  return units;
}

const Unit& find_unit(const std::vector<Unit>& units, const std::string& name) {
  std::vector<std::string> known;
  for (const Unit& unit : units) known.push_back(unit.name);
  expect_known("unit", name, known);
  const auto at = std::find(known.begin(), known.end(), name);
  return units[static_cast<std::size_t>(at - known.begin())];
}

fs::path build_unit(const fs::path& units, const Unit& unit, const std::string& top,
                    const std::vector<fs::path>& files, const fs::path& directory) {
  fs::create_directories(directory);
  std::string list;
  for (const fs::path& file : files) list += " '" + file.string() + "'";
  const Finished finished =
      run_command(fmt::format("sh '{}/unit.sh' '{}' {} {} '{}'{}", LOOKASIDE_FAULTS_DIRECTORY,
                              units.string(), unit.name, top, directory.string(), list),
                  directory / "build.log", kBuildSeconds);
  if (finished.status != 0) {
    throw Error(fmt::format("unit {}: {}; see {}", unit.name, complaint(finished.log),
                            (directory / "build.log").string()));
  }
  return directory / "test";
}

UnitRun run_unit(const fs::path& program, const Unit& unit, unsigned mutant,
                 std::uint64_t operations, unsigned timeout_s) {
  const fs::path log = program.parent_path() / fmt::format("run.{}.log", mutant);
  const Finished finished =
      run_command(fmt::format("env LOOKASIDE_MUTANT={} LOOKASIDE_OPERATIONS={} '{}' "
                              "--gtest_fail_fast --gtest_filter='{}'",
                              mutant, operations, program.string(), unit.filter),
                  log, timeout_s);
  UnitRun run;
  run.passed = finished.status == 0;
  run.timed_out = finished.timed_out;
  run.log = finished.log;
  static const std::regex kOperation("operation ([0-9]+)");
  std::smatch match;
  if (!run.passed && std::regex_search(run.log, match, kOperation)) {
    run.operation = std::stoull(match[1]);
  }
  return run;
}

}  // namespace lookaside::formal
