// SPDX-License-Identifier: Apache-2.0
// The order of events against the standard library's stable sort.
#include <algorithm>
#include <functional>
#include <random>

#include <gtest/gtest.h>

#include <lookaside/record/core/wave_events.h>

#include "seed.h"

namespace lookaside::record {
namespace {

using Shape = std::function<std::uint64_t(std::mt19937_64&, std::uint64_t)>;

void expect_sorted(const Shape& shape) {
  std::mt19937_64 random(lookaside::tests::seed());
  std::vector<WaveEvent> scratch;
  for (const std::size_t size : {0, 1, 2, 3, 33, 34, 1000, 4097}) {
    std::vector<WaveEvent> events;
    for (std::size_t i = 0; i < size; ++i) events.push_back({shape(random, i), i, 0});
    std::vector<WaveEvent> expected = events;
    std::stable_sort(expected.begin(), expected.end(),
                     [](const WaveEvent& a, const WaveEvent& b) { return a.time < b.time; });
    sort_events(events, scratch);
    ASSERT_EQ(events.size(), size);
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_EQ(events[i].time, expected[i].time) << i << " of " << size;
      ASSERT_EQ(events[i].value, expected[i].value) << i << " of " << size;
    }
  }
}

TEST(SortEvents, InOrder) {
  expect_sorted([](auto&, std::uint64_t i) { return i / 3; });
}
TEST(SortEvents, Backwards) {
  expect_sorted([](auto&, std::uint64_t i) { return 10'000 - i / 2; });
}
TEST(SortEvents, NearlyInOrder) {
  expect_sorted([](auto& random, std::uint64_t i) { return i + random() % 40; });
}
TEST(SortEvents, AtRandomWithEqualTimes) {
  expect_sorted([](auto& random, std::uint64_t) { return random() % 200; });
}
TEST(SortEvents, StretchesOfSeveralSources) {
  expect_sorted([](auto& random, std::uint64_t i) { return i % 700 * 10 + random() % 30; });
}
TEST(SortEvents, AllAtOneTime) {
  expect_sorted([](auto&, std::uint64_t) { return 5; });
}

}  // namespace
}  // namespace lookaside::record
