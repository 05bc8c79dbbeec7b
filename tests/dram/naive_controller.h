// SPDX-License-Identifier: Apache-2.0
// A deliberately naive DRAM controller: at every clock it looks at every request and compares every
// rule with every command of the near past. It shares nothing with the model, so that the two can
// be compared; it is slow and knows no other way.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace lookaside::naive {

/// In clocks, named as JEDEC names them.
struct Timing {
  unsigned cl, cwl, bl2;  ///< bl2: BL/2
  unsigned rcd, rp, ras, rc;
  unsigned rrd_s, rrd_l, faw;
  unsigned ccd_s, ccd_l, wtr_s, wtr_l;
  unsigned rtp, wr;
  unsigned rfc, refi;
  unsigned rtrs;  ///< idle clocks of the data bus between the bursts of two ranks
};

/// One rank of 64 data bits; bits of each address field.
struct Geometry {
  unsigned group_bits, bank_bits, row_bits, column_bits;
};

struct Part {
  const char* name;
  double clock_ns;
  Timing timing;
  Geometry geometry;
};

/// DDR4-2400 17-17-17, 8 Gb x8: 1 KiB pages; tRRD, tFAW, tWTR, tWR and tRFC of JESD79-4.
inline constexpr Part kDdr4{"DDR4-2400",
                            2000.0 / 2400,
                            {17, 12, 4, 17, 17, 39, 56, 4, 6, 26, 4, 6, 3, 9, 9, 18, 420, 9360, 1},
                            {2, 2, 16, 7}};
/// DDR3-1600 11-11-11, 8 Gb x8: 2 KiB pages, hence tRRD 7.5 ns and tFAW 40 ns; JESD79-3.
inline constexpr Part kDdr3{"DDR3-1600",
                            2000.0 / 1600,
                            {11, 8, 4, 11, 11, 28, 39, 6, 6, 32, 4, 4, 6, 6, 6, 12, 280, 6240, 1},
                            {0, 3, 16, 8}};

/// DDR4-3200 22-22-22, 8 Gb x8.
inline constexpr Part kDdr4Fast{
    "DDR4-3200",
    2000.0 / 3200,
    {22, 16, 4, 22, 22, 52, 74, 4, 8, 34, 4, 8, 4, 12, 12, 24, 560, 12480, 1},
    {2, 2, 16, 7}};

struct Place {
  unsigned rank = 0, group = 0, bank = 0, row = 0, column = 0;
  bool same_bank(const Place& o) const {
    return rank == o.rank && group == o.group && bank == o.bank;
  }
  bool same_row(const Place& o) const { return same_bank(o) && row == o.row; }
  bool same_burst(const Place& o) const { return same_row(o) && column == o.column; }
};

enum class Kind : std::uint8_t { kAct, kPre, kPrea, kRd, kRda, kWr, kWra, kRef };
const char* name(Kind kind);

struct Command {
  std::uint64_t clock = 0;
  Kind kind = Kind::kAct;
  Place at;
};

/// First-ready, first-come schedulers differ in these; each is right. The initial values are the
/// plainest reading: any ready column command, else the oldest ready activate or precharge.
struct Policy {
  bool closed_page = false;  ///< auto-precharge when no other queued request wants the row
  /// A row stays open as long as any queued request wants it (else: as long as an older one does).
  bool keep_wanted_rows = false;
  /// Requests for one row are served in order of arrival, reads and writes alike.
  bool rows_in_order = false;
  /// An activate goes before a precharge, whatever their ages.
  bool activates_first = false;
  /// Clocks after which the oldest request alone is served; 0: never.
  unsigned age_cap = 0;
  unsigned queue_depth = 32;
  /// Clocks after its last use at which a row is closed that nobody wants, if there is nothing else
  /// to do; 0: never.
  unsigned row_timeout = 0;
  /// Refreshes that may be owed before one is forced, and done ahead. Both are made up for when no
  /// request of the rank has been queued for tRFC.
  unsigned postpone = 0, pull_in = 0;
};

struct Request {
  Place at;
  bool write = false;
};

struct Answers {
  std::vector<Command> commands;
  std::vector<std::uint64_t> latency;  ///< clocks from the first attempt to the last beat
  std::uint64_t clocks = 0;            ///< first attempt to last answer
  std::uint64_t hits = 0, misses = 0, conflicts = 0;
};

class Controller {
 public:
  Controller(const Part& part, unsigned ranks, const Policy& policy);

  /// Issues a request as soon as fewer than `outstanding` are unanswered, but not two within `gap`
  /// clocks.
  Answers play(const std::vector<Request>& requests, unsigned outstanding, std::uint64_t gap);

 private:
  enum class Found : std::uint8_t { kNothingYet, kHit, kMiss, kConflict };
  struct Queued {
    std::size_t id;
    Request request;
    std::uint64_t arrival;
    Found found = Found::kNothingYet;
  };
  struct Bank {
    bool open = false;
    bool used = false;  // since it was opened
    unsigned row = 0;
    std::uint64_t last_use = 0;
  };
  struct Rank {
    std::vector<Bank> banks;
    std::int64_t refreshes = 0;
    std::uint64_t last_served = 0;
  };

  Bank& bank(const Place& at);
  std::int64_t owed(unsigned rank) const;
  bool refresh_forced(unsigned rank) const { return owed(rank) > std::int64_t{policy_.postpone}; }
  bool refresh_wanted(unsigned rank) const;
  void close_unused();
  void tick();
  bool refresh();
  bool serve_oldest_only();
  bool try_column(std::size_t index);
  bool try_row(std::size_t index, bool activates, bool precharges);
  bool wanted_by_others(std::size_t index, std::size_t before) const;
  void column(std::size_t index, Kind kind);
  bool legal(Kind kind, const Place& at) const;
  std::uint64_t distance(const Command& past, Kind kind, const Place& at) const;
  std::uint64_t column_distance(const Command& past, Kind kind, const Place& at) const;
  void issue(Kind kind, const Place& at);

  Part part_;
  Timing t_;
  Policy policy_;
  std::vector<Rank> ranks_;
  std::vector<Queued> queue_;   // the oldest first
  std::deque<Command> recent_;  // as long as any rule but tRFC looks back
  std::vector<Command> last_refresh_;
  std::uint64_t clock_ = 0;
  std::vector<std::uint64_t> finish_;  // [request]
  Answers answers_;
};

}  // namespace lookaside::naive
