// SPDX-License-Identifier: Apache-2.0
// A small honest DRAM timing model: what an access costs because of the row its bank has open.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <lookaside/dram/address_map.h>
#include <lookaside/dram/timing.h>
#include <lookaside/observe/statistic.h>

namespace lookaside::dram {

/// What an access found in its bank.
enum class Outcome : std::uint8_t {
  kHit = 0,   ///< its row was open
  kMiss,      ///< no row was open: activate first
  kConflict,  ///< another row was open: precharge, then activate
};
inline constexpr unsigned kOutcomeCount = 3;
/// "hit", "miss", "conflict".
const char* name(Outcome outcome);

struct Request {
  std::uint64_t address = 0;  ///< bytes from the first byte of the DRAM
  std::uint64_t bytes = 0;    ///< at least 1; one column command for each burst touched
  bool write = false;
};

struct Service {
  std::uint64_t finish_ps =
      0;  ///< absolute time at which the last beat of data has been transferred
  Outcome outcome = Outcome::kHit;  ///< of the first burst
  Location location;                ///< of the first burst
};

/// Models one rank behind one channel: open-page policy, one request after the other in order of
/// the calls, all-bank refresh every tREFI. Holds for each bank the open row and the earliest clock
/// of its next command, for rank and channel tRRD, tFAW, tCCD, tWTR and the read-to-write gap.
/// Integer clocks inside; times at the edge are absolute picoseconds.
///
/// Callers run ahead of each other (temporal decoupling): a request older than the newest one
/// served so far meets the rows as they are now, but no queue, and delays nobody else.
class RowBuffer {
 public:
  explicit RowBuffer(const Timing& timing);

  Service access(const Request& request, std::uint64_t now_ps);
  Location locate(std::uint64_t address) const { return map_.locate(address); }

  /// Time of a clock edge, rounded up to whole ps.
  std::uint64_t time_of(std::uint64_t clock) const;
  /// First edge whose time_of is not before `ps`.
  std::uint64_t clock_at(std::uint64_t ps) const;

  const Timing& timing() const { return timing_; }

  /// Bursts per outcome (index: Outcome) and refresh commands, refreshes of idle time included up
  /// to the newest request.
  std::array<std::uint64_t, kOutcomeCount> bursts{};
  observe::Scalar refreshes;

 private:
  struct Bank {
    bool open = false;
    std::uint64_t row = 0;
    std::uint64_t activate_from = 0;  // earliest clock of each next command
    std::uint64_t column_from = 0;
    std::uint64_t precharge_from = 0;
  };
  struct Group {
    std::uint64_t activate_from = 0;  // tRRD_L
    std::uint64_t column_from = 0;    // tCCD_L
    std::uint64_t read_from = 0;      // tWTR_L
  };
  struct State {
    std::vector<Bank> banks;
    std::vector<Group> groups;
    std::array<std::uint64_t, 4> activates_until{};  // tFAW: clocks at which the last four expire
    unsigned oldest_activate = 0;
    std::uint64_t activate_from = 0;  // tRRD_S
    std::uint64_t column_from = 0;    // tCCD_S
    std::uint64_t read_from = 0;      // tWTR_S
    std::uint64_t write_from = 0;     // read-to-write gap
  };

  std::uint64_t serve(State& state, const Request& request, std::uint64_t clock, Outcome& first);
  std::uint64_t burst(State& state, const Location& at, bool write, std::uint64_t clock,
                      Outcome& outcome);
  std::uint64_t activate(State& state, Bank& bank, const Location& at, std::uint64_t clock);
  std::uint64_t column(State& state, Bank& bank, const Location& at, bool write,
                       std::uint64_t clock);
  void refresh(std::uint64_t clock);
  State idle() const;

  Timing timing_;
  AddressMap map_;
  std::uint64_t ps_numerator_;  // period of the clock in ps, as a reduced fraction
  std::uint64_t ps_denominator_;
  State state_;
  std::uint64_t newest_ = 0;     // clock of the newest request
  std::uint64_t refreshed_ = 0;  // refresh intervals accounted for
};

}  // namespace lookaside::dram
