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

/// What the sentence of ddr.age_cap_clocks says: tRC is 56 clocks.
TEST_F(DdrFigures, DeepQueuesNeedALargerAgeCap) {
  const auto with_cap = [this](const char* cap) {
    return play({"--generate", "mix:100000", "--outstanding", "256", "--set", "ddr.queue_depth=256",
                 "--set", std::string("ddr.age_cap_clocks=") + cap});
  };
  const auto large = with_cap("14336");
  expect_within(bandwidth(large), bandwidth(with_cap("1000000")), 1);
  EXPECT_LT(large["ddr"]["queues"]["age_cap_commands"], 100);
  EXPECT_LT(bandwidth(with_cap("4000")), bandwidth(large) / 2) << "the default";
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

/// Loads beyond what the controller's queue holds, requests of several bursts, bursts shorter than
/// requests, several channels of which one is full, which holds back the requests for the others,
/// too: temporal timing is near.
TEST_F(DdrFigures, TemporalIsNearApproximate) {
  const std::vector<std::vector<std::string>> plays = {
      {"random:20000"},
      {"random:20000", "--outstanding", "64"},
      {"sequential:20000,writes=0.5"},
      {"random:20000", "--set", "ddr.preset=lpddr4-3200"},
      {"mix:20000", "--set", "ddr.preset=lpddr4-3200"},
      {"sequential:20000,writes=0.5", "--set", "ddr.preset=lpddr4-3200"},
      {"random:20000,size=1000", "--set", "ddr.preset=ddr5-4800"},
      {"random:20000,size=1000", "--set", "ddr.preset=lpddr4-3200"},
      {"sequential:1,size=4096"},
      {"random:5,size=4096"},
      {"random:20000", "--outstanding", "128", "--set", "ddr.channels=2"},
      {"random:20000", "--outstanding", "256", "--set", "ddr.channels=8"},
      {"random:20000,writes=0.5", "--outstanding", "128", "--set", "ddr.channels=2", "--set",
       "ddr.queue=split"},
      {"random:50,size=200,range=1MiB"},
      {"mix:20000,size=100", "--set", "ddr.page_policy=adaptive"},
      {"mix:20000,size=100", "--set", "ddr.write_policy=posted"},
      {"mix:20000,size=8", "--set", "ddr.write_policy=posted"},
      {"mix:20000,writes=0.4", "--set", "ddr.write_policy=posted", "--set", "ddr.scheduler=fcfs"},
      {"sequential:20000,size=8,writes=0.4", "--set", "ddr.write_policy=posted"},
      {"random:20000,writes=1", "--set", "ddr.queue=split", "--set", "ddr.write_policy=posted"}};
  for (std::vector<std::string> words : plays) {
    words.insert(words.begin(), "--generate");
    const auto expected = play(words);
    words.insert(words.end(), {"--timing", "temporal"});
    const auto found = play(words);
    const auto deviation = [&](const char* key) {
      const double e = expected["player"][key];
      return (found["player"][key].get<double>() / e - 1) * 100;
    };
    std::string all;
    for (const std::string& word : words) all += word + " ";
    std::printf("%sbandwidth %+.1f %%, mean latency %+.1f %%\n", all.c_str(),
                deviation("bandwidth_gbps"), deviation("latency_mean_ns"));
    EXPECT_LE(std::abs(deviation("bandwidth_gbps")), 15) << all;
    EXPECT_LE(std::abs(deviation("latency_mean_ns")), 15) << all;
  }
}

double sum(const nlohmann::json& vector) {
  double all = 0;
  for (const auto& [label, value] : vector.items()) all += value.get<double>();
  return all;
}

/// Rows that are closed with a column command: not before the requests that come until then are
/// known, and an adaptive policy learns from the row that was in the way, not from the closed one.
TEST_F(DdrFigures, TemporalClosesRowsAsApproximate) {
  const std::string closed = "ddr.page_policy=closed";
  const std::string adaptive = "ddr.page_policy=adaptive";
  const std::vector<std::vector<std::string>> plays = {
      {"random:5000,size=256", "--outstanding", "1", "--set", closed},
      {"random:5000,size=128", "--outstanding", "1", "--set", adaptive},
      {"chase:5000", "--set", "ddr.preset=lpddr4-3200", "--set", closed},
      {"random:5000,size=128", "--set", closed, "--set", "ddr.scheduler=fcfs"},
      {"random:5000", "--outstanding", "8", "--set", adaptive},
      {"mix:20000", "--set", adaptive},
      {"mix:20000", "--set", closed}};
  for (std::vector<std::string> words : plays) {
    words.insert(words.begin(), "--generate");
    const auto expected = play(words);
    words.insert(words.end(), {"--timing", "temporal"});
    const auto found = play(words);
    std::string all;
    for (const std::string& word : words) all += word + " ";
    for (const char* key : {"bandwidth_gbps", "latency_mean_ns"}) {
      EXPECT_NEAR(found["player"][key].get<double>() / expected["player"][key].get<double>(), 1,
                  0.05)
          << all << key;
    }
    const double columns = expected["player"]["accesses"];
    for (const char* key : {"row_hits", "row_misses", "row_conflicts"}) {
      EXPECT_NEAR(sum(found["ddr"][key]) / columns, sum(expected["ddr"][key]) / columns, 0.05)
          << all << key;
    }
  }
}

/// A read of other bytes of a burst than those of a posted write does not wait for that.
TEST_F(DdrFigures, PostingIsNoLossForPartsOfBursts) {
  for (const char* size : {"4", "8", "32"}) {
    double found[2];
    for (const bool posted : {false, true}) {
      found[posted ? 1 : 0] =
          bandwidth(play({"--generate", std::string("mix:20000,size=") + size, "--set",
                          posted ? "ddr.write_policy=posted" : "ddr.write_policy=unbuffered"}));
    }
    EXPECT_GT(found[1], found[0] * 1.1) << size << " bytes";
  }
}

/// A rank in self-refresh refreshes itself, at the current of self-refresh. (Under temporal timing
/// it sleeps until it is used; approximately timed it is awake for tXSDLL before.)
TEST_F(DdrFigures, EnergyOfSleepingRanksIsNear) {
  double energy[2] = {};
  for (const char* timing : {"approximate", "temporal"}) {
    const auto figures = play({"--generate", "random:2000,delay=5000", "--set",
                               "ddr.self_refresh_clocks=20", "--timing", timing});
    energy[timing[0] == 't' ? 1 : 0] = sum(figures["ddr"]["energy_vdd_nj"]);
    // 2000 gaps of 5000 clocks are 1068 times tREFI of 9360, and the rank sleeps for most of it.
    EXPECT_LE(figures["ddr"]["commands"]["REF"].get<double>(), 1068 / 4) << timing;
  }
  EXPECT_GT(energy[0], 0);
  expect_within(energy[1], energy[0], 10);
}

/// Each access finds the rank in self-refresh, and its read waits for the DLL.
TEST_F(DdrFigures, LatencyOfSleepingRanksIsNear) {
  for (const char* preset : {"DDR3-1600", "DDR4-2400", "DDR4-3200", "DDR5-4800"}) {
    double latency[2] = {};
    for (const char* timing : {"approximate", "temporal"}) {
      const auto figures =
          play({"--generate", "chase:200,delay=20000", "--set", "ddr.self_refresh_clocks=500",
                "--set", std::string("ddr.preset=") + preset, "--timing", timing});
      latency[timing[0] == 't' ? 1 : 0] = figures["player"]["latency_mean_ns"].get<double>();
    }
    EXPECT_GT(latency[0], 512 * 1.25) << "tXSDLL";
    expect_within(latency[1], latency[0], 5);
  }
}

/// What is posted is written before the play ends: no more than the bus can do, and all of it
/// counted, by whoever counts.
TEST_F(DdrFigures, PostedWritesAreDoneAtTheEnd) {
  for (const char* timing : {"approximate", "temporal"}) {
    for (const char* trace : {"random:50,writes=1", "random:20000,writes=0.5"}) {
      const auto figures = play({"--generate", trace, "--set", "ddr.write_policy=posted", "--set",
                                 "ddr.queue=split", "--timing", timing});
      const auto& ddr = figures["ddr"];
      EXPECT_LE(bandwidth(figures), 19.2) << timing;
      EXPECT_LE(ddr["bus_utilisation"].get<double>(), 1) << timing;
      const double columns =
          ddr["commands"]["RD"].get<double>() + ddr["commands"]["WR"].get<double>();
      EXPECT_EQ(columns + ddr["merged_writes"].get<double>() + ddr["forwarded_reads"].get<double>(),
                figures["player"]["accesses"].get<double>())
          << timing;
      EXPECT_EQ(sum(ddr["row_hits"]) + sum(ddr["row_misses"]) + sum(ddr["row_conflicts"]), columns)
          << timing;
      EXPECT_EQ(sum(ddr["conflict_openers"]), sum(ddr["row_conflicts"])) << timing;
    }
  }
}

}  // namespace
}  // namespace lookaside::tests
