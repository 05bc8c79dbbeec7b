// SPDX-License-Identifier: Apache-2.0
// `lookaside rtl`: what can be said of the RTL without simulating it: proofs, area and speed.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/record/core/output_file.h>

#include "commands.h"
#include "console.h"
#include "formal/area.h"
#include "formal/parallel.h"
#include "formal/proof.h"
#include "formal/yosys.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

struct ProveOptions {
  std::vector<std::string> names;
  std::string rtl = LOOKASIDE_RTL_DIRECTORY;
  std::string list = LOOKASIDE_FORMAL_DIRECTORY "/proofs.yaml";
  std::string json;
  std::string waves;
  std::string work;
  unsigned jobs = 2;
  bool quick = false;
  bool slow = false;
  bool faults = false;
  bool no_covers = false;
  bool smt = false;
  bool show = false;
};

/// The proofs that were asked for, in the order of the list.
std::vector<const formal::Proof*> chosen(const formal::ProofList& list,
                                         const ProveOptions& options) {
  std::vector<std::string> known;
  for (const formal::Proof& proof : list.proofs) known.push_back(proof.name);
  for (const std::string& name : options.names) formal::expect_known("proof", name, known);
  std::vector<const formal::Proof*> result;
  for (const formal::Proof& proof : list.proofs) {
    const auto& names = options.names;
    const bool named =
        names.empty() || std::find(names.begin(), names.end(), proof.name) != names.end();
    const bool speed = (!options.quick || proof.quick) && (!options.slow || !proof.quick);
    if (named && !speed && !names.empty()) {
      throw formal::Error(fmt::format(
          "found '{}' with {}, expected only {} proofs ('lookaside rtl prove --list' marks the "
          "quick ones)",
          proof.name, options.quick ? "--quick" : "--slow", options.quick ? "quick" : "slow"));
    }
    if (named && speed) result.push_back(&proof);
  }
  if (result.empty()) {
    throw formal::Error(fmt::format("found no {}proof in {}, expected at least one to run",
                                    options.quick  ? "quick "
                                    : options.slow ? "slow "
                                                   : "",
                                    options.list));
  }
  return result;
}

int run_prove(const ProveOptions& options) {
  const formal::ProofList list = formal::load_proofs(options.list);
  const std::vector<const formal::Proof*> proofs = chosen(list, options);
  if (options.show) {
    for (const formal::Proof* proof : proofs) {
      fmt::print("{:<18} {:<28} {}{}\n", proof->name, proof->block, proof->says,
                 proof->quick ? " [quick]" : "");
    }
    return kPassed;
  }
  formal::require_program("yosys", "yosys");
  if (options.smt) {
    for (const formal::Proof* proof : proofs) {
      formal::require_program(proof->smt_solver, proof->smt_solver);
    }
  }
  // Minutes of proving are not to end with a file that cannot be written.
  if (!options.json.empty()) record::check_writable(options.json);
  if (!options.waves.empty()) formal::make_directory(options.waves);
  const formal::WorkDirectory work(options.work);
  formal::ProofOptions how;
  how.rtl = std::filesystem::absolute(options.rtl);
  how.properties = std::filesystem::absolute(options.list).parent_path() / "properties";
  how.work = work.path();
  how.faults = options.faults;
  how.covers = !options.no_covers;
  how.engine = options.smt ? formal::Engine::kSmt : formal::Engine::kSat;
  if (!options.waves.empty()) how.waves = std::filesystem::absolute(options.waves);
  std::vector<formal::ProofResult> results(proofs.size());
  formal::parallel(proofs.size(), options.jobs, [&](std::size_t i) {
    formal::ProofOptions own = how;
    own.work = how.work / proofs[i]->name;
    std::filesystem::create_directories(own.work);
    results[i] = formal::prove(*proofs[i], list.faults, own);
  });
  fmt::print("{}", formal::table(results, options.faults));
  double seconds = 0;
  std::size_t failed = 0;
  std::size_t properties = 0;
  for (const formal::ProofResult& result : results) {
    seconds += result.seconds;
    failed += result.holds ? 0 : 1;
    properties += result.properties.size();
  }
  fmt::print("{} proofs, {} properties, {} failed; {:.1f} {} of proving\n", results.size(),
             properties, failed, seconds, options.smt ? "s" : "CPU s");
  if (!options.json.empty()) {
    record::write_file(options.json, formal::json(results).dump(2) + "\n");
  }
  return failed == 0 ? kPassed : kFailed;
}

