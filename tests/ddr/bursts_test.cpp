// SPDX-License-Identifier: Apache-2.0
// The memory clock in picoseconds, and accesses as bursts.
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/ddr/bursts.h>
#include <lookaside/ddr/clock.h>

#include "seed.h"

namespace lookaside::ddr {
namespace {

TEST(Clock, IsExactly1200MHz) {
  const Clock clock(2400);
  EXPECT_EQ(clock.time_of(1), 834U) << "833.33 ps, rounded up";
  EXPECT_EQ(clock.time_of(3), 2500U);
  EXPECT_EQ(clock.time_of(1'200'000'000), 1'000'000'000'000U) << "one second, no drift";
  EXPECT_EQ(clock.time_of(1'200'000'000'000'000), 1'000'000'000'000'000'000U) << "11 days";
  EXPECT_EQ(clock.clock_at(1'000'000'000'000'000'000U), 1'200'000'000'000'000U);
  EXPECT_EQ(clock.clock_at(0), 0U);
  EXPECT_EQ(clock.clock_at(1), 1U) << "the next edge";
  EXPECT_EQ(clock.clock_at(834), 1U);
  EXPECT_EQ(clock.clock_at(835), 2U);
  EXPECT_EQ(clock.last_until(833), 0U);
  EXPECT_EQ(clock.last_until(834), 1U);
  observe::Histogram ns;
  clock.add_ns(ns, 12, 1);
  clock.add_ns(ns, 13, 2);
  EXPECT_EQ(ns.max(), 10U) << "rounded down";
  EXPECT_DOUBLE_EQ(ns.mean(), (12 + 2 * 13) / 1.2 / 3) << "of the exact lengths";
  for (const std::uint32_t rate : {1600U, 2400U, 3200U, 4800U, 2133U}) {
    const Clock other(rate);
    for (std::uint64_t edge = 0; edge < 10'000; ++edge) {
      ASSERT_EQ(other.clock_at(other.time_of(edge)), edge) << rate;
      ASSERT_EQ(other.last_until(other.time_of(edge)), edge) << rate;
      if (edge > 0) {
        ASSERT_EQ(other.last_until(other.time_of(edge) - 1), edge - 1) << rate;
      }
    }
  }
}

/// Bursts and masks, byte by byte.
void expect_bursts(std::uint64_t burst_bytes, std::uint64_t offset, std::uint64_t bytes, bool write,
                   const std::vector<std::uint8_t>& enables) {
  tlm::tlm_generic_payload payload;
  std::vector<unsigned char> pattern(enables.begin(), enables.end());
  if (!pattern.empty()) {
    payload.set_byte_enable_ptr(pattern.data());
    payload.set_byte_enable_length(static_cast<unsigned>(pattern.size()));
  }
  const std::uint64_t grain = burst_bytes / 64 == 0 ? 1 : burst_bytes / 64;
  std::uint64_t expected = offset / burst_bytes * burst_bytes;
  Bursts bursts(burst_bytes, offset, bytes);
  for (; !bursts.done(); bursts.next()) {
    ASSERT_EQ(bursts.offset(), expected);
    for (std::uint64_t bit = 0; bit < burst_bytes / grain; ++bit) {
      bool any = false;
      bool all = true;
      for (std::uint64_t byte = expected + bit * grain; byte < expected + (bit + 1) * grain;
           ++byte) {
        const bool inside = byte >= offset && byte < offset + bytes;
        const bool enabled = pattern.empty() || !inside ||
                             pattern[(byte - offset) % pattern.size()] == TLM_BYTE_ENABLED;
        any |= inside;
        all &= inside && enabled;
      }
      ASSERT_EQ(bursts.mask(write, &payload) >> bit & 1U, (write ? all : any) ? 1U : 0U)
          << "burst of " << burst_bytes << " at " << expected << ", bit " << bit << " of ["
          << offset << ", +" << bytes << ")";
      ASSERT_EQ(bursts.touches() >> bit & 1U, any ? 1U : 0U);
    }
    expected += burst_bytes;
  }
  EXPECT_EQ(expected, (offset + bytes - 1) / burst_bytes * burst_bytes + burst_bytes);
}

TEST(Bursts, RandomAccessesAgreeWithBytes) {
  std::mt19937_64 random(tests::seed());
  for (std::uint64_t i = 0; i < tests::rounds(3000); ++i) {
    const std::uint64_t burst = std::uint64_t{16} << random() % 4;  // 16 to 128 bytes
    std::vector<std::uint8_t> enables(random() % 3 == 0 ? 1 + random() % 9 : 0);
    for (auto& e : enables) e = random() % 2 == 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
    expect_bursts(burst, random() % 1000, 1 + random() % 300, random() % 2 == 0, enables);
  }
}

}  // namespace
}  // namespace lookaside::ddr
