// SPDX-License-Identifier: Apache-2.0
#include "configuration_options.h"

#include <CLI/CLI.hpp>

namespace lookaside::testbench {

void ConfigurationOptions::add_to(CLI::App& command) {
  command.add_option("-c,--config", file, "Configuration file (YAML); see 'lookaside config'")
      ->type_name("FILE.yaml");
  command
      .add_option("--set", assignments,
                  "Sets one configuration key, e.g. --set mmu.l1d.entries=32; stronger than the "
                  "file, may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

platform::Configuration ConfigurationOptions::load() const {
  platform::Configuration configuration;
  if (!file.empty()) configuration.load_file(file);
  for (const std::string& assignment : assignments) configuration.assign(assignment);
  return configuration;
}

}  // namespace lookaside::testbench
