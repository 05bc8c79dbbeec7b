// SPDX-License-Identifier: Apache-2.0
// Plays one trace on the model's controller and on the naive one and says where they part.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <lookaside/dram/controller_config.h>

#include "dram/naive_controller.h"
#include "dram/trace_driver.h"

namespace lookaside::naive {

struct NamedTrace {
  std::string name;
  dram::Trace trace;
};
/// Streams, strides, random, mixed and alternating accesses, `length` requests each.
std::vector<NamedTrace> traces(std::size_t length, std::uint64_t seed);

/// `map`: fields from the most significant down, "row:rank:bank:bank_group:column"; bursts of 64 B.
Place locate(const Geometry& geometry, unsigned ranks, const std::string& map,
             std::uint64_t address);

inline constexpr const char* kPages = "row:rank:bank:bank_group:column";
inline constexpr const char* kInterleaved = "row:rank:bank:column:bank_group";

struct Load {
  Part part = kDdr4;
  std::string map = kPages;
  unsigned ranks = 1;
  unsigned outstanding = 32;
  std::uint64_t gap = 1;
  dram::ControllerConfig config = {};
  bool impose_timing = false;  ///< the model gets the part's timing, else it has its preset's
  std::string text() const;
};
/// Outstanding requests and clocks between them, from one at a time to a full queue and down again
/// to a load below the bandwidth.
const std::vector<std::pair<unsigned, std::uint64_t>>& pressures();
/// Parts, maps, ranks and page policies, each with each.
std::vector<Load> machines(const std::vector<Part>& parts);

struct Outcome {
  double gigabytes_per_second = 0;
  double mean_ns = 0;
  std::uint64_t p50 = 0, p99 = 0;  ///< clocks
  std::uint64_t hits = 0, misses = 0, conflicts = 0;
  std::uint64_t clocks = 0;
  std::vector<Command> commands;
  std::vector<std::uint64_t> latency;  ///< clocks, of each request
};

/// The choices that the model makes where schedulers may differ.
Policy policy_of_model(const dram::ControllerConfig& config);

Outcome play_model(const Load& load, const dram::Trace& trace);
Outcome play_naive(const Load& load, const dram::Trace& trace, const Policy& policy);

/// Plays both: "" when commands, latencies and row counters are the same; else what is not.
std::string compare(const Load& load, const NamedTrace& trace);
/// "" when both sent the same commands at the same clocks; else the first difference, with the
/// commands around it.
std::string first_difference(const std::vector<Command>& model, const std::vector<Command>& naive);

/// (model - naive) / naive, in percent.
double deviation(double model, double naive);

}  // namespace lookaside::naive
