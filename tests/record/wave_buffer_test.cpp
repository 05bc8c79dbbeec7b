// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <tuple>

#include <gmock/gmock.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/wave_buffer.h>

#include "record/temporary.h"
#include "seed.h"

namespace lookaside::record {
namespace {

using observe::SignalKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::message_of;
using tests::Temporary;

/// (time, name, value as shown), in file order of time, equal times by declaration.
using Row = std::tuple<std::uint64_t, std::string, std::string>;

std::vector<Row> rows(const std::string& path) {
  const WaveReader reader(path);
  std::vector<Row> result;
  for (const WaveChange& change : reader.changes()) {
    const std::string shown = reader.shown(change);
    // Before its first value a number is x: that is how FST starts, no event of ours.
    if (!change.known && shown.find_first_not_of('x') == std::string::npos) continue;
    result.emplace_back(change.time_ps, reader.signals()[change.signal].name, shown);
  }
  return result;
}

class WaveBufferTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.file("wave.fst"); }
  Temporary directory_;
};

TEST_F(WaveBufferTest, SortsEventsOfInitiatorsThatRunAhead) {
  WaveBuffer buffer(path(), {});
  const auto a = buffer.declare({"soc", "a", SignalKind::kBits, 8, {}, ""});
  const auto b = buffer.declare({"soc", "b", SignalKind::kBits, 8, {}, ""});
  buffer.emit(a, 100, 1);
  buffer.emit(a, 300, 2);
  buffer.emit(b, 200, 3);
  buffer.emit(b, 50, 4);
  EXPECT_EQ(buffer.close(400), "");
  EXPECT_THAT(rows(path()), ElementsAre(Row{50, "soc.b", "04"}, Row{100, "soc.a", "01"},
                                        Row{200, "soc.b", "03"}, Row{300, "soc.a", "02"}));
  EXPECT_EQ(WaveReader(path()).end_ps(), 400U);
}

TEST_F(WaveBufferTest, HorizonWritesWhatSimulatedTimeHasPassed) {
  WaveBuffer buffer(path(), {});
  const auto a = buffer.declare({"soc", "a", SignalKind::kBits, 8, {}, ""});
  buffer.emit(a, 10, 1);
  buffer.emit(a, 20, 2);
  buffer.advance(20);
  EXPECT_EQ(buffer.written(), 1U);
  EXPECT_EQ(buffer.waiting(), 1U);  // 20 may still get company
  buffer.emit(a, 20, 3);
  EXPECT_EQ(buffer.refused(), 0U);
  EXPECT_EQ(buffer.close(30), "");
  EXPECT_THAT(rows(path()),
              ElementsAre(Row{10, "soc.a", "01"}, Row{20, "soc.a", "02"}, Row{21, "soc.a", "03"}));
}

TEST_F(WaveBufferTest, EventsBehindTheHorizonAreRefusedCountedAndReported) {
  WaveBuffer buffer(path(), {});
  const auto a = buffer.declare({"soc.mmu", "va", SignalKind::kBits, 8, {}, ""});
  buffer.emit(a, 10, 1);
  buffer.advance(100);
  buffer.emit(a, 99, 2);
  buffer.emit(a, 5, 3);
  EXPECT_EQ(buffer.refused(), 2U);
  EXPECT_THAT(buffer.first_refusal(), HasSubstr("'soc.mmu.va' at 99 ps"));
  EXPECT_THAT(buffer.close(200), HasSubstr("2 events are missing"));
  EXPECT_THAT(rows(path()), ElementsAre(Row{10, "soc.mmu.va", "01"}));
}

TEST_F(WaveBufferTest, SecondChangeAtOneTimeAndAllAfterItMoveOnOnePicosecond) {
  WaveBuffer buffer(path(), {});
  const auto level = buffer.declare({"w", "level", SignalKind::kBits, 4, {}, ""});
  const auto pte = buffer.declare({"w", "pte", SignalKind::kBits, 8, {}, ""});
  for (const std::uint64_t i : {1, 2, 3}) {
    buffer.emit(level, 10, i);
    buffer.emit(pte, 10, 0x10 * i);
  }
  buffer.emit(level, 11, 9);  // shown behind what came before it
  EXPECT_EQ(buffer.close(20), "");
  EXPECT_THAT(rows(path()),
              ElementsAre(Row{10, "w.level", "1"}, Row{10, "w.pte", "10"}, Row{11, "w.level", "2"},
                          Row{11, "w.pte", "20"}, Row{12, "w.level", "3"}, Row{12, "w.pte", "30"},
                          Row{13, "w.level", "9"}));
}

