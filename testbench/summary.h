// SPDX-License-Identifier: Apache-2.0
// What `lookaside run` says at the end.
#pragma once

#include <string>
#include <vector>

#include <lookaside/observe/statistic.h>
#include <lookaside/platform/outcome.h>

namespace lookaside::testbench {

/// A file the run has written.
struct Written {
  std::string what;  ///< "waveform"
  std::string path;
};

struct SummaryInput {
  std::string program;
  platform::Outcome outcome;
  std::uint64_t instructions = 0;
  std::uint64_t time_ps = 0;
  double host_seconds = 0;
  std::vector<Written> files;
  std::string next;  ///< the command to type next
};

/// Outcome, speed, hit rates, walks, faults by cause, files. Several lines, for a person.
std::string summary(const SummaryInput& input, const observe::StatisticGroup& statistics);

}  // namespace lookaside::testbench
