// SPDX-License-Identifier: Apache-2.0
// The control interface of a DDR controller: what its registers show and change.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include <systemc>

namespace lookaside::protocol {

/// What a DDR controller has counted since its beginning, all channels together.
enum class DdrCounter : std::uint8_t {
  kActivates = 0,
  kPrecharges,
  kReads,
  kWrites,
  kRefreshes,
  kRowHits,
  kRowMisses,
  kRowConflicts,
  kStallRefresh,  ///< clocks in which the oldest request waited for this; so on
  kStallPower,
  kStallBank,
  kStallActivateWindow,
  kStallTurnaround,
  kStallBus,
  kDataClocks,  ///< in which a data bus was in use
  kClocks,      ///< that have passed, of all channels
};
inline constexpr unsigned kDdrCounterCount = 16;
using DdrCounters = std::array<std::uint64_t, kDdrCounterCount>;

/// How a DDR controller is built.
struct DdrMode {
  unsigned timing = 0;  ///< 0 calibrated, 1 temporal, 2 approximate
  unsigned channels = 1;
  unsigned ranks = 1;
};

/// One wrong word, as the error-correcting code saw it.
struct DdrError {
  std::uint64_t address = 0;  ///< physical, of the word of 8 bytes
  std::uint64_t time_ps = 0;
  bool corrected = false;  ///< false: uncorrectable
  unsigned finder = 0;     ///< 0 a read, 1 a write of part of the word, 2 the patrol scrubber
  std::uint8_t syndrome = 0;
  std::uint8_t bit = 0;  ///< if corrected: 0 to 63 of data, 64 to 71 of check bits
};

struct DdrErrorCounts {
  std::uint64_t corrected = 0;      ///< single-bit errors found and corrected, whoever found them
  std::uint64_t uncorrectable = 0;  ///< errors of more bits found, whoever found them
  std::uint64_t scrubbed = 0;       ///< words with a single-bit error that were repaired in memory
  std::uint64_t injected = 0;       ///< injections
  std::uint64_t decayed = 0;        ///< bits found lost for want of refresh
};

/// A round of the patrol scrubber until somebody sets another, ps.
inline constexpr std::uint64_t kDdrPatrolPeriodPs = 1'000'000'000'000;

/// What is done about errors.
struct DdrProtectionMode {
  bool ecc = false;           ///< the code corrects and detects
  bool demand_scrub = false;  ///< what a read corrects is also repaired
  bool patrol = false;        ///< a scrubber goes round
};

/// Exported by the DDR controller. All times are absolute local times of the caller, in ps.
class ddr_control_if : public virtual sc_core::sc_interface {
 public:
  virtual DdrMode mode() const = 0;
  virtual DdrCounters counters() = 0;

  virtual DdrProtectionMode protection() const = 0;
  virtual void set_protection(const DdrProtectionMode& mode, std::uint64_t time_ps) = 0;
  /// Time the patrol scrubber takes for all of memory, ps; not 0.
  virtual void set_patrol_period(std::uint64_t period_ps, std::uint64_t time_ps) = 0;

  /// Flips these bits in the word of 8 bytes that holds `address`. False: no memory there.
  virtual bool inject(std::uint64_t address, std::uint64_t data_mask, std::uint8_t check_mask) = 0;
  virtual DdrErrorCounts error_counts() const = 0;
  /// Told of every error, inside the access that finds it. One listener.
  virtual void on_error(std::function<void(const DdrError&)> listener) = 0;

  /// Refreshes as often as tREFI asks (1), twice or four times as often, or never (0).
  virtual unsigned refresh_rate() const = 0;
  virtual void set_refresh_rate(unsigned rate, std::uint64_t time_ps) = 0;
};

}  // namespace lookaside::protocol
