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
}

void Retention::lost(std::uint64_t granule, std::uint64_t time_ps, std::vector<Cell>& cells) const {
  const auto found = restored_.find(granule);
  const std::uint64_t since = found == restored_.end() ? stopped_at_ : found->second;
  if (time_ps <= since + window_ps_) return;  // the usual case, without a draw
  for (const Cell& cell : weak_cells(granule)) {
    if (time_ps - since > cell.holds_ps) cells.push_back(cell);
  }
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

}  // namespace lookaside::dram
