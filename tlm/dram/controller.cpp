// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <lookaside/dram/controller.h>

namespace lookaside::dram {
namespace {

bool is_column(Op op) {
  return op == Op::kRd || op == Op::kWr || op == Op::kRda || op == Op::kWra;
}

const Organization& checked(const Organization& o, const ControllerConfig& c) {
  check_config(c, o);
  return o;
}

}  // namespace

const char* name(Stall stall) {
  static constexpr const char* kNames[kStallCount] = {"refresh",         "power",      "bank",
                                                      "activate_window", "turnaround", "bus"};
  return kNames[static_cast<unsigned>(stall)];
}

Controller::Controller(const Organization& organization, const ControllerConfig& config)
    : organization_(checked(organization, config)),
      config_(config),
      device_(organization.device),
      banks_(device_.banks()),
      state_(device_, organization.ranks),
      queue_(config.queue_depth + (config.split_queues ? config.write_depth : 0),
             banks_ * organization.ranks, config.posted_writes ? 2 : 1),
      page_policy_(make_page_policy(config, banks_ * organization.ranks)),
      bank_(std::size_t{banks_} * organization.ranks),
      candidates_(bank_.size()),
      lines_(organization.ranks),
      stale_(organization.ranks),
      groups_(device_.bank_groups),
      waiting_(organization.ranks) {
  for (std::uint32_t bank = 0; bank < bank_.size(); ++bank) {
    bank_[bank].rank = static_cast<std::uint8_t>(bank / banks_);
    bank_[bank].in_rank = static_cast<std::uint8_t>(bank % banks_);
    bank_[bank].group = static_cast<std::uint8_t>(bank % banks_ / device_.banks_per_group);
  }
  for (std::uint32_t bank = 0; bank < banks_; ++bank) {
    groups_[bank_[bank].group] |= std::uint64_t{1} << bank;
  }
  for (unsigned rank = 0; rank < organization.ranks; ++rank) {
    keepers_.emplace_back(config_, device_, rank, organization.ranks);
  }
}

bool Controller::has_room(bool write) const {
  if (!config_.split_queues) return queue_.size() < config_.queue_depth;
  return queue_.size(write) < (write ? config_.write_depth : config_.queue_depth);
}

bool Controller::push(const Transaction& t, std::uint64_t clock) {
  while (wake_ <= clock) advance(wake_);
  const std::uint32_t bank =
      t.at.rank * banks_ + t.at.bank_group * device_.banks_per_group + t.at.bank;
  if (config_.posted_writes && push_posted(t, bank, clock)) return true;
  if (!has_room(t.write)) {
    ++counters_.refused;
    return false;
  }
  enqueue(t, bank, clock);
  if (config_.posted_writes && t.write) {
    pending_.completions.push_back({t.id,
                                    true,
                                    t.kind,
                                    Served::kPosted,
                                    RowState::kHit,
                                    clock,
                                    clock + 1,
                                    {1, 0, 0, 0, 0, 0}});
    wake_ = std::min(wake_, clock + 1);
  }
  return true;
}

/// Forwards and merges; true when the request needs no place in the queue.
bool Controller::push_posted(const Transaction& t, std::uint32_t bank, std::uint64_t clock) {
  const std::int32_t slot = t.write ? queue_.write_to(t.at, bank) : queue_.conflict(t, bank);
  if (slot < 0) return false;
  Entry& write = queue_.at(slot);
  if (!t.write && (t.mask & ~write.t.mask) != 0) return false;
  // A write must not overtake a read that needs the older data.
  if (t.write && queue_.conflict(t, bank, kNever, slot) >= 0) return false;
  if (t.write) {
    pending_.accesses.push_back({t.id, true, write.t.id});
    write.t.mask |= t.mask;
    write.t.touches |= t.touches;
    ++counters_.merged;
  } else {
    pending_.accesses.push_back({t.id, false, write.t.id});
    ++counters_.forwarded;
  }
  pending_.completions.push_back({t.id,
                                  t.write,
                                  t.kind,
                                  t.write ? Served::kMerged : Served::kForwarded,
                                  RowState::kHit,
                                  clock,
                                  clock + 1,
                                  {1, 0, 0, 0, 0, 0}});
  wake_ = std::min(wake_, clock + 1);
  return true;
}

void Controller::enqueue(const Transaction& t, std::uint32_t bank, std::uint64_t clock) {
  const std::int32_t slot = queue_.add(t, bank, clock);
  Entry& e = queue_.at(slot);
  e.refresh_mark = keepers_[t.at.rank].refresh_clocks(clock);
  e.power_mark = keepers_[t.at.rank].power_clocks(clock, t.write);
  if (config_.posted_writes) {
    queue_.wait_for(slot, queue_.conflict(t, bank, queue_.at(slot).sequence));
  }
  ++waiting_[t.at.rank];
  invalidate(bank);
  wake_ = std::min(wake_, clock + 1);
}

void Controller::set_refresh(unsigned rate, std::uint64_t clock) {
  for (RankKeeper& keeper : keepers_) keeper.set_refresh(rate, clock);
  if (checker_ != nullptr) checker_->set_refresh(rate, clock);
  wake_ = std::min(wake_, clock + 1);
}

const Step& Controller::step(std::uint64_t clock) {
  while (wake_ <= clock) advance(wake_);
  std::swap(current_, pending_);
  pending_.clear();
  return current_;
}

void Controller::advance(std::uint64_t clock) {
  wake_ = at_every_clock_ ? clock + 1 : kNever;
  if (stalled_since_ != kNever) {
    counters_.stalls[static_cast<unsigned>(stall_)] += clock - stalled_since_;
    stalled_since_ = kNever;
  }
  Choice choice;
  if (!maintain(clock, choice)) {
    arbitrate(clock, choice);
    if (!choice.any) close_idle_rows(clock, choice);
  }
  if (!choice.any) {
    if (queue_.size() == 0) return;
    stalled_since_ = clock;
    stall_ = stall_of_oldest(clock);
    return;
  }
  issue(choice, clock);
  wake_ = clock + 1;
}

bool Controller::maintain(std::uint64_t clock, Choice& choice) {
  for (unsigned rank = 0; rank < keepers_.size(); ++rank) {
    const RankKeeper::Wish wish = keepers_[rank].wish(state_, clock, waiting_[rank] == 0);
    if (wish.wake != kNever) wake_ = std::min(wake_, std::max(wish.wake, clock + 1));
    if (!wish.any) continue;
    const std::uint64_t earliest = state_.earliest(wish.op, rank, wish.bank);
    if (earliest > clock) {
      wake_ = std::min(wake_, earliest);
    } else if (!choice.any) {
      choice = {true, wish.op, rank, wish.bank, -1, 0};
    }
  }
  return choice.any;
}

void Controller::close_idle_rows(std::uint64_t clock, Choice& choice) {
  const std::uint64_t limit = page_policy_->idle_limit();
  if (limit == kNever) return;
  for (std::uint32_t bank = 0; bank < bank_.size(); ++bank) {
    const unsigned rank = bank / banks_;
    const std::int64_t row = state_.open_row(rank, bank % banks_);
    if (row == ChannelState::kClosed || keepers_[rank].blocks(bank % banks_)) continue;
    if (row_wanted(bank, static_cast<std::uint32_t>(row), -1)) continue;
    const std::uint64_t ready =
        std::max(bank_[bank].last_use + limit, state_.earliest(Op::kPre, rank, bank % banks_));
    if (ready > clock) {
      wake_ = std::min(wake_, ready);
    } else if (!choice.any) {
      choice = {true, Op::kPre, rank, bank % banks_, -1, 0};
    }
  }
}

bool Controller::row_wanted(std::uint32_t bank, std::uint32_t row, std::int32_t besides) const {
  for (unsigned group = 0; group < (config_.posted_writes ? 2U : 1U); ++group) {
    for (std::int32_t slot = queue_.first(bank, group); slot >= 0; slot = queue_.at(slot).next) {
      if (slot != besides && queue_.at(slot).t.at.row == row) return true;
    }
  }
  return false;
}

void Controller::dirty_rank(unsigned rank) {
  for (std::uint32_t bank = 0; bank < banks_; ++bank) {
    invalidate(rank * banks_ + bank);
  }
}

void Controller::issue(const Choice& choice, std::uint64_t clock) {
  const std::uint32_t bank = choice.rank * banks_ + choice.bank;
  Command command{clock,
                  choice.op,
                  static_cast<std::uint8_t>(choice.rank),
                  static_cast<std::uint8_t>(choice.bank / device_.banks_per_group),
                  static_cast<std::uint8_t>(choice.bank),
                  0};
  const bool open_before = state_.open_banks(choice.rank) > 0;
  if (choice.slot >= 0) {
    Entry& e = queue_.at(choice.slot);
    Bank& b = bank_[bank];
    if (choice.op == Op::kPre) {
      if (!e.touched) e.row = RowState::kConflict;
      e.evicted_kind = b.opened_by;
      b.opener = -1;
    } else if (choice.op == Op::kAct) {
      if (!e.touched) e.row = RowState::kMiss;
      command.row = e.t.at.row;
      page_policy_->opened(bank, e.t.at.row, e.row);
      b.opener = choice.slot;
      b.opener_sequence = e.sequence;
      b.opened_by = e.t.kind;
      b.last_use = clock;
    }
    e.touched = true;
    if (is_column(choice.op)) issue_column(choice, clock, command);
  }
  invalidate(bank);
  state_.issue(command);
  keepers_[choice.rank].issued(command, open_before);
  if (choice.slot < 0) dirty_rank(choice.rank);
  ++counters_.commands[static_cast<unsigned>(command.op)];
  if (checker_ != nullptr) checker_->check(command);
  pending_.commands.push_back(command);
}

void Controller::issue_column(const Choice& choice, std::uint64_t clock, Command& command) {
  const Entry& e = queue_.at(choice.slot);
  Bank& b = bank_[e.bank];
  command.row = e.t.at.row;
  if (!row_wanted(e.bank, e.t.at.row, choice.slot) && page_policy_->close_after(e.bank)) {
    command.op = e.t.write ? Op::kWra : Op::kRda;
  }
  b.opener = -1;
  b.last_use = clock;
  counters_.column(e.row, e.t.kind, e.evicted_kind, e.t.write, clock + device_.data_end(e.t.write),
                   static_cast<std::uint64_t>(device_[Parameter::kBurst]));
  pending_.accesses.push_back({e.t.id, e.t.write, kNever});
  if (!(config_.posted_writes && e.t.write)) {
    Completion done;
    complete(e, clock, done);
    pending_.completions.push_back(done);
  }
  last_column_ = clock;
  last_column_write_ = e.t.write;
  const unsigned rank = e.t.at.rank;
  queue_.remove(choice.slot);
  if (--waiting_[rank] == 0) keepers_[rank].idle_from(clock);
}

void Controller::complete(const Entry& e, std::uint64_t clock, Completion& done) {
  const std::uint64_t bus = device_.data_end(e.t.write);
  done = {e.t.id, e.t.write, e.t.kind, Served::kDram, e.row, e.arrival, clock + bus, {}};
  const RankKeeper& keeper = keepers_[e.t.at.rank];
  const std::int32_t row = e.row == RowState::kHit ? 0
                           : e.row == RowState::kMiss
                               ? device_[Parameter::kRcd]
                               : device_[Parameter::kRp] + device_[Parameter::kRcd];
  std::uint64_t turnaround = 0;
  if (last_column_write_ != e.t.write && last_column_ != 0) {
    const std::uint64_t otherwise = std::max(
        {e.arrival + 1, last_column_ + static_cast<std::uint64_t>(device_[Parameter::kCcdS]),
         state_.bank_earliest(e.t.write ? Op::kWr : Op::kRd, e.t.at.rank, e.bank % banks_)});
    turnaround = clock > otherwise ? clock - otherwise : 0;
  }
  std::uint64_t rest = clock - e.arrival;
  done.split.bus = static_cast<std::uint32_t>(bus);
  done.split.refresh = Split::take(rest, keeper.refresh_clocks(clock) - e.refresh_mark);
  done.split.power = Split::take(rest, keeper.power_clocks(clock, e.t.write) - e.power_mark);
  done.split.row = Split::take(rest, static_cast<std::uint64_t>(row));
  done.split.turnaround = Split::take(rest, turnaround);
  done.split.queue = static_cast<std::uint32_t>(rest);
}

std::array<std::uint64_t, kStandbyCount> Controller::standby(unsigned rank, std::uint64_t clock) {
  keepers_[rank].account(clock, state_.open_banks(rank) > 0);
  return keepers_[rank].standby();
}

}  // namespace lookaside::dram
