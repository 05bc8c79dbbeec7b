// SPDX-License-Identifier: Apache-2.0
// The options that every command with a platform has: -c and --set.
#pragma once

#include <string>
#include <vector>

#include <lookaside/platform/configuration.h>

namespace CLI {
class App;
}

namespace lookaside::testbench {

struct ConfigurationOptions {
  std::string file;
  std::vector<std::string> assignments;

  void add_to(CLI::App& command);
  /// Defaults, then the file, then the assignments in their order; not yet checked as a whole.
  platform::Configuration load() const;
};

}  // namespace lookaside::testbench
