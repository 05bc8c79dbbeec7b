// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <lookaside/dram/checker.h>

namespace lookaside::dram {
namespace {

/// So long ago that no rule looks back to it.
constexpr std::int64_t kLongAgo = -(std::int64_t{1} << 62);
constexpr std::size_t kKept = 100;

bool is_one_of(Op op, Ops ops) {
  return (bit(op) & ops) != 0;
}

}  // namespace

Checker::Checker(const Device& device, unsigned ranks)
    : Checker(device, ranks, timing_rules(device)) {}

Checker::Checker(const Device& device, unsigned ranks, const std::vector<TimingRule>& rules)
    : device_(device), ranks_(ranks), open_(std::size_t{ranks} * device.banks(), -1), rank_(ranks) {
  for (unsigned op = 0; op < kOpCount; ++op) {
    one_bank_[op] = coverage(device_, static_cast<Op>(op), 0).count == 1;
  }
  for (const TimingRule& rule : rules) {
    const std::size_t i = history_of(*rule.rule);
    for (unsigned op = 0; op < kOpCount; ++op) {
      if ((rule.rule->following >> op & 1U) == 0) continue;
      (plain(static_cast<Op>(op), histories_[i]) ? lookbacks_.plain : lookbacks_.others)[op]
          .push_back({rule.rule, rule.clocks, i, histories_[i].base, histories_[i].level});
    }
  }
  for (unsigned op = 0; op < kOpCount; ++op) {
    for (std::size_t i = 0; i < histories_.size(); ++i) {
      if ((histories_[i].preceding >> op & 1U) == 0) continue;
      const bool easy = plain(static_cast<Op>(op), histories_[i]);
      (easy ? remembering_.plain : remembering_.others)[op].push_back(i);
    }
  }
}

std::size_t Checker::history_of(const Rule& rule) {
  for (std::size_t i = 0; i < histories_.size(); ++i) {
    const History& h = histories_[i];
    if (h.level == rule.level && h.preceding == rule.preceding && h.window == rule.window) return i;
  }
  histories_.push_back({rule.level, rule.preceding, rule.window, last_.size(),
                        std::vector<std::uint8_t>(open_.size(), 0)});
  last_.resize(last_.size() + open_.size() * rule.window, kLongAgo);
  return histories_.size() - 1;
}

bool Checker::plain(Op op, const History& history) const {
  return history.window == 1 && history.level != Level::kOtherRank &&
         (history.level != Level::kBank || one_bank_[static_cast<unsigned>(op)]);
}

void Checker::violate(const Command& c, const std::string& rule, const std::string& what) {
  ++violation_count_;
  if (violations_.size() >= kKept) return;
  violations_.push_back({c, rule,
                         "clock " + std::to_string(c.clock) + ": " + name(c.op) + " rank " +
                             std::to_string(c.rank) + " bank " + std::to_string(c.bank) + " row " +
                             std::to_string(c.row) + ": " + what});
}

/// The places of a level are numbered from 0; a bank's number serves all levels.
Checker::Places Checker::places_of(const Command& c) const {
  const std::size_t rank = std::size_t{c.rank} * device_.banks();
  Places at{};
  at[static_cast<unsigned>(Level::kBank)] = rank + c.bank;
  at[static_cast<unsigned>(Level::kBankGroup)] = rank + c.bank_group;
  at[static_cast<unsigned>(Level::kRank)] = rank;
  return at;
}

/// Calls `visit` with each place at which a rule of `level` meets the command.
template <typename Visit>
void Checker::places(Level level, const Command& c, bool following, Visit visit) const {
  const std::uint32_t banks = device_.banks();
  switch (level) {
    case Level::kBank: {
      if (one_bank_[static_cast<unsigned>(c.op)]) {
        visit(std::size_t{c.rank} * banks + c.bank);
        return;
      }
      const Coverage covers = coverage(device_, c.op, c.bank);
      for (std::uint32_t i = 0; i < covers.count; ++i) {
        visit(std::size_t{c.rank} * banks + covers.first + std::size_t{i} * covers.stride);
      }
      return;
    }
    case Level::kBankGroup:
      visit(std::size_t{c.rank} * banks + c.bank_group);
      return;
    case Level::kRank:
      visit(std::size_t{c.rank} * banks);
      return;
    case Level::kOtherRank:
      for (unsigned rank = 0; rank < ranks_; ++rank) {
        if ((rank != c.rank) == following) visit(std::size_t{rank} * banks);
      }
      return;
    case Level::kChannel:
      visit(0);
      return;
  }
}

void Checker::late(const Command& c, const Lookback& back, std::int64_t then) {
  violate(c, back.rule->name,
          "breaks " + std::string(back.rule->name) + " (" + std::to_string(back.clocks) +
              " clocks): only " + std::to_string(static_cast<std::int64_t>(c.clock) - then) +
              " after clock " + std::to_string(then));
}

void Checker::timing(const Command& c, const Places& at) {
  const auto clock = static_cast<std::int64_t>(c.clock);
  const auto op = static_cast<unsigned>(c.op);
  for (const Lookback& back : lookbacks_.plain[op]) {
    const std::int64_t then = last_[back.base + at[static_cast<unsigned>(back.level)]];
    if (clock < then + back.clocks) late(c, back, then);
  }
  for (const Lookback& back : lookbacks_.others[op]) {
    const History& history = histories_[back.history];
    places(history.level, c, true, [&](std::size_t place) {
      const std::int64_t then = last_[back.base + place * history.window + history.next[place]];
      if (clock < then + back.clocks) late(c, back, then);
    });
  }
}

void Checker::remember(const Command& c, const Places& at) {
  const auto clock = static_cast<std::int64_t>(c.clock);
  const auto op = static_cast<unsigned>(c.op);
  for (const std::size_t i : remembering_.plain[op]) {
    const History& history = histories_[i];
    last_[history.base + at[static_cast<unsigned>(history.level)]] = clock;
  }
  for (const std::size_t i : remembering_.others[op]) {
    History& history = histories_[i];
    places(history.level, c, false, [&](std::size_t place) {
      std::uint8_t& next = history.next[place];
      last_[history.base + place * history.window + next] = clock;
      if (++next == history.window) next = 0;
    });
  }
}

void Checker::rows(const Command& c) {
  const Coverage covers = one_bank_[static_cast<unsigned>(c.op)] ? Coverage{c.bank, 1, 1}
                                                                 : coverage(device_, c.op, c.bank);
  constexpr Ops kColumns = bit(Op::kRd) | bit(Op::kRda) | bit(Op::kWr) | bit(Op::kWra);
  for (std::uint32_t i = 0; i < covers.count; ++i) {
    std::int64_t& open = open_[std::size_t{c.rank} * device_.banks() + covers.first +
                               std::size_t{i} * covers.stride];
    if (is_one_of(c.op, kColumns) && open != c.row) {
      violate(c, "row", open < 0 ? "no row is open" : "row " + std::to_string(open) + " is open");
    }
    const bool wants_closed =
        is_one_of(c.op, bit(Op::kAct) | bit(Op::kRef) | bit(Op::kRefBank) | bit(Op::kSre));
    if (wants_closed && open >= 0) violate(c, "row", "row " + std::to_string(open) + " is open");
    if (is_one_of(c.op, bit(Op::kPre) | bit(Op::kPreAll) | bit(Op::kRda) | bit(Op::kWra)))
      open = -1;
    if (c.op == Op::kAct) open = c.row;
  }
  if (c.op == Op::kAct && c.row >= device_.rows) violate(c, "row", "the device has no such row");
}

void Checker::power(const Command& c) {
  Rank& rank = rank_[c.rank];
  const Power needed = c.op == Op::kPdx   ? Power::kDown
                       : c.op == Op::kSrx ? Power::kSelfRefresh
                                          : Power::kOn;
  if (rank.power != needed) {
    static constexpr const char* kNames[] = {"awake", "in power-down", "in self-refresh"};
    violate(c, "state", std::string("the rank is ") + kNames[static_cast<unsigned>(rank.power)]);
  }
  if (c.op == Op::kPde) rank.power = Power::kDown;
  if (c.op == Op::kSre) {
    rank.power = Power::kSelfRefresh;
    rank.asleep_since = c.clock;
  }
  if (c.op == Op::kPdx) rank.power = Power::kOn;
  if (c.op == Op::kSrx) {
    rank.power = Power::kOn;
    rank.asleep += c.clock - rank.asleep_since;
  }
}

void Checker::data_bus(const Command& c) {
  const bool read = is_one_of(c.op, bit(Op::kRd) | bit(Op::kRda));
  const bool write = is_one_of(c.op, bit(Op::kWr) | bit(Op::kWra));
  if (!read && !write) return;
  const std::int32_t delay = read ? device_[Parameter::kCl] + device_[Parameter::kDqsck]
                                  : device_[Parameter::kCwl] + device_[Parameter::kDqss];
  const std::uint64_t from = c.clock + static_cast<std::uint64_t>(delay);
  if (from < bus_free_) {
    violate(c, "data bus",
            "its data begins at clock " + std::to_string(from) + ", the bus is taken until " +
                std::to_string(bus_free_));
  }
  bus_free_ = from + device_.burst_length / 2;
}

void Checker::refresh(unsigned r, std::uint64_t clock, const Command& c) {
  Rank& rank = rank_[r];
  if (rank.power == Power::kSelfRefresh || refresh_rate_ == 0 || clock < refresh_origin_) return;
  const std::uint64_t parts =
      device_.has_bank_refresh() ? device_.banks() / coverage(device_, Op::kRefBank, 0).count : 1;
  const std::uint64_t slack = device_.max_postponed * parts;
  const auto interval = static_cast<std::uint64_t>(device_[Parameter::kRefi]);
  const std::uint64_t awake = clock - refresh_origin_ - rank.asleep;
  const std::uint64_t due = awake * parts * refresh_rate_ / interval;
  // The postponed ones are done one after the other: the last within one more interval.
  if (due > rank.refreshed + slack + parts) {
    violate(c, "refresh",
            "rank " + std::to_string(r) + " is " + std::to_string((due - rank.refreshed) / parts) +
                " refreshes behind");
    rank.refreshed = due;
  }
  if (r == c.rank && c.clock == clock && is_one_of(c.op, bit(Op::kRef) | bit(Op::kRefBank))) {
    rank.refreshed += c.op == Op::kRef ? parts : 1;
    if (rank.refreshed > due + slack + parts) {
      violate(c, "refresh", "more refreshes pulled in than the standard counts");
    }
  }
}

void Checker::set_refresh(unsigned rate, std::uint64_t clock) {
  refresh_rate_ = rate;
  refresh_origin_ = clock;
  for (Rank& rank : rank_) {
    rank.refreshed = 0;
    rank.asleep = 0;
    rank.asleep_since = clock;
  }
}

void Checker::check(const Command& c) {
  ++commands_;
  if (c.rank >= ranks_ || c.bank >= device_.banks() || c.bank_group >= device_.bank_groups) {
    violate(c, "order", "there is no such rank or bank");
    return;
  }
  if (c.clock < last_clock_) violate(c, "order", "comes before the command ahead of it");
  last_clock_ = c.clock;
  const Places at = places_of(c);
  timing(c, at);
  rows(c);
  for (unsigned rank = 0; rank < ranks_; ++rank) refresh(rank, c.clock, c);
  power(c);
  data_bus(c);
  remember(c, at);
}

void Checker::finish(std::uint64_t clock) {
  Command end;
  end.clock = clock;
  end.op = Op::kPdx;
  for (unsigned rank = 0; rank < ranks_; ++rank) refresh(rank, clock, end);
}

}  // namespace lookaside::dram
