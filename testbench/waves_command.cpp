// SPDX-License-Identifier: Apache-2.0
// `lookaside waves`: what is in a waveform, as a list, as text for machines, or as a picture.
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <lookaside/platform/configuration.h>
#include <lookaside/platform/text.h>
#include <lookaside/record/core/episode.h>
#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/output_file.h>
#include <lookaside/record/core/render.h>
#include <lookaside/record/core/save_file.h>

#include "apart.h"
#include "commands.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

using record::WaveChange;
using record::WaveReader;

struct WavesOptions {
  std::string file;
  std::string png;
  std::string save;
  std::string from;
  std::string to;
  std::string episode;
  std::string va;
  std::string scope = "hart0.mmu";
  std::vector<std::string> signals;
  bool list = false;
  bool dump = false;
  unsigned width = 1900;
  unsigned height = 920;
};

struct Window {
  std::uint64_t from_ps = 0;
  std::uint64_t to_ps = 0;
};

/// The answer of a parser, or a message that says which option was wrong.
std::uint64_t parsed(const char* option, const std::string& text,
                     std::optional<std::uint64_t> value, const char* expected) {
  if (!value) {
    throw platform::ConfigurationError(
        fmt::format("{}: found '{}', expected {}", option, text, expected));
  }
  return *value;
}

std::uint64_t parsed_time(const char* option, const std::string& text) {
  return parsed(option, text, platform::parse_duration_ps(text),
                "a time with its unit, such as 12.5us (ns, us, ms or s)");
}

Window window_of(const WavesOptions& options, const WaveReader& dump) {
  Window window{dump.start_ps(), dump.end_ps()};
  if (!options.from.empty()) window.from_ps = parsed_time("--from", options.from);
  if (!options.to.empty()) window.to_ps = parsed_time("--to", options.to);
  if (window.from_ps >= window.to_ps || window.from_ps > dump.end_ps()) {
    throw platform::ConfigurationError(fmt::format(
        "{}: nothing lies between {} and {}; the file reaches from {} to {}", dump.path(),
        platform::format_duration(window.from_ps), platform::format_duration(window.to_ps),
        platform::format_duration(dump.start_ps()), platform::format_duration(dump.end_ps())));
  }
  return window;
}

