// SPDX-License-Identifier: Apache-2.0
// Bank, bank group, rank and bus state of one channel: when may which command come next.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/dram/command.h>
#include <lookaside/dram/rules.h>

namespace lookaside::dram {

/// Integer clocks. Every rule of the table is applied when its preceding command is issued, to the
/// earliest clocks of the commands that follow.
class ChannelState {
 public:
  ChannelState(const Device& device, unsigned ranks);
  ChannelState(const Device& device, unsigned ranks, const std::vector<TimingRule>& rules);

  /// First clock at which the rules permit the command to a bank (of a command that concerns
  /// several: to all of them). Whether a row is open is the caller's business.
  std::uint64_t earliest(Op op, unsigned rank, unsigned bank) const {
    if ((kOneBank & bit(op)) == 0) return earliest_wide(op, rank, bank);
    const auto i = static_cast<unsigned>(op);
    const std::size_t at = std::size_t{rank} * banks_ + bank;
    return std::max({bank_[at][i], group_[std::size_t{rank} * groups_ + (bank >> group_shift_)][i],
                     rank_[rank][i], channel(i)});
  }
  /// What rank and bus permit, whatever bank and bank group say.
  std::uint64_t rank_earliest(Op op, unsigned rank) const {
    const auto i = static_cast<unsigned>(op);
    return std::max(rank_[rank][i], channel(i));
  }
  /// The bank group's own rules alone.
  std::uint64_t group_earliest(Op op, unsigned rank, unsigned group) const {
    return group_[std::size_t{rank} * groups_ + group][static_cast<unsigned>(op)];
  }
  /// The bank's own rules alone.
  std::uint64_t bank_earliest(Op op, unsigned rank, unsigned bank) const {
    return bank_[std::size_t{rank} * banks_ + bank][static_cast<unsigned>(op)];
  }

  void issue(const Command& command);

  static constexpr std::int64_t kClosed = -1;
  std::int64_t open_row(unsigned rank, unsigned bank) const {
    return open_[std::size_t{rank} * banks_ + bank];
  }
  unsigned open_banks(unsigned rank) const { return open_count_[rank]; }
  unsigned ranks() const { return static_cast<unsigned>(rank_.size()); }
  const Device& device() const { return device_; }

 private:
  static constexpr Ops kOneBank =
      bit(Op::kAct) | bit(Op::kPre) | bit(Op::kRd) | bit(Op::kRda) | bit(Op::kWr) | bit(Op::kWra);
  using Clocks = std::array<std::uint64_t, kOpCount>;
  struct Edge {
    Op following;
    std::uint32_t clocks;
  };
  struct Window {  // a rule over more than the last command
    Ops preceding;
    Ops following;
    std::uint32_t clocks;
    unsigned size;
    std::vector<std::vector<std::uint64_t>> last;  // [rank][ring]: clock + 1, 0 none
    std::vector<unsigned> next;                    // [rank]
  };

  /// What the channel permits: its own rules, and those that follow every command alike.
  std::uint64_t channel(unsigned op) const {
    return std::max(channel_[op], issued_ ? last_ + after_any_[op] : 0);
  }
  std::uint64_t earliest_wide(Op op, unsigned rank, unsigned bank) const;
  void apply(Clocks& clocks, Level level, const Command& command);
  void rows(const Command& command);

  Device device_;
  std::uint32_t banks_;
  std::uint32_t groups_;
  std::uint32_t group_shift_;  // bank >> group_shift_: its bank group
  std::array<std::array<std::vector<Edge>, kOpCount>, kLevelCount> edges_;
  std::vector<Window> windows_;
  std::vector<Clocks> bank_;
  std::vector<Clocks> group_;
  std::vector<Clocks> rank_;
  Clocks channel_{};
  Clocks after_any_{};  // clocks by which each command must follow any other of the channel
  std::uint64_t last_ = 0;
  bool issued_ = false;  // there has been one
  std::vector<std::int64_t> open_;
  std::vector<unsigned> open_count_;
};

}  // namespace lookaside::dram
