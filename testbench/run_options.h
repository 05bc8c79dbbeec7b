// SPDX-License-Identifier: Apache-2.0
// The options of `lookaside run`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/platform/configuration.h>

#include "configuration_options.h"

namespace CLI {
class App;
}

namespace lookaside::testbench {

/// FILE@ADDRESS after --load.
struct Image {
  std::string path;
  std::uint64_t address = 0;
};

struct RunOptions {
  std::string elf;
  ConfigurationOptions configuration;
  std::string instructions;  ///< as written, empty: not given
  std::string time;
  std::string disk;
  std::vector<std::string> loads;
  std::string dtb;
  std::string wave;
  std::string wave_from;
  std::string wave_to;
  std::string stats;
  std::string trace;
  std::string signature;
  unsigned signature_granularity = 4;
  std::string framebuffer;
  std::string ddr_commands;

  void add_to(CLI::App& command);
  /// The configuration with the options that stand for a key; checked as a whole.
  platform::Configuration load_configuration() const;
  /// --load, each split at its last '@'. Throws ConfigurationError.
  std::vector<Image> images() const;
  /// --wave-from and --wave-to in ps; default everything. Throws ConfigurationError.
  void window(std::uint64_t& from_ps, std::uint64_t& to_ps) const;
};

}  // namespace lookaside::testbench
