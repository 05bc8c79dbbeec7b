// SPDX-License-Identifier: Apache-2.0
// The netlist that yosys makes of a block, against the RTL itself: both are Verilated, see the same
// inputs, those of the block's random test, and must have the same outputs in every cycle.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "unit.h"

namespace lookaside::formal {

struct NetlistResult {
  Unit unit;
  unsigned cells = 0;          ///< of the netlist, flip-flops included
  std::uint64_t compared = 0;  ///< cycles; of a block without clock: changes of its inputs
  std::string difference;      ///< empty: none
  unsigned wrong = 0;          ///< netlists with one cell changed that were tried
  unsigned caught = 0;         ///< those of them that differed
  std::string activity;        ///< what the test says it did
  double seconds = 0;          ///< wall clock
};

struct NetlistOptions {
  std::filesystem::path rtl;
  std::filesystem::path work;
  std::filesystem::path units;
  std::uint64_t operations = 200000;
  unsigned wrong = 8;  ///< netlists with one cell changed to try
  unsigned seed = 1;   ///< which cells
};

/// Compares one block. The test must pass, and has limits below which it would not have exercised
/// hits, refills, walks and fences enough.
NetlistResult compare_netlist(const Unit& unit, const NetlistOptions& options);

std::string netlist_table(const std::vector<NetlistResult>& results);
nlohmann::ordered_json netlist_json(const std::vector<NetlistResult>& results);

}  // namespace lookaside::formal
