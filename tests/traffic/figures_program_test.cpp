// SPDX-License-Identifier: Apache-2.0
// Bandwidths and latencies on which three DRAM simulators agree, through the command: DDR4-2400
// 8 Gb x8 17-17-17, one channel and rank, 64 bit, FR-FCFS, open page, shared queue of 32.
#include <gmock/gmock.h>

#include "traffic/ddr_program.h"

namespace lookaside::tests {
namespace {

class DdrFigures : public DdrProgram {
 protected:
  static void expect_within(double found, double expected, double percent) {
    EXPECT_NEAR(found, expected, expected * percent / 100);
  }
};

TEST_F(DdrFigures, Sequential) {
  expect_within(bandwidth(play({"--generate", "sequential:200000"})), 14.05, 1);
}

TEST_F(DdrFigures, Random) {
  const auto figures = play({"--generate", "random:200000"});
  expect_within(bandwidth(figures), 11.12, 1);
  expect_within(figures["player"]["latency_mean_ns"], 184, 1);
}

TEST_F(DdrFigures, Chase) {
  for (const char* words : {"random:200000,range=256MiB", "chase:200000"}) {
    const bool dependent = std::string(words).front() == 'c';
    const auto figures = play({"--generate", words, "--outstanding", dependent ? "32" : "1"});
    expect_within(bandwidth(figures), 1.347, 1);
    expect_within(figures["player"]["latency_p50_ns"], 46.6, 1);
  }
}

TEST_F(DdrFigures, MixUnbuffered) {
  const auto figures = play({"--generate", "mix:200000"});
  expect_within(bandwidth(figures), 13.0, 3);
  expect_within(figures["player"]["writes"].get<double>(), 200000.0 / 3, 1);
}

TEST_F(DdrFigures, LatencyRisesWithLoad) {
  double before = 0;
  for (const char* gap : {"200", "50", "20", "12", "9", "7", "1"}) {
    const auto figures = play({"--generate", "random:50000", "--gap", gap});
    EXPECT_GT(figures["player"]["latency_mean_ns"].get<double>(), before) << "gap " << gap;
    before = figures["player"]["latency_mean_ns"];
  }
}

}  // namespace
}  // namespace lookaside::tests
