// SPDX-License-Identifier: Apache-2.0
// What a play amounts to: for a person, and as JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <lookaside/ddr/config.h>
#include <lookaside/observe/statistic.h>

#include "ddr/play.h"

namespace lookaside::testbench {

struct PlayReport {
  std::string trace;  ///< file or generator
  ddr::ControllerConfig config;
  traffic::PlayerConfig player;
  Results results;
  double cpu_seconds = 0;
  bool interrupted = false;        ///< the trace was not played to its end
  std::vector<std::string> files;  ///< written beside it

  double clock_ns() const { return 2000.0 / config.organization.device.data_rate_mts; }
  double simulated_ns() const { return static_cast<double>(results.clocks) * clock_ns(); }
  /// What the requesters got: merged and forwarded bytes, which no DRAM moved, count too.
  double gigabytes_per_second() const;
  /// Part of the clocks in which the channels' data buses carried data, 0 to 1.
  double bus_share() const;
  traffic::Latencies latencies() const;  ///< of reads and writes together
};

/// Several lines.
std::string report_text(const PlayReport& report);

/// A document of room record's kind: "run" has trace, memory, `configuration` and what the host
/// needed, "statistics" the figures of the player and, in `ddr`, of the controller. All but
/// run.host is the same for the same inputs.
std::string report_json(const PlayReport& report, observe::StatisticGroup& ddr,
                        const nlohmann::ordered_json& configuration);

}  // namespace lookaside::testbench
