// SPDX-License-Identifier: Apache-2.0
// Where `ddr play` and `ddr trace` take their requests from: a file, or --generate.
#pragma once

#include <memory>
#include <string>

#include <lookaside/traffic/core/trace.h>

namespace CLI {
class App;
}

namespace lookaside::testbench {

struct TraceInput {
  std::string file;
  std::string generator;

  void add_to(CLI::App& command);
  /// Throws traffic::TraceError, platform::ConfigurationError.
  std::unique_ptr<traffic::Source> open() const;
  /// What reports call it.
  std::string name() const { return generator.empty() ? file : generator; }
};

}  // namespace lookaside::testbench
