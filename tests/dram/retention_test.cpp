// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/dram/retention.h>

namespace lookaside::dram {
namespace {

constexpr std::uint64_t kMs = 1'000'000'000;  // ps
constexpr std::uint64_t kWindow = 64 * kMs;
constexpr std::uint64_t kBytes = 16ULL << 20;
constexpr std::uint64_t kGranules = kBytes / Retention::kGranuleBytes;

TEST(Retention, WeakCellsAreAsManyAsPromised) {
  const Retention memory(kWindow, 1);
  std::map<std::size_t, unsigned> granules;
  for (std::uint64_t granule = 0; granule < kGranules; ++granule) {
    const auto cells = memory.weak_cells(granule);
    ++granules[cells.size()];
    for (const auto& cell : cells) {
      EXPECT_EQ(cell.word / Retention::kGranuleBytes, granule);
      EXPECT_EQ(cell.word % 8, 0U);
      EXPECT_LT(cell.bit, 64U);
      EXPECT_GE(cell.holds_ps, kWindow);
      EXPECT_LE(cell.holds_ps, 128 * kWindow);
    }
    if (cells.size() == 2) {
      EXPECT_EQ(cells[0].word, cells[1].word);
      EXPECT_NE(cells[0].bit, cells[1].bit);
    }
  }
  EXPECT_NEAR(granules[0], kGranules / 2.0, kGranules / 20.0);
  EXPECT_NEAR(granules[2], kGranules / 8.0, kGranules / 20.0);
}

TEST(Retention, NothingIsLostWithinTheWindow) {
  Retention memory(kWindow, 1);
  memory.stop(5 * kMs);
  EXPECT_TRUE(memory.touch(0, kBytes / 2 - 1, 5 * kMs + kWindow).empty());
  EXPECT_TRUE(memory.start(kBytes, 5 * kMs + kWindow).empty());
}

TEST(Retention, CellsFlipOnceTheyHaveHeldLongEnough) {
  Retention memory(kWindow, 1);
  for (std::uint64_t granule = 0; granule < 64; ++granule) {
    for (const auto& cell : memory.weak_cells(granule)) {
      for (const std::uint64_t late : {0, 1}) {
        memory.stop(kMs);
        const auto lost = memory.touch(cell.word, cell.word, kMs + cell.holds_ps + late);
        unsigned found = 0;
        for (const auto& l : lost) found += l.word == cell.word && l.bit == cell.bit;
        EXPECT_EQ(found, late);
        memory.start(0, kMs);
      }
    }
  }
}

TEST(Retention, AnAccessRestoresItsGranuleAndTellsEachFlipOnce) {
  Retention memory(kWindow, 1);
  memory.stop(0);
  std::uint64_t time = 0;
  for (unsigned i = 0; i < 500; ++i) {  // often enough: nothing is lost there
    time += kWindow;
    EXPECT_TRUE(memory.touch(0, 0, time).empty());
  }
  // The other granules are all beyond what any cell holds.
  const auto first = memory.touch(Retention::kGranuleBytes, kBytes - 1, time);
  EXPECT_GT(first.size(), kGranules / 2);
  EXPECT_TRUE(memory.touch(Retention::kGranuleBytes, kBytes - 1, time + kMs).empty());
  EXPECT_TRUE(memory.start(kBytes, time + kMs).empty());
}

TEST(Retention, RefreshComesTooLateForWhatIsLost) {
  Retention memory(kWindow, 1);
  memory.stop(0);
  const auto some = memory.start(kBytes, 3 * kWindow);
  EXPECT_FALSE(some.empty());
  for (const auto& cell : some) EXPECT_LT(cell.holds_ps, 3 * kWindow);
  EXPECT_FALSE(memory.stopped());
  EXPECT_TRUE(memory.touch(0, kBytes - 1, 1000 * kWindow).empty());
}

TEST(Retention, TimeRefreshedMeanwhileDoesNotCount) {
  Retention memory(kWindow, 1);
  memory.stop(0);
  EXPECT_TRUE(memory.refreshed(kBytes, kWindow, 1000 * kWindow).empty());
  EXPECT_TRUE(memory.touch(0, kBytes / 2 - 1, 1001 * kWindow).empty());
  const auto before = memory.refreshed(kBytes, 1003 * kWindow, 2000 * kWindow);
  EXPECT_FALSE(before.empty()) << "lost before it was refreshed";
  for (const auto& cell : before) EXPECT_LT(cell.holds_ps, 3 * kWindow);
  EXPECT_TRUE(memory.stopped());
  EXPECT_TRUE(memory.start(kBytes, 2001 * kWindow).empty());
}

TEST(Retention, DependsOnTheSeedAlone) {
  const Retention one(kWindow, 7), same(kWindow, 7), other(kWindow, 8);
  unsigned different = 0;
  for (std::uint64_t granule = 0; granule < 100; ++granule) {
    const auto a = one.weak_cells(granule), b = same.weak_cells(granule);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].word, b[i].word);
    different += a.size() != other.weak_cells(granule).size();
  }
  EXPECT_GT(different, 20U);
}

}  // namespace
}  // namespace lookaside::dram
