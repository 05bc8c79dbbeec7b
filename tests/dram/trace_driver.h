// SPDX-License-Identifier: Apache-2.0
// Plays traces on one controller: one request a clock as long as fewer than N are outstanding.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include <lookaside/dram/controller.h>
#include <lookaside/dram/preset.h>

namespace lookaside::dram {

struct Record {
  std::uint64_t address;
  bool write;
  std::uint8_t priority = 0;
};
using Trace = std::vector<Record>;

struct Figures {
  std::uint64_t clocks = 0;            ///< first push to last answer
  std::vector<std::uint64_t> latency;  ///< clocks from the first attempt to the answer
  std::uint64_t bytes = 0;
  double clock_ns = 0;

  double gigabytes_per_second() const {
    return static_cast<double>(bytes) / (static_cast<double>(clocks) * clock_ns);
  }
  double mean_ns() const {
    double sum = 0;
    for (const std::uint64_t l : latency) sum += static_cast<double>(l);
    return sum / static_cast<double>(latency.size()) * clock_ns;
  }
  std::uint64_t percentile(double p) const {
    std::vector<std::uint64_t> sorted = latency;
    const auto at = static_cast<std::ptrdiff_t>(p * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
    return sorted[static_cast<std::size_t>(at)];
  }
};

/// `gap`: clocks between the earliest pushes of two requests. `observe` sees every step.
inline Figures play(Controller& controller, const Mapping& map, const Trace& trace,
                    unsigned outstanding, std::uint64_t gap = 1,
                    const std::function<void(const Step&)>& observe = {}) {
  Figures figures;
  figures.clock_ns = 2000.0 / controller.organization().device.data_rate_mts;
  figures.bytes = trace.size() * map.burst_bytes();
  figures.latency.resize(trace.size());
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> answers;
  std::vector<std::uint64_t> first(trace.size(), kNever);
  std::size_t next = 0;
  std::uint64_t clock = 0;
  std::uint64_t earliest = 0;
  unsigned in_flight = 0;
  const auto take = [&](const Step& step) {
    for (const Completion& c : step.completions) {
      answers.push(c.finish);
      figures.latency[c.id] = c.finish - first[c.id];
    }
    if (observe) observe(step);
  };
  while (next < trace.size() || in_flight > 0) {
    take(controller.step(clock));
    while (!answers.empty() && answers.top() <= clock) {
      answers.pop();
      --in_flight;
    }
    if (next < trace.size() && in_flight < outstanding && clock >= earliest) {
      first[next] = std::min(first[next], clock);
      if (controller.push(
              {next, map.locate(trace[next].address), trace[next].write, trace[next].priority, 0},
              clock)) {
        ++next;
        ++in_flight;
      }
      earliest = clock + gap;
    }
    if (next == trace.size() && in_flight == 0) break;
    std::uint64_t then = controller.next_event();
    if (!answers.empty()) then = std::min(then, answers.top());
    if (next < trace.size() && in_flight < outstanding) {
      then = std::min(then, std::max(earliest, clock + 1));
    }
    clock = std::max(then, clock + 1);
  }
  figures.clocks = clock;
  return figures;
}

inline constexpr std::size_t kTraceLength = 200'000;

inline Trace sequential(std::size_t length = kTraceLength) {
  Trace trace;
  for (std::size_t i = 0; i < length; ++i) trace.push_back({i * 64, false});
  return trace;
}

inline Trace uniform(std::uint64_t bytes, std::size_t length = kTraceLength,
                     std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Trace trace;
  for (std::size_t i = 0; i < length; ++i) trace.push_back({random() % (bytes / 64) * 64, false});
  return trace;
}

/// 16 hot pages of 1 GiB; one of them at random, replaced with probability 1/32, then its next line
/// with probability 1/2, else a random line; a write with probability 1/3.
inline Trace hot_pages(std::size_t length = kTraceLength, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  constexpr std::uint64_t kPages = (std::uint64_t{1} << 30) / 4096;
  std::uint64_t page[16];
  std::uint64_t line[16];
  for (unsigned i = 0; i < 16; ++i) {
    page[i] = random() % kPages;
    line[i] = random() % 64;
  }
  Trace trace;
  for (std::size_t i = 0; i < length; ++i) {
    const auto p = static_cast<std::size_t>(random() % 16);
    if (random() % 32 == 0) {
      page[p] = random() % kPages;
      line[p] = random() % 64;
    }
    line[p] = random() % 2 == 0 ? (line[p] + 1) % 64 : random() % 64;
    trace.push_back({page[p] * 4096 + line[p] * 64, random() % 3 == 0});
  }
  return trace;
}

}  // namespace lookaside::dram
