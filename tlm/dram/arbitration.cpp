// SPDX-License-Identifier: Apache-2.0
// Which request goes next.
#include <algorithm>

#include <lookaside/dram/controller.h>

namespace lookaside::dram {
namespace {

/// Ready commands compare by: column commands first, then priority, then age.
std::uint64_t rank_of(Op op, const Entry& e) {
  const bool column = op == Op::kRd || op == Op::kWr;
  constexpr std::uint64_t kAges = std::uint64_t{1} << 48;
  return (std::uint64_t{column} << 63) | (std::uint64_t{op == Op::kAct} << 62) |
         (std::uint64_t{e.t.priority} << 48) | (kAges - 1 - e.sequence % kAges);
}

}  // namespace

Op Controller::op_for(const Entry& e) const {
  const std::int64_t open = state_.open_row(e.t.at.rank, bank_[e.bank].in_rank);
  if (open == ChannelState::kClosed) return Op::kAct;
  if (open != e.t.at.row) return Op::kPre;
  return e.t.write ? Op::kWr : Op::kRd;
}

Stall Controller::stall_of_oldest(std::uint64_t clock) const {
  const Entry& e = queue_.at(queue_.oldest());
  const std::uint32_t bank = bank_[e.bank].in_rank;
  const RankKeeper& keeper = keepers_[e.t.at.rank];
  if (keeper.blocks(bank)) return keeper.asleep() ? Stall::kPower : Stall::kRefresh;
  const Op op = op_for(e);
  if (state_.bank_earliest(op, e.t.at.rank, bank) > clock) return Stall::kBank;
  if (op == Op::kAct) {
    return keeper.refreshing(clock) ? Stall::kRefresh : Stall::kActivateWindow;
  }
  if (op == Op::kPre || last_column_write_ == e.t.write) return Stall::kBus;
  return Stall::kTurnaround;
}

/// The request a bank serves next: the first for the open row, else the first of the highest
/// priority; none that waits for another. A row that was just opened is served first, whatever the
/// class, and in order of arrival: an older request for the same burst must not be overtaken.
std::int32_t Controller::select(std::uint32_t bank) const {
  const Bank& b = bank_[bank];
  const std::int64_t open = state_.open_row(b.rank, b.in_rank);
  const bool fresh = b.opener >= 0 && open != ChannelState::kClosed &&
                     queue_.at(b.opener).sequence == b.opener_sequence;
  const unsigned group = fresh ? queue_.class_of(queue_.at(b.opener).t.write) : serving_;
  std::int32_t first = -1;
  for (std::int32_t slot = queue_.first(bank, group); slot >= 0; slot = queue_.at(slot).next) {
    const Entry& e = queue_.at(slot);
    if (queue_.waits(e)) continue;
    if (e.t.at.row == open) return slot;
    if (first < 0 || e.t.priority > queue_.at(first).t.priority) first = slot;
  }
  return first;
}

const Controller::Candidate& Controller::candidate(std::uint32_t bank) {
  Candidate& c = candidates_[bank];
  if (c.valid) return c;
  c.valid = true;
  c.slot = select(bank);
  if (c.slot < 0) return c;
  c.op = op_for(queue_.at(c.slot));
  c.ready = state_.bank_earliest(c.op, bank_[bank].rank, bank_[bank].in_rank);
  c.key = rank_of(c.op, queue_.at(c.slot));
  return c;
}

void Controller::serve_class(unsigned group) {
  if (serving_ == group) return;
  serving_ = group;
  if (group == 1) ++counters_.write_batches;
  for (std::uint32_t bank = 0; bank < bank_.size(); ++bank) invalidate(bank);
}

/// Posted writes: batches begin at the high watermark, when there is nothing to read, or when a
/// read waits for a write; they end at the low one.
void Controller::choose_class() {
  if (!config_.posted_writes) return;
  const unsigned reads = queue_.size(false);
  const unsigned writes = queue_.size(true);
  const bool asked = queue_.waiting_reads() > 0;
  if (serving_ == 0) {
    const bool full = writes >= config_.high_watermark;
    if (writes == 0 || !(full || asked || reads == 0)) return;
    batch_by_idleness_ = !full;
    serve_class(1);
  } else if (writes == 0 ||
             (reads > 0 && !asked && (batch_by_idleness_ || writes <= config_.low_watermark))) {
    serve_class(0);
  }
}

void Controller::arbitrate(std::uint64_t clock, Choice& choice) {
  if (queue_.size() == 0) return;
  if (arbitrate_exclusive(clock, choice)) return;
  choose_class();
  if (arbitrate_banks(clock, choice) || !config_.posted_writes) return;
  // All requests of this class wait for one of the other.
  const unsigned other = 1 - serving_;
  if (queue_.of(other) == 0) return;
  serve_class(other);
  arbitrate_banks(clock, choice);
}

/// True when there is a request that has the channel for itself. It is the oldest, so it waits for
/// no other.
bool Controller::arbitrate_exclusive(std::uint64_t clock, Choice& choice) {
  if (config_.scheduling == Scheduling::kFrFcfs) return false;
  const std::int32_t slot = queue_.oldest();
  if (config_.scheduling == Scheduling::kFrFcfsCapped) {
    const std::uint64_t limit = queue_.at(slot).arrival + config_.age_cap;
    if (clock < limit) {
      wake_ = std::min(wake_, limit);
      return false;
    }
  }
  const Entry& e = queue_.at(slot);
  const std::uint32_t bank = bank_[e.bank].in_rank;
  if (keepers_[e.t.at.rank].blocks(bank)) return true;
  const Op op = op_for(e);
  const std::uint64_t earliest = state_.earliest(op, e.t.at.rank, bank);
  if (earliest > clock) {
    wake_ = std::min(wake_, earliest);
    return true;
  }
  choice = {true, op, e.t.at.rank, bank, slot, 0};
  if (config_.scheduling == Scheduling::kFrFcfsCapped) ++counters_.capped;
  return true;
}

void Controller::invalidate(std::uint32_t bank) {
  candidates_[bank].valid = false;
  BankSet& set = sets_[bank / 64];
  const std::uint64_t mask = std::uint64_t{1} << bank % 64;
  set.awake |= mask;
  set.asleep &= ~mask;
}

void Controller::wake_sleepers(std::size_t set, std::uint64_t clock) {
  BankSet& s = sets_[set];
  s.next = kNever;
  for (std::uint64_t left = s.asleep; left != 0; left &= left - 1) {
    const auto bit = static_cast<unsigned>(__builtin_ctzll(left));
    const std::uint64_t until = until_[set * 64 + bit];
    const std::uint64_t due = until <= clock ? std::uint64_t{1} << bit : 0;
    s.awake |= due;
    s.asleep &= ~due;
    s.next = std::min(s.next, due != 0 ? kNever : until);
  }
}

/// True when any bank has a candidate, ready or not.
bool Controller::arbitrate_banks(std::uint64_t clock, Choice& choice) {
  bool any = false;
  for (std::size_t set = 0; set < sets_.size(); ++set) {
    BankSet& s = sets_[set];
    if (s.next <= clock) wake_sleepers(set, clock);
    for (std::uint64_t left = s.awake; left != 0; left &= left - 1) {
      any |= offer(static_cast<std::uint32_t>(set * 64 + __builtin_ctzll(left)), clock, choice);
    }
    any |= s.asleep != 0;
    wake_ = std::min(wake_, s.next);
  }
  return any;
}

/// Lets a bank compete with its candidate, if that is ready; false when it has none.
bool Controller::offer(std::uint32_t bank, std::uint64_t clock, Choice& choice) {
  BankSet& set = sets_[bank / 64];
  const std::uint64_t mask = std::uint64_t{1} << bank % 64;
  const Candidate& c = candidate(bank);
  if (c.slot < 0) {
    // It has no requests, or all of them wait for others: invalidate() will say when that ends.
    set.awake &= ~mask;
    return false;
  }
  const Bank& b = bank_[bank];
  const std::uint64_t earliest = std::max(c.ready, state_.shared(c.op, b.rank, b.group));
  if (earliest > clock) {
    until_[bank] = earliest;
    set.awake &= ~mask;
    set.asleep |= mask;
    set.next = std::min(set.next, earliest);
    return true;
  }
  if (choice.any && c.key <= choice.key) return true;
  if (keepers_[b.rank].blocks(b.in_rank)) return true;
  choice = {true, c.op, b.rank, b.in_rank, c.slot, c.key};
  return true;
}

}  // namespace lookaside::dram
