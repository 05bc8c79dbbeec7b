// SPDX-License-Identifier: Apache-2.0
// Random tests of Verilated blocks (tests/rtl), run once more with another block in the place of
// the one that they were built with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lookaside::formal {

/// One line of the file that the build writes (tests/rtl/faults): a test, and the block in it.
struct Unit {
  std::string name;
  std::string program;                            ///< target of the test
  std::string filter;                             ///< of its cases
  std::string module;                             ///< the block
  std::map<std::string, std::string> parameters;  ///< its shape in the test
};

/// Reads the units of a build. Throws Error if there are none, with the reason.
std::vector<Unit> load_units(const std::filesystem::path& file);

/// The unit of a name. Throws Error with all names if there is none.
const Unit& find_unit(const std::vector<Unit>& units, const std::string& name);

/// Links the test of a unit with `top`, a module with the ports of its block, in a directory.
/// @param units the file of units.
/// @param files Verilog sources of the top module and what it uses.
/// @return the program. Throws Error if a tool refuses.
std::filesystem::path build_unit(const std::filesystem::path& units, const Unit& unit,
                                 const std::string& top,
                                 const std::vector<std::filesystem::path>& files,
                                 const std::filesystem::path& directory);

/// What a test said.
struct UnitRun {
  bool passed = false;
  bool timed_out = false;
  std::uint64_t operation = 0;  ///< in which it found a difference, if it names one
  std::string log;
};

/// Runs a program that build_unit made, with one mutation active (0: none).
UnitRun run_unit(const std::filesystem::path& program, const Unit& unit, unsigned mutant,
                 std::uint64_t operations, unsigned timeout_s);

}  // namespace lookaside::formal
