// SPDX-License-Identifier: Apache-2.0
// The controller sleeps until something can change. Deciding at every clock must give the same
// commands at the same clocks, in whatever configuration and however the requests come.
#include <random>

#include <gtest/gtest.h>

#include <lookaside/dram/controller.h>
#include <lookaside/dram/mapping.h>
#include <lookaside/dram/preset.h>

#include "seed.h"

namespace lookaside::dram {
namespace {

using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t limit) {
  return random() % limit;
}
std::uint32_t clocks(Random& random, std::uint64_t from, std::uint64_t limit) {
  return static_cast<std::uint32_t>(from + below(random, limit));
}

ControllerConfig any_config(Random& random, const Device& device) {
  ControllerConfig c;
  c.split_queues = below(random, 2) != 0;
  c.posted_writes = below(random, 2) != 0;
  c.scheduling = static_cast<Scheduling>(below(random, 3));
  c.age_cap = clocks(random, 200, 4000);
  c.page_policy = static_cast<PagePolicyKind>(below(random, 4));
  c.page_timeout = clocks(random, 20, 2000);
  c.refresh =
      device.has_bank_refresh() && below(random, 2) != 0 ? RefreshMode::kBank : RefreshMode::kRank;
  c.postpone = clocks(random, 0, 5);
  c.pull_in = clocks(random, 0, 5);
  // Often so soon that the wish must wait, or just when a refresh becomes possible: then another
  // wish can take its place.
  const auto idle = [&](std::uint64_t limit) {
    switch (below(random, 4)) {
      case 0:
        return std::uint32_t{0};
      case 1:
        return clocks(random, 1, 40);
      case 2:
        return clocks(random, static_cast<std::uint64_t>(device[Parameter::kRfc]) - 40, 60);
      default:
        return clocks(random, 1, limit);
    }
  };
  c.power_down_after = idle(3000);
  c.self_refresh_after = idle(20000);
  return c;
}

/// Up to the next request: back to back, or as long as rows, refreshes and sleep take.
std::uint64_t any_gap(Random& random, const Device& device) {
  switch (below(random, 12)) {
    case 0:
      return below(random, 100);
    case 1:
      return below(random, 2 * static_cast<std::uint64_t>(device[Parameter::kRfc]));
    case 2:
      return below(random, 4 * static_cast<std::uint64_t>(device[Parameter::kRefi]));
    default:
      return below(random, 4);
  }
}

class Wake : public testing::TestWithParam<const char*> {};

TEST_P(Wake, DecidingAtEveryClockChangesNothing) {
  Random random(tests::seed());
  const Device device = builtin_device(GetParam());
  const Organization organization{device, 1, 2,
                                  device.standard == Standard::kLpddr4 ? 16U
                                  : device.standard == Standard::kDdr5 ? 32U
                                                                       : 64U};
  const Mapping map(organization, "row:bank:rank:bank_group:column", {});
  for (unsigned run = 0; run < 60; ++run) {
    const ControllerConfig config = any_config(random, device);
    Controller sleeping(organization, config);
    Controller awake(organization, config);
    awake.decide_at_every_clock();
    std::uint64_t clock = 0;
    std::uint64_t commands = 0;
    const auto same = [&](std::uint64_t until) {
      const auto& a = sleeping.step(until).commands;
      const auto& b = awake.step(until).commands;
      commands += b.size();
      for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        if (i < std::min(a.size(), b.size()) && a[i].clock == b[i].clock && a[i].op == b[i].op &&
            a[i].rank == b[i].rank && a[i].bank == b[i].bank && a[i].row == b[i].row) {
          continue;
        }
        const Command& first = i < b.size() ? b[i] : a[i];
        ADD_FAILURE() << "run " << run << ", clock " << first.clock << ": " << name(first.op)
                      << " of rank " << unsigned{first.rank} << ", bank " << unsigned{first.bank};
        return false;
      }
      return true;
    };
    for (std::uint64_t id = 0; id < 400; ++id) {
      clock += any_gap(random, device);
      if (!same(clock)) return;
      Transaction t;
      t.id = id;
      t.write = below(random, 3) == 0;
      t.at = map.locate(below(random, 256) * (map.bytes() / 256) / 64 * 64);
      const bool taken = sleeping.push(t, clock);
      ASSERT_EQ(awake.push(t, clock), taken);
    }
    if (!same(clock + 50'000)) return;
    EXPECT_GT(commands, 400U) << "run " << run;
  }
}

INSTANTIATE_TEST_SUITE_P(Standards, Wake,
                         testing::Values("DDR3-1600", "DDR4-2400", "DDR5-4800", "LPDDR4-3200"));

}  // namespace
}  // namespace lookaside::dram
