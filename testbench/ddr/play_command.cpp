// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr play`.
#include <ctime>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/dram/preset.h>
#include <lookaside/platform/configuration.h>
#include <lookaside/platform/files.h>
#include <lookaside/record/core/output_file.h>
#include <lookaside/traffic/core/generator.h>

#include "ddr/command_file.h"
#include "ddr/memory.h"
#include "ddr/report.h"
#include "ddr/subcommands.h"
#include "ddr/trace_input.h"
#include "progress.h"

namespace lookaside::testbench {
namespace {

struct PlayOptions {
  TraceInput input;
  std::uint32_t outstanding = 32;
  std::uint64_t gap = 1;
  std::string stats;
  std::string commands;
  bool json = false;
  bool check = true;
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

int play(const PlayOptions& o) {
  MemorySetup setup{
      {dram::builtin_device("DDR4-2400"), 1, 1, 64}, "row:bank:bank_group:column", {}, {}};
  const auto source = o.input.open();
  PlayReport report;
  report.trace = o.input.name();
  report.timing = "approximate";
  report.setup = setup;
  report.player.outstanding = o.outstanding;
  report.player.gap = o.gap;
  report.player.burst_bytes = static_cast<std::uint32_t>(setup.organization.burst_bytes());
  report.player.memory_bytes = setup.organization.bytes();
  DirectMemory memory(setup, o.check);
  std::optional<CommandFiles> commands;
  if (!o.commands.empty()) {
    commands.emplace(o.commands, setup.organization.channels, setup.organization.device,
                     setup.organization.ranks);
    memory.record([&](unsigned channel, const dram::Command& c) { commands->write(channel, c); });
  }
  if (!o.stats.empty()) record::check_writable(o.stats);
  const double start = cpu_seconds();
  traffic::Player player(*source, report.player);
  const std::uint64_t end = memory.play(player, [](std::uint64_t) {});
  report.cpu_seconds = cpu_seconds() - start;
  report.played = player.played();
  report.channels = memory.figures();
  if (commands) {
    commands->finish(end);
    report.files = commands->paths();
  }
  const std::string json = report_json(report, nullptr);
  if (!o.stats.empty()) {
    record::write_file(o.stats, json);
    report.files.push_back(o.stats);
  }
  fmt::print("{}", o.json ? json : report_text(report));
  return report.violations() == 0 ? kPassed : kFailed;
}

}  // namespace

void add_ddr_play(CLI::App& ddr, Actions& actions) {
  CLI::App* command = ddr.add_subcommand("play", "Plays a trace on the DDR controller");
  auto o = std::make_shared<PlayOptions>();
  o->input.add_to(*command);
  command->add_option("--outstanding", o->outstanding, "Requests begun and not answered, at most")
      ->type_name("N")
      ->check(CLI::Range(1U, traffic::kMaxOutstanding))
      ->capture_default_str();
  command->add_option("--gap", o->gap, "Memory clocks from one request to the next, at least")
      ->type_name("CLOCKS")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40))
      ->capture_default_str();
  command->add_option("--stats", o->stats, "Writes every figure with unit and meaning")
      ->type_name("FILE.json");
  command->add_flag("--json", o->json, "Prints the same document instead of the summary");
  command
      ->add_option("--commands", o->commands,
                   "Records the commands to the DRAM; see 'lookaside ddr check'")
      ->type_name("FILE");
  command->add_flag("--check,!--no-check", o->check,
                    "Checks every command by the timing rules while it is issued (default)");
  command->footer(
      "A request begins at each memory clock as long as fewer than N are outstanding; its latency\n"
      "counts from its first attempt to its last data. GB/s are 10^9 bytes a second. Without -c "
      "the\n"
      "memory is one channel and rank of DDR4-2400, 8 Gb x8, 17-17-17, 64 bit, FR-FCFS, open "
      "page,\n"
      "one queue of 32, map row:bank:bank_group:column. The form of a trace: 'lookaside ddr trace\n"
      "--help'.\n\n"
      "--generate " +
      traffic::generation_help() +
      "\nExamples:\n"
      "  lookaside ddr play --generate random:200000\n"
      "  lookaside ddr play --generate chase:50000 --stats chase.json\n"
      "  lookaside ddr play --generate mix:200000,seed=7 --outstanding 8 --gap 10\n\n"
      "Exit status: 0 played, 1 a timing rule was broken, 2 bad usage or input.");
  actions.emplace_back(command, [o] { return play(*o); });
}

}  // namespace lookaside::testbench
