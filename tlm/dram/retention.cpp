// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/retention.h>

namespace lookaside::dram {
namespace {

/// SplitMix64's finisher: every bit of the result depends on every bit of the value.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58'476d'1ce4'e5b9;
  value = (value ^ value >> 27) * 0x94d0'49bb'1331'11eb;
  return value ^ value >> 31;
}

}  // namespace

std::vector<Retention::Cell> Retention::weak_cells(std::uint64_t granule) const {
  const std::uint64_t drawn = mixed(seed_ + (granule + 1) * 0x9e37'79b9'7f4a'7c15);
  if ((drawn & 1) != 0) return {};
  const std::uint64_t word = granule * kGranuleBytes + (drawn >> 3 & 511) * 8;
  const auto bit = static_cast<unsigned>(drawn >> 12 & 63);
  std::vector<Cell> cells{{word, bit, window_ps_ << (drawn >> 18 & 7)}};
  if ((drawn >> 1 & 3) == 0) {
    const auto other = (bit + 1 + static_cast<unsigned>((drawn >> 21 & 63) % 63)) % 64;
    cells.push_back({word, other, window_ps_ << (drawn >> 27 & 7)});
  }
  return cells;
}

void Retention::stop(std::uint64_t time_ps) {
  if (stopped_) return;
  stopped_ = true;
  stopped_at_ = time_ps;
  restored_.clear();
  if (patrol_) look_ahead(time_ps);
}

/// Since when a granule holds its charge, as far as the patrol has no part in it.
std::uint64_t Retention::restored(std::uint64_t granule) const {
  const auto found = restored_.find(granule);
  return found == restored_.end() ? stopped_at_ : found->second;
}

/// When the patrol came by last, not later than a time; 0: never.
std::uint64_t Retention::visited(std::uint64_t granule, std::uint64_t until_ps) const {
  return patrol_ ? patrol_->last_visit(granule * kGranuleBytes, until_ps) : 0;
}

void Retention::lost_between(std::uint64_t granule, std::uint64_t from_ps, std::uint64_t to_ps,
                             std::vector<Cell>& cells) const {
  if (to_ps <= from_ps + window_ps_) return;  // the usual case, without a draw
  for (const Cell& cell : weak_cells(granule)) {
    if (to_ps - from_ps > cell.holds_ps) cells.push_back(cell);
  }
}

/// What the last visit up to a time has found; since when the granule holds its charge after it.
std::uint64_t Retention::lost_at_visit(std::uint64_t granule, std::uint64_t time_ps,
                                       std::vector<Cell>& cells) const {
  const std::uint64_t since = restored(granule);
  const std::uint64_t visit = visited(granule, time_ps);
  if (visit <= since) return since;
  lost_between(granule, std::max(since, visited(granule, visit - 1)), visit, cells);
  return visit;
}

void Retention::lost(std::uint64_t granule, std::uint64_t time_ps, std::vector<Cell>& cells) const {
  const std::uint64_t since = lost_at_visit(granule, time_ps, cells);
  lost_between(granule, since, time_ps, cells);
}

std::vector<Retention::Cell> Retention::touch(std::uint64_t first, std::uint64_t last,
                                              std::uint64_t time_ps) {
  std::vector<Cell> cells;
  if (!stopped_) return cells;
  for (std::uint64_t granule = first / kGranuleBytes; granule <= last / kGranuleBytes; ++granule) {
    lost(granule, time_ps, cells);
    std::uint64_t& restored = restored_[granule];
    restored = std::max(restored, time_ps);  // initiators run ahead of each other
  }
  return cells;
}

std::vector<Retention::Cell> Retention::all_lost(std::uint64_t bytes, std::uint64_t time_ps) const {
  std::vector<Cell> cells;
  if (time_ps <= stopped_at_ + window_ps_) return cells;
  for (std::uint64_t granule = 0; granule < (bytes + kGranuleBytes - 1) / kGranuleBytes;
       ++granule) {
    lost(granule, time_ps, cells);
  }
  return cells;
}

std::vector<Retention::Cell> Retention::start(std::uint64_t bytes, std::uint64_t time_ps) {
  if (!stopped_) return {};
  std::vector<Cell> cells = all_lost(bytes, time_ps);
  stopped_ = false;
  restored_.clear();
  finds_.clear();
  return cells;
}

std::vector<Retention::Cell> Retention::refreshed(std::uint64_t bytes, std::uint64_t from_ps,
                                                  std::uint64_t to_ps) {
  if (!stopped_) return {};
  std::vector<Cell> cells = all_lost(bytes, from_ps);
  stopped_at_ = std::max(stopped_at_, to_ps);
  restored_.clear();
  return cells;
}

std::vector<Retention::Cell> Retention::patrol(const std::optional<Rounds>& rounds,
                                               std::uint64_t time_ps) {
  std::vector<Cell> cells;
  if (stopped_ && patrol_) {
    for (std::uint64_t granule = 0; granule * kGranuleBytes < patrol_->bytes(); ++granule) {
      restored_[granule] = lost_at_visit(granule, time_ps, cells);
    }
  }
  patrol_ = rounds;
  if (stopped_ && patrol_) look_ahead(time_ps);
  return cells;
}

/// Who will have lost something when the coming round passes, if nobody comes before.
void Retention::look_ahead(std::uint64_t after_ps) {
  finds_.clear();
  next_ = 0;
  const std::uint64_t period = patrol_->period_ps();
  std::vector<Cell> cells;
  for (std::uint64_t granule = 0; granule * kGranuleBytes < patrol_->bytes(); ++granule) {
    const std::uint64_t visit = patrol_->next_visit(granule * kGranuleBytes, after_ps);
    lost_between(granule, std::max(restored(granule), visited(granule, visit - 1)), visit, cells);
    if (cells.empty()) continue;
    finds_.push_back({visit, granule});
    cells.clear();
  }
  std::stable_sort(finds_.begin(), finds_.end(),
                   [](const Find& a, const Find& b) { return a.time_ps < b.time_ps; });
  // After one round that is as short as the window no cell waits long enough to be lost.
  looked_until_ps_ = period <= window_ps_ ? kNever : after_ps + period;
}

std::uint64_t Retention::next_find() const {
  if (!stopped_ || !patrol_) return kNever;
  return next_ < finds_.size() ? finds_[next_].time_ps : looked_until_ps_;
}

std::vector<Retention::Cell> Retention::found(std::uint64_t time_ps) {
  std::vector<Cell> cells;
  while (next_find() <= time_ps && next_find() != kNever) {
    if (next_ == finds_.size()) {
      look_ahead(looked_until_ps_);
      continue;
    }
    const Find& find = finds_[next_++];
    for (const Cell& cell :
         touch(find.granule * kGranuleBytes, find.granule * kGranuleBytes, find.time_ps)) {
      cells.push_back(cell);
    }
  }
  return cells;
}

}  // namespace lookaside::dram
