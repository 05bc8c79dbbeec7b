// SPDX-License-Identifier: Apache-2.0
// Which commands of a channel have their clocks already, and where there is room for more.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/dram/temporal_rules.h>
#include <lookaside/dram/timeline.h>

namespace lookaside::dram {

/// The committed commands of a channel, from which follow the first clocks of others: by the rules
/// between banks and by what the command and data bus carry. What a bank itself allows is for the
/// caller to know.
///
/// Commands may be taken in any order of time. As long as they come in order, a few clocks say all:
/// reservations on time lines are made only when somebody asks for room before the newest command.
class Schedule {
 public:
  static constexpr unsigned kLog2Clocks = 16;
  /// How far back commands are remembered: before that, all clocks seem to be free.
  static constexpr std::uint64_t kClocks = std::uint64_t{1} << kLog2Clocks;

  Schedule(const TemporalRules& rules, unsigned ranks, unsigned groups);

  /// Place and direction of a column command as one number.
  unsigned code(unsigned rank, unsigned group, bool write) const {
    return columns_.code(rank, group, write);
  }
  unsigned codes() const { return static_cast<unsigned>(last_column_.size()); }
  /// Clocks by which a column command must follow another, of these codes.
  std::uint64_t after(unsigned fresh, unsigned other) const {
    return after_[other * codes() + fresh];
  }

  /// The first clock from `from` on at which such a command can be sent.
  std::uint64_t fit_column(std::uint64_t from, unsigned code) {
    if (from < free_) return find_column(from, code);
    if (from < columns_quiet_) {
      for (unsigned other = 0; other < codes(); ++other) {
        if (last_column_[other] != 0)
          from = std::max(from, last_column_[other] + after(code, other));
      }
    }
    return std::max(from, free_ + column_length_ - 1);
  }
  std::uint64_t fit_activate(std::uint64_t from, unsigned rank, unsigned group) {
    if (from < free_) return find_activate(from, rank, group);
    const Activates& a = activates_[rank];
    if (from < a.quiet)
      from = std::max({from, a.any, a.window, group_activate_[rank * groups_ + group]});
    return std::max(from, free_ + activate_length_ - 1);
  }
  std::uint64_t fit_precharge(std::uint64_t from, unsigned rank) {
    if (from < free_) return find_precharge(from, rank);
    return std::max({from, free_ + other_length_ - 1, activates_[rank].precharge});
  }
  /// Of a command that no rule between banks concerns.
  std::uint64_t fit_other(std::uint64_t from) {
    if (from < free_) return find_other(from);
    return std::max(from, free_ + other_length_ - 1);
  }

  /// Of a refresh of one bank.
  std::uint64_t fit_refresh_bank(std::uint64_t from, unsigned rank) {
    if (from < free_) return find_refresh_bank(from, rank);
    const Activates& a = activates_[rank];
    from = std::max({from, free_ + other_length_ - 1, a.newest[3] + refresh_distance_.before});
    return refresh_in_window_ ? std::max({from, a.any, a.window}) : from;
  }

  void take_column(std::uint64_t clock, unsigned code) {
    log(clock, Kind::kColumn, code);
    last_column_[code] = std::max(last_column_[code], clock);
    columns_quiet_ = std::max(columns_quiet_, clock + column_reach_[code]);
  }
  void take_activate(std::uint64_t clock, unsigned rank, unsigned group) {
    log(clock, Kind::kActivate, rank * groups_ + group);
    Activates& a = activates_[rank];
    std::uint64_t& same = group_activate_[rank * groups_ + group];
    same = std::max(same, clock + group_distance_);
    a.any = std::max(a.any, clock + any_distance_);
    count(a, clock);
  }
  /// Of a bank, or of all of the rank.
  void take_precharge(std::uint64_t clock, unsigned rank) {
    log(clock, Kind::kPrecharge, rank);
    activates_[rank].precharge = std::max(activates_[rank].precharge, clock + precharge_distance_);
  }
  void take_refresh_bank(std::uint64_t clock, unsigned rank) {
    log(clock, Kind::kRefreshBank, rank);
    Activates& a = activates_[rank];
    a.any = std::max(a.any, clock + refresh_distance_.after);
    if (refresh_in_window_) count(a, clock);
    a.quiet = std::max(a.quiet, a.any);
  }
  void take_other(std::uint64_t clock) { log(clock, Kind::kOther, 0); }

 private:
  enum class Kind : std::uint8_t { kColumn, kActivate, kPrecharge, kRefreshBank, kOther };
  /// Of a rank: clocks before which no activate may come.
  struct Activates {
    std::uint64_t any = 0, window = 0;
    std::uint64_t quiet = 0;                // from here on nothing keeps any activate back
    std::uint64_t precharge = 0;            // no precharge before
    std::array<std::uint64_t, 4> newest{};  // the oldest first; 0: none
  };

  static constexpr std::size_t kLogged = 4096;
  static constexpr unsigned kPlaceBits = 8;
  static constexpr unsigned kKindBits = 3;

  void log(std::uint64_t clock, Kind kind, unsigned place) {
    if (logged_ - applied_ == kLogged) apply_oldest();
    log_[logged_++ % kLogged] =
        (clock << kKindBits | static_cast<unsigned>(kind)) << kPlaceBits | place;
    free_ = std::max(free_, clock + 1);
  }
  /// One more in the activate window.
  void count(Activates& a, std::uint64_t clock) const {
    if (clock > a.newest[3]) {
      a.newest = {a.newest[1], a.newest[2], a.newest[3], clock};
    } else {
      keep_newest(a, clock);
    }
    if (a.newest[0] != 0) a.window = a.newest[0] + window_;
    a.quiet = std::max({a.any, a.window, a.newest[3] + group_distance_});
  }
  static void keep_newest(Activates& a, std::uint64_t clock);
  void apply_oldest();
  void apply_all();
  std::uint64_t find_column(std::uint64_t from, unsigned code);
  std::uint64_t find_activate(std::uint64_t from, unsigned rank, unsigned group);
  std::uint64_t find_precharge(std::uint64_t from, unsigned rank);
  std::uint64_t find_refresh_bank(std::uint64_t from, unsigned rank);
  std::uint64_t find_other(std::uint64_t from);

  unsigned groups_;
  unsigned activate_length_, column_length_, other_length_;
  std::uint64_t any_distance_, group_distance_, window_;
  Distance refresh_distance_;  // of activates to a refresh of a bank
  bool refresh_in_window_;
  std::uint64_t precharge_distance_;  // 0: none beyond the command bus

  std::uint64_t free_ = 0;  // the command bus, from here on
  std::uint64_t columns_quiet_ = 0;
  std::vector<std::uint64_t> last_column_;     // [code]; 0: none
  std::vector<std::uint32_t> after_;           // [other * codes + fresh]
  std::vector<std::uint32_t> column_reach_;    // [code]: the greatest of these
  std::vector<Activates> activates_;           // [rank]
  std::vector<std::uint64_t> group_activate_;  // [rank * groups + group]: no activate before

  std::vector<std::uint64_t> log_;  // commands that no time line has yet
  std::uint64_t logged_ = 0, applied_ = 0;

  CommandBus bus_;
  ColumnLine columns_;
  std::vector<ActivateLine> activate_lines_;
  std::vector<BitRing> precharges_;
};

}  // namespace lookaside::dram
