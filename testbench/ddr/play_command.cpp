// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr play`.
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/platform/configuration.h>
#include <lookaside/platform/configuration_reader.h>
#include <lookaside/platform/ddr_settings.h>
#include <lookaside/platform/files.h>
#include <lookaside/platform/schema.h>
#include <lookaside/record/core/output_file.h>
#include <lookaside/traffic/core/generator.h>

#include "apart.h"
#include "configuration_options.h"
#include "ddr/command_file.h"
#include "ddr/play.h"
#include "ddr/report.h"
#include "ddr/subcommands.h"
#include "ddr/trace_input.h"
#include "interrupt.h"
#include "progress.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

struct PlayOptions {
  TraceInput input;
  ConfigurationOptions configuration;
  std::uint32_t outstanding = 32;
  std::uint64_t gap = 1;
  std::string stats;
  std::string commands;
  std::string timing = "approximate";
  bool json = false;
  bool check = true;
};

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// The controller that the options ask for, checked as a whole.
ddr::ControllerConfig controller_config(const PlayOptions& o,
                                        const platform::Configuration& configuration) {
  configuration.check();
  ddr::ControllerConfig config = platform::bare_ddr_config(configuration);
  config.timing = o.timing == "temporal" ? ddr::Timing::kTemporal : ddr::Timing::kApproximate;
  if (!o.check) config.check = false;
  config.stores_data = false;
  return config;
}

/// Keys of ddr.* that a play does not look at, and what to say to who sets them.
struct Unplayed {
  std::string_view key;
  const char* why;
};
constexpr Unplayed kUnplayed[] = {
    {"ddr.ecc", "a play moves no data"},
    {"ddr.retention_seed", "a play moves no data"},
    {"ddr.register_access_ns", "a play uses no register"},
    {"ddr.calibrated_access_ns", "a play has no calibrated timing, see --timing"},
    {"ddr.qos.instruction", "all requests of a trace are of one kind"},
    {"ddr.qos.data", "all requests of a trace are of one kind"},
    {"ddr.qos.walk", "all requests of a trace are of one kind"},
    {"ddr.qos.dma", "all requests of a trace are of one kind"},
    {"ddr.qos.device", "all requests of a trace are of one kind"},
    {"ddr.qos.unknown", "all requests of a trace are of one kind"},
};

/// Why a play does not look at a key of the schema; empty: it does.
std::string why_unplayed(const std::string& key) {
  if (key == "platform.timing") return "use --timing approximate or --timing temporal";
  if (key.compare(0, 4, "ddr.") != 0) return "a play has a memory and its controller only";
  for (const Unplayed& row : kUnplayed) {
    if (key == row.key) return row.why;
  }
  return "";
}

/// A file describes a whole platform; who sets a single key wants it to have an effect, whatever
/// the value. What is no assignment to a key of the schema is left to who reads them.
void check_played(const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    const std::string key = assignment.substr(0, equals);
    const std::string plain = platform::without_hart(key);
    if (equals == std::string::npos || platform::find_parameter(plain) == nullptr) continue;
    const std::string why = why_unplayed(plain);
    if (why.empty()) continue;
    throw platform::ConfigurationError(
        fmt::format("--set: found '{}', expected a key that changes a play: {}", key, why));
  }
}

/// Only the keys that a play looks at.
nlohmann::ordered_json settings(const platform::Configuration& configuration) {
  nlohmann::ordered_json json;
  for (const auto& [key, value] : configuration.values()) {
    if (why_unplayed(key).empty()) json[key] = value;
  }
  return json;
}

/// Nothing that is read is written over, and nothing is written twice.
void check_outputs(const PlayOptions& o, const std::string& preset, unsigned channels) {
  std::vector<std::string> outputs;
  if (!o.commands.empty()) outputs = command_paths(o.commands, channels);
  if (!o.stats.empty()) outputs.push_back(o.stats);
  check_distinct(outputs);
  for (const std::string& path : outputs) {
    check_apart(path, {o.input.file, o.configuration.file, preset});
  }
  if (!o.stats.empty()) record::check_writable(o.stats);
}

