// SPDX-License-Identifier: Apache-2.0
// `lookaside cosim --rtl DIR --map FILE`: somebody else's RTL under our checker.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <lookaside/platform/configuration.h>
#include <lookaside/record/core/output_file.h>

#include "command_line.h"
#include "commands.h"
#include "console.h"
#include "cosim/foreign/example_map.h"
#include "cosim/foreign/session.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

using cosim::Difference;
using cosim::ReportFiles;

struct ForeignOptions {
  std::string rtl;
  std::string map;
  std::uint64_t operations = 100'000;
  std::uint64_t seed = 1;
  std::string compare;
  std::string replay;
  std::string wave;
  std::string json;
  std::string stimulus = "foreign-001.stim";
  std::string cache;
  bool roles = false;
  bool example = false;
};

std::string command_of(const ForeignOptions& o, const std::string& rest) {
  return fmt::format("{} cosim --rtl {} --map {}{} {}", command_name(), quoted(o.rtl),
                     quoted(o.map), o.compare.empty() ? "" : " --compare " + o.compare, rest);
}

void print_roles() {
  for (const foreign::BlockKind kind : {foreign::BlockKind::kTlb, foreign::BlockKind::kMmu}) {
    fmt::print("Roles of kind: {}\n", name(kind));
    for (const foreign::Role& role : foreign::roles(kind)) {
      fmt::print("  {:<26} {:<7} {}\n", role.name, role.input ? "input" : "output", role.sentence);
    }
  }
}

nlohmann::ordered_json json_of(const ForeignOptions& o, const foreign::PortMap& map,
                               const foreign::SessionResult& result) {
  nlohmann::ordered_json json = {{"top", map.top.text},
                                 {"kind", name(map.kind)},
                                 {"compare", name(map.compare)},
                                 {"seed", o.seed},
                                 {"passed", !result.difference.has_value()}};
  for (const foreign::Count& count : result.counts) json["counts"][count.name] = count.value;
  if (!result.difference) return json;
  const Difference& d = *result.difference;
  nlohmann::ordered_json fields = nlohmann::ordered_json::array();
  for (const cosim::ComparedField& f : d.fields) {
    fields.push_back({{"name", f.name}, {"expected", f.model}, {"got", f.rtl}});
  }
  json["difference"] = {{"operation", d.operation},
                        {"number", d.number},
                        {"fields", fields},
                        {"remark", d.remark},
                        {"stimulus", o.stimulus}};
  return json;
}

void report_difference(const ForeignOptions& o, const Difference& d) {
  record::write_file(o.stimulus,
                     fmt::format("# {} seed={}\n{}", d.block, o.seed, text_of(d.history)));
  ReportFiles files;
  files.stimulus = o.stimulus;
  files.stimulus_note = fmt::format("{} operations, seed {}", d.history.operations.size(), o.seed);
  files.replay_command = command_of(o, "--replay " + quoted(o.stimulus));
  if (o.wave.empty()) {
    files.wave_command = command_of(o, "--replay " + quoted(o.stimulus) + " --wave out.fst");
  } else {
    files.wave = o.wave;
    files.wave_command = "gtkwave " + quoted(o.wave);
  }
  fmt::print("{}", report(d, files));
}

foreign::PortMap map_of(const ForeignOptions& o) {
  if (o.rtl.empty() || o.map.empty()) {
    throw platform::ConfigurationError(
        "cosim: expected --rtl DIR and --map FILE, or a subcommand (see 'lookaside cosim --help')");
  }
  foreign::PortMap map = foreign::read_port_map(o.map);
  if (!o.compare.empty())
    foreign::set_compare(
        map, o.compare == "exact" ? foreign::Compare::kExact : foreign::Compare::kArchitectural);
  return map;
}

foreign::SessionResult run(const ForeignOptions& o, const foreign::PortMap& map,
                           const std::string& object, const cosim::Stimulus& stimulus) {
  if (o.replay.empty()) {
    const auto random = foreign::random_operations(
        map, foreign::make_bench(map, object)->fence_forms(), o.operations, o.seed);
    return foreign::run_session(map, object, *random, o.wave);
  }
  const std::size_t fitting = foreign::count_fitting(map, object, stimulus);
  foreign::SessionResult result =
      foreign::run_session(map, object, *foreign::listed_operations(stimulus.operations), o.wave);
  const std::size_t left_out = stimulus.operations.size() - fitting;
  if (left_out != 0) result.counts.push_back({"left out: no ports for them", left_out});
  return result;
}