void add_prove(CLI::App& rtl, Actions& actions) {
  CLI::App* command =
      rtl.add_subcommand("prove", "Proves the RTL against its properties with yosys");
  auto options = std::make_shared<ProveOptions>();
  command->add_option("name", options->names, "Proofs to run; default: all")->type_name("NAME");
  command->add_flag("--list", options->show, "Lists the proofs and runs none");
  command->add_flag("--quick", options->quick, "Only the proofs that take seconds");
  command->add_flag("--slow", options->slow, "Only the others")->excludes("--quick");
  command->add_flag("--no-covers", options->no_covers,
                    "Does not ask whether what the properties speak of can happen");
  command->add_flag("--smt", options->smt,
                    "Proves with another engine: yosys-smtbmc, and cvc5 or z3 as the proof says");
  command->add_flag(
      "--faults", options->faults,
      "Also shows that each property can fail: under a fault that is put into the RTL");
  command->add_option("--json", options->json, "Writes the results for machines")
      ->type_name("FILE");
  command->add_option("--waves", options->waves, "Writes a witness of each cover as NAME.COVER.vcd")
      ->type_name("DIR")
      ->excludes("--no-covers");
  command->add_option("--work", options->work, "Keeps scripts and logs of yosys here")
      ->type_name("DIR");
  command->add_option("--rtl", options->rtl, "Directory of the RTL")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_option("--proofs", options->list, "List of proofs")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("-j,--jobs", options->jobs, "Proofs at a time")
      ->transform(whole_number(1, 64))
      ->capture_default_str();
  command->footer(
      "Every property is printed with how it was proven, whether what it speaks of can happen at\n"
      "all, and what the proof assumes of the surroundings. With --faults, each line names the\n"
      "faults of faults.yaml under which the property fails. Exit status 1 if a property does not\n"
      "hold, a cover is not reached, or no fault breaks a property.\n"
      "The size-independent argument that at most one entry of a TLB hits:\n"
      "  lookaside rtl prove pair\n"
      "How it comes that a page is evicted, as a waveform:\n"
      "  lookaside rtl prove tlb-4 --waves witnesses && gtkwave witnesses/tlb-4.c_evicted.vcd\n"
      "The proofs once more, by a solver that shares nothing with yosys' own:\n"
      "  lookaside rtl prove --smt --no-covers\n"
      "Change rtl/ and see which property notices:\n"
      "  lookaside rtl prove line match");
  actions.emplace_back(command, [options] { return run_prove(*options); });
}

struct AreaCommand {
  std::vector<std::string> names;
  std::string module;
  std::vector<std::string> parameters;
  std::string rtl = LOOKASIDE_RTL_DIRECTORY;
  std::string json;
  std::string work;
  unsigned jobs = 2;
  bool generic = false;
};