int play(const PlayOptions& o) {
  check_played(o.configuration.assignments);
  const platform::Configuration configuration = o.configuration.load();
  PlayReport report;
  report.trace = o.input.name();
  report.config = controller_config(o, configuration);
  report.player = player_config(report.config, o.outstanding, o.gap);
  end_in_order_on_signals();
  const auto source = o.input.open(report.player.memory_bytes);
  check_outputs(o, configuration.text("ddr.preset_file"), report.config.organization.channels);
  const double start = cpu_seconds();
  Play play(report.config, *source, report.player);
  const dram::Organization& memory = report.config.organization;
  std::optional<CommandFiles> commands;
  if (!o.commands.empty()) {
    commands.emplace(o.commands, memory.channels, memory.device, memory.ranks);
    play.on_command([&](unsigned channel, const dram::Command& c) { commands->write(channel, c); });
    play.on_refresh_rate(
        [&](unsigned rate, std::uint64_t clock) { commands->refresh_rate(rate, clock); });
  }
  Progress progress;
  play.on_progress([&] {
    progress.update(play.played().requests, play.time_ps(), source->progress());
    if (interrupted()) play.stop();
  });
  report.results = play.run();
  progress.finish();
  report.interrupted = interrupted();
  report.cpu_seconds = cpu_seconds() - start;
  if (commands) {
    commands->finish(report.results.end);
    report.files = commands->paths();
  }
  const std::string json = report_json(report, play.statistics(), settings(configuration));
  if (!o.stats.empty()) {
    record::write_file(o.stats, json);
    report.files.push_back(o.stats);
  }
  fmt::print("{}", o.json ? json : report_text(report));
  if (report.results.totals.violations != 0) return kFailed;
  return report.interrupted ? kLimit : kPassed;
}

}  // namespace

void add_ddr_play(CLI::App& ddr, Actions& actions) {
  CLI::App* command = ddr.add_subcommand("play", "Plays a trace on the DDR controller");
  auto o = std::make_shared<PlayOptions>();
  o->input.add_to(*command);
  o->configuration.add_to(*command);
  command->add_option("--outstanding", o->outstanding, "Requests begun and not answered, at most")
      ->type_name("N")
      ->check(CLI::Range(1U, traffic::kMaxOutstanding))
      ->capture_default_str();
  command->add_option("--gap", o->gap, "Memory clocks from one request to the next, at least")
      ->type_name("CLOCKS")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40))
      ->capture_default_str();
  command
      ->add_option("--timing", o->timing,
                   "approximate: through queues and scheduler; temporal: answered at once, several "
                   "times as fast")
      ->transform(one_of({"approximate", "temporal"}))
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
      "counts from its first attempt to its last data, that of a posted write to its acceptance.\n"
      "Simulated time, refreshes, energy count from clock 0, with a delay of the first request.\n"
      "GB/s are 10^9 bytes a second that the requests got. Of a file the keys ddr.* count that\n"
      "concern a play, and not platform.timing: the timing is that of --timing. Without -c the\n"
      "memory is one channel and rank of DDR4-2400, 8 Gb x8, 17-17-17, 64 bit, FR-FCFS with an "
      "age\n"
      "cap, open page, one queue of 32, map row:bank:bank_group:column. With --timing temporal a\n"
      "single answer under load is an estimate, the means are right, and no bound is guaranteed.\n"
      "The form of a trace: 'lookaside ddr trace --help'.\n\n"
      "--generate " +
      traffic::generation_help() +
      "\nExamples:\n"
      "  lookaside ddr play --generate random:200000\n"
      "  lookaside ddr play --generate chase:50000 --stats chase.json\n"
      "  lookaside ddr play --generate mix:200000,seed=7 --outstanding 8 --gap 10\n\n"
      "Ctrl-C ends the play in order: figures and files are of what was played.\n"
      "Exit status: 0 played, 1 a timing rule was broken, 2 bad usage or input, 3 interrupted.");
  actions.emplace_back(command, [o] { return play(*o); });
}

}  // namespace lookaside::testbench
