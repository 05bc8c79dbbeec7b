// SPDX-License-Identifier: Apache-2.0
// Random requests: data right against a flat array, no rule broken, everything ends, nothing waits
// longer than the guarantee, in every combination of policies.
#include <cstdlib>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include <lookaside/dram/preset.h>

#include "dram/data_check.h"

namespace lookaside::dram {
namespace {

std::uint64_t seed() {
  const char* given = std::getenv("LOOKASIDE_SEED");
  const std::uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 0) : 20240229;
  std::cout << "LOOKASIDE_SEED=" << value << "\n";
  return value;
}

void soak(const Organization& organization, const ControllerConfig& config,
          std::uint64_t requests) {
  const Mapping map(organization, "row:bank:rank:bank_group:column", {"bank[0]^row[2]"});
  Controller controller(organization, config);
  Checker checker(organization.device, organization.ranks);
  controller.attach(&checker);
  DataCheck check(controller, map, seed());
  // Two rows and 4 bursts of each meet often; the stride spreads them over banks and rows.
  const Soak result = check.run(requests, 512, map.bytes() / 512 + map.burst_bytes() * 33);
  EXPECT_TRUE(result.ended) << "a livelock at clock " << result.clock;
  EXPECT_EQ(result.wrong, 0U);
  EXPECT_EQ(result.answered, requests);
  checker.finish(result.clock);
  EXPECT_EQ(checker.violation_count(), 0U) << checker.first();
  const std::uint64_t bound = longest_wait(config, organization.device);
  if (bound != 0) {
    EXPECT_LE(result.longest, bound + 100) << "data may take 100 clocks more";
  }
  EXPECT_GT(controller.counters().commands[static_cast<unsigned>(Op::kAct)], 100U);
}

struct Variant {
  const char* name;
  ControllerConfig config;
};

Variant variant(const char* name, void (*change)(ControllerConfig&)) {
  Variant v{name, {}};
  change(v.config);
  return v;
}

const Variant kVariants[] = {
    variant("Default", [](ControllerConfig&) {}),
    variant("Fcfs", [](ControllerConfig& c) { c.scheduling = Scheduling::kFcfs; }),
    variant("FrFcfs", [](ControllerConfig& c) { c.scheduling = Scheduling::kFrFcfs; }),
    variant("LowCap", [](ControllerConfig& c) { c.age_cap = 150; }),
    variant("Closed", [](ControllerConfig& c) { c.page_policy = PagePolicyKind::kClosed; }),
    variant("Adaptive", [](ControllerConfig& c) { c.page_policy = PagePolicyKind::kAdaptive; }),
    variant("Timeout", [](ControllerConfig& c) { c.page_policy = PagePolicyKind::kTimeout; }),
    variant("Split", [](ControllerConfig& c) { c.split_queues = true; }),
    variant("Posted", [](ControllerConfig& c) { c.posted_writes = true; }),
    variant("PostedSplit", [](ControllerConfig& c) { c.posted_writes = c.split_queues = true; }),
    variant("PostedSplitLowCap",
            [](ControllerConfig& c) {
              c.posted_writes = c.split_queues = true;
              c.age_cap = 150;
            }),
    variant("PostedFcfs",
            [](ControllerConfig& c) {
              c.posted_writes = true;
              c.scheduling = Scheduling::kFcfs;
            }),
    variant("PostedFrFcfsClosed",
            [](ControllerConfig& c) {
              c.posted_writes = c.split_queues = true;
              c.scheduling = Scheduling::kFrFcfs;
              c.page_policy = PagePolicyKind::kClosed;
            }),
    variant("OneEntry", [](ControllerConfig& c) { c.queue_depth = 1; }),
    variant("OneEntryPosted",
            [](ControllerConfig& c) {
              c.queue_depth = c.write_depth = 1;
              c.posted_writes = c.split_queues = true;
              c.high_watermark = 1;
              c.low_watermark = 0;
            }),
    variant("Postponed",
            [](ControllerConfig& c) {
              c.postpone = 4;
              c.pull_in = 4;
            }),
    variant("PowerDown",
            [](ControllerConfig& c) {
              c.power_down_after = 30;
              c.page_policy = PagePolicyKind::kTimeout;
            }),
    variant("SelfRefresh",
            [](ControllerConfig& c) {
              c.power_down_after = 50;
              c.self_refresh_after = 3000;
            }),
};

class EveryPolicy : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryPolicy, DataIsRightAndEverythingEnds) {
  soak({builtin_device("DDR4-2400"), 1, 2, 64}, kVariants[GetParam()].config, 30'000);
}

INSTANTIATE_TEST_SUITE_P(Soak, EveryPolicy, testing::Range<std::size_t>(0, std::size(kVariants)),
                         [](const auto& tested) { return kVariants[tested.param].name; });

class EveryStandard : public testing::TestWithParam<std::string> {};

TEST_P(EveryStandard, DataIsRightAndEverythingEnds) {
  const Device device = builtin_device(GetParam());
  const unsigned bits = device.standard == Standard::kDdr5     ? 32
                        : device.standard == Standard::kLpddr4 ? 16
                                                               : 64;
  ControllerConfig config;
  config.posted_writes = config.split_queues = true;
  config.power_down_after = 40;
  config.self_refresh_after = 5000;
  soak({device, 1, 2, bits}, config, 20'000);
  config = {};
  soak({device, 1, 1, bits}, config, 20'000);
  if (!device.has_bank_refresh()) return;
  config.refresh = RefreshMode::kBank;
  soak({device, 1, 1, bits}, config, 20'000);
  config.postpone = 2;
  config.pull_in = 2;
  config.page_policy = PagePolicyKind::kClosed;
  soak({device, 1, 2, bits}, config, 20'000);
}

INSTANTIATE_TEST_SUITE_P(Soak, EveryStandard,
                         testing::Values("DDR3-1600", "DDR4-2400", "DDR4-3200", "DDR5-4800",
                                         "LPDDR4-3200"));

}  // namespace
}  // namespace lookaside::dram
