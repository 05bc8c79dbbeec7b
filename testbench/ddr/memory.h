// SPDX-License-Identifier: Apache-2.0
// What a trace is played on.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/energy.h>
#include <lookaside/dram/mapping.h>
#include <lookaside/dram/transaction.h>
#include <lookaside/traffic/core/player.h>

namespace lookaside::testbench {

/// A DRAM and its controllers, one a channel, all built alike.
struct MemorySetup {
  dram::Organization organization;
  std::string map;
  std::vector<std::string> exclusive_or;
  dram::ControllerConfig channel;
};

/// What a channel has done at the end.
struct ChannelFigures {
  dram::Counters counters;
  std::vector<dram::RailEnergy> energy;  ///< empty: the preset has no currents
  bool checked = false;
  std::uint64_t commands_checked = 0;
  std::uint64_t violations = 0;
  std::string first_violation;
};

/// Takes every command of every channel, in order for each.
using CommandSink = std::function<void(unsigned channel, const dram::Command& command)>;

/// The controller core without SystemC, driven clock by clock where something happens.
class DirectMemory {
 public:
  /// Throws dram::ControllerError, dram::MappingError.
  DirectMemory(const MemorySetup& setup, bool check);
  ~DirectMemory();
  DirectMemory(const DirectMemory&) = delete;
  DirectMemory& operator=(const DirectMemory&) = delete;

  void record(CommandSink sink) { sink_ = std::move(sink); }
  /// Plays to the end; `tick` is called now and then with the clock. Returns the last clock.
  std::uint64_t play(traffic::Player& player, const std::function<void(std::uint64_t)>& tick);
  std::vector<ChannelFigures> figures();

 private:
  struct Channel;
  void step(unsigned channel, std::uint64_t clock);
  std::uint64_t mask_of(const traffic::Access& access) const;

  MemorySetup setup_;
  dram::Mapping map_;
  bool checked_;
  std::vector<std::unique_ptr<Channel>> channels_;
  struct Due {
    std::uint64_t clock;
    std::uint64_t id;
    bool operator>(const Due& o) const { return clock > o.clock; }
  };
  std::priority_queue<Due, std::vector<Due>, std::greater<>> answers_;
  CommandSink sink_;
  std::uint64_t clock_ = 0;
};

}  // namespace lookaside::testbench
