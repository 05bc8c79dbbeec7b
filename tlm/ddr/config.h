// SPDX-License-Identifier: Apache-2.0
// How the DDR controller is built: what memory it drives, how, and what an access costs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/ddr/backing_store.h>
#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/mapping.h>
#include <lookaside/protocol/access_extension.h>

namespace lookaside::ddr {

/// Where b_transport takes its time from. nb_transport always goes through the queues.
enum class Timing : std::uint8_t {
  kCalibrated,   ///< plain hart accesses cost a constant, all others the temporal model's time
  kTemporal,     ///< every access asks the temporal model, at the caller's local time
  kApproximate,  ///< every access goes through the queues, and b_transport waits
};

struct ControllerConfig {
  /// One channel of one rank of 8 Gb x8 DDR4-2400 devices on 64 bits: 8 GiB.
  static dram::Organization usual_organization();

  std::vector<Region> regions = {{0x8000'0000, 128ULL << 20}};  ///< any order; must not overlap
  std::uint64_t calibrated_access_ps = 20'000;  ///< cost of a plain instruction or data access
  Timing timing = Timing::kCalibrated;
  dram::Organization organization = usual_organization();
  /// From the most significant bit down; fields without bits may stand in it (dram::Mapping).
  std::string map = "row:rank:bank:bank_group:column:channel";
  std::vector<std::string> exclusive_or = {};  ///< "bank[0]^row[0]"
  dram::ControllerConfig channel = {};         ///< queues, scheduler, pages, refresh, power of each
  /// Clocks of the controller itself, added to every access that asks a model.
  std::uint32_t pipeline_clocks = 0;
  /// Quality of service of each protocol::Requester: among ready commands the higher goes first.
  std::array<std::uint8_t, protocol::kRequesterCount> priority{};
  /// Every DRAM command is checked by dram::Checker.
  bool check = true;
  /// False: payloads take their time, but writes are forgotten and reads give zeros, so that a
  /// trace over all of a large memory costs the host nothing. Atomics are not concerned.
  bool stores_data = true;
};

/// Throws DdrError for memory that the DRAM cannot hold, dram::ControllerError and
/// dram::MappingError for what a channel or a map cannot be. Regions are the store's to check.
void validate(const ControllerConfig& config);

/// No request waits longer in its queue, picoseconds; 0: nothing is promised (FR-FCFS without cap,
/// or nobody refreshes in time). See dram::longest_wait.
std::uint64_t longest_wait_ps(const ControllerConfig& config);

}  // namespace lookaside::ddr
