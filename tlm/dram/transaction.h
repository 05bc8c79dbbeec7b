// SPDX-License-Identifier: Apache-2.0
// What goes into a memory controller and what comes out.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/dram/command.h>
#include <lookaside/dram/mapping.h>

namespace lookaside::dram {

inline constexpr std::uint64_t kNever = ~std::uint64_t{0};

/// A read or write of one burst, or of some of its bytes.
struct Transaction {
  std::uint64_t id = 0;  ///< the caller's; unique among those in flight
  Coordinates at;
  bool write = false;
  std::uint8_t priority = 0;  ///< 0 to 15, quality of service: higher goes first among the ready
  std::uint8_t kind = 0;      ///< the caller's: instruction, data, page-table walk, ...
  /// Bytes of the burst, a bit for a 64th of it and at least one byte: those it wants, or writes
  /// all of.
  std::uint64_t mask = ~std::uint64_t{0};
  std::uint64_t touches = ~std::uint64_t{0};  ///< ... that it wants or may write, in part or all
};

/// What a request found in its bank.
enum class RowState : std::uint8_t { kHit = 0, kMiss, kConflict };
/// Where it was served.
enum class Served : std::uint8_t {
  kDram = 0,
  kForwarded,  ///< a read from a posted write
  kPosted,     ///< a write, answered when accepted
  kMerged,     ///< a write into a posted write to the same burst
};

/// Where the clocks of a latency went; they add up to finish - arrival.
struct Split {
  std::uint32_t queue = 0;
  std::uint32_t row = 0;         ///< precharge and activate of its own
  std::uint32_t turnaround = 0;  ///< the data bus changed direction
  std::uint32_t refresh = 0;
  std::uint32_t power = 0;  ///< leaving power-down or self-refresh
  std::uint32_t bus = 0;    ///< column command to the last beat

  /// Of the clocks that have no reason yet, `part`, or all if there are not so many.
  static std::uint32_t take(std::uint64_t& rest, std::uint64_t part) {
    const std::uint64_t taken = std::min(rest, part);
    rest -= taken;
    return static_cast<std::uint32_t>(taken);
  }
};

/// An answer. Known when the column command is issued, due at `finish`.
struct Completion {
  std::uint64_t id = 0;
  bool write = false;
  std::uint8_t kind = 0;
  Served served = Served::kDram;
  RowState row = RowState::kHit;
  std::uint64_t arrival = 0;  ///< clock of its push
  std::uint64_t finish = 0;   ///< clock of the last beat of data
  Split split;
};

/// The moment at which data is read or written. These moments, in order, give every read the data
/// of the writes pushed before it, whatever order the commands took.
struct Access {
  std::uint64_t id = 0;
  bool write = false;
  std::uint64_t source = kNever;  ///< a forwarded read: the write whose data it gets
};

/// What one step, and the pushes since the step before, brought about.
struct Step {
  std::vector<Command> commands;
  std::vector<Completion> completions;
  std::vector<Access> accesses;
  void clear() {
    commands.clear();
    completions.clear();
    accesses.clear();
  }
};

/// What the oldest request waited for while the command bus was idle.
enum class Stall : std::uint8_t {
  kRefresh = 0,
  kPower,
  kBank,            ///< its bank's own timing: tRCD, tRP, tRAS, tWR, ...
  kActivateWindow,  ///< tRRD, tFAW
  kTurnaround,      ///< the data bus changes direction
  kBus,             ///< tCCD and the command bus
};
inline constexpr unsigned kStallCount = 6;
/// "refresh", "power", "bank", "activate_window", "turnaround", "bus".
const char* name(Stall stall);

/// Plain counters of a controller since its beginning.
struct Counters {
  std::array<std::uint64_t, kOpCount> commands{};
  std::array<std::uint64_t, 3> rows{};  ///< index: RowState
  /// Kinds of request that are told apart; others count as the last.
  static constexpr unsigned kKinds = 8;
  std::array<std::array<std::uint64_t, kKinds>, 3> rows_of{};  ///< the same by kind of request
  /// Conflicts by the kind of request that had opened the row in the way.
  std::array<std::uint64_t, kKinds> openers{};
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  std::uint64_t forwarded = 0;
  std::uint64_t merged = 0;
  std::uint64_t refused = 0;  ///< pushes that found the queue full
  std::uint64_t write_batches = 0;
  std::uint64_t capped = 0;  ///< commands issued for a request past the age cap
  std::array<std::uint64_t, kStallCount> stalls{};  ///< clocks; index: Stall
  std::uint64_t data_clocks = 0;                    ///< the data bus was in use
  std::uint64_t data_end = 0;                       ///< clock of the last beat so far

  /// A column command of a request of a kind, which found its row so; in a conflict, `opener` had
  /// opened the other row. `end`: clock of its last beat.
  void column(RowState found, std::uint8_t kind, std::uint8_t opener, bool write, std::uint64_t end,
              std::uint64_t burst) {
    const auto state = static_cast<unsigned>(found);
    ++rows[state];
    ++rows_of[state][kind < kKinds ? kind : kKinds - 1];
    if (found == RowState::kConflict) ++openers[opener < kKinds ? opener : kKinds - 1];
    ++(write ? writes : reads);
    data_clocks += burst;
    if (end > data_end) data_end = end;
  }
};

}  // namespace lookaside::dram
