// SPDX-License-Identifier: Apache-2.0
// One channel in the waveform: command bus, banks, power, queues. No SystemC.
#pragma once

#include <array>
#include <cstdint>
#include <queue>
#include <string>
#include <vector>

#include <lookaside/ddr/clock.h>
#include <lookaside/dram/command.h>
#include <lookaside/dram/mapping.h>
#include <lookaside/observe/signal.h>

namespace lookaside::ddr {

/// Signals of a channel: `command` for one clock each, idle between; `bank` (rank and bank in one
/// number) and `row` of the latest command that had them; `reads_waiting` and `writes_waiting`,
/// requests that came and have no column command yet; for each rank `state`, and for each bank
/// whether a row is open. An automatic precharge is shown when the bank does it. Who knows only the
/// commands does without `queues`.
class CommandWave {
 public:
  CommandWave(observe::SignalSink* sink, const std::string& scope,
              const dram::Organization& organization, bool queues = true);

  /// A request took a place in the queue at this clock; in any order, but not behind a command.
  void arrived(std::uint64_t clock, bool write) { arrivals_[write ? 1 : 0].push(clock); }
  /// In order of time.
  void command(const dram::Command& command);
  /// All up to this clock is known.
  void until(std::uint64_t clock);

  const Clock& clock() const { return clock_; }

 private:
  enum class State : std::uint8_t { kIdle, kActive, kRefresh, kPowerDown, kSelfRefresh };
  struct Value {
    observe::Signal signal;
    std::uint64_t last = ~std::uint64_t{0};
    void set(std::uint64_t time_ps, std::uint64_t value) {
      if (value == last) return;
      last = value;
      signal.set(time_ps, value);
    }
  };
  struct Rank {
    Value state;
    std::vector<Value> banks;
    unsigned open = 0;
    std::uint64_t refreshed = 0;  // clock at which its refresh ends; 0: none runs
  };

  void declare(observe::SignalSink* sink, const std::string& scope, bool queues);
  void begin(std::uint64_t clock);
  void queue(unsigned write, std::uint64_t clock, bool leaves);
  void rank_state(Rank& rank, State state, std::uint64_t clock);
  void open(Rank& rank, unsigned bank, bool open, std::uint64_t clock);
  void state_of(const dram::Command& command);
  void end_refresh(Rank& rank, std::uint64_t clock);

  dram::Organization organization_;
  Clock clock_;
  Value command_, bank_, row_;
  Value waiting_[2];
  std::uint64_t depth_[2] = {0, 0};
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> arrivals_[2];
  std::vector<Rank> ranks_;
  bool begun_ = false;
  std::uint64_t idle_ = 0;  // clock after the latest command
};

}  // namespace lookaside::ddr
