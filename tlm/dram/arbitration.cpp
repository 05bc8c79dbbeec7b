// SPDX-License-Identifier: Apache-2.0
// Which request goes next.
#include <algorithm>

#include <lookaside/dram/controller.h>

namespace lookaside::dram {
namespace {

/// Ready commands of one kind, and reads and writes with each other, compare by priority, then age.
std::uint64_t key_of(const Entry& e) {
  constexpr std::uint64_t kAges = std::uint64_t{1} << 48;
  return (std::uint64_t{e.t.priority} << 48) | (kAges - 1 - e.sequence % kAges);
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
std::int32_t Controller::select(std::uint32_t bank) {
  const Bank& b = bank_[bank];
  const std::int64_t open = state_.open_row(b.rank, b.in_rank);
  const bool fresh = b.opener >= 0 && open != ChannelState::kClosed &&
                     queue_.at(b.opener).sequence == b.opener_sequence;
  const unsigned group = fresh ? queue_.class_of(queue_.at(b.opener).t.write) : serving_;
  std::int32_t first = -1;
  for (std::int32_t slot = queue_.first(bank, group); slot >= 0; slot = queue_.at(slot).next) {
    const Entry& e = queue_.at(slot);
    if (queue_.waits(slot)) continue;
    if (e.t.at.row == open) return slot;
    if (first < 0 || e.t.priority > queue_.at(first).t.priority) first = slot;
  }
  return first;
}

/// Puts the banks whose candidates may have changed into the line they belong to.
void Controller::look_again(std::uint64_t clock) {
  for (unsigned rank = 0; rank < stale_.size(); ++rank) {
    for (; stale_[rank] != 0; stale_[rank] &= stale_[rank] - 1) {
      const auto in_rank = static_cast<unsigned>(__builtin_ctzll(stale_[rank]));
      const std::uint32_t bank = rank * banks_ + in_rank;
      const std::int32_t slot = select(bank);
      // None: it has no requests, or all of them wait for others. invalidate() says when that ends.
      if (slot < 0) continue;
      Candidate& c = candidates_[bank];
      const Entry& e = queue_.at(slot);
      const Op op = op_for(e);
      c.kind = op == Op::kRd ? 0 : op == Op::kWr ? 1 : op == Op::kAct ? 2 : 3;
      c.slot = slot;
      c.ready = state_.bank_earliest(op, rank, in_rank);
      c.key = key_of(e);
      Line& line = lines_[rank][c.kind];
      const std::uint64_t mask = std::uint64_t{1} << in_rank;
      if (c.ready <= clock) {
        line.ripe |= mask;
      } else {
        line.unripe |= mask;
        line.next = std::min(line.next, c.ready);
      }
    }
  }
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
  arbitrate_banks(clock, choice);
  if (!config_.posted_writes || any_candidate()) return;
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
  const unsigned rank = bank_[bank].rank;
  const std::uint64_t mask = std::uint64_t{1} << bank_[bank].in_rank;
  stale_[rank] |= mask;
  Candidate& c = candidates_[bank];
  if (c.kind == kNone) return;
  lines_[rank][c.kind].ripe &= ~mask;
  lines_[rank][c.kind].unripe &= ~mask;
  c.kind = kNone;
}

void Controller::ripen(unsigned rank, unsigned kind, std::uint64_t clock) {
  Line& line = lines_[rank][kind];
  line.next = kNever;
  for (std::uint64_t left = line.unripe; left != 0; left &= left - 1) {
    const auto bank = static_cast<unsigned>(__builtin_ctzll(left));
    const std::uint64_t ready = candidates_[rank * banks_ + bank].ready;
    const std::uint64_t due = ready <= clock ? std::uint64_t{1} << bank : 0;
    line.ripe |= due;
    line.unripe &= ~due;
    line.next = std::min(line.next, due != 0 ? kNever : ready);
  }
}

/// Has any bank a candidate, ready or not?
bool Controller::any_candidate() const {
  return std::any_of(lines_.begin(), lines_.end(), [](const Lines& lines) {
    return std::any_of(lines.begin(), lines.end(),
                       [](const Line& line) { return (line.ripe | line.unripe) != 0; });
  });
}

void Controller::arbitrate_banks(std::uint64_t clock, Choice& choice) {
  look_again(clock);
  for (unsigned kind = 0; kind < kKindCount; ++kind) {
    for (unsigned rank = 0; rank < lines_.size(); ++rank) {
      const Line& line = lines_[rank][kind];
      if ((line.ripe | line.unripe) != 0) offer(rank, kind, clock, choice);
    }
    // Commands of the kinds that follow are less urgent, unless the other direction is still to
    // come.
    if (choice.any && kind > 0) return;
  }
}

/// Lets the banks of a rank compete that wait for one kind of command, as far as they may go.
void Controller::offer(unsigned rank, unsigned kind, std::uint64_t clock, Choice& choice) {
  Line& line = lines_[rank][kind];
  if (line.next <= clock) ripen(rank, kind, clock);
  const Op op = kKinds[kind];
  const std::uint64_t gate = state_.rank_earliest(op, rank);
  if (line.unripe != 0) wake_ = std::min(wake_, std::max(line.next, gate));
  if (line.ripe == 0) return;
  if (gate > clock) {
    wake_ = std::min(wake_, gate);
    return;
  }
  std::uint64_t ready = 0;
  for (unsigned group = 0; group < groups_.size(); ++group) {
    const std::uint64_t banks = line.ripe & groups_[group];
    if (banks == 0) continue;
    const std::uint64_t earliest = state_.group_earliest(op, rank, group);
    if (earliest > clock) {
      wake_ = std::min(wake_, earliest);
    } else {
      ready |= banks;
    }
  }
  for (; ready != 0; ready &= ready - 1) {
    const auto bank = static_cast<unsigned>(__builtin_ctzll(ready));
    const Candidate& c = candidates_[rank * banks_ + bank];
    if (choice.any && c.key <= choice.key) continue;
    if (keepers_[rank].blocks(bank)) continue;
    choice = {true, op, rank, bank, c.slot, c.key};
  }
}

}  // namespace lookaside::dram
