// SPDX-License-Identifier: Apache-2.0
// In which state of standby each rank of a channel spends its time, told from its commands. No
// SystemC.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/dram/command.h>
#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/energy.h>

namespace lookaside::ddr {

/// For a channel whose model issues no power-down commands: rows open and close as commands say (an
/// automatic precharge tRTP after a read, tWR after the data of a write), and a rank that has had
/// no activate, read or write for as long as the configuration asks is taken to be in power-down or
/// self-refresh until its next one. Refresh commands do not wake it: a rank that is in self-refresh
/// when they come does by itself what they ask for, at the current of self-refresh.
class StandbyMeter {
 public:
  StandbyMeter(const dram::Organization& organization, const dram::ControllerConfig& config);

  /// In order of time.
  void add(const std::vector<dram::Command>& commands) {
    for (const dram::Command& c : commands) add(c);
  }
  void add(const dram::Command& c) {
    Rank& rank = ranks_[c.rank];
    // Reads and writes neither open a row nor close it, and unless ranks sleep nobody asks when.
    if ((c.op == dram::Op::kRd || c.op == dram::Op::kWr) && !sleeps_) {
      rank.used = c.clock;
    } else {
      take(rank, c);
    }
  }
  /// Clocks of each rank in each state up to `clock`, which may not lie before the last command.
  dram::StandbyClocks clocks(std::uint64_t clock) const;
  /// `counters` of the model without the refresh commands that came in self-refresh.
  dram::Counters without_self_refreshes(dram::Counters counters) const;

 private:
  struct Rank {
    std::vector<std::uint8_t> open;     // by bank of the rank
    std::vector<std::uint64_t> closes;  // ... when it closes by itself; kNever
    unsigned opened = 0;
    unsigned closing = 0;
    std::uint64_t used = 0;   // last activate, read or write
    std::uint64_t until = 0;  // accounted up to here
    std::array<std::uint64_t, dram::kStandbyCount> clocks{};
  };
  void take(Rank& rank, const dram::Command& command);
  void advance(Rank& rank, std::uint64_t clock) const;
  void account(Rank& rank, std::uint64_t clock) const;
  void turn(Rank& rank, std::uint32_t bank, bool open, std::uint64_t clock) const;

  dram::Device device_;
  std::uint64_t power_down_after_;  // kNever: never
  std::uint64_t self_refresh_after_;
  bool sleeps_;
  std::array<std::uint64_t, dram::kOpCount> self_refreshes_{};
  std::vector<Rank> ranks_;
};

}  // namespace lookaside::ddr
