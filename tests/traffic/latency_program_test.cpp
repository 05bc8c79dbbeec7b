// SPDX-License-Identifier: Apache-2.0
// What the figures of a play say about latency and bandwidth: parts that add up, no figure of what
// was not there, sentences that say what is measured.
#include <cmath>
#include <cstdlib>

#include <gmock/gmock.h>

#include "traffic/ddr_program.h"

namespace lookaside::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class DdrLatency : public DdrProgram {};

constexpr const char* kParts[] = {"queue_ns",   "row_ns",   "turnaround_ns",
                                  "refresh_ns", "power_ns", "bus_ns"};

/// The parts of each burst are its latency, whose clocks of 5/6 ns are no whole ns. Sums are given
/// to the nearest ns: seven of them are at most 3.5 ns off.
TEST_F(DdrLatency, ThePartsAddUp) {
  for (const char* timing : {"approximate", "temporal"}) {
    const auto source = play({"--generate", "mix:20000", "--timing", timing})["ddr"]["initiator0"];
    double sum = 0;
    double mean = 0;
    for (const char* part : kParts) {
      sum += source[part]["sum"].get<double>();
      mean += source[part]["mean"].get<double>();
    }
    EXPECT_NEAR(sum, source["latency_ns"]["sum"].get<double>(), 3.5) << timing;
    EXPECT_NEAR(mean, source["latency_ns"]["mean"].get<double>(), 1e-6) << timing;
  }
}

/// CL 17 and 4 clocks of data are 17.5 ns.
TEST_F(DdrLatency, MeansAreThoseOfTheExactLengths) {
  const auto figures = play({"--generate", "random:5000"});
  EXPECT_DOUBLE_EQ(figures["ddr"]["initiator0"]["bus_ns"]["mean"].get<double>(), 17.5);
  EXPECT_NEAR(figures["player"]["read_latency_ns"]["mean"].get<double>(),
              figures["player"]["read_latency_mean_ns"].get<double>(), 1e-6);
}

TEST_F(DdrLatency, OfWhatWasNotThereThereIsNone) {
  for (const bool write : {false, true}) {
    const auto all = document({"--generate", write ? "random:50,writes=1" : "random:50"});
    const std::string there = write ? "write_" : "read_";
    const std::string none = write ? "read_" : "write_";
    for (const char* which : {"mean", "p50", "p95", "p99", "max"}) {
      const std::string name = std::string("latency_") + which + "_ns";
      EXPECT_GT(all["statistics"]["player"][there + name].get<double>(), 0);
      EXPECT_TRUE(all["statistics"]["player"][none + name].is_null()) << none << name;
      EXPECT_EQ(all["schema"]["player." + none + name]["kind"], "absent");
    }
  }
}

TEST_F(DdrLatency, TheSentenceSaysWhereAPostedWriteEnds) {
  for (const bool posted : {false, true}) {
    const auto schema =
        document({"--generate", "mix:50", "--set",
                  std::string("ddr.write_policy=") + (posted ? "posted" : "unbuffered")})["schema"];
    for (const char* name : {"write_latency_mean_ns", "write_latency_ns", "latency_mean_ns"}) {
      const std::string sentence = schema[std::string("player.") + name]["sentence"];
      if (posted) {
        EXPECT_THAT(sentence, HasSubstr("acceptance in the queue")) << name;
      } else {
        EXPECT_THAT(sentence, HasSubstr("first attempt to last data")) << name;
        EXPECT_THAT(sentence, Not(HasSubstr("acceptance"))) << name;
      }
    }
    EXPECT_THAT(schema["player.read_latency_mean_ns"]["sentence"].get<std::string>(),
                HasSubstr("first attempt to last data"));
  }
}

/// The number that follows `before`.
double number_after(const std::string& report, const std::string& before) {
  const std::size_t at = report.find(before);
  return at == std::string::npos ? -1 : std::strtod(report.c_str() + at + before.size(), nullptr);
}

/// Two lines of memory: most writes are merged and most reads forwarded, and never come to the
/// DRAM, whose bus is busy for 4 clocks a burst.
TEST_F(DdrLatency, TheShareIsThatOfTheBus) {
  const std::vector<std::string> words{"--generate",    "random:5000,range=128,writes=0.5",
                                       "--set",         "ddr.write_policy=posted",
                                       "--outstanding", "300"};
  const auto figures = play(words);
  const double bursts = figures["ddr"]["commands"]["RD"].get<double>() +
                        figures["ddr"]["commands"]["WR"].get<double>();
  const double clocks = figures["player"]["simulated_clocks"].get<double>();
  EXPECT_GT(bandwidth(figures), 19.2) << "what the requests got is more than the bus can do";
  auto shown = words;
  shown.insert(shown.begin(), "play");
  EXPECT_NEAR(number_after(ddr(shown).out, "data bus busy "), 100 * 4 * bursts / clocks, 0.06);
}

/// The first request comes after 106 times tREFI of 9360 clocks: the memory was refreshed and took
/// current for as long as the play is said to last.
TEST_F(DdrLatency, ADelayOfTheFirstRequestIsPartOfTheTime) {
  const std::string trace = write("late.trace", "R 0x0 64 1000000\nR 0x40\n");
  for (const char* timing : {"approximate", "temporal"}) {
    const auto figures = play({trace, "--timing", timing});
    const auto& player = figures["player"];
    EXPECT_EQ(player["simulated_clocks"], 1'000'045) << timing;
    EXPECT_NEAR(player["latency_max_ns"].get<double>(), 41 / 1.2, 5 / 1.2) << timing;
    EXPECT_EQ(figures["ddr"]["refreshes"], 106) << timing;
    EXPECT_NEAR(figures["ddr"]["bandwidth_gbps"].get<double>() / bandwidth(figures), 1, 1e-9);
    EXPECT_NEAR(128 / player["simulated_ns"].get<double>() / bandwidth(figures), 1, 1e-9);
    const std::string text = ddr({"play", trace, "--timing", timing}).out;
    const double us = number_after(text, "simulated time  ");
    EXPECT_NEAR(us, 833.371, 0.001) << text;
    const double power = number_after(text, " pJ a bit, ");
    EXPECT_NEAR(power * us / 1000, number_after(text, "energy          "), 0.01 * power) << text;
  }
}

}  // namespace
}  // namespace lookaside::tests
