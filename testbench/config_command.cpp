// SPDX-License-Identifier: Apache-2.0
// `lookaside config`: the effective configuration, each key below its sentence.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "configuration_options.h"

namespace lookaside::testbench {

void add_config(CLI::App& program, Actions& actions) {
  CLI::App* command = program.add_subcommand(
      "config",
      "Prints the effective configuration, with the meaning, range and default of every key");
  auto options = std::make_shared<ConfigurationOptions>();
  options->add_to(*command);
  command->footer(
      "What it prints is a configuration file: save it, change it, give it to run.\n"
      "  lookaside config > soc.yaml\n"
      "  lookaside config -c soc.yaml --set mmu.l2.enabled=false");
  actions.emplace_back(command, [options] {
    const platform::Configuration configuration = options->load();
    configuration.check();
    std::fputs(configuration.dump().c_str(), stdout);
    return kPassed;
  });
}

}  // namespace lookaside::testbench
