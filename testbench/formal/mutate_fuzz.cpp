// SPDX-License-Identifier: Apache-2.0
// Mutants of blocks that have no proof of their own, against the random tests.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "block.h"
#include "mutate.h"
#include "parallel.h"
#include "unit.h"
#include "yosys.h"

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr unsigned kBuildSeconds = 300;
constexpr unsigned kMutantSeconds = 300;
constexpr unsigned kCompareSeconds = 180;
/// Operations in which nearly all mutants show that ever do; more than a comparison takes.
constexpr std::uint64_t kFirstOperations = 200000;

double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The netlist with all mutants, and the test with it in the place of the block.
fs::path build(const Unit& unit, const std::vector<MutationResult>& results,
               const std::vector<Port>& ports, const MutationOptions& options,
               const fs::path& work) {
  std::string script = fmt::format("read_rtlil {}\n", (work / "netlist.il").string());
  for (const MutationResult& result : results) {
    for (const Mutant& mutant : result.mutants) script += mutant.command + "\n";
  }
  script += fmt::format("flatten\nopt_clean\n{}write_verilog -noattr {}\n", split_script(),
                        (work / "netlist.v").string());
  must_yosys(work, "netlist", script, kBuildSeconds);
  write_text(work / "around.sv", around_mutants("around", ports));
  return build_unit(
      options.units, unit, "around",
      {options.where.rtl / "lookaside_pkg.sv", work / "around.sv", work / "netlist.v"},
      work / "unit");
}

/// Is the mutant the same block, alone or in all of the unit (`module`: netlist)?
bool same(OpenedRegisters& original, const std::string& name, const std::string& module,
          const Mutant& mutant) {
  // A mutant by itself: without the input that selects it.
  std::string command = mutant.command;
  const std::size_t at = command.find("-ctrl ");
  const std::size_t mode = command.find("-mode ");
  command.erase(at, mode - at);
  return original.equivalent(module, name, command, kCompareSeconds);
}

/// The module that a mutation is in.
std::string module_of(const std::string& command) {
  const std::string mark = "-module ";
  const std::size_t begin = command.find(mark) + mark.size();
  return command.substr(begin, command.find(' ', begin) - begin);
}

/// Has a person looked at this one?
void look_up(const FuzzedBlock& block, Mutant& mutant) {
  for (const Reviewed& reviewed : block.reviewed) {
    const bool is_it = std::all_of(
        reviewed.command.begin(), reviewed.command.end(),
        [&](const std::string& part) { return mutant.command.find(part) != std::string::npos; });
    if (!is_it) continue;
    mutant.fate = Fate::kReviewed;
    mutant.compared = reviewed.why;
  }
}

}  // namespace

std::vector<MutationResult> mutate_fuzzed(const std::vector<const FuzzedBlock*>& blocks,
                                          const MutationOptions& options) {
  const Clock::time_point begin = Clock::now();
  const std::vector<Unit> units = load_units(options.units);
  const Unit& unit = find_unit(units, blocks.front()->unit);
  const fs::path work = options.where.work / ("unit." + unit.name);
  fs::create_directories(work);
  const fs::path design = work / "netlist.il";
  const fs::path json = work / "netlist.json";
  must_yosys(
      work, "elaborate",
      elaborate_script(options.where.rtl, unit.module, unit.parameters, "netlist") +
          fmt::format("write_rtlil {}\njson -o {} netlist\n", design.string(), json.string()),
      kBuildSeconds);

  std::vector<MutationResult> results;
  unsigned ctrl = 1;
  for (const FuzzedBlock* block : blocks) {
    results.emplace_back();
    MutationResult& result = results.back();
    result.name = block->name;
    result.block = block->block;
    const std::string as = block->block == unit.module ? "netlist" : block->block;
    result.mutants = list_mutants(design, as, options, work, ctrl);
    ctrl += static_cast<unsigned>(result.mutants.size());
  }
  std::vector<Port> ports = ports_of(json, "netlist");
  as_declared(ports, options.where.rtl / (unit.module + ".sv"));
  const fs::path program = build(unit, results, ports, options, work);
  const UnitRun sound = run_unit(program, unit, 0, options.operations, kMutantSeconds);
  if (!sound.passed) {
    throw Error(fmt::format("unit {}: the test fails without a mutation: {}", unit.name,
                            complaint(sound.log)));
  }
  const std::string netlist = read_text(work / "netlist.v");
  OpenedRegisters original(design, work);
  const double shared = since(begin);

  ctrl = 1;
  for (std::size_t b = 0; b < results.size(); ++b) {
    MutationResult& result = results[b];
    const Clock::time_point start = Clock::now();
    parallel(result.mutants.size(), options.jobs, [&, base = ctrl](std::size_t i) {
      Mutant& mutant = result.mutants[i];
      const unsigned number = base + static_cast<unsigned>(i);
      const std::string name = fmt::format("{}.{}", result.name, number);
      const auto noticed = [&](std::uint64_t operations) {
        const UnitRun run = run_unit(program, unit, number, operations, kMutantSeconds);
        if (run.passed) return false;
        mutant.fate = Fate::kFuzz;
        mutant.operation = run.operation;
        return true;
      };
      if (noticed(std::min(kFirstOperations, options.operations))) return;
      if (netlist.find(fmt::format("16'h{:04x}", number)) == std::string::npos) {
        mutant.fate = Fate::kEquivalent;
        mutant.compared = "by name: what it changes led nowhere and is gone";
        return;
      }
      if (same(original, name + ".alone", module_of(mutant.command), mutant)) {
        mutant.fate = Fate::kEquivalent;
        mutant.compared = "alone";
      } else if (!noticed(options.operations) &&
                 same(original, name + ".inside", "netlist", mutant)) {
        mutant.fate = Fate::kEquivalent;
        mutant.compared = "in its unit";
      } else if (mutant.fate == Fate::kLeft) {
        look_up(*blocks[b], mutant);
      }
    });
    ctrl += static_cast<unsigned>(result.mutants.size());
    result.seconds = since(start);
  }
  results.front().seconds += shared;
  return results;
}

}  // namespace lookaside::formal
