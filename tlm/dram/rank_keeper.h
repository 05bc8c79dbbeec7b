// SPDX-License-Identifier: Apache-2.0
// What a rank needs beside its requests: refreshes in time, and sleep when there is nothing to do.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include <lookaside/dram/channel_state.h>
#include <lookaside/dram/controller_config.h>
#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// In which a rank spends its time; the currents of each differ.
enum class Standby : std::uint8_t {
  kActive = 0,  ///< at least one row open
  kPrecharged,
  kActiveDown,  ///< power-down with a row open
  kPrechargedDown,
  kSelfRefresh,
};
inline constexpr unsigned kStandbyCount = 5;

/// Keeps the refresh debt and the power state of one rank and says which command it wants next.
/// Refreshes are owed one each tREFI (per-bank refreshes: as many times more often as the rank has
/// parts); they are done when the rank has rested for tRFC, and forced when more than `postpone`
/// are owed.
class RankKeeper {
 public:
  RankKeeper(const ControllerConfig& config, const Device& device, unsigned rank, unsigned ranks);

  struct Wish {
    bool any = false;
    Op op = Op::kRef;
    std::uint32_t bank = 0;       ///< within the rank
    std::uint64_t wake = kNever;  ///< when to ask again, if nothing else happens before
  };
  Wish wish(const ChannelState& state, std::uint64_t clock, bool idle);

  /// After wish(): may no request of this bank be served now?
  bool blocks(std::uint32_t bank) const {
    if (power_ != Power::kOn) return true;
    if (!forced_) return false;
    return config_.refresh == RefreshMode::kRank || covers(bank);
  }

  bool refreshing(std::uint64_t clock) const {
    return clock >= refresh_busy_.from && clock < refresh_busy_.to;
  }
  bool asleep() const { return power_ != Power::kOn; }

  /// From `clock` on, refreshes come `rate` times as often as tREFI asks; 0: never. What was owed
  /// is forgotten.
  void set_refresh(unsigned rate, std::uint64_t clock);

  void issued(const Command& command, bool open_before);
  void idle_from(std::uint64_t clock) { idle_since_ = clock; }

  /// Clocks up to `clock` in which refreshes (sleep) kept requests waiting; after a self-refresh
  /// reads may have to wait longer than writes.
  std::uint64_t refresh_clocks(std::uint64_t clock) const { return refresh_busy_.until(clock); }
  std::uint64_t power_clocks(std::uint64_t clock, bool write) const {
    return sleep_busy_[write ? 1 : 0].until(clock);
  }
  /// Clocks in each kind of standby up to the last command.
  const std::array<std::uint64_t, kStandbyCount>& standby() const { return standby_; }
  /// ... and the open end of it.
  void account(std::uint64_t clock, bool open);

 private:
  enum class Power : std::uint8_t { kOn, kDown, kSelfRefresh };
  /// A sum of intervals of time, the last of which may be open.
  struct Busy {
    std::uint64_t total = 0, from = 0, to = 0;
    std::uint64_t until(std::uint64_t clock) const {
      const std::uint64_t end = std::min(clock, to);
      return total + (end > from ? end - from : 0);
    }
    void begin(std::uint64_t clock) {
      total = until(clock);
      from = clock;
      to = kNever;
    }
  };

  std::int64_t due(std::uint64_t clock) const;
  std::uint64_t clock_of(std::int64_t refreshes) const;
  bool covers(std::uint32_t bank) const;
  Wish refresh_wish(const ChannelState& state) const;
  Wish sleep_wish(const ChannelState& state, std::uint64_t clock, Wish wish) const;

  ControllerConfig config_;
  Device device_;
  unsigned rank_;
  std::uint64_t interval_;
  std::uint64_t parts_;   // refreshes that make a whole one
  std::uint64_t offset_;  // ranks take turns
  std::uint64_t rate_ = 1;
  std::uint64_t origin_ = 0;  // clock from which refreshes are counted, time asleep left out
  Power power_ = Power::kOn;
  bool forced_ = false;
  std::int64_t done_ = 0;
  std::uint64_t idle_since_ = 0;
  std::uint64_t no_wish_until_ = 0;  // of a busy rank that is awake
  std::uint64_t asleep_ = 0;
  std::uint64_t asleep_since_ = 0;
  Busy refresh_busy_;
  Busy sleep_busy_[2];                    // [write]
  std::array<std::uint64_t, 2> wake_[2];  // [SRX, not PDX][write]: see wake_clocks()
  std::array<std::uint64_t, kStandbyCount> standby_{};
  std::uint64_t accounted_ = 0;
};

}  // namespace lookaside::dram
