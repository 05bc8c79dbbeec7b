// SPDX-License-Identifier: Apache-2.0
// What a play amounts to: for a person, and as JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <lookaside/traffic/core/player.h>

#include "ddr/memory.h"

namespace lookaside::testbench {

struct PlayReport {
  std::string trace;   ///< file or generator
  std::string timing;  ///< "approximate", "temporal"
  MemorySetup setup;
  traffic::PlayerConfig player;
  traffic::Played played;
  std::vector<ChannelFigures> channels;
  double cpu_seconds = 0;
  std::vector<std::string> files;  ///< written beside it

  double clock_ns() const { return 2000.0 / setup.organization.device.data_rate_mts; }
  double simulated_ns() const { return static_cast<double>(played.clocks()) * clock_ns(); }
  double gigabytes_per_second() const;
  traffic::Latencies latencies() const;  ///< of reads and writes together
  std::uint64_t violations() const;
};

/// Several lines.
std::string report_text(const PlayReport& report);

/// A document of room record's kind: "run" has trace, memory, `configuration` and what the host
/// needed, "statistics" the figures. All but run.host is the same for the same inputs.
std::string report_json(const PlayReport& report, const nlohmann::ordered_json& configuration);

}  // namespace lookaside::testbench
