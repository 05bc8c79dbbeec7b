// SPDX-License-Identifier: Apache-2.0
// `lookaside rtl mutate` and `lookaside rtl netlist`: are proofs and random tests worth something,
// and does synthesis keep what was tested?
#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/record/core/output_file.h>

#include "commands.h"
#include "console.h"
#include "formal/mutate.h"
#include "formal/netlist.h"
#include "formal/proof.h"
#include "formal/yosys.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

/// What both commands know.
struct Common {
  std::vector<std::string> names;
  std::string rtl = LOOKASIDE_RTL_DIRECTORY;
  std::string units = LOOKASIDE_UNITS_FILE;
  std::string json;
  std::string work;
  unsigned seed = 1;
};

void add_common(CLI::App& command, Common& common) {
  command.add_option("--seed", common.seed, "Which changes")
      ->transform(whole_number(0, std::numeric_limits<unsigned>::max()))
      ->capture_default_str();
  command.add_option("--json", common.json, "Writes the results for machines")->type_name("FILE");
  command.add_option("--work", common.work, "Keeps scripts, logs and netlists here")
      ->type_name("DIR");
  command.add_option("--rtl", common.rtl, "Directory of the RTL")
      ->type_name("DIR")
      ->capture_default_str();
  command
      .add_option("--units", common.units,
                  "The random tests: a file that the build writes; the tests must be built")
      ->type_name("FILE")
      ->capture_default_str();
}

bool asked_for(const std::vector<std::string>& names, const std::string& name, bool by_default) {
  return names.empty() ? by_default : std::find(names.begin(), names.end(), name) != names.end();
}

struct MutateCommand {
  Common common;
  std::string list = LOOKASIDE_FORMAL_DIRECTORY "/proofs.yaml";
  unsigned mutants = 110;
  unsigned jobs = 2;
  std::uint64_t operations = 1000000;
};

void print_progress(const std::vector<formal::MutationResult>& results) {
  const formal::MutationResult& result = results.back();
  print_message(fmt::format("{}: {} of {} mutants left, {:.0f} s\n", result.name,
                            count(result, formal::Fate::kLeft), result.mutants.size(),
                            result.seconds));
}

int run_mutate(const MutateCommand& options) {
  const Common& common = options.common;
  const formal::ProofList list = formal::load_proofs(options.list);
  std::vector<std::string> known;
  for (const formal::Proof& proof : list.proofs) known.push_back(proof.name);
  for (const formal::FuzzedBlock& block : list.fuzzed) known.push_back(block.name);
  for (const std::string& name : common.names) {
    formal::expect_known("proof or block", name, known);
  }
  formal::require_program("yosys", "yosys");
  if (!common.json.empty()) record::check_writable(common.json);

  const formal::WorkDirectory work(common.work);
  formal::MutationOptions how;
  how.where.rtl = std::filesystem::absolute(common.rtl);
  how.where.properties = std::filesystem::absolute(options.list).parent_path() / "properties";
  how.where.work = work.path();
  how.mutants = options.mutants;
  how.seed = common.seed;
  how.jobs = options.jobs;
  how.units = std::filesystem::absolute(common.units);
  how.operations = options.operations;
  std::vector<formal::MutationResult> results;
  for (const formal::Proof& proof : list.proofs) {
    if (!asked_for(common.names, proof.name, proof.mutate)) continue;
    results.push_back(formal::mutate(proof, how));
    print_progress(results);
  }
  // Blocks of one unit share its netlist.
  std::vector<const formal::FuzzedBlock*> blocks;
  for (const formal::FuzzedBlock& block : list.fuzzed) {
    if (asked_for(common.names, block.name, true)) blocks.push_back(&block);
  }
  while (!blocks.empty()) {
    const std::string unit = blocks.front()->unit;
    const auto rest = std::stable_partition(
        blocks.begin(), blocks.end(),
        [&](const formal::FuzzedBlock* block) { return block->unit == unit; });
    for (formal::MutationResult& result : formal::mutate_fuzzed({blocks.begin(), rest}, how)) {
      results.push_back(std::move(result));
      print_progress(results);
    }
    blocks.erase(blocks.begin(), rest);
  }

  std::size_t left = 0;
  for (const formal::MutationResult& result : results) {
    left += count(result, formal::Fate::kLeft);
  }
  fmt::print("{}seed {}; {} left\n", formal::mutation_table(results), common.seed, left);
  if (!common.json.empty()) {
    record::write_file(common.json, formal::mutation_json(results).dump(2) + "\n");
  }
  return left == 0 ? kPassed : kFailed;
}

