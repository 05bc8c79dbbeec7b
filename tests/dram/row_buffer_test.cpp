// SPDX-License-Identifier: Apache-2.0
// Clocks of DDR4-2400T 8 Gb x8, computed by hand from the JEDEC figures: CL 17, CWL 12, tRCD 17,
// tRP 17, tRAS 39, BL/2 4, tCCD_S/L 4/6, tRRD_S/L 4/6, tFAW 26, tWTR_S/L 3/9, tRTP 9, tWR 18, tRFC
// 420, tREFI 9360. The map is row : bank : bank group : column with 8 KiB rows.
#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/dram/row_buffer.h>

namespace lookaside::dram {
namespace {

constexpr std::uint64_t kRowBytes = 8192;
constexpr std::uint64_t kGroup = kRowBytes;     // next bank group
constexpr std::uint64_t kBank = 4 * kRowBytes;  // next bank of the same group
constexpr std::uint64_t kRow = 16 * kRowBytes;  // next row of the same bank
constexpr std::uint64_t kLate = 1000;           // clock at which tests begin: no refresh near

/// Drives the model in clocks.
struct Dram {
  explicit Dram(const Timing& timing = kDdr4_2400) : rows(timing) {}
  RowBuffer rows;
  std::uint64_t base = kLate;
  Outcome outcome = Outcome::kHit;

