// SPDX-License-Identifier: Apache-2.0
#include <lookaside/dram/channel_state.h>

namespace lookaside::dram {
namespace {

constexpr Ops kAllOps = (1U << kOpCount) - 1;

}  // namespace

ChannelState::ChannelState(const Device& device, unsigned ranks)
    : ChannelState(device, ranks, timing_rules(device)) {}

ChannelState::ChannelState(const Device& device, unsigned ranks,
                           const std::vector<TimingRule>& rules)
    : device_(device),
      banks_(device.banks()),
      groups_(device.bank_groups),
      group_shift_(static_cast<std::uint32_t>(__builtin_ctz(device.banks_per_group))),
      bank_(std::size_t{ranks} * banks_),
      group_(std::size_t{ranks} * groups_),
      rank_(ranks),
      open_(std::size_t{ranks} * banks_, kClosed),
      open_count_(ranks) {
  for (const TimingRule& timing : rules) {
    const Rule& rule = *timing.rule;
    const auto clocks = static_cast<std::uint32_t>(timing.clocks);
    if (rule.window > 1) {  // all of them hold within a rank
      windows_.push_back(
          {rule.preceding, rule.following, clocks, rule.window,
           std::vector<std::vector<std::uint64_t>>(ranks, std::vector<std::uint64_t>(rule.window)),
           std::vector<unsigned>(ranks)});
      continue;
    }
    if (rule.level == Level::kChannel && rule.preceding == kAllOps) {
      for (unsigned after = 0; after < kOpCount; ++after) {
        if ((rule.following >> after & 1U) == 0) continue;
        after_any_[after] = std::max<std::uint64_t>(after_any_[after], clocks);
      }
      continue;
    }
    for (unsigned before = 0; before < kOpCount; ++before) {
      if ((rule.preceding >> before & 1U) == 0) continue;
      for (unsigned after = 0; after < kOpCount; ++after) {
        if ((rule.following >> after & 1U) == 0) continue;
        edges_[static_cast<unsigned>(rule.level)][before].push_back(
            {static_cast<Op>(after), clocks});
      }
    }
  }
}

void ChannelState::apply(Clocks& clocks, Level level, const Command& command) {
  for (const Edge& edge : edges_[static_cast<unsigned>(level)][static_cast<unsigned>(command.op)]) {
    std::uint64_t& at = clocks[static_cast<unsigned>(edge.following)];
    at = std::max(at, command.clock + edge.clocks);
  }
}

void ChannelState::issue(const Command& c) {
  if ((kOneBank & bit(c.op)) != 0) {
    apply(bank_[std::size_t{c.rank} * banks_ + c.bank], Level::kBank, c);
  } else {
    const Coverage covers = coverage(device_, c.op, c.bank);
    for (std::uint32_t i = 0; i < covers.count; ++i) {
      apply(bank_[std::size_t{c.rank} * banks_ + covers.first + std::size_t{i} * covers.stride],
            Level::kBank, c);
    }
  }
  apply(group_[std::size_t{c.rank} * groups_ + (c.bank >> group_shift_)], Level::kBankGroup, c);
  apply(rank_[c.rank], Level::kRank, c);
  for (unsigned rank = 0; rank < rank_.size(); ++rank) {
    if (rank != c.rank) apply(rank_[rank], Level::kOtherRank, c);
  }
  apply(channel_, Level::kChannel, c);
  last_ = c.clock;
  issued_ = true;
  for (Window& window : windows_) {
    if ((window.preceding & bit(c.op)) == 0) continue;
    auto& ring = window.last[c.rank];
    unsigned& next = window.next[c.rank];
    ring[next] = c.clock + 1;
    next = (next + 1) % window.size;
    if (ring[next] == 0) continue;  // fewer than the window holds so far
    for (unsigned op = 0; op < kOpCount; ++op) {
      if ((window.following >> op & 1U) == 0) continue;
      rank_[c.rank][op] = std::max(rank_[c.rank][op], ring[next] - 1 + window.clocks);
    }
  }
  rows(c);
}

void ChannelState::rows(const Command& c) {
  const auto set = [this, &c](std::size_t at, std::int64_t row) {
    if (open_[at] == kClosed && row != kClosed) ++open_count_[c.rank];
    if (open_[at] != kClosed && row == kClosed) --open_count_[c.rank];
    open_[at] = row;
  };
  const std::size_t first = std::size_t{c.rank} * banks_;
  if (c.op == Op::kAct) set(first + c.bank, c.row);
  if (c.op == Op::kPre || c.op == Op::kRda || c.op == Op::kWra) set(first + c.bank, kClosed);
  if (c.op == Op::kPreAll) {
    for (std::uint32_t bank = 0; bank < banks_; ++bank) set(first + bank, kClosed);
  }
}

std::uint64_t ChannelState::earliest_wide(Op op, unsigned rank, unsigned bank) const {
  const auto i = static_cast<unsigned>(op);
  std::uint64_t clock = std::max(rank_[rank][i], channel(i));
  const Coverage covers = coverage(device_, op, bank);
  for (std::uint32_t n = 0; n < covers.count; ++n) {
    const std::uint32_t at = covers.first + n * covers.stride;
    clock = std::max({clock, bank_[std::size_t{rank} * banks_ + at][i],
                      group_[std::size_t{rank} * groups_ + (at >> group_shift_)][i]});
  }
  return clock;
}

}  // namespace lookaside::dram
