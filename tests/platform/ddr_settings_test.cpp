// SPDX-License-Identifier: Apache-2.0
// The keys ddr.*: what they build, and what is refused.
#include <cstdio>
#include <fstream>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>

#include <lookaside/platform/ddr_settings.h>

namespace lookaside::platform {
namespace {

using testing::HasSubstr;

Configuration with(std::initializer_list<const char*> assignments) {
  Configuration configuration;
  for (const char* assignment : assignments) configuration.assign(assignment);
  return configuration;
}

std::string refusal(std::initializer_list<const char*> assignments) {
  try {
    with(assignments).check();
  } catch (const ConfigurationError& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  return "accepted";
}

TEST(DdrSettings, DefaultsAreTheControllersOwn) {
  const ddr::ControllerConfig config = ddr_config(Configuration());
  const ddr::ControllerConfig usual;
  EXPECT_EQ(config.organization.device.name, usual.organization.device.name);
  EXPECT_EQ(config.organization.device.clocks, usual.organization.device.clocks);
  EXPECT_EQ(config.organization.bytes(), usual.organization.bytes());
  EXPECT_EQ(config.map, usual.map);
  EXPECT_EQ(config.calibrated_access_ps, usual.calibrated_access_ps);
  EXPECT_EQ(config.timing, usual.timing);
  EXPECT_EQ(config.priority, usual.priority);
  EXPECT_EQ(config.check, usual.check);
  const dram::ControllerConfig& a = config.channel;
  const dram::ControllerConfig& b = usual.channel;
  EXPECT_EQ(a.split_queues, b.split_queues);
  EXPECT_EQ(a.queue_depth, b.queue_depth);
  EXPECT_EQ(a.write_depth, b.write_depth);
  EXPECT_EQ(a.posted_writes, b.posted_writes);
  EXPECT_EQ(a.high_watermark, b.high_watermark);
  EXPECT_EQ(a.low_watermark, b.low_watermark);
  EXPECT_EQ(a.scheduling, b.scheduling);
  EXPECT_EQ(a.age_cap, b.age_cap);
  EXPECT_EQ(a.page_policy, b.page_policy);
  EXPECT_EQ(a.page_timeout, b.page_timeout);
  EXPECT_EQ(a.refresh, b.refresh);
  EXPECT_EQ(a.postpone, b.postpone);
  EXPECT_EQ(a.pull_in, b.pull_in);
  EXPECT_EQ(a.power_down_after, b.power_down_after);
  EXPECT_EQ(a.self_refresh_after, b.self_refresh_after);
}

TEST(DdrSettings, EveryKeyReachesTheController) {
  const ddr::ControllerConfig config =
      ddr_config(with({"platform.timing=temporal",
                       "ddr.preset=ddr5-4800",
                       "ddr.width_bits=8",
                       "ddr.channels=2",
                       "ddr.ranks=2",
                       "ddr.map=row:rank:bank:column:bank_group:channel",
                       "ddr.map_xor=bank[0]^row[0], channel[0]^row[1]",
                       "ddr.queue=split",
                       "ddr.queue_depth=16",
                       "ddr.write_queue_depth=20",
                       "ddr.scheduler=fcfs",
                       "ddr.page_policy=timeout",
                       "ddr.page_timeout_clocks=77",
                       "ddr.write_policy=posted",
                       "ddr.write_high_watermark=18",
                       "ddr.write_low_watermark=3",
                       "ddr.controller_clocks=5",
                       "ddr.refresh=bank",
                       "ddr.postponed_refreshes=2",
                       "ddr.early_refreshes=1",
                       "ddr.power_down_clocks=50",
                       "ddr.self_refresh_clocks=5000",
                       "ddr.qos.walk=7",
                       "ddr.qos.unknown=1",
                       "ddr.check=false",
                       "ddr.calibrated_access_ns=33.5"}));
  EXPECT_EQ(config.timing, ddr::Timing::kTemporal);
  EXPECT_EQ(config.organization.device.standard, dram::Standard::kDdr5);
  EXPECT_EQ(config.organization.bus_bits, 32U) << "a DDR5 channel";
  EXPECT_EQ(config.organization.channels, 2U);
  EXPECT_EQ(config.organization.ranks, 2U);
  EXPECT_EQ(config.map, "row:rank:bank:column:bank_group:channel");
  EXPECT_EQ(config.exclusive_or.size(), 2U);
  EXPECT_TRUE(config.channel.split_queues);
  EXPECT_EQ(config.channel.queue_depth, 16U);
  EXPECT_EQ(config.channel.write_depth, 20U);
  EXPECT_EQ(config.channel.scheduling, dram::Scheduling::kFcfs);
  EXPECT_EQ(config.channel.page_policy, dram::PagePolicyKind::kTimeout);
  EXPECT_EQ(config.channel.page_timeout, 77U);
  EXPECT_TRUE(config.channel.posted_writes);
  EXPECT_EQ(config.channel.high_watermark, 18U);
  EXPECT_EQ(config.channel.low_watermark, 3U);
  EXPECT_EQ(config.pipeline_clocks, 5U);
  EXPECT_EQ(config.channel.refresh, dram::RefreshMode::kBank);
  EXPECT_EQ(config.channel.postpone, 2U);
  EXPECT_EQ(config.channel.pull_in, 1U);
  EXPECT_EQ(config.channel.power_down_after, 50U);
  EXPECT_EQ(config.channel.self_refresh_after, 5000U);
  EXPECT_EQ(config.priority[static_cast<unsigned>(protocol::Requester::kWalker)], 7U);
  EXPECT_EQ(config.priority[static_cast<unsigned>(protocol::Requester::kUnknown)], 1U);
  EXPECT_EQ(config.priority[static_cast<unsigned>(protocol::Requester::kDma)], 0U);
  EXPECT_FALSE(config.check);
  EXPECT_EQ(config.calibrated_access_ps, 33'500U);
}

TEST(DdrSettings, EveryPresetIsOffered) {
  for (const dram::BuiltinPreset& preset : dram::builtin_presets()) {
    Configuration configuration;
    configuration.assign("ddr.preset=" + preset_key(preset));
    EXPECT_NO_THROW(configuration.check()) << preset.name;
    // As the list of presets spells it.
    Configuration capitals;
    capitals.assign("ddr.preset=" + std::string(preset.name));
    EXPECT_EQ(capitals.text("ddr.preset"), preset_key(preset));
  }
  EXPECT_EQ(ddr_config(with({"ddr.speed_bin=p"})).organization.device.name, "DDR4-2400 8Gb x8 P");
}

TEST(DdrSettings, AWaitThatIsAskedForIsKept) {
  const ddr::ControllerConfig config = ddr_config(with({"ddr.longest_wait_ns=50000"}));
  EXPECT_LE(ddr::longest_wait_ps(config), 50'000'000U);
  EXPECT_GT(ddr::longest_wait_ps(config), 45'000'000U) << "and the age cap is not wasted";
}

TEST(DdrSettings, AWaitThatCannotBeKeptIsRefused) {
  const std::string message = refusal({"ddr.longest_wait_ns=100"});
  const std::string says = "--set: ddr.longest_wait_ns: found 100 ns, expected at least ";
  ASSERT_THAT(message, testing::StartsWith(says));
  EXPECT_THAT(message, HasSubstr(" ns, the smallest bound that this queue can keep"));
  // What it names is the least that is accepted.
  const auto keep = [](std::uint64_t ns) { return "ddr.longest_wait_ns=" + std::to_string(ns); };
  const std::uint64_t smallest = std::stoull(message.substr(says.size()));
  EXPECT_EQ(refusal({keep(smallest).c_str()}), "accepted");
  EXPECT_THAT(refusal({keep(smallest - 1).c_str()}), HasSubstr(std::to_string(smallest) + " ns"));
  // Without an age cap nothing would keep it.
  for (const std::string& scheduler : std::vector<std::string>{"fcfs", "fr-fcfs"}) {
    EXPECT_EQ(refusal({"ddr.longest_wait_ns=50000", ("ddr.scheduler=" + scheduler).c_str()}),
              "--set: ddr.longest_wait_ns: found 50000 ns with ddr.scheduler " + scheduler +
                  ", expected ddr.scheduler fr-fcfs-capped");
  }
}

TEST(DdrSettings, APresetFileTakesThePlaceOfThePreset) {
  const std::string file =
      testing::TempDir() + "lookaside_preset_" + std::to_string(getpid()) + ".yaml";
  for (const dram::BuiltinPreset& preset : dram::builtin_presets()) {
    if (preset.name == "DDR3-1600") std::ofstream(file) << preset.text;
  }
  Configuration configuration;
  configuration.assign("ddr.preset_file=" + file);
  EXPECT_EQ(ddr_config(configuration).organization.device.standard, dram::Standard::kDdr3);
  std::ofstream(file) << "name: X\nstandart: DDR4\n";
  try {
    configuration.check();
    ADD_FAILURE() << "accepted";
  } catch (const ConfigurationError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--set: ddr.preset_file: " + file));
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'standard'?"));
  }
  std::remove(file.c_str());
}

TEST(DdrSettings, RefusesWhatCannotBe) {
  const struct {
    std::vector<const char*> assignments;
    std::vector<const char*> parts;
  } cases[] = {
      {{"ddr.preset=ddr4-2401"},
       {"ddr.preset: found 'ddr4-2401', expected one of ", "did you mean 'ddr4-2400'?"}},
      {{"ddr.density_gb=3"}, {"--set: ddr.density_gb: ", "3"}},
      {{"ddr.speed_bin=Z"}, {"--set: ddr.speed_bin: ", "Z"}},
      {{"ddr.map=row:bank:bank_group"}, {"--set: ddr.map: ", "no bijection: column[0] is missing"}},
      {{"ddr.map=row:bank:bank_group:colum"},
       {"--set: ddr.map: ", "unknown field 'colum'; did you mean 'column'?"}},
      {{"ddr.map=row:bank:bank_group:column:column"}, {"no bijection", "stands twice"}},
      {{"ddr.map_xor=bank[0]^bank[0]"}, {"--set: ddr.map_xor: ", "no bijection"}},
      {{"ddr.map_xor=bank[7]^row[0]"}, {"no bit 'bank[7]'; bank has 2 bits"}},
      {{"ddr.channels=3"}, {"ddr.channels: found '3', expected one of 1, 2, 4, 8"}},
      {{"ddr.queue_depth=0"},
       {"ddr.queue_depth: found '0', expected an integer from 1 to 4096 (requests)"}},
      {{"ddr.write_queue_depth=0"}, {"expected an integer from 1 to 4096 (requests)"}},
      {{"ddr.write_policy=posted", "ddr.write_low_watermark=24"},
       {"--set: ddr.write_low_watermark: ", "low < high"}},
      {{"ddr.refresh=bank"}, {"--set: ddr.refresh: ", "no refresh of single banks"}},
      {{"ddr.postponed_refreshes=9"}, {"--set: ddr.postponed_refreshes: ", "permits 8"}},
      {{"ddr.bus_bits=12"}, {"--set: ddr.bus_bits: ", "12 bits cannot be made of x8 devices"}},
      {{"memory.size=9GiB"},
       {"--set: memory.size: found 9GiB of RAM in all, expected at most the 8GiB of the DRAM",
        "ddr.ranks"}},
      {{"memory.regions=[{base: 0x1000000000, size: 8GiB}]"},
       {"--set: memory.regions: found 8320MiB"}},
  };
  for (const auto& c : cases) {
    Configuration configuration;
    std::string message = "accepted";
    try {
      for (const char* assignment : c.assignments) configuration.assign(assignment);
      configuration.check();
    } catch (const ConfigurationError& error) {
      message = error.what();
    }
    for (const char* part : c.parts) EXPECT_THAT(message, HasSubstr(part)) << c.assignments[0];
  }
}

TEST(DdrSettings, MoreRanksHoldMoreMemory) {
  EXPECT_EQ(refusal({"memory.size=16GiB", "ddr.ranks=2"}), "accepted");
  EXPECT_EQ(refusal({"memory.size=16GiB", "ddr.channels=2"}), "accepted");
  const ddr::ControllerConfig bare = bare_ddr_config(with({"ddr.channels=2"}));
  ASSERT_EQ(bare.regions.size(), 1U);
  EXPECT_EQ(bare.regions[0].base, 0U);
  EXPECT_EQ(bare.regions[0].size, 16ULL << 30);
}

}  // namespace
}  // namespace lookaside::platform
