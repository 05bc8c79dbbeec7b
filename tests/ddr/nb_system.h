// SPDX-License-Identifier: Apache-2.0
// A DDR controller behind the protocol checker and an initiator of four-phase requests.
#pragma once

#include <cstdint>
#include <string>
#include <target_fixture.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/ddr/controller.h>
#include <lookaside/dram/preset.h>
#include <lookaside/protocol/checker.h>

#include "nb_master.h"

namespace lookaside::ddr {

inline constexpr std::uint64_t kBase = 0x8000'0000;
inline constexpr std::uint64_t kBytes = 1 << 20;
inline constexpr std::uint64_t kRow = 0x2'0000;  // to the next row of the same bank

/// Clocks of 2500/3 ps, rounded up.
constexpr std::uint64_t clocks(std::uint64_t n) {
  return (n * 2500 + 2) / 3;
}

struct NbSystem {
  explicit NbSystem(const ControllerConfig& config = small())
      : master("master"), checker("checker"), ddr("ddr", config) {
    master.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(ddr.socket);
  }
  static ControllerConfig small() {
    ControllerConfig config;
    config.regions = {{kBase, kBytes}};
    return config;
  }
  /// Runs until nothing is left to do; every rule of the protocol and of the DRAM was kept.
  void run() {
    sc_core::sc_start();
    EXPECT_FALSE(sc_core::sc_pending_activity()) << "an idle controller costs nothing";
    EXPECT_EQ(master.responses, master.results.size());
    EXPECT_EQ(checker.violations(), 0U);
    EXPECT_EQ(checker.in_flight(), 0U);
    EXPECT_EQ(master.live_payloads, 0U) << "every reference was given back";
    EXPECT_EQ(statistic("rule_violations"), 0U);
  }
  std::uint64_t statistic(const std::string& name) {
    return tests::statistic(ddr.statistics(), "ddr." + name);
  }
  tests::NbMaster master;
  protocol::Checker checker;
  Controller ddr;
};

inline tests::NbJob read(std::uint64_t address, std::size_t bytes = 64) {
  tests::NbJob job;
  job.address = address;
  job.data.assign(bytes, 0xEE);
  return job;
}
inline tests::NbJob write(std::uint64_t address, std::vector<std::uint8_t> data) {
  tests::NbJob job;
  job.address = address;
  job.write = true;
  job.data = std::move(data);
  return job;
}

}  // namespace lookaside::ddr