/// The configurations that were asked for: by name, or a block with parameters.
std::vector<formal::Configuration> configurations(const AreaCommand& options) {
  const auto& usual = formal::usual_configurations();
  if (!options.module.empty()) {
    formal::Configuration own{"own", options.module, {}};
    for (const std::string& text : options.parameters) {
      const std::size_t equal = text.find('=');
      if (equal == 0 || equal == std::string::npos || equal + 1 == text.size()) {
        throw formal::Error(
            fmt::format("--set: found '{}', expected NAME=VALUE such as Ways=16", text));
      }
      own.parameters[text.substr(0, equal)] = text.substr(equal + 1);
    }
    return {own};
  }
  if (options.names.empty()) return usual;
  std::vector<std::string> known;
  for (const auto& configuration : usual) known.push_back(configuration.name);
  std::vector<formal::Configuration> result;
  for (const std::string& name : options.names) {
    formal::expect_known("configuration", name, known, ", or --module");
    const auto at = std::find(known.begin(), known.end(), name);
    result.push_back(usual[static_cast<std::size_t>(at - known.begin())]);
  }
  return result;
}

int run_area(const AreaCommand& options) {
  const std::vector<formal::Configuration> asked = configurations(options);
  formal::require_program("yosys", "yosys");
  if (!options.generic) {
    formal::require_program("nextpnr-ice40", "nextpnr-ice40");
    formal::require_program("icepack", "fpga-icestorm");
  }
  if (!options.json.empty()) record::check_writable(options.json);
  const formal::WorkDirectory work(options.work);
  formal::AreaOptions how;
  how.rtl = std::filesystem::absolute(options.rtl);
  how.work = work.path();
  how.ice40 = !options.generic;
  if (!options.module.empty()) formal::check(asked.front(), how);
  std::vector<formal::Area> areas(asked.size());
  formal::parallel(asked.size(), options.jobs, [&](std::size_t i) {
    areas[i] = formal::measure_area(asked[i], how);
    print_message(fmt::format("{}: {:.0f} s\n", asked[i].name, areas[i].seconds));
  });
  fmt::print("{}", formal::area_table(areas, how.ice40));
  if (!options.json.empty()) {
    record::write_file(options.json, formal::area_json(areas).dump(2) + "\n");
  }
  return kPassed;
}

void add_area(CLI::App& rtl, Actions& actions) {
  CLI::App* command = rtl.add_subcommand("area", "What configurations of the RTL cost, with yosys");
  auto options = std::make_shared<AreaCommand>();
  command->add_option("name", options->names, "Configurations; default: all usual ones")
      ->type_name("NAME");
  CLI::Option* module = command->add_option("--module", options->module, "Another block of rtl/")
                            ->type_name("MODULE");
  command->add_option("--set", options->parameters, "With --module: a parameter; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->needs(module);
  command->add_flag("--generic", options->generic,
                    "Only generic cells: seconds instead of minutes");
  command->add_option("--json", options->json, "Writes the figures for machines")
      ->type_name("FILE");
  command->add_option("--work", options->work, "Keeps scripts and logs of the tools here")
      ->type_name("DIR");
  command->add_option("--rtl", options->rtl, "Directory of the RTL")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_option("-j,--jobs", options->jobs, "Configurations at a time")
      ->transform(whole_number(1, 64))
      ->capture_default_str();
  command->footer(
      "cells       two-input NAND and NOR gates and inverters, without flip-flops\n"
      "depth       such cells on the longest path between flip-flops or ports\n"
      "LUT4, Fmax  iCE40 HX8K: the block's LUTs, and the clock after placing and routing it\n"
      "            between registers (nextpnr-ice40, seed 1)\n"
      "They compare configurations; they are not an ASIC's area. Memories become flip-flops.\n"
      "What does a wider ASID cost?\n"
      "  lookaside rtl area --generic --module lookaside_tlb --set Ways=16 --set AsidBits=9");
  actions.emplace_back(command, [options] { return run_area(*options); });
}

}  // namespace

void add_rtl(CLI::App& program, Actions& actions) {
  CLI::App* command =
      program.add_subcommand("rtl", "Proofs of the RTL, their worth, and what it costs");
  command->require_subcommand(1);
  add_prove(*command, actions);
  add_rtl_mutation(*command, actions);
  add_area(*command, actions);
}

}  // namespace lookaside::testbench
