// SPDX-License-Identifier: Apache-2.0
// Which cells of a DRAM lose their charge when nobody refreshes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <lookaside/dram/rounds.h>

namespace lookaside::dram {

/// Models memory whose refresh is switched off. Each granule of 4 KiB has a few weak cells, drawn
/// from a seed: half of the granules have one, an eighth have two in the same word of 8 bytes, the
/// others none. A weak cell holds its charge for the refresh window times 1, 2, 4, ... or 128; one
/// that is neither refreshed nor restored for longer flips. An access restores the granule around
/// it, as an activation restores a row, and so does a patrol that comes by; what had flipped before
/// stays wrong. Addresses are offsets into the DRAM, in bytes; times are in ps.
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

  /// From now on somebody reads all memory in rounds, to each granule when they come to its first
  /// byte; or nobody does any more. What earlier rounds have found and not told yet.
  std::vector<Cell> patrol(const std::optional<Rounds>& rounds, std::uint64_t time_ps);
  /// When found() should be asked next, at the latest; kNever. At most once a round nothing is
  /// found: then the next round is looked at, and that not if rounds are as short as the window.
  std::uint64_t next_find() const;
  /// While stopped: what the rounds have found up to a time.
  std::vector<Cell> found(std::uint64_t time_ps);
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  /// All weak cells of a granule, whatever their state.
  std::vector<Cell> weak_cells(std::uint64_t granule) const;

 private:
  /// A granule that will have lost something when a round comes by.
  struct Find {
    std::uint64_t time_ps, granule;
  };
  std::uint64_t restored(std::uint64_t granule) const;
  std::uint64_t visited(std::uint64_t granule, std::uint64_t until_ps) const;
  void lost_between(std::uint64_t granule, std::uint64_t from_ps, std::uint64_t to_ps,
                    std::vector<Cell>& cells) const;
  std::uint64_t lost_at_visit(std::uint64_t granule, std::uint64_t time_ps,
                              std::vector<Cell>& cells) const;
  void lost(std::uint64_t granule, std::uint64_t time_ps, std::vector<Cell>& cells) const;
  std::vector<Cell> all_lost(std::uint64_t bytes, std::uint64_t time_ps) const;
  void look_ahead(std::uint64_t after_ps);

  std::uint64_t window_ps_;
  std::uint64_t seed_;
  bool stopped_ = false;
  std::uint64_t stopped_at_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> restored_;  ///< granule -> time, since stop()
  std::optional<Rounds> patrol_;
  std::vector<Find> finds_;  ///< from next_ on, those to come up to looked_until_ps_; rising
  std::size_t next_ = 0;
  std::uint64_t looked_until_ps_ = kNever;
};

}  // namespace lookaside::dram
