// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr rules` and `lookaside ddr presets`: what the model knows about memories.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <lookaside/dram/preset.h>
#include <lookaside/dram/rules.h>
#include <lookaside/platform/configuration.h>
#include <lookaside/platform/text.h>

#include "ddr/subcommands.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

/// A preset by its name; a wrong one is refused with the nearest.
const dram::BuiltinPreset& find_preset(const std::string& word) {
  std::vector<std::string> names;
  for (const dram::BuiltinPreset& preset : dram::builtin_presets()) {
    if (platform::edit_distance(word, preset.name) == 0) return preset;
    names.emplace_back(preset.name);
  }
  const std::string near = platform::nearest(word, names);
  throw platform::ConfigurationError(
      fmt::format("found the preset '{}', expected one of {}{}", word, fmt::join(names, ", "),
                  near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

int print_rules(const std::string& word) {
  for (unsigned i = 0; i < dram::kStandardCount; ++i) {
    const auto standard = static_cast<dram::Standard>(i);
    if (!word.empty() && word != dram::name(standard)) continue;
    fmt::print("## {}\n\n{}\n", dram::name(standard), dram::rules_markdown(standard));
  }
  return kPassed;
}

void print_overview() {
  fmt::print("{:<14}{:<10}{:>6}  devices: density in Gb, width, speed bins\n", "preset", "standard",
             "MT/s");
  for (const dram::BuiltinPreset& preset : dram::builtin_presets()) {
    const dram::Device usual = dram::builtin_device(preset.name);
    std::string devices;
    std::string last;
    for (const dram::Choice& c : dram::choices(preset.text, std::string(preset.file))) {
      const std::string shape = fmt::format("{} x{}", c.density_gb, c.width);
      if (shape != last) devices += fmt::format("{}{}", devices.empty() ? "" : ", ", shape);
      if (!c.bin.empty()) devices += (shape == last ? "/" : " ") + c.bin;
      last = shape;
    }
    fmt::print("{:<14}{:<10}{:>6}  {}\n", preset.name, dram::name(usual.standard),
               usual.data_rate_mts, devices);
  }
}

std::string rule_lines(const dram::Device& d) {
  std::string text = "\n| rule | level | clocks | is |\n|---|---|---:|---|\n";
  for (const dram::TimingRule& rule : dram::timing_rules(d)) {
    text += fmt::format("| {} | {} | {} | {} |\n", rule.rule->name, dram::name(rule.rule->level),
                        rule.clocks, dram::latency_text(*rule.rule));
  }
  return text;
}

void print_device(const dram::Device& d) {
  const double clock_ns = 2000.0 / d.data_rate_mts;
  fmt::print("# {}\n\n{} x {} banks, {} rows, {} columns, {} byte pages, bursts of {}\n\n", d.name,
             d.bank_groups, d.banks_per_group, d.rows, d.columns, d.page_bytes(), d.burst_length);
  fmt::print("| parameter | clocks | ns |\n|---|---:|---:|\n");
  for (unsigned i = 0; i < dram::kParameterCount; ++i) {
    const auto p = static_cast<dram::Parameter>(i);
    fmt::print("| {} | {} | {:.2f} |\n", dram::name(p), d[p], d[p] * clock_ns);
  }
  fmt::print("{}", rule_lines(d));
  if (!d.rails.empty()) {
    fmt::print(
        "\n| rail | V | IDD0 | 2N | 2P | 3N | 3P | 4R | 4W | 5 | 6 (mA) |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
  }
  for (const dram::Rail& r : d.rails) {
    fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", r.name, r.volts,
               r.idd0, r.idd2n, r.idd2p, r.idd3n, r.idd3p, r.idd4r, r.idd4w, r.idd5, r.idd6);
  }
  for (const std::string& dispute : d.disputes) fmt::print("\nSources differ: {}\n", dispute);
}

struct PresetOptions {
  std::string name;
  dram::Choice choice;
  bool source = false;
};

int print_presets(const PresetOptions& options) {
  if (options.name.empty()) {
    print_overview();
    return kPassed;
  }
  const dram::BuiltinPreset& preset = find_preset(options.name);
  if (options.source) {
    fmt::print("{}", preset.text);
  } else {
    print_device(dram::builtin_device(preset.name, options.choice));
  }
  return kPassed;
}

}  // namespace

void add_ddr_rules(CLI::App& ddr, Actions& actions) {
  CLI::App* command = ddr.add_subcommand(
      "rules", "Prints the table of JEDEC timing rules that scheduler and checker share");
  auto standard = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (unsigned i = 0; i < dram::kStandardCount; ++i) {
    names.emplace_back(dram::name(static_cast<dram::Standard>(i)));
  }
  command->add_option("STANDARD", *standard, "Only this one")->transform(one_of(names));
  command->footer("The clocks of one device: lookaside ddr presets DDR4-2400");
  actions.emplace_back(command, [standard] { return print_rules(*standard); });
}

void add_ddr_presets(CLI::App& ddr, Actions& actions) {
  CLI::App* command =
      ddr.add_subcommand("presets", "Lists the memories, or prints every figure of one");
  auto options = std::make_shared<PresetOptions>();
  CLI::Option* preset = command->add_option("PRESET", options->name, "Prints this one");
  CLI::Option* source =
      command->add_flag("--source", options->source,
                        "Prints the YAML: the (ns, nCK) rules that the clocks come from");
  source->needs(preset);
  const auto choose = [&](const char* name, auto& value, const char* sentence) {
    return command->add_option(name, value, sentence)->needs(preset)->excludes(source);
  };
  choose("--density", options->choice.density_gb, "Device of so many Gb")->type_name("GB");
  choose("--width", options->choice.width, "... of so many data pins");
  choose("--bin", options->choice.bin, "... of this speed bin");
  command->footer(
      "  lookaside ddr presets\n"
      "  lookaside ddr presets DDR4-2400 --density 16 --width 4\n"
      "  lookaside ddr presets DDR5-4800 --source");
  actions.emplace_back(command, [options] { return print_presets(*options); });
}

}  // namespace lookaside::testbench
