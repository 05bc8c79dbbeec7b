// SPDX-License-Identifier: Apache-2.0
// `lookaside run`.
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "run.h"
#include "run_options.h"

namespace lookaside::testbench {

void add_run(CLI::App& program, Actions& actions) {
  CLI::App* command = program.add_subcommand("run", "Runs a RISC-V program on the platform");
  auto options = std::make_shared<RunOptions>();
  options->add_to(*command);
  actions.emplace_back(command, [options] { return Run(*options).execute(); });
}

}  // namespace lookaside::testbench