  /// Arrives `clock` clocks after the base; returns the clock of its last data beat, from the base.
  std::uint64_t access(std::uint64_t address, std::uint64_t clock, bool write = false,
                       std::uint64_t bytes = 64) {
    const Service service = rows.access({address, bytes, write}, rows.time_of(base + clock));
    outcome = service.outcome;
    // time_of rounds up to whole picoseconds, less than one clock: the clock is the floor.
    return service.finish_ps * 3 / 2500 - base;
  }
  std::uint64_t read(std::uint64_t address, std::uint64_t clock) { return access(address, clock); }
  std::uint64_t write(std::uint64_t address, std::uint64_t clock) {
    return access(address, clock, true);
  }
};

TEST(RowBufferClock, IsExactly1200MHz) {
  const RowBuffer rows(kDdr4_2400);
  EXPECT_EQ(rows.time_of(1), 834U) << "833.33 ps, rounded up";
  EXPECT_EQ(rows.time_of(3), 2500U);
  EXPECT_EQ(rows.time_of(1'200'000'000), 1'000'000'000'000U) << "one second, no drift";
  EXPECT_EQ(rows.clock_at(0), 0U);
  EXPECT_EQ(rows.clock_at(1), 1U) << "the next edge";
  EXPECT_EQ(rows.clock_at(833), 1U);
  EXPECT_EQ(rows.clock_at(834), 1U);
  EXPECT_EQ(rows.clock_at(835), 2U);
  EXPECT_EQ(rows.clock_at(2500), 3U);
  for (std::uint64_t clock = 0; clock < 10'000; ++clock) {
    ASSERT_EQ(rows.clock_at(rows.time_of(clock)), clock);
  }
}

TEST(RowBufferMap, RowBankBankGroupColumn) {
  const RowBuffer rows(kDdr4_2400);
  const auto expect = [&rows](std::uint64_t address, unsigned group, unsigned bank,
                              std::uint64_t row) {
    const Location at = rows.locate(address);
    EXPECT_EQ(at.bank_group, group) << std::hex << address;
    EXPECT_EQ(at.bank, bank) << std::hex << address;
    EXPECT_EQ(at.row, row) << std::hex << address;
  };
  expect(0x0, 0, 0, 0);
  expect(0x1FFF, 0, 0, 0);
  expect(0x2000, 1, 1, 0);
  expect(0x6000, 3, 3, 0);
  expect(0x8000, 0, 4, 0);
  expect(0x1'E000, 3, 15, 0);
  expect(0x2'0000, 0, 0, 1);
  expect(0x4'0000'0000, 0, 0, 0x2'0000);
}

TEST(RowBuffer, UnloadedLatencies) {
  Dram d;
  EXPECT_EQ(d.read(0, 0), 38U) << "closed: tRCD + CL + BL/2";
  EXPECT_EQ(d.outcome, Outcome::kMiss);
  EXPECT_EQ(d.read(64, 100), 121U) << "hit: CL + BL/2";
  EXPECT_EQ(d.outcome, Outcome::kHit);
  EXPECT_EQ(d.read(kRow, 200), 255U) << "conflict: tRP + tRCD + CL + BL/2";
  EXPECT_EQ(d.outcome, Outcome::kConflict);
  EXPECT_EQ(d.write(kRow, 300), 316U) << "write hit: CWL + BL/2";
  EXPECT_EQ(d.write(kGroup, 400), 433U) << "write, closed: tRCD + CWL + BL/2";
  EXPECT_THAT(d.rows.bursts, testing::ElementsAre(2, 2, 1));
}

TEST(RowBuffer, ArrivalBetweenEdgesWaitsForTheNext) {
  RowBuffer rows(kDdr4_2400);
  EXPECT_EQ(rows.access({0, 8, false}, 1).finish_ps, 32'500U) << "39 clocks: edge 1 + 38";
}

TEST(RowBuffer, PrechargeWaitsForRasWriteRecoveryAndReadToPrecharge) {
  Dram d;
  d.read(0, 0);
  EXPECT_EQ(d.read(kRow, 10), 39 + 17 + 38U) << "tRAS: precharge at 39";

  Dram w;
  EXPECT_EQ(w.write(0, 0), 33U);
  EXPECT_EQ(w.read(kRow, 33), 33 + 18 + 17 + 38U) << "tWR after the last data beat";

  Dram r;
  r.read(0, 0);
  EXPECT_EQ(r.read(64, 100), 121U);
  EXPECT_EQ(r.read(kRow, 101), 109 + 17 + 38U) << "tRTP: precharge at 100 + 9";
}

TEST(RowBuffer, ColumnsKeepTheirDistance) {
  Dram d;
  d.read(0, 0);
  d.read(kGroup, 0);
  d.read(kBank, 0);
  EXPECT_EQ(d.read(0, 200), 221U);
  EXPECT_EQ(d.read(kGroup, 200), 225U) << "tCCD_S";
  EXPECT_EQ(d.read(128, 300), 321U);
  EXPECT_EQ(d.read(kBank, 300), 327U) << "tCCD_L: another bank of the same group";
  EXPECT_EQ(d.read(0, 300), 333U);
}

TEST(RowBuffer, ReadsAfterWritesAndWritesAfterReads) {
  Dram d;
  d.read(0, 0);
  d.read(kGroup, 0);
  EXPECT_EQ(d.write(0, 200), 216U);
  EXPECT_EQ(d.read(64, 200), 216 + 9 + 21U) << "tWTR_L";
  EXPECT_EQ(d.write(0, 300), 316U);
  EXPECT_EQ(d.read(kGroup, 300), 316 + 3 + 21U) << "tWTR_S";
  EXPECT_EQ(d.read(0, 400), 421U);
  EXPECT_EQ(d.write(64, 400), 421 + 2 + 4U) << "two clocks between the read's data and the write's";
  // The older write to the same group still counts behind a younger one to another group.
  EXPECT_EQ(d.write(0, 500), 516U);
  EXPECT_EQ(d.write(kGroup, 500), 520U);
  EXPECT_EQ(d.read(64, 500), 516 + 9 + 21U);
}

TEST(RowBuffer, ActivatesKeepTheirDistance) {
  Dram d;
  EXPECT_EQ(d.read(0, 0), 38U);
  EXPECT_EQ(d.read(kGroup, 0), 42U) << "tRRD_S";
  // tRRD_L and tCCD_L are both 6 clocks: a longer one shows that the activates are held apart.
  Timing slow = kDdr4_2400;
  slow.rrd_l = 10;
  Dram l(slow);
  l.read(0, 0);
  EXPECT_EQ(l.read(kBank, 0), 10 + 38U) << "tRRD_L";

  Dram f;
  EXPECT_EQ(f.read(0, 0), 38U);
  EXPECT_EQ(f.read(kGroup, 0), 42U);
  EXPECT_EQ(f.read(2 * kGroup, 0), 46U);
  EXPECT_EQ(f.read(3 * kGroup, 0), 50U);
  EXPECT_EQ(f.read(kBank, 0), 26 + 38U) << "tFAW: the fifth activate at 26";
}

TEST(RowBuffer, LongRequestsAreBurstsOfOneRowAndThenTheNextBank) {
  Dram d;
  EXPECT_EQ(d.access(0, 0, false, 128), 44U) << "second burst tCCD_L later";
  EXPECT_EQ(d.outcome, Outcome::kMiss);
  EXPECT_THAT(d.rows.bursts, testing::ElementsAre(1, 1, 0));
  EXPECT_EQ(d.access(60, 100, false, 8), 127U) << "eight bytes across a burst are two bursts";
  EXPECT_THAT(d.rows.bursts, testing::ElementsAre(3, 1, 0));
  Dram e;
  e.access(kRowBytes - 64, 0, false, 128);
  EXPECT_THAT(e.rows.bursts, testing::ElementsAre(0, 2, 0)) << "two bank groups";
}

TEST(RowBuffer, RefreshClosesEveryRowAndBlocksTheRank) {
  Dram d;
  d.base = 0;
  d.read(0, 100);
  EXPECT_EQ(d.read(0, 9360), 9360 + 17 + 420 + 38U) << "precharge all, refresh, then a closed bank";
  EXPECT_EQ(d.outcome, Outcome::kMiss);
  EXPECT_EQ(d.rows.refreshes.value, 1U);
  EXPECT_EQ(d.read(0, 2 * 9360 - 1), 2 * 9360 - 1 + 21U) << "the row is open until the tick";

  Dram idle;
  idle.base = 0;
  EXPECT_EQ(idle.read(0, 9360), 9360 + 420 + 38U) << "no row was open: no precharge";
  EXPECT_EQ(idle.read(0, 10 * 9360 + 420), 10 * 9360 + 420 + 38U) << "the tenth has just ended";
  EXPECT_EQ(idle.rows.refreshes.value, 10U) << "those of idle time are counted";
  EXPECT_EQ(idle.read(kGroup, 11 * 9360 - 1), 11 * 9360 - 1 + 38U);
  EXPECT_EQ(idle.read(0, 11 * 9360 + 5), 11 * 9360 + 38 + 17 + 420 + 38U)
      << "a row activated one clock before the tick: tRAS first";
}

TEST(RowBuffer, AnOlderRequestMeetsTheRowsButNoQueue) {
  Dram d;
  d.read(0, 5000);
  EXPECT_EQ(d.read(64, 100), 121U) << "the row is open, whenever";
  EXPECT_EQ(d.outcome, Outcome::kHit);
  EXPECT_EQ(d.read(kRow, 100), 155U) << "not tRAS of an activate in its future";
  EXPECT_EQ(d.outcome, Outcome::kConflict);
  EXPECT_EQ(d.read(kRow, 5100), 5121U) << "it has left its row open, and no delay";
  EXPECT_EQ(d.outcome, Outcome::kHit);
}

TEST(RowBuffer, StreamsReachTheBandwidthTheTimingsPermit) {
  // One bank group at a time: a burst of 64 bytes each tCCD_L = 6 clocks.
  Dram d;
  d.base = 0;
  std::uint64_t finish = 0;
  for (unsigned i = 0; i < 1000; ++i) finish = d.read(i * 64ULL, 0);
  // Seven times the stream changes the bank group, to a row opened in the shadow: tCCD_S = 4.
  EXPECT_EQ(finish, 38 + 992 * 6 + 7 * 4U);
}

}  // namespace
}  // namespace lookaside::dram
