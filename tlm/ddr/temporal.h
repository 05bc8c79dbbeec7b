// SPDX-License-Identifier: Apache-2.0
// Access at the caller's local time: each channel's temporal model is asked and answers at once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/ddr/bursts.h>
#include <lookaside/ddr/clock.h>
#include <lookaside/ddr/config.h>
#include <lookaside/ddr/memory.h>
#include <lookaside/ddr/meters.h>
#include <lookaside/ddr/standby.h>
#include <lookaside/dram/checker.h>
#include <lookaside/dram/temporal.h>

namespace lookaside::ddr {

/// One dram::TemporalModel for each channel. Callers may come in any order of their local times.
/// What the model does not know is added here: a request that comes to a rank that has been idle
/// for long enough to be in power-down or self-refresh waits for tXP or tXS, and its data
/// for tXSDLL. (The model goes on refreshing such a rank by command.)
class Temporal {
 public:
  Temporal(const ControllerConfig& config, const dram::Mapping& map, Meters& meters);

  struct Answer {
    std::uint64_t finish_ps;  ///< of the last beat of data; of what was read, if it also wrote
    dram::RowState row;       ///< what the first burst found
  };
  /// `now_ps`: the caller's time; `horizon_ps`: nobody will come with an earlier one any more.
  Answer serve(const tlm::tlm_generic_payload& payload, const Request& request, const Deed& deed,
               std::uint64_t now_ps, std::uint64_t horizon_ps);

  /// What the channels did: each command, in order of time for each channel, some time later.
  using CommandCallback = std::function<void(unsigned channel, const dram::Command&)>;
  void on_command(CommandCallback callback);
  /// Requests that take a place in a queue, in the order of the calls.
  using ArrivalCallback = std::function<void(unsigned channel, std::uint64_t clock, bool write)>;
  void on_arrival(ArrivalCallback callback) { on_arrival_ = std::move(callback); }
  /// Tells the commands before a time; nobody will come with an earlier one any more. Answers up to
  /// which clock they are told.
  std::uint64_t tell_until(std::uint64_t horizon_ps) {
    if (!telling_) drain(clock_.last_until(horizon_ps));
    return told_;
  }
  /// Tells all commands that have been answered.
  void tell_all() { drain(dram::kNever); }

  /// Refreshes come `rate` times as often as tREFI asks from now on; 0: never.
  void set_refresh(unsigned rate, std::uint64_t now_ps);

  /// End of the last access so far, ps.
  std::uint64_t latest_ps() const { return clock_.time_of(latest_); }
  /// Gives all that was answered its place, though time stands still: at the end of a run.
  void settle(std::uint64_t now_ps);
  /// Brings the channels up to a time, then adds what they know: nothing, if nobody ever came and
  /// `others` did, or if nobody is expected.
  void add_to(Totals& totals, std::uint64_t now_ps, bool others);
  /// The run is over: all commands are checked, and refreshes that are overdue count as violations.
  void finish(std::uint64_t now_ps);
  /// "" while no command broke a rule.
  std::string first_violation() const;

 private:
  struct Rank {
    std::uint64_t used = 0;                // end of its last access
    std::uint64_t woken = 0;               // when an access last found it asleep
    std::array<std::uint64_t, 2> awake{};  // [write]: and when it was awake for them after that
  };
  struct Channel {
    std::unique_ptr<dram::TemporalModel> model;
    std::unique_ptr<dram::Checker> checker;
    std::unique_ptr<StandbyMeter> standby;
    std::vector<Rank> ranks;
  };
  std::uint64_t serve_bursts(const tlm::tlm_generic_payload& payload, const Request& request,
                             bool write, std::uint64_t clock, Answer* answer);
  dram::Completion serve_burst(const dram::Transaction& transaction, std::uint64_t clock);
  std::uint32_t wake_clocks(Rank& rank, std::uint64_t clock, bool write) const;
  void drain(std::uint64_t clock);

  Clock clock_;
  const dram::Mapping& map_;
  Meters& meters_;
  std::array<std::uint8_t, protocol::kRequesterCount> priority_;
  std::uint64_t pipeline_;
  std::uint64_t power_down_after_;
  std::uint64_t self_refresh_after_;
  std::array<std::uint64_t, 2> power_down_wake_;  // [write]
  std::array<std::uint64_t, 2> self_refresh_wake_;
  std::vector<Channel> channels_;
  CommandCallback on_command_;
  ArrivalCallback on_arrival_;
  bool telling_ = false;
  std::uint64_t told_ = 0;  // commands up to this clock
  bool asked_ = true;       // b_transport comes here: memory is refreshed from the beginning
  bool recording_ = false;
  std::uint64_t latest_ = 0;  // clock
  std::uint64_t served_ = 0;
  std::uint64_t drained_ = 0;  // clock up to which commands have been told
};

}  // namespace lookaside::ddr
