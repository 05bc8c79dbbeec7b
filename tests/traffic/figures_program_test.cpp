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

TEST_F(DdrFigures, SequentialOverBankGroups) {
  expect_within(bandwidth(play({"--generate", "sequential:200000", "--set",
                                "ddr.map=row:bank:column:bank_group"})),
                18.27, 1);
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

TEST_F(DdrFigures, MixPosted) {
  const auto figures = play(
      {"--generate", "mix:200000", "--set", "ddr.write_policy=posted", "--set", "ddr.queue=split"});
  expect_within(bandwidth(figures), 15.0, 3);
}

/// 8 Gb x8, 11-11-11: at least 97 % of the bus less refreshes, and an unloaded latency of tRP +
/// tRCD + CL + BL/2 and one clock.
TEST_F(DdrFigures, Ddr3) {
  const std::vector<std::string> memory{"--set", "ddr.preset=ddr3-1600", "--set",
                                        "ddr.map=row:bank:column"};
  auto words = memory;
  words.insert(words.end(), {"--generate", "sequential:200000"});
  EXPECT_GE(bandwidth(play(words)), 0.97 * 12.8 * (1 - 280.0 / 6240));
  words = memory;
  words.insert(words.end(), {"--generate", "random:100000,range=256MiB", "--outstanding", "1"});
  EXPECT_NEAR(play(words)["player"]["latency_p50_ns"].get<double>(), (11 + 11 + 11 + 4 + 1) * 1.25,
              0.01);
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
