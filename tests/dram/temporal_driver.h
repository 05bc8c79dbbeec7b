// SPDX-License-Identifier: Apache-2.0
// Plays traces on the temporal model as trace_driver.h does on the event-driven controller.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/dram/checker.h>
#include <lookaside/dram/temporal.h>

#include "dram/trace_driver.h"

namespace lookaside::dram {

/// One request a clock as long as fewer than `outstanding` are not answered.
inline Figures play(TemporalModel& model, const Mapping& map, const Trace& trace,
                    unsigned outstanding, std::uint64_t gap = 1) {
  Figures figures;
  figures.clock_ns = 2000.0 / model.organization().device.data_rate_mts;
  figures.bytes = trace.size() * map.burst_bytes();
  figures.latency.resize(trace.size());
  std::vector<std::uint64_t> answers;  // a heap, the earliest first
  answers.reserve(outstanding + 1);
  std::uint64_t clock = 0;
  for (std::size_t next = 0; next < trace.size(); ++next) {
    if (next > 0) clock += gap;
    while (!answers.empty() && (answers.front() <= clock || answers.size() == outstanding)) {
      clock = std::max(clock, answers.front());
      std::pop_heap(answers.begin(), answers.end(), std::greater<>());
      answers.pop_back();
    }
    const Completion done = model.serve(
        {next, map.locate(trace[next].address), trace[next].write, trace[next].priority, 0}, clock);
    figures.latency[next] = done.finish - clock;
    // A posted write that found the queue full kept the others back.
    if (done.served == Served::kPosted) clock = std::max(clock, done.finish - 1);
    figures.clocks = std::max(figures.clocks, done.finish);
    answers.push_back(done.finish);
    std::push_heap(answers.begin(), answers.end(), std::greater<>());
  }
  return figures;
}

/// The commands of a model that record()s, up to `end` and beyond; they break no rule.
inline std::vector<Command> checked_commands(TemporalModel& model, std::uint64_t end) {
  model.settle(end);
  std::vector<Command> commands = model.commands(kNever);
  Checker checker(model.organization().device, model.organization().ranks);
  for (const Command& c : commands) checker.check(c);
  EXPECT_GT(checker.commands(), 0U);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
  return commands;
}

}  // namespace lookaside::dram
