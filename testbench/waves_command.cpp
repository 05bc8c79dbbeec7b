// SPDX-License-Identifier: Apache-2.0
// `lookaside waves`: what is in a waveform, and pictures of it.
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <lookaside/platform/configuration.h>
#include <lookaside/platform/text.h>
#include <lookaside/record/core/episode.h>
#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/output_file.h>
#include <lookaside/record/core/render.h>
#include <lookaside/record/core/save_file.h>

#include "commands.h"

namespace lookaside::testbench {
namespace {

using platform::ConfigurationError;
using platform::format_duration;

struct WavesOptions {
  std::string fst;
  std::string png;
  std::string from;
  std::string to;
  std::string episode;
  std::string va;
  std::string save = LOOKASIDE_WAVES_DIRECTORY "/platform.gtkw";
};

std::uint64_t time_option(const char* name, const std::string& text, std::uint64_t absent) {
  if (text.empty()) return absent;
  const auto picoseconds = platform::parse_duration_ps(text);
  if (picoseconds) return *picoseconds;
  throw ConfigurationError(fmt::format(
      "{}: found '{}', expected a time with a unit (ns, us, ms or s), e.g. 1.5ms", name, text));
}

record::EpisodeQuery query(const WavesOptions& o) {
  record::EpisodeQuery query;
  query.kind = o.episode == "refill"  ? record::EpisodeKind::kRefill
               : o.episode == "fault" ? record::EpisodeKind::kFault
                                      : record::EpisodeKind::kStory;
  query.from_ps = time_option("--from", o.from, query.from_ps);
  query.to_ps = time_option("--to", o.to, query.to_ps);
  if (!o.va.empty()) {
    query.va = platform::parse_integer(o.va);
    if (!query.va) {
      throw ConfigurationError(
          fmt::format("--va: found '{}', expected an address such as 0x40001000", o.va));
    }
  }
  return query;
}

void list_signals(const record::WaveReader& dump) {
  fmt::print("{}: {} to {}, {} signals\n", dump.path(), format_duration(dump.start_ps()),
             format_duration(dump.end_ps()), dump.signals().size());
  for (const record::WaveSignal& signal : dump.signals()) {
    fmt::print("  {:<32}{}\n", signal.name, signal.sentence);
  }
}

/// The part to show, and its markers.
record::Picture picture(const WavesOptions& o, const record::WaveReader& dump) {
  record::Picture picture;
  picture.fst = o.fst;
  picture.save = o.save;
  picture.png = o.png;
  if (o.episode.empty()) {
    picture.from_ps = time_option("--from", o.from, dump.start_ps());
    picture.to_ps = time_option("--to", o.to, dump.end_ps());
  } else {
    const auto found = record::find_episode(dump, query(o));
    if (!found) {
      throw record::RecordError(
          fmt::format("{}: found no episode of the kind '{}' that fits", o.fst, o.episode));
    }
    std::fputs(record::describe(*found).c_str(), stdout);
    picture.from_ps = found->from_ps;
    picture.to_ps = found->to_ps;
    picture.markers = found->markers;
  }
  if (picture.from_ps > picture.to_ps || picture.from_ps > dump.end_ps()) {
    throw ConfigurationError(
        fmt::format("--from: found the part {} to {}, expected one inside {} to {}",
                    format_duration(picture.from_ps), format_duration(picture.to_ps),
                    format_duration(dump.start_ps()), format_duration(dump.end_ps())));
  }
  return picture;
}

int waves(const WavesOptions& o) {
  if (!o.png.empty()) record::check_writable(o.png);
  const record::WaveReader dump(o.fst);
  if (o.png.empty() && o.episode.empty()) {
    list_signals(dump);
    return kPassed;
  }
  const record::Picture shown = picture(o, dump);
  if (o.png.empty()) return kPassed;
  const auto problems = record::check_save_file(o.save, dump);
  if (!problems.empty()) throw record::RecordError(problems.front());
  record::render_png(shown);
  fmt::print("{}: {} to {}\n", o.png, format_duration(shown.from_ps), format_duration(shown.to_ps));
  return kPassed;
}

}  // namespace

void add_waves(CLI::App& program, Actions& actions) {
  CLI::App* command = program.add_subcommand(
      "waves", "Lists what a waveform holds, finds episodes in it, draws pictures of it");
  auto o = std::make_shared<WavesOptions>();
  const auto text = [&](const char* name, std::string& value, const char* type, const char* help) {
    return command->add_option(name, value, help)->type_name(type);
  };
  text("FILE.fst", o->fst, "", "Waveform that 'lookaside run --wave' wrote")->required();
  text("--png", o->png, "OUT.png", "Writes a picture, drawn by GTKWave without a display");
  text("--from", o->from, "T", "Start of the part, e.g. 1.5ms");
  text("--to", o->to, "T", "End of the part");
  command
      ->add_flag("--episode{story}", o->episode,
                 "Finds the part: 'story' (a miss, its walk and refill, the hit that follows, a "
                 "fault), 'refill' or 'fault', e.g. --episode=fault")
      ->check(CLI::IsMember({"story", "refill", "fault"}));
  text("--va", o->va, "ADDRESS", "Only an episode of this virtual address")->needs("--episode");
  text("--save", o->save, "FILE.gtkw", "GTKWave save file: which signals, in which colours");
  command->footer(
      "Examples:\n"
      "  lookaside waves run.fst                              what is in it\n"
      "  lookaside waves run.fst --episode --png run.png      a walk and a fault, in a picture\n"
      "  lookaside waves run.fst --png part.png --from 1ms --to 1.01ms");
  actions.emplace_back(command, [o] { return waves(*o); });
}

}  // namespace lookaside::testbench
