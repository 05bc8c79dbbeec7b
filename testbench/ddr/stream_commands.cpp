// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr check` and `lookaside ddr dump`: command streams after the run.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/dram/command_stream.h>
#include <lookaside/platform/configuration.h>
#include <lookaside/record/core/output_file.h>

#include "apart.h"
#include "console.h"
#include "ddr/command_file.h"
#include "ddr/command_waveform.h"
#include "ddr/subcommands.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

int check(const std::vector<std::string>& files) {
  bool clean = true;
  for (const std::string& file : files) {
    std::ifstream in = open_commands(file);
    dram::CommandReader reader(in, file);
    const dram::Checker checker = dram::check_stream(reader);
    for (const dram::Violation& v : checker.violations()) fmt::print("{}: {}\n", file, v.text);
    const std::uint64_t count = checker.violation_count();
    if (count > checker.violations().size()) {
      fmt::print("{}: ... and {} more\n", file, count - checker.violations().size());
    }
    fmt::print("{}: {}: {} commands in {} clocks, {}\n", file, reader.device().name,
               checker.commands(), reader.end(),
               count == 0 ? "no rule broken" : fmt::format("{} violations", count));
    clean = clean && count == 0;
  }
  return clean ? kPassed : kFailed;
}

/// Before a stream is read, and in the clocks that were given: what is written counts in ps.
void check_window(const ClockWindow& window) {
  if (window.from <= window.to) return;
  throw platform::ConfigurationError(
      fmt::format("--to: found clock {}, expected one from {} on, where --from begins", window.to,
                  window.from));
}

struct WaveOptions {
  std::vector<std::string> files;
  std::string out;
  ClockWindow window;
};

int wave(const WaveOptions& o) {
  check_window(o.window);
  const std::string save = std::filesystem::path(o.out).replace_extension("gtkw").string();
  if (save == o.out) {
    throw platform::ConfigurationError(
        fmt::format("--out: found '{}', expected a name for a waveform, e.g. run.fst", o.out));
  }
  for (const std::string& output : {o.out, save}) {
    check_apart(output, o.files);
    record::check_writable(output);
  }
  const std::uint64_t commands = write_command_waveform(o.files, o.out, o.window);
  try {
    record::write_file(save, command_save_file(save, o.out));
  } catch (...) {
    (void)std::remove(o.out.c_str());  // both or none
    throw;
  }
  fmt::print("{}: {} commands\nLook at it: gtkwave {} {}\n", o.out, commands, o.out, save);
  return kPassed;
}

struct DumpOptions {
  std::string file;
  std::vector<std::string> ops;
  std::optional<unsigned> rank;
  std::optional<unsigned> bank;
  std::optional<std::uint32_t> row;
  ClockWindow window;
  std::uint64_t count = ~std::uint64_t{0};
  bool summary = false;
};

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (unsigned i = 0; i < dram::kOpCount; ++i)
    names.emplace_back(dram::name(static_cast<dram::Op>(i)));
  return names;
}

/// The commands that --op asks for, by names that exist; all when it asks for none.
dram::Ops wanted_ops(const DumpOptions& options) {
  if (options.ops.empty()) return static_cast<dram::Ops>(~dram::Ops{0});
  dram::Ops wanted = 0;
  for (unsigned i = 0; i < dram::kOpCount; ++i) {
    const auto op = static_cast<dram::Op>(i);
    const auto found = std::find(options.ops.begin(), options.ops.end(), dram::name(op));
    if (found != options.ops.end()) wanted = static_cast<dram::Ops>(wanted | dram::bit(op));
  }
  return wanted;
}

/// An empty listing of what the memory does not have would look like one of what it did not do.
void check_place(const DumpOptions& o, const dram::CommandReader& reader) {
  const auto demand = [&o](const std::string& what, const auto& found, std::uint64_t count) {
    if (!found || *found < count) return;
    throw platform::ConfigurationError(
        fmt::format("--{}: found {}, expected one below {}, the number of {}s in {}", what, *found,
                    count, what, o.file));
  };
  demand("rank", o.rank, reader.ranks());
  demand("bank", o.bank, reader.device().banks());
  demand("row", o.row, reader.device().rows);
}

/// A command that has no bank or no row is none of bank 0 or row 0.
bool wanted(const dram::Command& c, const DumpOptions& o) {
  return c.clock >= o.window.from && c.clock <= o.window.to && (!o.rank || c.rank == *o.rank) &&
         (!o.bank || (dram::carries_bank(c.op) && c.bank == *o.bank)) &&
         (!o.row || (dram::carries_row(c.op) && c.row == *o.row));
}

/// Prints the commands that are wanted, or counts them.
std::array<std::uint64_t, dram::kOpCount> list(dram::CommandReader& reader, const DumpOptions& o,
                                               std::string& text) {
  const dram::Ops ops = wanted_ops(o);
  std::array<std::uint64_t, dram::kOpCount> counts{};
  std::uint64_t shown = 0;
  for (dram::Command c; reader.next(c);) {
    if ((dram::bit(c.op) & ops) == 0 || !wanted(c, o)) continue;
    if (shown == o.count) break;
    ++shown;
    ++counts[static_cast<unsigned>(c.op)];
    if (o.summary) continue;
    text += dram::text(c) + "\n";
    if (text.size() > 1U << 16) {
      print_console(text);
      text.clear();
    }
  }
  return counts;
}

