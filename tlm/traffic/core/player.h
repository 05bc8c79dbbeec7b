// SPDX-License-Identifier: Apache-2.0
// Plays a trace on a memory: which request comes when, and how long each took.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/traffic/core/latencies.h>
#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

inline constexpr std::uint64_t kNever = ~std::uint64_t{0};

struct PlayerConfig {
  std::uint32_t outstanding =
      32;                 ///< requests begun and not answered, at most; 1 to kMaxOutstanding
  std::uint64_t gap = 1;  ///< clocks from one request to the next, at least; from 1
  std::uint32_t burst_bytes = 64;       ///< what one access of the memory moves; a power of two
  std::uint64_t memory_bytes = kNever;  ///< addresses end here
};
inline constexpr std::uint32_t kMaxOutstanding = 65536;

/// What to ask the memory for: a request of the trace, or the part of it that lies in one burst.
struct Access {
  std::uint64_t id =
      0;  ///< unique among those in flight; the low 17 bits below twice kMaxOutstanding
  std::uint64_t address = 0;
  std::uint32_t bytes = 0;
  bool write = false;
};

/// What a play amounts to. Clocks are the memory's.
struct Played {
  std::uint64_t requests = 0;  ///< of the trace
  std::uint64_t accesses = 0;  ///< bursts that they were split into
  std::uint64_t bytes = 0;     ///< asked for
  std::uint64_t refused = 0;   ///< attempts that found no room
  std::uint64_t begin = 0;     ///< first attempt
  std::uint64_t end = 0;       ///< last answer
  Latencies reads, writes;     ///< of requests: first attempt to last answer

  std::uint64_t clocks() const { return end - begin; }
};

/// Sans-I/O: whoever drives it asks when the next attempt is due, makes it, and reports what came
/// of it. Requests begin in the order of the trace, at most one access a clock, as soon as fewer
/// than `outstanding` are in flight, and their dependence is answered; a request across bursts is
/// finished when its last burst is. Clocks that are reported must not go back; answers of a clock
/// come before attempts of that clock. Throws TraceError for an address beyond the memory.
class Player {
 public:
  /// `source` must outlive the player. Throws std::invalid_argument for a configuration outside its
  /// ranges.
  Player(Source& source, const PlayerConfig& config);

  /// The clock at which access() may be attempted; kNever: an answer has to come first, or done().
  std::uint64_t next_attempt() const { return due_; }
  const Access& access() const { return access_; }

  /// The memory took access() at `clock`.
  void accepted(std::uint64_t clock);
  /// It did not; it may be asked again at `again`.
  void refused(std::uint64_t clock, std::uint64_t again);
  /// The data of an access moved, or a write was taken over, at `clock`.
  void answered(std::uint64_t id, std::uint64_t clock);

  bool done() const { return !pending_ && in_flight_ == 0; }
  const Played& played() const { return played_; }

 private:
  struct Flight {  // a request that has begun
    std::uint64_t line = 0;
    std::uint64_t begun = 0;
    std::uint32_t unanswered = 0;  // accesses; one more while not all have been accepted
    bool write = false;
  };
  struct Answer {
    std::uint64_t line = kNever;
    std::uint64_t clock = kNever;  // kNever: not yet
  };

  /// On an earlier request of this trace.
  bool dependent() const { return record_.after != 0 && record_.after <= line_; }
  void load();
  void cut();
  void begin(std::uint64_t clock);
  void schedule(std::uint64_t now);
  void finish(std::uint32_t slot, std::uint64_t clock);

  Source& source_;
  PlayerConfig config_;
  Record record_;
  bool pending_ = false;        // record_ is not wholly accepted
  bool begun_ = false;          // ... but has been attempted
  std::uint64_t line_ = 0;      // number of record_
  std::uint64_t at_ = 0;        // where its next access begins
  std::uint64_t left_ = 0;      // bytes from there
  std::uint32_t slot_ = 0;      // of record_, once begun
  std::uint64_t earliest_ = 0;  // of the next attempt, dependences aside
  std::uint64_t last_begun_ = 0;
  std::uint64_t due_ = kNever;
  std::uint64_t sequence_ = 0;
  Access access_;
  std::uint32_t in_flight_ = 0;
  std::vector<Flight> flights_;
  std::vector<std::uint32_t> free_;
  std::vector<Answer> answers_;  // of the last kMaxAfter lines and the one being played
  Played played_;
};

}  // namespace lookaside::traffic
