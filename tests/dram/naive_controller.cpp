// SPDX-License-Identifier: Apache-2.0
#include "dram/naive_controller.h"

#include <algorithm>

namespace lookaside::naive {
namespace {

bool is_read(Kind kind) {
  return kind == Kind::kRd || kind == Kind::kRda;
}
bool is_write(Kind kind) {
  return kind == Kind::kWr || kind == Kind::kWra;
}
bool is_column(Kind kind) {
  return is_read(kind) || is_write(kind);
}

constexpr std::uint64_t kNotYet = ~std::uint64_t{0};

}  // namespace

const char* name(Kind kind) {
  static constexpr const char* kNames[] = {"ACT", "PRE", "PREA", "RD", "RDA", "WR", "WRA", "REF"};
  return kNames[static_cast<unsigned>(kind)];
}

Controller::Controller(const Part& part, unsigned ranks, const Policy& policy)
    : part_(part), t_(part.timing), policy_(policy), ranks_(ranks) {
  for (Rank& rank : ranks_) {
    rank.banks.resize(std::size_t{1} << (part.geometry.group_bits + part.geometry.bank_bits));
  }
}

Controller::Bank& Controller::bank(const Place& at) {
  return ranks_[at.rank].banks[(at.group << part_.geometry.bank_bits) + at.bank];
}

Answers Controller::play(const std::vector<Request>& requests, unsigned outstanding,
                         std::uint64_t gap) {
  finish_.assign(requests.size(), kNotYet);
  std::vector<std::uint64_t> attempt(requests.size());
  std::vector<std::size_t> unanswered;
  std::size_t next = 0;
  std::uint64_t earliest = 0;
  answers_.latency.resize(requests.size());
  bool attempted = false;
  for (clock_ = 0;; ++clock_) {
    tick();
    const auto answered = [&](std::size_t id) { return finish_[id] <= clock_; };
    unanswered.erase(std::remove_if(unanswered.begin(), unanswered.end(), answered),
                     unanswered.end());
    if (next == requests.size() && unanswered.empty()) break;
    if (next == requests.size() || unanswered.size() >= outstanding || clock_ < earliest) continue;
    if (!attempted) attempt[next] = clock_;
    attempted = true;
    if (queue_.size() >= policy_.queue_depth) continue;
    queue_.push_back({next, requests[next], clock_});
    unanswered.push_back(next++);
    attempted = false;
    earliest = clock_ + gap;
  }
  for (std::size_t i = 0; i < requests.size(); ++i) answers_.latency[i] = finish_[i] - attempt[i];
  answers_.clocks = clock_;
  return answers_;
}

/// At most one command a clock: refreshes first, then column commands, then rows.
void Controller::tick() {
  if (refresh() || serve_oldest_only()) return;
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    if (try_column(i)) return;
  }
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    if (try_row(i, true, !policy_.activates_first)) return;
  }
  for (std::size_t i = 0; policy_.activates_first && i < queue_.size(); ++i) {
    if (try_row(i, false, true)) return;
  }
  if (policy_.row_timeout != 0) close_unused();
}

void Controller::close_unused() {
  for (unsigned rank = 0; rank < ranks_.size(); ++rank) {
    if (refresh_forced(rank)) continue;
    for (unsigned i = 0; i < ranks_[rank].banks.size(); ++i) {
      const Bank& b = ranks_[rank].banks[i];
      const unsigned banks = 1U << part_.geometry.bank_bits;
      const Place at{rank, i / banks, i % banks, b.row, 0};
      if (!b.open || clock_ < b.last_use + policy_.row_timeout) continue;
      const bool wanted = std::any_of(queue_.begin(), queue_.end(),
                                      [&at](const Queued& q) { return q.request.at.same_row(at); });
      if (wanted || !legal(Kind::kPre, at)) continue;
      return issue(Kind::kPre, at);
    }
  }
}

/// One refresh each tREFI; those of several ranks are spread evenly over it.
std::int64_t Controller::owed(unsigned rank) const {
  const std::uint64_t offset = std::uint64_t{t_.refi} * rank / ranks_.size();
  return static_cast<std::int64_t>((clock_ + offset) / t_.refi) - ranks_[rank].refreshes;
}