TEST_F(WaveBufferTest, RepeatedValuesAreNoChange) {
  WaveBuffer buffer(path(), {});
  const auto a = buffer.declare({"s", "a", SignalKind::kBits, 8, {}, ""});
  const auto t = buffer.declare({"s", "t", SignalKind::kText, 0, {}, ""});
  buffer.emit(a, 10, 0);  // the first value counts, also when it is 0
  buffer.emit_text(t, 10, "");
  buffer.emit(a, 10, 0);
  buffer.emit(a, 20, 0);
  buffer.emit_text(t, 20, "");
  EXPECT_EQ(buffer.close(30), "");
  EXPECT_EQ(buffer.written(), 2U);
  EXPECT_THAT(rows(path()), ElementsAre(Row{10, "s.a", "00"}, Row{10, "s.t", ""}));
}

TEST_F(WaveBufferTest, WindowStartsWithTheValuesInForce) {
  WaveBuffer buffer(path(), {1000, 2000});
  const auto a = buffer.declare({"s", "a", SignalKind::kBits, 8, {}, ""});
  const auto b = buffer.declare({"s", "b", SignalKind::kBits, 8, {}, ""});
  const auto t = buffer.declare({"s", "t", SignalKind::kText, 0, {}, ""});
  const auto never = buffer.declare({"s", "never", SignalKind::kBits, 8, {}, ""});
  buffer.emit(a, 900, 2);
  buffer.emit(a, 100, 1);  // emitted later, but older: not in force
  buffer.emit_text(t, 10, "lw a0");
  buffer.emit(b, 1000, 7);
  buffer.emit(a, 1500, 3);
  buffer.emit(a, 2000, 4);
  buffer.emit(a, 2001, 5);
  buffer.emit(never, 3000, 1);
  EXPECT_EQ(buffer.close(5000), "");
  EXPECT_THAT(rows(path()),
              ElementsAre(Row{1000, "s.a", "02"}, Row{1000, "s.b", "07"}, Row{1000, "s.t", "lw a0"},
                          Row{1500, "s.a", "03"}, Row{2000, "s.a", "04"}));
  const WaveReader reader(path());
  EXPECT_EQ(reader.start_ps(), 1000U);
  EXPECT_EQ(reader.end_ps(), 2000U);
}

TEST_F(WaveBufferTest, WindowThatTheRunNeverReachesGivesAnEmptyFileAndNoError) {
  WaveBuffer buffer(path(), {1000, 2000});
  const auto a = buffer.declare({"s", "a", SignalKind::kBits, 8, {}, ""});
  buffer.emit(a, 10, 1);
  EXPECT_EQ(buffer.close(500), "");
  EXPECT_THAT(rows(path()), ElementsAre(Row{1000, "s.a", "01"}));
}

TEST_F(WaveBufferTest, AsksForTheHorizonWhenFullAndStaysSmall) {
  std::uint64_t now = 0;
  WaveBuffer buffer(
      path(), {}, [&now] { return now; }, 100);
  const auto a = buffer.declare({"s", "a", SignalKind::kBits, 32, {}, ""});
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    now = i * 10;
    buffer.emit(a, now + 200, i);  // runs 20 events ahead
    most = std::max(most, buffer.waiting());
  }
  EXPECT_LE(most, 200U);
  EXPECT_EQ(buffer.close(now), "");
  EXPECT_EQ(buffer.refused(), 0U);
  EXPECT_EQ(rows(path()).size(), 10000U);
}

TEST_F(WaveBufferTest, RandomStreamsComeOutSortedWhateverTheHorizonSteps) {
  const std::uint64_t seed = lookaside::tests::seed();
  SCOPED_TRACE("LOOKASIDE_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  struct Emitted {
    std::uint64_t time;
    std::uint32_t signal;
    std::uint64_t value;
  };
  std::vector<Emitted> emitted;
  WaveBuffer buffer(path(), {});
  for (int i = 0; i < 5; ++i) {
    buffer.declare({"s", "n" + std::to_string(i), SignalKind::kBits, 32, {}, ""});
  }
  std::uint64_t now = 0;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    // Distinct values and times far enough apart that no change is merged or moved.
    const std::uint64_t time = (now + random() % 1000) * 100000 + i;
    emitted.push_back({time, static_cast<std::uint32_t>(random() % 5), i + 1});
    buffer.emit(emitted.back().signal, time, i + 1);
    if (random() % 10 == 0) {
      now += random() % 50;
      buffer.advance(now * 100000);
    }
  }
  EXPECT_EQ(buffer.refused(), 0U);
  EXPECT_EQ(buffer.close(now), "");
  std::sort(emitted.begin(), emitted.end(),
            [](const Emitted& x, const Emitted& y) { return x.time < y.time; });
  std::vector<WaveChange> changes = WaveReader(path()).changes();
  changes.erase(std::remove_if(changes.begin(), changes.end(),
                               [](const WaveChange& change) { return !change.known; }),
                changes.end());
  ASSERT_EQ(changes.size(), emitted.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    ASSERT_EQ(changes[i].time_ps, emitted[i].time) << i;
    ASSERT_EQ(changes[i].signal, emitted[i].signal) << i;
    ASSERT_EQ(changes[i].value, emitted[i].value) << i;
  }
}

