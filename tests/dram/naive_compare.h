// SPDX-License-Identifier: Apache-2.0
// Plays one trace on the model's controller and on the naive one and says where they part.
#pragma once

#include <cstdint>
#include <string>
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

struct Load {
  const Part* part = &kDdr4;
  std::string map;
  unsigned ranks = 1;
  unsigned outstanding = 32;
  std::uint64_t gap = 1;
  bool closed_page = false;
  std::string text() const;
};

struct Outcome {
  double gigabytes_per_second = 0;
  double mean_ns = 0;
  std::uint64_t p50 = 0, p99 = 0;  ///< clocks
  std::uint64_t hits = 0, misses = 0, conflicts = 0;
  std::vector<Command> commands;
  std::vector<std::uint64_t> latency;  ///< clocks, of each request
};

/// The choices that the model makes where schedulers may differ.
Policy policy_of_model(bool closed_page);
/// The plain reading of FR-FCFS, without an age cap.
Policy plain_policy(bool closed_page);

Outcome play_model(const Load& load, const dram::Trace& trace);
Outcome play_naive(const Load& load, const dram::Trace& trace, const Policy& policy);

/// "" when both sent the same commands at the same clocks; else the first difference, with the
/// commands around it.
std::string first_difference(const std::vector<Command>& model, const std::vector<Command>& naive);

/// (model - naive) / naive, in percent.
double deviation(double model, double naive);

}  // namespace lookaside::naive