int run_foreign(const ForeignOptions& o) {
  if (o.roles) {
    print_roles();
    return kPassed;
  }
  if (o.example) {
    fmt::print("{}", foreign::kExampleMap);
    return kPassed;
  }
  const foreign::PortMap map = map_of(o);
  for (const std::string* file : {&o.wave, &o.json, &o.stimulus}) {
    if (!file->empty()) record::check_writable(*file);
  }
  cosim::Stimulus stimulus;
  if (!o.replay.empty()) {
    stimulus = cosim::read_stimulus(o.replay);
    foreign::check_stimulus(map, stimulus);
  }
  foreign::BuildOptions build;
  build.rtl = o.rtl;
  build.cache = o.cache;
  build.trace = !o.wave.empty();
  build.progress = [](const std::string& what) {
    print_message(fmt::format("lookaside: {}\n", what));
  };
  const std::string object = foreign::build(map, build).object;
  const foreign::SessionResult result = run(o, map, object, stimulus);

  fmt::print("{} '{}' of {}: compare {}, {}\n", name(map.kind), map.top.text, o.map,
             name(map.compare), o.replay.empty() ? fmt::format("seed {}", o.seed) : o.replay);
  for (const foreign::Count& count : result.counts)
    fmt::print("  {:<36} {}\n", count.name, count.value);
  if (result.difference) report_difference(o, *result.difference);
  if (!o.json.empty()) record::write_file(o.json, json_of(o, map, result).dump(2) + "\n");
  fmt::print("{}\n",
             result.difference ? "FAILED: see the difference above" : "PASSED: no illegal answer");
  return result.difference ? kFailed : kPassed;
}

void add_options(CLI::App& command, ForeignOptions& o) {
  command.add_option("--rtl", o.rtl, "Directory of the RTL; paths in the map are relative to it")
      ->type_name("DIR");
  command.add_option("--map", o.map, "Port map: how the block is built, what its ports mean")
      ->type_name("FILE.yaml");
  command
      .add_option(
          "--operations", o.operations,
          "How many random operations are performed: lookups, refills, drops, fences; of an MMU "
          "accesses, fences, changes of context, protection and page tables")
      ->type_name("N")
      ->transform(whole_number(1))
      ->capture_default_str();
  command.add_option("--seed", o.seed, "Seed of the random operations")
      ->type_name("S")
      ->transform(whole_number())
      ->capture_default_str();
  command
      .add_option(
          "--compare", o.compare,
          "Instead of the map's 'compare': exact (same hit, way, victim, PTE accesses as the model "
          "with the map's geometry) or architectural (any answer that some PTE values in memory "
          "since the last "
          "covering fence yield)")
      ->transform(one_of({"exact", "architectural"}));
  command.add_option("--replay", o.replay, "Performs the operations of this file instead")
      ->type_name("FILE");
  command.add_option("--stimulus", o.stimulus, "Where the minimised operations of a difference go")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_option("--wave", o.wave, "Waveform of all signals of the block")
      ->type_name("OUT.fst");
  command.add_option("--json", o.json, "Result for machines")->type_name("OUT.json");
  command
      .add_option(
          "--cache", o.cache,
          "Where built blocks are kept; default: $XDG_CACHE_HOME/lookaside or ~/.cache/lookaside")
      ->type_name("DIR");
  command.add_flag("--roles", o.roles, "Lists what a port can be");
  command.add_flag("--example", o.example, "Prints a port map with comments");
}

}  // namespace

void add_cosim_foreign(CLI::App& cosim, Actions& actions) {
  auto options = std::make_shared<ForeignOptions>();
  add_options(cosim, *options);
  cosim.footer(
      "On the platform, RTL takes the place of the model by configuration:\n"
      "  lookaside run fw.elf --set mmu.tlb.backend=lockstep\n\n"
      "Somebody else's TLB or MMU under our checker:\n"
      "  lookaside cosim --example > ports.yaml        a map to begin with; --roles lists the "
      "rest\n"
      "  lookaside cosim --rtl their/rtl --map ports.yaml --operations 1000000 --seed 7\n"
      "The block is Verilated once and kept until a file it was made from changes. A difference "
      "ends\n"
      "the run with a report and a short stimulus that repeats it:\n"
      "  lookaside cosim --rtl their/rtl --map ports.yaml --replay foreign-001.stim --wave "
      "out.fst\n"
      "Exit status: 0 no illegal answer, 1 a difference, 2 bad input.");
  actions.emplace_back(&cosim, [options] { return run_foreign(*options); });
}

}  // namespace lookaside::testbench