TEST_F(WaveBufferTest, ValuesAreCutToTheSignalsWidth) {
  WaveBuffer buffer(path(), {});
  const auto a = buffer.declare({"s", "a", SignalKind::kBits, 32, {}, ""});
  const auto b = buffer.declare({"s", "b", SignalKind::kBits, 64, {}, ""});
  buffer.emit(a, 1, 0xFFFF'FFFF'8000'0000U);
  buffer.emit(b, 1, 0xFFFF'FFFF'8000'0000U);
  EXPECT_EQ(buffer.close(2), "");
  EXPECT_THAT(rows(path()),
              ElementsAre(Row{1, "s.a", "80000000"}, Row{1, "s.b", "ffffffff80000000"}));
}

TEST_F(WaveBufferTest, DeclarationErrorsNameTheSignal) {
  WaveBuffer buffer(path(), {});
  const auto a = buffer.declare({"s", "a", SignalKind::kBits, 8, {}, ""});
  const auto error = [&buffer](const observe::SignalDescription& description) {
    return message_of<RecordError>([&] { buffer.declare(description); });
  };
  EXPECT_THAT(error({"s", "a", SignalKind::kBits, 8, {}, ""}),
              HasSubstr("'s.a' is declared twice"));
  EXPECT_THAT(error({"s", "wide", SignalKind::kBits, 65, {}, ""}), HasSubstr("width 65"));
  EXPECT_THAT(error({"s", "none", SignalKind::kBits, 0, {}, ""}), HasSubstr("width 0"));
  EXPECT_THAT(error({"s", "two words", SignalKind::kBits, 1, {}, ""}), HasSubstr("'s.two words'"));
  EXPECT_THAT(error({"s..t", "x", SignalKind::kBits, 1, {}, ""}), HasSubstr("'s..t.x'"));
  EXPECT_THAT(error({"", "x", SignalKind::kBits, 1, {}, ""}), HasSubstr("'.x'"));
  EXPECT_THAT(error({"s", "e", SignalKind::kEnum, 1, {}, ""}), HasSubstr("needs names"));
  EXPECT_THAT(error({"s", "e", SignalKind::kEnum, 1, {{2, "two"}}, ""}), HasSubstr("does not fit"));
  EXPECT_THAT(error({"s", "e", SignalKind::kEnum, 1, {{1, "x"}, {1, "y"}}, ""}),
              HasSubstr("twice"));
  buffer.emit(a, 1, 1);
  buffer.advance(2);
  EXPECT_THAT(error({"s", "late", SignalKind::kBits, 1, {}, ""}),
              HasSubstr("after the first value"));
}

TEST_F(WaveBufferTest, BadWindowAndBadPathAreRefusedAtOnce) {
  EXPECT_THAT(message_of<RecordError>([&] {
                WaveBuffer(path(), {5, 4});
              }),
              HasSubstr("begins at 5 ps and ends at 4 ps"));
  EXPECT_THAT(message_of<RecordError>([&] { WaveBuffer(directory_.file("no/wave.fst"), {}); }),
              HasSubstr("No such file or directory"));
  EXPECT_TRUE(directory_.empty());
}

TEST_F(WaveBufferTest, UnfinishedRunLeavesNoFile) {
  {
    WaveBuffer buffer(path(), {});
    const auto a = buffer.declare({"s", "a", SignalKind::kBits, 8, {}, ""});
    buffer.emit(a, 1, 1);
    buffer.advance(10);
  }
  EXPECT_TRUE(directory_.empty());
}

TEST_F(WaveBufferTest, WithoutSignalsThereIsNoFileButAMessage) {
  WaveBuffer buffer(path(), {});
  EXPECT_THAT(buffer.close(100), HasSubstr("no block declared a signal"));
  EXPECT_TRUE(directory_.empty());
}

TEST_F(WaveBufferTest, EventsAfterCloseAreRefused) {
  WaveBuffer buffer(path(), {});
  const auto a = buffer.declare({"s", "a", SignalKind::kBits, 8, {}, ""});
  EXPECT_EQ(buffer.close(100), "");
  buffer.emit(a, 200, 1);
  EXPECT_EQ(buffer.refused(), 1U);
  EXPECT_THAT(buffer.first_refusal(), HasSubstr("was closed"));
}

}  // namespace
}  // namespace lookaside::record