bool Controller::refresh_wanted(unsigned rank) const {
  if (refresh_forced(rank)) return true;
  const bool idle = std::none_of(queue_.begin(), queue_.end(),
                                 [rank](const Queued& q) { return q.request.at.rank == rank; });
  return idle && clock_ >= ranks_[rank].last_served + t_.rfc &&
         owed(rank) > -std::int64_t{policy_.pull_in};
}

bool Controller::refresh() {
  for (unsigned rank = 0; rank < ranks_.size(); ++rank) {
    if (!refresh_wanted(rank)) continue;
    const std::vector<Bank>& banks = ranks_[rank].banks;
    const bool open = std::any_of(banks.begin(), banks.end(), [](const Bank& b) { return b.open; });
    Place at;
    at.rank = rank;
    const Kind kind = open ? Kind::kPrea : Kind::kRef;
    if (!legal(kind, at)) continue;
    issue(kind, at);
    return true;
  }
  return false;
}

bool Controller::serve_oldest_only() {
  if (policy_.age_cap == 0 || queue_.empty()) return false;
  if (clock_ < queue_.front().arrival + policy_.age_cap) return false;
  if (try_column(0)) return true;
  const Queued& q = queue_.front();
  const Bank& b = bank(q.request.at);
  const Kind kind = b.open ? Kind::kPre : Kind::kAct;
  if (refresh_forced(q.request.at.rank) || (b.open && b.row == q.request.at.row)) return true;
  if (legal(kind, q.request.at)) {
    if (q.found == Found::kNothingYet) {
      queue_.front().found = b.open ? Found::kConflict : Found::kMiss;
    }
    issue(kind, q.request.at);
  }
  return true;
}

bool Controller::try_column(std::size_t index) {
  const Request& r = queue_[index].request;
  const Bank& b = bank(r.at);
  if (refresh_forced(r.at.rank) || !b.open || b.row != r.at.row) return false;
  for (std::size_t older = 0; older < index; ++older) {
    const Place& other = queue_[older].request.at;
    if (other.same_burst(r.at)) return false;  // data must not overtake data
    if (policy_.rows_in_order && other.same_row(r.at)) return false;
  }
  Kind kind = r.write ? Kind::kWr : Kind::kRd;
  if (!legal(kind, r.at)) return false;
  if (policy_.closed_page && !wanted_by_others(index, queue_.size())) {
    kind = r.write ? Kind::kWra : Kind::kRda;
  }
  column(index, kind);
  return true;
}

/// Does any of the first `before` requests, other than this one, want this one's row?
bool Controller::wanted_by_others(std::size_t index, std::size_t before) const {
  for (std::size_t other = 0; other < before; ++other) {
    if (other != index && queue_[other].request.at.same_row(queue_[index].request.at)) return true;
  }
  return false;
}

void Controller::column(std::size_t index, Kind kind) {
  const Queued q = queue_[index];
  if (q.found == Found::kMiss) {
    ++answers_.misses;
  } else if (q.found == Found::kConflict) {
    ++answers_.conflicts;
  } else {
    ++answers_.hits;
  }
  finish_[q.id] = clock_ + (q.request.write ? t_.cwl : t_.cl) + t_.bl2;
  issue(kind, q.request.at);
  ranks_[q.request.at.rank].last_served = clock_;
  queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(index));
}

bool Controller::try_row(std::size_t index, bool activates, bool precharges) {
  Queued& q = queue_[index];
  const Place& at = q.request.at;
  const Bank& b = bank(at);
  if (refresh_forced(at.rank) || (b.open && b.row == at.row)) return false;
  if (b.open ? !precharges || !b.used : !activates) return false;
  for (std::size_t other = 0; other < queue_.size(); ++other) {
    const Place& theirs = queue_[other].request.at;
    if (!theirs.same_bank(at)) continue;
    if (other < index && !b.open) return false;  // the bank opens what its oldest request wants
    const bool counts = policy_.keep_wanted_rows || other < index;
    if (counts && b.open && theirs.row == b.row) return false;
  }
  const Kind kind = b.open ? Kind::kPre : Kind::kAct;
  if (!legal(kind, at)) return false;
  if (q.found == Found::kNothingYet) q.found = b.open ? Found::kConflict : Found::kMiss;
  issue(kind, at);
  return true;
}

