// SPDX-License-Identifier: Apache-2.0
// When the player begins each request, against literals and against an oracle that goes clock by
// clock.
#include <algorithm>
#include <map>
#include <random>
#include <stdexcept>

#include <gmock/gmock.h>

#include <lookaside/traffic/core/player.h>

#include "seed.h"
#include "traffic/trace_files.h"

namespace lookaside::traffic {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What a memory was asked for.
struct Asked {
  std::uint64_t clock;
  std::uint64_t address;
  std::uint32_t bytes;
  bool operator==(const Asked& o) const {
    return clock == o.clock && address == o.address && bytes == o.bytes;
  }
};

/// A memory that answers every access after `latency(n)` clocks, n counted from 0, and refuses
/// attempts in clocks for which `full` says so.
struct Play {
  Played played;
  std::vector<Asked> asked;
};
template <typename Latency, typename Full>
Play play(const std::vector<Record>& trace, const PlayerConfig& config, Latency latency,
          Full full) {
  ListSource source(trace);
  Player player(source, config);
  std::multimap<std::uint64_t, std::uint64_t> answers;  // clock, id
  Play result;
  std::uint64_t clock = 0;
  while (!player.done()) {
    while (!answers.empty() && answers.begin()->first <= clock) {
      player.answered(answers.begin()->second, clock);
      answers.erase(answers.begin());
    }
    if (player.next_attempt() <= clock) {
      if (full(clock)) {
        player.refused(clock, clock + 1);
      } else {
        result.asked.push_back({clock, player.access().address, player.access().bytes});
        answers.emplace(clock + latency(result.asked.size() - 1), player.access().id);
        player.accepted(clock);
      }
    }
    std::uint64_t next = player.next_attempt();
    if (!answers.empty()) next = std::min(next, answers.begin()->first);
    if (next == kNever && !player.done()) throw std::logic_error("the player is stuck");
    clock = std::max(next, clock + 1);
  }
  result.played = player.played();
  return result;
}
Play play(const std::vector<Record>& trace, const PlayerConfig& config, std::uint64_t latency) {
  return play(
      trace, config, [latency](std::size_t) { return latency; },
      [](std::uint64_t) { return false; });
}

std::vector<std::uint64_t> clocks(const Play& p) {
  std::vector<std::uint64_t> all;
  for (const Asked& a : p.asked) all.push_back(a.clock);
  return all;
}

const std::vector<Record> kFive(5);

TEST(Player, OneRequestAClockWhileFewerThanNAreOutstanding) {
  EXPECT_THAT(clocks(play(kFive, {2, 1, 64, kNever}, 10)), ElementsAre(0, 1, 10, 11, 20));
  EXPECT_THAT(clocks(play(kFive, {1, 1, 64, kNever}, 10)), ElementsAre(0, 10, 20, 30, 40));
  EXPECT_THAT(clocks(play(kFive, {8, 1, 64, kNever}, 10)), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(clocks(play(kFive, {8, 4, 64, kNever}, 10)), ElementsAre(0, 4, 8, 12, 16));
  const Play p = play(kFive, {2, 1, 64, kNever}, 10);
  EXPECT_EQ(p.played.clocks(), 30U);
  EXPECT_EQ(p.played.bytes, 320U);
  EXPECT_EQ(p.played.reads.count(), 5U);
  EXPECT_EQ(p.played.reads.percentile(0.5), 10U);
}

TEST(Player, DelaysAndDependences) {
  EXPECT_THAT(clocks(play({{0, 64, 3, 0, false}, {0, 64, 5, 0, false}, {0, 64, 0, 0, true}},
                          {8, 1, 64, kNever}, 10)),
              ElementsAre(3, 8, 9));
  EXPECT_THAT(clocks(play({{0, 64, 0, 1, false}, {0, 64, 0, 1, false}, {0, 64, 5, 1, false}},
                          {8, 1, 64, kNever}, 10)),
              ElementsAre(0, 10, 25));
  // Two chains, interleaved.
  EXPECT_THAT(clocks(play(std::vector<Record>(6, {0, 64, 0, 2, false}), {8, 1, 64, kNever}, 10)),
              ElementsAre(0, 1, 10, 11, 20, 21));
}

TEST(Player, RequestsAreCutAtBursts) {
  const Play p = play({{0x7e, 68, 0, 0, false}, {0x100, 1, 0, 1, true}}, {8, 1, 64, kNever}, 10);
  EXPECT_THAT(p.asked, ElementsAre(Asked{0, 0x7e, 2}, Asked{1, 0x80, 64}, Asked{2, 0xc0, 2},
                                   Asked{12, 0x100, 1}));
  EXPECT_EQ(p.played.requests, 2U);
  EXPECT_EQ(p.played.accesses, 4U);
  EXPECT_EQ(p.played.bytes, 69U);
  EXPECT_EQ(p.played.reads.max(), 12U) << "until the last burst";
  EXPECT_EQ(p.played.writes.max(), 10U);
}

TEST(Player, LatencyCountsFromTheFirstAttempt) {
  const Play p = play(
      kFive, {2, 1, 64, kNever}, [](std::size_t) { return 10; },
      [](std::uint64_t clock) { return clock >= 1 && clock < 5; });
  EXPECT_THAT(clocks(p), ElementsAre(0, 5, 10, 15, 20));
  EXPECT_EQ(p.played.refused, 4U);
  EXPECT_EQ(p.played.reads.max(), 14U);
}

TEST(Player, AddressesBeyondTheMemoryAreRefused) {
  for (const Record& r : {Record{4096, 64, 0, 0, false}, Record{4095, 2, 0, 0, false}}) {
    try {
      play({{0, 64, 0, 0, false}, r}, {1, 1, 64, 4096}, 10);
      FAIL() << "accepted";
    } catch (const TraceError& error) {
      EXPECT_THAT(error.what(), HasSubstr("record 2: found the address 0x1000, expected one below "
                                          "0x1000, where the memory ends"));
    }
  }
  EXPECT_EQ(play({{4095, 1, 0, 0, false}}, {1, 1, 64, 4096}, 10).played.bytes, 1U);
}

TEST(Player, ConfigurationsOutsideTheirRangesAreRefused) {
  ListSource source({});
  EXPECT_THROW(Player(source, {0, 1, 64, kNever}), std::invalid_argument);
  EXPECT_THROW(Player(source, {65537, 1, 64, kNever}), std::invalid_argument);
  EXPECT_THROW(Player(source, {1, 0, 64, kNever}), std::invalid_argument);
  EXPECT_THROW(Player(source, {1, 1, 0, kNever}), std::invalid_argument);
  EXPECT_THROW(Player(source, {1, 1, 48, kNever}), std::invalid_argument);
  EXPECT_TRUE(Player(source, {1, 1, 64, kNever}).done()) << "an empty trace";
}

/// The rules of the player, clock by clock, for requests of one burst on a memory with the given
/// latencies that is never full.
std::vector<std::uint64_t> oracle(const std::vector<Record>& trace, const PlayerConfig& config,
                                  const std::vector<std::uint64_t>& latency) {
  std::vector<std::uint64_t> begun;
  std::vector<std::uint64_t> answered;
  for (std::uint64_t clock = 0; begun.size() < trace.size(); ++clock) {
    const std::size_t i = begun.size();
    const auto open = std::count_if(answered.begin(), answered.end(),
                                    [clock](std::uint64_t a) { return a > clock; });
    if (static_cast<std::uint64_t>(open) >= config.outstanding) continue;
    const bool depends = trace[i].after != 0 && trace[i].after <= i;
    if (i > 0 && clock < begun.back() + config.gap) continue;
    const std::uint64_t before = depends ? answered[i - trace[i].after] : i > 0 ? begun.back() : 0;
    if (clock < before + trace[i].delay) continue;
    begun.push_back(clock);
    answered.push_back(clock + latency[i]);
  }
  return begun;
}

TEST(PlayerRandom, BeginsEveryRequestWhenTheOracleDoes) {
  std::mt19937_64 random(tests::seed());
  for (std::uint64_t round = 0; round < tests::rounds(300); ++round) {
    const PlayerConfig config{static_cast<std::uint32_t>(random() % 12 + 1), random() % 4 + 1, 64,
                              kNever};
    std::vector<Record> trace(random() % 60 + 1);
    std::vector<std::uint64_t> latency;
    for (Record& r : trace) {
      r.address = random() % 1024 * 64;
      r.delay = random() % 3 == 0 ? static_cast<std::uint32_t>(random() % 30) : 0;
      r.after = random() % 2 == 0 ? static_cast<std::uint32_t>(random() % 9) : 0;
      latency.push_back(random() % 50 + 1);
    }
    const Play p = play(
        trace, config, [&](std::size_t i) { return latency[i]; },
        [](std::uint64_t) { return false; });
    ASSERT_EQ(clocks(p), oracle(trace, config, latency)) << "round " << round;
    Latencies expected;
    for (const std::uint64_t l : latency) expected.add(l);
    Latencies found = p.played.reads;
    found.add(p.played.writes);
    std::sort(latency.begin(), latency.end());
    EXPECT_EQ(found.percentile(0.5), latency[(latency.size() - 1) / 2]);
    EXPECT_EQ(found.percentile(1), latency.back());
    EXPECT_DOUBLE_EQ(found.mean(), expected.mean());
  }
}

TEST(Latencies, RareLongOnesKeepTheirValue) {
  Latencies l;
  for (std::uint64_t i = 0; i < 100; ++i) l.add(i * 1000);
  EXPECT_EQ(l.percentile(0.5), 49'000U);
  EXPECT_EQ(l.percentile(0.99), 98'000U);
  EXPECT_EQ(l.max(), 99'000U);
  EXPECT_DOUBLE_EQ(l.mean(), 49'500);
  EXPECT_EQ(l.histogram(1, 2).max(), 49'500U);
  EXPECT_EQ(Latencies().percentile(0.5), 0U);
  Latencies few;
  for (const std::uint64_t clocks : {39, 44, 93}) few.add(clocks);
  EXPECT_EQ(few.percentile(0), 39U);
  EXPECT_EQ(few.percentile(0.5), 44U);
  EXPECT_EQ(few.percentile(0.66), 44U);
  EXPECT_EQ(few.percentile(0.95), 93U);
  // In clocks of 5/6 ns: 32.5, 36.67 and 77.5 ns.
  const observe::Histogram ns = few.histogram(5, 6);
  EXPECT_EQ(ns.min(), 32U);
  EXPECT_EQ(ns.max(), 77U);
  EXPECT_EQ(ns.sum(), 147U) << "146.67, not 32 + 36 + 77";
  EXPECT_DOUBLE_EQ(ns.mean(), few.mean() * 5 / 6);
}

}  // namespace
}  // namespace lookaside::traffic
