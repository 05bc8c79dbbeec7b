// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/ddr/standby.h>

namespace lookaside::ddr {
namespace {

using dram::kNever;
using dram::Op;
using dram::Standby;
using P = dram::Parameter;

std::uint64_t after(std::uint32_t clocks) {
  return clocks == 0 ? kNever : clocks;
}

std::uint64_t plus(std::uint64_t clock, std::uint64_t more) {
  return more == kNever ? kNever : clock + more;
}

}  // namespace

StandbyMeter::StandbyMeter(const dram::Organization& o, const dram::ControllerConfig& config)
    : device_(o.device),
      power_down_after_(after(config.power_down_after)),
      self_refresh_after_(after(config.self_refresh_after)),
      sleeps_(config.power_down_after != 0 || config.self_refresh_after != 0),
      ranks_(o.ranks) {
  for (Rank& rank : ranks_) {
    rank.open.resize(device_.banks());
    rank.closes.assign(device_.banks(), kNever);
  }
}

/// Accounts a stretch in which no row opens or closes.
void StandbyMeter::account(Rank& rank, std::uint64_t clock) const {
  const std::uint64_t down = plus(rank.used, power_down_after_);
  const std::uint64_t asleep = plus(rank.used, self_refresh_after_);
  const bool open = rank.opened > 0;
  while (rank.until < clock) {
    Standby state = open ? Standby::kActive : Standby::kPrecharged;
    std::uint64_t to =
        std::min({clock, down > rank.until ? down : kNever, asleep > rank.until ? asleep : kNever});
    if (rank.until >= asleep) {
      state = Standby::kSelfRefresh;
    } else if (rank.until >= down) {
      state = open ? Standby::kActiveDown : Standby::kPrechargedDown;
    }
    rank.clocks[static_cast<unsigned>(state)] += to - rank.until;
    rank.until = to;
  }
}

/// A row of the bank opens or closes at `clock`.
void StandbyMeter::turn(Rank& rank, std::uint32_t bank, bool open, std::uint64_t clock) const {
  if (rank.closes[bank] != kNever) --rank.closing;
  rank.closes[bank] = kNever;
  if ((rank.open[bank] != 0) == open) return;
  if (rank.opened == (open ? 0U : 1U)) account(rank, clock);
  rank.opened += open ? 1U : ~0U;
  rank.open[bank] = open ? 1 : 0;
}

void StandbyMeter::advance(Rank& rank, std::uint64_t clock) const {
  while (rank.closing > 0) {
    const auto first = std::min_element(rank.closes.begin(), rank.closes.end());
    if (*first > clock) break;
    turn(rank, static_cast<std::uint32_t>(first - rank.closes.begin()), false, *first);
  }
}

void StandbyMeter::take(Rank& rank, const dram::Command& c) {
  if (rank.closing > 0) advance(rank, c.clock);
  const auto closes_after = [&](bool write) {
    if (rank.open[c.bank] == 0) return;
    rank.closes[c.bank] = c.clock + device_.closes_after(write);
    ++rank.closing;
  };
  switch (c.op) {
    case Op::kPre:
      turn(rank, c.bank, false, c.clock);
      return;
    case Op::kPreAll:
      for (std::uint32_t bank = 0; bank < rank.open.size(); ++bank) {
        turn(rank, bank, false, c.clock);
      }
      return;
    case Op::kAct:
    case Op::kRd:
    case Op::kWr:
    case Op::kRda:
    case Op::kWra:
      break;
    case Op::kRef:
    case Op::kRefBank:
      if (c.clock > plus(rank.used, self_refresh_after_)) {
        ++self_refreshes_[static_cast<unsigned>(c.op)];
      }
      return;
    default:
      return;
  }
  // While the rank may have slept, its use divides the time.
  if (sleeps_) account(rank, c.clock);
  if (c.op == Op::kAct) turn(rank, c.bank, true, c.clock);
  if (c.op == Op::kRda) closes_after(false);
  if (c.op == Op::kWra) closes_after(true);
  rank.used = c.clock;
}

dram::Counters StandbyMeter::without_self_refreshes(dram::Counters counters) const {
  for (unsigned op = 0; op < dram::kOpCount; ++op) {
    counters.commands[op] -= std::min(counters.commands[op], self_refreshes_[op]);
  }
  return counters;
}

dram::StandbyClocks StandbyMeter::clocks(std::uint64_t clock) const {
  dram::StandbyClocks all;
  for (Rank rank : ranks_) {  // a copy: more commands may come
    const std::uint64_t end = std::max(clock, rank.until);
    advance(rank, end);
    account(rank, end);
    all.push_back(rank.clocks);
  }
  return all;
}

}  // namespace lookaside::ddr