int dump(const DumpOptions& o) {
  check_window(o.window);
  std::ifstream in = open_commands(o.file);
  dram::CommandReader reader(in, o.file);
  check_place(o, reader);
  std::string text = fmt::format("# {}, {} rank{}\n", reader.device().name, reader.ranks(),
                                 reader.ranks() == 1 ? "" : "s");
  std::array<std::uint64_t, dram::kOpCount> counts{};
  try {
    counts = list(reader, o, text);
  } catch (const dram::StreamError&) {
    // Of a stream that is cut off, what is whole is what its owner looks for.
    if (!o.summary) print_console(text);
    throw;
  }
  check_begins(o.window, reader.end(), o.file);
  for (unsigned i = 0; o.summary && i < dram::kOpCount; ++i) {
    if (counts[i] != 0)
      text += fmt::format("{:<5}{}\n", dram::name(static_cast<dram::Op>(i)), counts[i]);
  }
  print_console(text);
  return kPassed;
}

}  // namespace

void add_ddr_check(CLI::App& ddr, Actions& actions) {
  CLI::App* command = ddr.add_subcommand(
      "check", "Checks a recorded command stream against the timing rules of its device");
  auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *files, "What 'lookaside ddr play --commands FILE' wrote")
      ->required();
  command->footer(
      "The checker looks back from each command and shares with the scheduler nothing but the\n"
      "table of rules ('lookaside ddr rules'). The stream carries the clocks of its device.\n\n"
      "  lookaside ddr play --generate random:100000 --commands run.cmd\n"
      "  lookaside ddr check run.cmd\n\n"
      "Exit status: 0 no rule broken, 1 violations (printed), 2 no such stream, or not whole.");
  actions.emplace_back(command, [files] { return check(*files); });
}

void add_ddr_dump(CLI::App& ddr, Actions& actions) {
  CLI::App* command = ddr.add_subcommand("dump", "Prints a recorded command stream");
  auto o = std::make_shared<DumpOptions>();
  command->add_option("FILE", o->file, "What 'lookaside ddr play --commands FILE' wrote")
      ->required();
  command->add_option("--op", o->ops, "Only these commands, e.g. --op ACT --op REF")
      ->type_name("OP")
      ->transform(one_of(op_names()))
      ->allow_extra_args(false);
  command->add_option("--rank", o->rank, "Only this rank")
      ->type_name("N")
      ->transform(whole_number(0, 0xFFFF'FFFF));
  command->add_option("--bank", o->bank, "Only commands to this bank, counted within the rank")
      ->type_name("N")
      ->transform(whole_number(0, 0xFFFF'FFFF));
  command->add_option("--row", o->row, "Only commands with this row")
      ->type_name("N")
      ->transform(whole_number(0, 0xFFFF'FFFF));
  command->add_option("--from", o->window.from, "From this clock")
      ->type_name("CLOCK")
      ->transform(whole_number());
  command->add_option("--to", o->window.to, "Up to this clock")
      ->type_name("CLOCK")
      ->transform(whole_number());
  command->add_option("--count", o->count, "At most so many commands")
      ->type_name("N")
      ->transform(whole_number());
  command->add_flag("--summary", o->summary, "Counts of each command instead of a listing");
  command->footer(
      "PREA, REF, PDE, PDX, SRE and SRX are commands to a whole rank: --bank and --row leave them "
      "out,\n"
      "though PREA and REF concern every bank. Of what is cut off, the part before is listed.\n\n"
      "  lookaside ddr dump run.cmd --count 20\n"
      "  lookaside ddr dump run.cmd --op REF --from 9000 --to 20000\n"
      "  lookaside ddr dump run.cmd --bank 3 --summary");
  actions.emplace_back(command, [o] { return dump(*o); });
}

void add_ddr_wave(CLI::App& ddr, Actions& actions) {
  CLI::App* command =
      ddr.add_subcommand("wave", "Makes a waveform of a recorded command stream, or of a part");
  auto o = std::make_shared<WaveOptions>();
  command
      ->add_option("FILE", o->files,
                   "What 'lookaside ddr play --commands FILE' or 'lookaside run --ddr-commands "
                   "FILE' wrote; of several channels one each, in their order")
      ->required();
  command
      ->add_option("-o,--out", o->out,
                   "The waveform; OUT.gtkw beside it shows all of it in GTKWave")
      ->type_name("OUT.fst")
      ->required();
  // Far beyond any run, and still a time in ps.
  constexpr std::uint64_t kMost = std::uint64_t{1} << 50;
  command->add_option("--from", o->window.from, "From this clock")
      ->type_name("CLOCK")
      ->check(CLI::Range(std::uint64_t{0}, kMost));
  command->add_option("--to", o->window.to, "Up to this clock")
      ->type_name("CLOCK")
      ->check(CLI::Range(std::uint64_t{0}, kMost));
  command->footer(
      "A stream takes a few bytes a command and little time, a waveform of every command several\n"
      "times as much: record a long run as a stream, find the place with 'lookaside ddr dump', "
      "and\n"
      "look at that. It shows command bus, ranks and banks; queues only --wave of a run shows.\n\n"
      "  lookaside ddr play --generate random:100000 --timing temporal --commands run.cmd\n"
      "  lookaside ddr wave run.cmd --from 9000 --to 20000 -o part.fst\n"
      "  lookaside ddr play --generate random:1000 --set ddr.channels=2 --commands two.cmd\n"
      "  lookaside ddr wave two.0.cmd two.1.cmd -o two.fst\n\n"
      "Exit status: 0 written, 2 no such stream, or not whole: then there is no waveform.");
  actions.emplace_back(command, [o] { return wave(*o); });
}

}  // namespace lookaside::testbench
