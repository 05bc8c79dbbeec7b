// SPDX-License-Identifier: Apache-2.0
// Who goes first in the temporal model's queue, over more requests than its turns can count.
#include <gtest/gtest.h>

#include <lookaside/dram/temporal_queue.h>

namespace lookaside::dram {
namespace {

TemporalRequest request(std::uint8_t priority) {
  TemporalRequest r;
  r.priority = priority;
  return r;
}

std::int32_t add(TemporalQueue& queue, std::uint8_t priority) {
  if (queue.turns_used_up()) queue.renumber_turns();
  return queue.add(request(priority), 0);
}

/// One request waits while as many pass it as it takes to use the turns up, the newest always
/// there.
void expect_oldest_first(TemporalQueue& queue, unsigned turn_bits) {
  const std::uint64_t most = std::uint64_t{1} << turn_bits;
  std::int32_t waits = add(queue, 3);
  for (std::uint64_t i = 0; i < 2 * most + 10; ++i) {
    if (i % (most / 4) == 0) {
      queue.remove(waits, 0);
      waits = add(queue, 3);
    }
    const std::int32_t passes = add(queue, 3);
    ASSERT_EQ(queue.least_turn(0, 0), waits) << "after " << i << " requests";
    queue.remove(passes, 0);
  }
  queue.remove(waits, 0);
}

TEST(TemporalQueue, OfOnePriorityTheOldestGoesFirstHoweverManyCome) {
  TemporalQueue queue(1);
  queue.heed_priorities();
  expect_oldest_first(queue, 23);
}

TEST(TemporalQueue, APriorityIsHeededHoweverLongOthersWait) {
  TemporalQueue queue(1);
  const std::int32_t low = queue.add(request(0), 0);
  const std::int32_t high = queue.add(request(1), 0);
  EXPECT_EQ(queue.least_turn(0, 0), low) << "age alone";
  queue.heed_priorities();
  EXPECT_EQ(queue.least_turn(0, 0), high);
  for (unsigned i = 0; i < (1U << 23U) + 10; ++i) queue.remove(add(queue, 0), 0);
  EXPECT_EQ(queue.least_turn(0, 0), high);
  const std::int32_t newest = add(queue, 15);
  EXPECT_EQ(queue.least_turn(0, 0), newest);
}

}  // namespace
}  // namespace lookaside::dram
