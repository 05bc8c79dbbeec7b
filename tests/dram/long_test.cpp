// SPDX-License-Identifier: Apache-2.0
// Ten million random requests with every datum compared and every command checked.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include <lookaside/dram/preset.h>

#include "dram/data_check.h"

namespace lookaside::dram {
namespace {

TEST(DramLong, TenMillionRandomRequests) {
  const char* given = std::getenv("LOOKASIDE_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 0) : 20240301;
  std::cout << "LOOKASIDE_SEED=" << seed << "\n";
  constexpr std::uint64_t kRequests = 10'000'000;
  const Organization organization{builtin_device("DDR4-2400"), 1, 2, 64};
  const Mapping map(organization, "row:bank:rank:bank_group:column", {"bank[0]^row[2]"});
  ControllerConfig config;
  config.posted_writes = config.split_queues = true;
  config.postpone = config.pull_in = 4;
  config.power_down_after = 100;
  Controller controller(organization, config);
  Checker checker(organization.device, organization.ranks);
  controller.attach(&checker);
  DataCheck check(controller, map, seed);
  const Soak result = check.run(kRequests, 4096, map.bytes() / 4096 + map.burst_bytes() * 33);
  EXPECT_TRUE(result.ended);
  EXPECT_EQ(result.wrong, 0U);
  EXPECT_EQ(result.answered, kRequests);
  EXPECT_LE(result.longest, longest_wait(config, organization.device) + 100);
  checker.finish(result.clock);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
  std::cout << result.longest << " clocks waited at most, of "
            << longest_wait(config, organization.device) << " guaranteed\n";
}

}  // namespace
}  // namespace lookaside::dram
