// SPDX-License-Identifier: Apache-2.0
// `lookaside cosim`: RTL and model against each other, without a platform.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>

#include "commands.h"
#include "cosim/difference.h"
#include "cosim/mmu/replay.h"
#include "cosim/stimulus.h"
#include "cosim/tlb/replay.h"
#include "generate_command.h"

namespace lookaside::testbench {
namespace {

using cosim::Stimulus;

/// How the stimulus of a block is run; says what it found and returns the exit status.
struct Block {
  const char* name;
  int (*replay)(const Stimulus&);
};

int say(const Stimulus& stimulus, const cosim::ReplayResult& result) {
  if (!result.difference) {
    stimulus.expect_operations();  // none that agree would say nothing
    fmt::print("{}: no difference: RTL and model agree on {} operations\n", stimulus.file,
               result.compared);
    return kPassed;
  }
  fmt::print("{}", cosim::report(*result.difference, {}));
  const cosim::Operation& last = stimulus.operations.at(result.compared);
  fmt::print("  this is {}:{}; {} operations before it agree\n", stimulus.file, last.line,
             result.compared);
  return kFailed;
}

int replay_tlb(const Stimulus& stimulus) {
  return say(stimulus, cosim::replay_tlb(stimulus, cosim::tlb_variants()));
}
int replay_mmu(const Stimulus& stimulus) {
  return say(stimulus, cosim::replay_mmu(stimulus, cosim::mmu_variants()));
}

constexpr Block kBlocks[] = {{"tlb", replay_tlb}, {"mmu", replay_mmu}};

int replay(const std::string& file) {
  const Stimulus stimulus = cosim::read_stimulus(file);
  std::vector<std::string> names;
  for (const Block& block : kBlocks) {
    if (stimulus.block == block.name) return block.replay(stimulus);
    names.emplace_back(block.name);
  }
  const std::string near = platform::nearest(stimulus.block, names);
  throw cosim::StimulusError(fmt::format(
      "{}: found block '{}'{}, expected one of {}", file, stimulus.block,
      near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), fmt::join(names, ", ")));
}

void add_replay(CLI::App& cosim, Actions& actions) {
  CLI::App* command = cosim.add_subcommand(
      "replay", "Runs a stimulus on RTL and model from reset and compares every answer");
  auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "Stimulus, as a difference report leaves one")->required();
  command->footer(
      "A stimulus is a text file, one operation a line:\n"
      "  block tlb format=sv57 entries=16 ways=16 policy=plru asid_bits=16\n"
      "  fill va=0x1000 asid=0x1 ppn=0x80200 level=0 global=0 perm=rw-uad\n"
      "  lookup va=0x1000 asid=0x1\n"
      "  fence form=address+asid va=0x1000 asid=0x1\n"
      "  drop va=0x1000 asid=0x1\n\n"
      "Exit status: 0 no difference, 1 a difference, 2 bad input.");
  actions.emplace_back(command, [file] { return replay(*file); });
}

/// Each adds one command below `cosim`.
constexpr void (*kCommands[])(CLI::App&, Actions&) = {add_generate, add_replay};

}  // namespace

void add_cosim(CLI::App& program, Actions& actions) {
  CLI::App* command = program.add_subcommand(
      "cosim", "RTL against the model, without a platform: ours, or yours through a port map");
  command->require_subcommand(0, 1);
  for (const auto& add : kCommands) add(*command, actions);
  add_cosim_foreign(*command, actions);  // last: it acts when no subcommand does
}

}  // namespace lookaside::testbench
