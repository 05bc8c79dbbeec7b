// SPDX-License-Identifier: Apache-2.0
// `lookaside cosim generate`: a random stimulus as text, for `lookaside cosim replay`.
#include "generate_command.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "commands.h"
#include "console.h"
#include "cosim/stimulus.h"
#include "cosim/tlb/replay.h"
#include "stimulus/mmu_generator.h"
#include "stimulus/tlb_generator.h"
#include "usage.h"

namespace lookaside::testbench {
namespace {

using cosim::Stimulus;
using stimulus::MmuWeights;
using stimulus::TlbWeights;
using stimulus::Weights;
using translation::Format;

struct Options {
  std::string block = "tlb";
  std::vector<std::string> settings;
  std::uint64_t operations = 1000;
  std::uint64_t seed = 1;
  std::string weights;
  std::vector<std::string> set;
};

/// "key=value" cut in two; throws WeightError.
std::pair<std::string, std::string> split(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw stimulus::WeightError(fmt::format("found '{}', expected name=value", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Weights weights_of(const Options& options) {
  Weights weights = options.weights.empty() ? Weights{} : stimulus::read_weights(options.weights);
  for (const std::string& one : options.set) {
    const auto [name, value] = split(one);
    weights.set(name, value);
  }
  return weights;
}

template <typename Generator>
void draw(Generator generator, std::uint64_t operations, Stimulus& to) {
  for (std::uint64_t i = 0; i < operations; ++i) to.operations.push_back(generator.next());
}

void draw_tlb(const Options& options, const TlbWeights& weights, Stimulus& to) {
  const tlb::Geometry geometry = cosim::wish_of(to).geometry;
  const Format* format = translation::format_by_name(to.setting("format", "sv39"));
  draw(stimulus::TlbGenerator({format, geometry.sets(), geometry.asid_bits}, weights, options.seed),
       options.operations, to);
}

// The names of variants begin with the register width.
void draw_mmu(const Options& options, const MmuWeights& weights, Stimulus& to) {
  const std::string variant = to.setting("variant", "rv64");
  stimulus::MmuShape shape;
  shape.formats = {&translation::kSv39, &translation::kSv48, &translation::kSv57};
  if (variant.rfind("rv32", 0) == 0) shape = {{&translation::kSv32}, 9, 4};
  draw(stimulus::MmuGenerator(shape, weights, options.seed), options.operations, to);
}

int generate(const Options& options) {
  const Weights weights = weights_of(options);
  Stimulus stimulus;
  stimulus.file = "generate";
  stimulus.block = options.block;
  for (const std::string& one : options.settings) {
    const auto [key, value] = split(one);
    stimulus.settings.push_back({key, value});
  }
  weights.check(options.block);
  if (options.block == "tlb") {
    draw_tlb(options, weights.tlb, stimulus);
  } else {
    stimulus.expect_settings({"variant"});
    draw_mmu(options, weights.mmu, stimulus);
  }
  print_console(fmt::format("# seed {}\n", options.seed) + cosim::text_of(stimulus));
  return kPassed;
}

int list_weights() {
  for (const stimulus::WeightDescription& d : stimulus::describe({})) {
    fmt::print("{}={}\n", d.name, d.value);
  }
  return kPassed;
}

}  // namespace

void add_generate(CLI::App& cosim, Actions& actions) {
  CLI::App* command = cosim.add_subcommand("generate", "Writes a random stimulus for `replay`");
  auto options = std::make_shared<Options>();
  auto list = std::make_shared<bool>(false);
  command->add_option("BLOCK", options->block, "tlb or mmu")
      ->transform(one_of({"tlb", "mmu"}))
      ->capture_default_str();
  command->add_option("--shape", options->settings,
                      "Setting of the block line, e.g. format=sv48, entries=64, variant=rv32");
  command->add_option("--operations", options->operations, "How many")
      ->transform(whole_number(1))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Same seed, same stimulus")
      ->transform(whole_number())
      ->capture_default_str();
  command->add_option("--weights", options->weights, "YAML file of weights");
  command->add_option("--weight", options->set, "One weight, e.g. tlb.fence=20; after the file");
  command->add_flag("--list-weights", *list, "Prints every weight with its default");
  command->footer(
      "  lookaside cosim generate tlb --shape format=sv57 --weight tlb.global=50 >random.stim\n"
      "  lookaside cosim replay random.stim");
  actions.emplace_back(command,
                       [options, list] { return *list ? list_weights() : generate(*options); });
}

}  // namespace lookaside::testbench
