// SPDX-License-Identifier: Apache-2.0
// Where `ddr play` and `ddr trace` take their requests from: a file, or --generate.
#pragma once

#include <cstdint>
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
  /// What is generated stays in a memory of `memory_bytes` unless it is told otherwise; 0: there is
  /// none yet. A file that gives nothing more ends when the user interrupts. Throws
  /// traffic::TraceError, platform::ConfigurationError.
  std::unique_ptr<traffic::Source> open(std::uint64_t memory_bytes = 0) const;
  /// What reports call it.
  std::string name() const { return generator.empty() ? file : generator; }
};

}  // namespace lookaside::testbench