/// platform.gtkw where it was when this program was built, or installed beside it.
std::string default_save_file() {
  std::string built = LOOKASIDE_WAVES_DIRECTORY "/platform.gtkw";
  if (access(built.c_str(), R_OK) == 0) return built;
  std::array<char, 4096> self{};
  const ssize_t size = readlink("/proc/self/exe", self.data(), self.size() - 1);
  const std::string exe(self.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  std::string beside = exe.substr(0, exe.rfind('/') + 1) + "../share/lookaside/waves/platform.gtkw";
  if (access(beside.c_str(), R_OK) == 0) return beside;
  throw platform::ConfigurationError(
      fmt::format("{} is missing; name a save file with --save FILE.gtkw", built));
}

void list(const WaveReader& dump) {
  fmt::print("{}: {} signals, from {} to {}\n", dump.path(), dump.signals().size(),
             platform::format_duration(dump.start_ps()), platform::format_duration(dump.end_ps()));
  for (const record::WaveSignal& signal : dump.signals()) {
    const bool text = signal.kind == observe::SignalKind::kText || signal.real;
    const std::string shape =
        text ? "text" : fmt::format("{} bit{}", signal.width, signal.width == 1 ? "" : "s");
    fmt::print("  {:<32} {:<8} {}\n", signal.name, shape, signal.sentence);
    for (const observe::EnumName& name : signal.names) {
      fmt::print("  {:>36} = {}\n", name.value, name.name);
    }
  }
}

std::vector<std::uint32_t> selection(const WavesOptions& options, const WaveReader& dump) {
  std::vector<std::uint32_t> result;
  for (const std::string& name : options.signals) {
    const auto index = dump.find(name);
    if (!index) {
      const std::string nearest = dump.nearest(name);
      throw platform::ConfigurationError(
          fmt::format("{} has no signal '{}'{}", dump.path(), name,
                      nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
    }
    result.push_back(*index);
  }
  return result;
}

void print_change(const WaveReader& dump, const WaveChange& change, std::uint64_t time_ps) {
  const nlohmann::ordered_json line = {{"time_ps", time_ps},
                                       {"signal", dump.signals()[change.signal].name},
                                       {"value", dump.shown(change)}};
  const auto replace = nlohmann::ordered_json::error_handler_t::replace;
  fmt::print("{}\n", line.dump(-1, ' ', false, replace));
}

/// One JSON object a line: first the values in force at the window's start, then each change.
void dump_changes(const WavesOptions& options, const WaveReader& dump) {
  const Window window = window_of(options, dump);
  std::map<std::uint32_t, WaveChange> in_force;
  bool begun = false;
  const auto begin = [&] {
    if (begun) return;
    begun = true;
    for (const auto& [signal, change] : in_force) print_change(dump, change, window.from_ps);
  };
  const auto visit = [&](const WaveChange& change) {
    if (change.time_ps <= window.from_ps) {
      in_force[change.signal] = change;
      return;
    }
    begin();
    print_change(dump, change, change.time_ps);
  };
  dump.for_each(selection(options, dump), visit, window.to_ps);
  begin();
}

record::Episode episode(const WavesOptions& options, const WaveReader& dump) {
  static const std::map<std::string, record::EpisodeKind> kKinds = {
      {"refill", record::EpisodeKind::kRefill},
      {"fault", record::EpisodeKind::kFault},
      {"story", record::EpisodeKind::kStory}};
  const Window window = window_of(options, dump);
  record::EpisodeQuery query;
  query.kind = kKinds.at(options.episode);
  query.scope = options.scope;
  query.from_ps = window.from_ps;
  query.to_ps = window.to_ps;
  if (!options.va.empty()) {
    query.va = parsed("--va", options.va, platform::parse_integer(options.va),
                      "an address such as 0x40001000");
  }
  const auto found = record::find_episode(dump, query);
  if (!found) {
    throw platform::ConfigurationError(fmt::format("{}: no episode '{}' of {} in this window",
                                                   dump.path(), options.episode, options.scope));
  }
  return *found;
}

void draw(const WavesOptions& options, const WaveReader& dump,
          const std::optional<record::Episode>& episode) {
  record::Picture picture;
  picture.fst = options.file;
  picture.save = options.save.empty() ? default_save_file() : options.save;
  const std::vector<std::string> complaints = record::check_save_file(picture.save, dump);
  if (!complaints.empty())
    throw platform::ConfigurationError(fmt::format("{}", fmt::join(complaints, "\n")));
  const Window window = window_of(options, dump);
  picture.png = options.png;
  picture.from_ps = episode ? episode->from_ps : window.from_ps;
  picture.to_ps = episode ? episode->to_ps : window.to_ps;
  if (episode) picture.markers = episode->markers;
  picture.width = options.width;
  picture.height = options.height;
  record::render_png(picture);
  fmt::print("{}: {} from {} to {}\n", picture.png, options.file,
             platform::format_duration(picture.from_ps), platform::format_duration(picture.to_ps));
}

int run_waves(const WavesOptions& options) {
  if (!options.png.empty()) record::check_writable(options.png);
  const WaveReader dump(options.file);
  check_apart(options.png, {options.file});
  if (options.dump) {
    dump_changes(options, dump);
    return kPassed;
  }
  std::optional<record::Episode> found;
  if (!options.episode.empty()) {
    found = episode(options, dump);
    fmt::print("{}", record::describe(*found));
  }
  if (!options.png.empty()) draw(options, dump, found);
  if (options.list || (!found && options.png.empty())) list(dump);
  return kPassed;
}

void add_options(CLI::App& command, WavesOptions& options) {
  command.add_option("file", options.file, "Waveform that 'lookaside run --wave' wrote")
      ->required()
      ->type_name("FILE.fst");
  command.add_flag("--list", options.list, "Lists the signals with their meaning (the default)");
  command
      .add_flag("--dump", options.dump,
                "Prints the value changes, one JSON object a line, values by name")
      ->excludes("--list");
  command.add_option("--signal", options.signals, "With --dump: only this signal; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->needs("--dump");
  command.add_option("--png", options.png, "Renders a picture with GTKWave, without a display")
      ->type_name("OUT.png")
      ->excludes("--dump");
  command.add_option("--save", options.save, "GTKWave save file; default: waves/platform.gtkw")
      ->type_name("FILE.gtkw");
  command.add_option("--from", options.from, "Start of the time window, e.g. 12.5us")
      ->type_name("T");
  command.add_option("--to", options.to, "End of the time window")->type_name("T");
  command
      .add_flag(
          "--episode{story}", options.episode,
          "Finds and shows what happens in the window: story (a refill with its hit and a "
          "fault behind it, as close together as the run has them), refill (the first TLB miss "
          "with walk and refill whose address hits later), fault (the first walk that ends in "
          "a fault), e.g. --episode=fault")
      ->transform(one_of({"story", "refill", "fault"}))
      ->excludes("--dump");
  command.add_option("--va", options.va, "With --episode: only this virtual address")
      ->type_name("ADDR")
      ->needs("--episode");
  command.add_option("--scope", options.scope, "With --episode: the MMU")
      ->type_name("NAME")
      ->capture_default_str();
  command.add_option("--width", options.width, "Width of the picture")
      ->type_name("PIXELS")
      ->check(CLI::Range(400, 8000))
      ->capture_default_str();
  command.add_option("--height", options.height, "Height of the picture")
      ->type_name("PIXELS")
      ->check(CLI::Range(200, 4000))
      ->capture_default_str();
}

}  // namespace

void add_waves(CLI::App& program, Actions& actions) {
  CLI::App* command =
      program.add_subcommand("waves", "Shows what a waveform holds: list, text, picture");
  auto options = std::make_shared<WavesOptions>();
  add_options(*command, *options);
  command->footer(
      "Look at it yourself:\n"
      "  gtkwave FILE.fst waves/platform.gtkw\n"
      "A picture of a TLB miss, its walk, the refill, the hit and a fault:\n"
      "  lookaside waves out.fst --png out.png --episode\n"
      "Every fault of a run, for a script:\n"
      "  lookaside waves out.fst --dump --signal hart0.mmu.fault_cause");
  actions.emplace_back(command, [options] { return run_waves(*options); });
}

}  // namespace lookaside::testbench