void add_mutate(CLI::App& rtl, Actions& actions) {
  CLI::App* command = rtl.add_subcommand(
      "mutate", "Changes the RTL and asks proofs and random tests if they notice");
  auto options = std::make_shared<MutateCommand>();
  command
      ->add_option("name", options->common.names,
                   "Proofs whose blocks to change, and blocks that a random test judges; default: "
                   "those of the list")
      ->type_name("NAME");
  command->add_option("--mutants", options->mutants, "Changes of each block")
      ->transform(whole_number(1, 10000))
      ->capture_default_str();
  command
      ->add_option("--operations", options->operations,
                   "Operations of a random test before a mutant counts as unnoticed")
      ->transform(whole_number(1, 1000000000))
      ->capture_default_str();
  command->add_option("--proofs", options->list, "List of proofs and blocks")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("-j,--jobs", options->jobs, "Mutants at a time")
      ->transform(whole_number(1, 64))
      ->capture_default_str();
  add_common(*command, options->common);
  command->footer(
      "by proof    the block's proof fails\n"
      "by fuzz     the random test in lockstep with the model differs; operations: median/most\n"
      "equivalent  shown: equal registers and inputs give equal outputs and next registers, for\n"
      "            the block alone, for what its surroundings let happen, or wherever the\n"
      "            outputs of a proven mutant mean anything (--json says which)\n"
      "reviewed    no test can notice it, says a person, and proofs.yaml says why\n"
      "left        nothing speaks of what was changed: exit status 1\n"
      "  lookaside rtl mutate walker-sv39 --mutants 300 --seed 7\n"
      "  lookaside rtl mutate mmu mmu-port mmu-miss --json mmu.json");
  actions.emplace_back(command, [options] { return run_mutate(*options); });
}

struct NetlistCommand {
  Common common;
  std::uint64_t operations = 200000;
  unsigned wrong = 8;
};

/// The units that `rtl netlist` compares when none is asked for: each kind of block.
const std::vector<std::string>& usual_units() {
  static const std::vector<std::string> kUnits = {"tlb", "tlb_lru",    "l2",  "walker",
                                                  "pmp", "permission", "mmu", "mmu32"};
  return kUnits;
}

int run_netlist(const NetlistCommand& options) {
  const Common& common = options.common;
  formal::NetlistOptions how;
  how.units = std::filesystem::absolute(common.units);
  const std::vector<formal::Unit> units = formal::load_units(how.units);
  std::vector<std::string> known;
  for (const formal::Unit& unit : units) known.push_back(unit.name);
  for (const std::string& name : common.names) formal::expect_known("unit", name, known);
  formal::require_program("yosys", "yosys");
  if (!common.json.empty()) record::check_writable(common.json);

  const formal::WorkDirectory work(common.work);
  how.rtl = std::filesystem::absolute(common.rtl);
  how.work = work.path();
  how.operations = options.operations;
  how.wrong = options.wrong;
  how.seed = common.seed;
  std::vector<formal::NetlistResult> results;
  std::size_t failed = 0;
  for (const std::string& name : common.names.empty() ? usual_units() : common.names) {
    results.push_back(formal::compare_netlist(formal::find_unit(units, name), how));
    const formal::NetlistResult& result = results.back();
    const bool blind = result.wrong != 0 && result.caught == 0;
    failed += !result.difference.empty() || blind ? 1 : 0;
    print_message(fmt::format("{}: {}, {:.0f} s\n", name,
                              result.difference.empty() ? "no difference" : result.difference,
                              result.seconds));
  }
  fmt::print("{}seed {}; {} blocks, {} failed\n", formal::netlist_table(results), common.seed,
             results.size(), failed);
  if (!common.json.empty()) {
    record::write_file(common.json, formal::netlist_json(results).dump(2) + "\n");
  }
  return failed == 0 ? kPassed : kFailed;
}

void add_netlist(CLI::App& rtl, Actions& actions) {
  CLI::App* command = rtl.add_subcommand(
      "netlist", "Compares the netlist that yosys makes of a block with the RTL, in every cycle");
  auto options = std::make_shared<NetlistCommand>();
  command->add_option("name", options->common.names, "Units to compare; default: one of each kind")
      ->type_name("UNIT");
  command
      ->add_option("--operations", options->operations,
                   "Operations of the random test, each at least one cycle")
      ->transform(whole_number(1, 1000000000))
      ->capture_default_str();
  command
      ->add_option("--wrong", options->wrong,
                   "Also tries so many netlists with one cell changed: they must differ")
      ->transform(whole_number(0, 1000))
      ->capture_default_str();
  add_common(*command, options->common);
  command->footer(
      "Both are Verilated together and driven by the block's random test in lockstep with the "
      "model;\n"
      "every output is compared in every cycle (of a block without clock: at every change of its\n"
      "inputs). Exit status 1 if one differs, or if no changed netlist was caught.\n"
      "  lookaside rtl netlist tlb --operations 1000000");
  actions.emplace_back(command, [options] { return run_netlist(*options); });
}

}  // namespace

void add_rtl_mutation(CLI::App& rtl, Actions& actions) {
  add_mutate(rtl, actions);
  add_netlist(rtl, actions);
}

}  // namespace lookaside::testbench
