// SPDX-License-Identifier: Apache-2.0
// An independent check of a command stream. It shares the rule table with the scheduler, nothing
// else: it looks back from each command, where the scheduler computes forward.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/dram/command.h>
#include <lookaside/dram/rules.h>

namespace lookaside::dram {

struct Violation {
  Command command;
  std::string rule;  ///< a rule of the table, or "row", "state", "data bus", "refresh", "order"
  std::string text;  ///< one sentence
};

/// Checks the commands of one channel, in order of time: every rule of the table (four-activate
/// window included), which rows are open, power states, occupation of the data bus, and that no
/// rank's refreshes are more than the permitted number behind or ahead. Costs memory for the last
/// command of each kind only, so that a run of any length can be checked while it happens.
class Checker {
 public:
  Checker(const Device& device, unsigned ranks);
  /// With other rules than the device's: to see that a weakened one is caught.
  Checker(const Device& device, unsigned ranks, const std::vector<TimingRule>& rules);

  void check(const Command& command);
  /// From `clock` on, refreshes are expected `rate` times as often as tREFI asks; 0: not at all.
  void set_refresh(unsigned rate, std::uint64_t clock);
  /// The stream has ended: refreshes that are overdue by then count as violations.
  void finish(std::uint64_t clock);

  std::uint64_t commands() const { return commands_; }
  std::uint64_t violation_count() const { return violation_count_; }
  /// The first 100.
  const std::vector<Violation>& violations() const { return violations_; }
  /// The first violation as a sentence, "" when there is none.
  std::string first() const { return violations_.empty() ? "" : violations_.front().text; }

 private:
  enum class Power : std::uint8_t { kOn, kDown, kSelfRefresh };
  struct Rank {
    Power power = Power::kOn;
    std::uint64_t refreshed = 0;  // in refreshes of one bank
    std::uint64_t asleep_since = 0;
    std::uint64_t asleep = 0;  // clocks in which self-refresh did the work
  };
  /// When the last commands came that rules of one level look back to, at each place; of the last
  /// `window` the oldest is at `next`. Rules with the same preceding commands share one.
  struct History {
    Level level;
    Ops preceding;
    std::uint8_t window;
    std::size_t base;                // in last_: [base + place * window + ...]
    std::vector<std::uint8_t> next;  // [place]
  };
  struct Lookback {  // what a command has to keep
    const Rule* rule;
    std::int32_t clocks;
    std::size_t history;
    std::size_t base;  // of the history
    Level level;
  };
  /// Rules or histories that concern a command at one place of each level, which is computed once,
  /// and those for which places() and the window must be looked at.
  template <typename T>
  struct ByOp {
    std::array<std::vector<T>, kOpCount> plain, others;
  };
  /// [level]; not of kOtherRank.
  using Places = std::array<std::size_t, kLevelCount>;

  Places places_of(const Command& command) const;
  bool plain(Op op, const History& history) const;
  void timing(const Command& command, const Places& at);
  void late(const Command& command, const Lookback& back, std::int64_t then);
  void remember(const Command& command, const Places& at);
  void rows(const Command& command);
  void power(const Command& command);
  void data_bus(const Command& command);
  void refresh(unsigned rank, std::uint64_t clock, const Command& command);
  std::size_t history_of(const Rule& rule);
  template <typename Visit>
  void places(Level level, const Command& command, bool following, Visit visit) const;
  void violate(const Command& command, const std::string& rule, const std::string& what);

  Device device_;
  unsigned ranks_;
  std::uint64_t refresh_rate_ = 1;
  std::uint64_t refresh_origin_ = 0;
  std::vector<History> histories_;
  std::vector<std::int64_t> last_;         // clocks, of all histories
  ByOp<Lookback> lookbacks_;               // by following command
  ByOp<std::size_t> remembering_;          // histories, by preceding command
  std::array<bool, kOpCount> one_bank_{};  // by command: it concerns one
  std::vector<std::int64_t> open_;         // [rank * banks + bank]: row, -1 closed
  std::vector<Rank> rank_;
  std::uint64_t bus_free_ = 0;
  std::uint64_t last_clock_ = 0;
  std::uint64_t commands_ = 0;
  std::uint64_t violation_count_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace lookaside::dram
