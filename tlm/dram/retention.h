// SPDX-License-Identifier: Apache-2.0
// Which cells of a DRAM lose their charge when nobody refreshes them.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace lookaside::dram {

/// Models memory whose refresh is switched off. Each granule of 4 KiB has a few weak cells, drawn
/// from a seed: half of the granules have one, an eighth have two in the same word of 8 bytes, the
/// others none. A weak cell holds its charge for the refresh window times 1, 2, 4, ... or 128; one
/// that is neither refreshed nor restored for longer flips. An access restores the granule around
/// it, as an activation restores a row; what had flipped before stays wrong. Addresses are offsets
/// into the DRAM, in bytes; times are in ps.
class Retention {
 public:
  static constexpr std::uint64_t kGranuleBytes = 4096;

  /// A bit that has flipped: bit `bit` of the 8 bytes at `word`.
  struct Cell {
    std::uint64_t word = 0;
    unsigned bit = 0;
    std::uint64_t holds_ps = 0;  ///< for how long it keeps its charge
  };

  /// `window_ps`: the refresh window tREFW, in which every cell is guaranteed to hold.
  Retention(std::uint64_t window_ps, std::uint64_t seed) : window_ps_(window_ps), seed_(seed) {}

  /// Refresh ends, and begins again.
  void stop(std::uint64_t time_ps);
  /// What has flipped in [0, bytes - 1] since stop() and not been told yet.
  std::vector<Cell> start(std::uint64_t bytes, std::uint64_t time_ps);
  bool stopped() const { return stopped_; }
  /// While stopped: somebody has refreshed [0, bytes - 1] from one time to another after all, as
  /// memory does itself in self-refresh. What had flipped before and not been told yet.
  std::vector<Cell> refreshed(std::uint64_t bytes, std::uint64_t from_ps, std::uint64_t to_ps);

  /// While stopped: the bytes [first, last] are about to be accessed. What has flipped in their
  /// granules; each flip is told once.
  std::vector<Cell> touch(std::uint64_t first, std::uint64_t last, std::uint64_t time_ps);

  /// All weak cells of a granule, whatever their state.
  std::vector<Cell> weak_cells(std::uint64_t granule) const;

 private:
  void lost(std::uint64_t granule, std::uint64_t time_ps, std::vector<Cell>& cells) const;
  std::vector<Cell> all_lost(std::uint64_t bytes, std::uint64_t time_ps) const;

  std::uint64_t window_ps_;
  std::uint64_t seed_;
  bool stopped_ = false;
  std::uint64_t stopped_at_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> restored_;  ///< granule -> time, since stop()
};

}  // namespace lookaside::dram
