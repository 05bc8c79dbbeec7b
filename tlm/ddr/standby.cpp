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

void StandbyMeter::close(Rank& rank, std::uint32_t bank) const {
  if (rank.closes[bank] != kNever) --rank.closing;
  rank.closes[bank] = kNever;
  if (rank.open[bank]) --rank.opened;
  rank.open[bank] = false;
}

void StandbyMeter::advance(Rank& rank, std::uint64_t clock) const {
  while (rank.closing > 0) {
    const auto first = std::min_element(rank.closes.begin(), rank.closes.end());
    if (*first > clock) break;
    account(rank, *first);
    close(rank, static_cast<std::uint32_t>(first - rank.closes.begin()));
  }
  account(rank, clock);
}

void StandbyMeter::add(const dram::Command& c) {
  Rank& rank = ranks_[c.rank];
  advance(rank, c.clock);
  const auto closes_after = [&](std::int32_t clocks) {
    if (!rank.open[c.bank]) return;
    rank.closes[c.bank] = c.clock + static_cast<std::uint64_t>(clocks);
    ++rank.closing;
  };
  switch (c.op) {
    case Op::kAct:
      close(rank, c.bank);
      rank.open[c.bank] = true;
      ++rank.opened;
      break;
    case Op::kPre:
      close(rank, c.bank);
      return;
    case Op::kPreAll:
      for (std::uint32_t bank = 0; bank < rank.open.size(); ++bank) close(rank, bank);
      return;
    case Op::kRda:
      closes_after(device_[P::kRtp]);
      break;
    case Op::kWra:
      closes_after(device_[P::kCwl] + device_[P::kDqss] + device_[P::kBurst] + device_[P::kWr]);
      break;
    case Op::kRd:
    case Op::kWr:
      break;
    default:
      return;
  }
  rank.used = c.clock;
}

dram::StandbyClocks StandbyMeter::clocks(std::uint64_t clock) const {
  dram::StandbyClocks all;
  for (Rank rank : ranks_) {  // a copy: more commands may come
    advance(rank, std::max(clock, rank.until));
    all.push_back(rank.clocks);
  }
  return all;
}

}  // namespace lookaside::ddr