bool Controller::legal(Kind kind, const Place& at) const {
  unsigned activates = 0;  // of the rank, within the last tFAW
  for (const Command& past : recent_) {
    if (clock_ < past.clock + distance(past, kind, at)) return false;
    if (past.kind == Kind::kAct && past.at.rank == at.rank && clock_ < past.clock + t_.faw) {
      ++activates;
    }
  }
  if (kind == Kind::kAct && activates >= 4) return false;
  if (kind != Kind::kAct && kind != Kind::kRef) return true;
  return std::all_of(last_refresh_.begin(), last_refresh_.end(), [&](const Command& past) {
    return past.at.rank != at.rank || clock_ >= past.clock + t_.rfc;
  });
}

/// Clocks that must lie between a past command and this one; 0: the two have no rule.
std::uint64_t Controller::distance(const Command& past, Kind kind, const Place& at) const {
  if (is_column(kind) && is_column(past.kind)) return column_distance(past, kind, at);
  if (past.at.rank != at.rank) return 0;
  const bool whole_rank = kind == Kind::kPrea || kind == Kind::kRef || past.kind == Kind::kPrea;
  const bool same_bank = whole_rank || past.at.same_bank(at);
  if (kind == Kind::kAct && past.kind == Kind::kAct) {
    if (same_bank) return t_.rc;
    return past.at.group == at.group ? t_.rrd_l : t_.rrd_s;
  }
  if (!same_bank) return 0;
  const unsigned recovery = is_read(past.kind) ? t_.rtp : t_.cwl + t_.bl2 + t_.wr;
  if (is_column(kind)) return past.kind == Kind::kAct ? t_.rcd : 0;
  if (kind == Kind::kPre || kind == Kind::kPrea) {
    if (past.kind == Kind::kAct) return t_.ras;
    return is_column(past.kind) ? recovery : 0;
  }
  // An activate or a refresh: the bank must be precharged, be it by itself.
  if (past.kind == Kind::kAct) return t_.rc;
  if (past.kind == Kind::kPre || past.kind == Kind::kPrea) return t_.rp;
  return past.kind == Kind::kRda || past.kind == Kind::kWra ? recovery + t_.rp : 0;
}

std::uint64_t Controller::column_distance(const Command& past, Kind kind, const Place& at) const {
  const unsigned past_data = is_read(past.kind) ? t_.cl : t_.cwl;  // from command to first data
  const unsigned data = is_read(kind) ? t_.cl : t_.cwl;
  if (past.at.rank != at.rank) {
    const unsigned until = past_data + t_.bl2 + t_.rtrs;
    return until > data ? until - data : 0;
  }
  const bool same_group = past.at.group == at.group;
  if (is_read(past.kind) == is_read(kind)) return same_group ? t_.ccd_l : t_.ccd_s;
  if (is_read(past.kind)) return t_.cl + t_.bl2 + 2 - t_.cwl;
  return t_.cwl + t_.bl2 + (same_group ? t_.wtr_l : t_.wtr_s);
}

void Controller::issue(Kind kind, const Place& at) {
  const Command command{clock_, kind, at};
  answers_.commands.push_back(command);
  if (kind == Kind::kRef) {
    ++ranks_[at.rank].refreshes;
    last_refresh_.push_back(command);
    if (last_refresh_.size() > 8) last_refresh_.erase(last_refresh_.begin());
    return;
  }
  recent_.push_back(command);
  const unsigned longest = t_.rc + t_.cwl + t_.bl2 + t_.wr + t_.wtr_l + t_.rp + t_.faw;
  while (recent_.front().clock + longest < clock_) recent_.pop_front();
  if (kind == Kind::kPrea) {
    for (Bank& b : ranks_[at.rank].banks) b.open = false;
    return;
  }
  Bank& b = bank(at);
  b.last_use = clock_;
  if (kind == Kind::kAct) b = {true, false, at.row, clock_};
  if (is_column(kind)) b.used = true;
  if (kind == Kind::kPre || kind == Kind::kRda || kind == Kind::kWra) b.open = false;
}

}  // namespace lookaside::naive
