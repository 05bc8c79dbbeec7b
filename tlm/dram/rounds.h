// SPDX-License-Identifier: Apache-2.0
// When the patrol scrubber comes where. No SystemC.
#pragma once

#include <cstdint>

namespace lookaside::dram {

/// Rounds over memory in rising order, evenly over a period: the first byte of the DRAM is visited
/// 1 ps after the rounds begin, the last one at the end of the period. Addresses are offsets into
/// the DRAM, in bytes; times are in ps.
class Rounds {
 public:
  /// Neither may be 0.
  Rounds(std::uint64_t bytes, std::uint64_t period_ps) : bytes_(bytes), period_ps_(period_ps) {}

  /// A round begins.
  void begin(std::uint64_t time_ps) { since_ps_ = time_ps; }
  void set_period(std::uint64_t period_ps) { period_ps_ = period_ps; }
  std::uint64_t period_ps() const { return period_ps_; }
  std::uint64_t bytes() const { return bytes_; }

  /// The first visit to `offset` later than a time, which is not before the beginning.
  std::uint64_t next_visit(std::uint64_t offset, std::uint64_t after_ps) const {
    const std::uint64_t first = since_ps_ + 1 + place(offset);
    if (first > after_ps) return first;
    return first + ((after_ps - first) / period_ps_ + 1) * period_ps_;
  }
  /// The last visit to `offset` not later than a time; 0: there was none yet.
  std::uint64_t last_visit(std::uint64_t offset, std::uint64_t until_ps) const {
    const std::uint64_t first = since_ps_ + 1 + place(offset);
    return until_ps < first ? 0 : until_ps - (until_ps - first) % period_ps_;
  }
  /// The lowest offset that is visited later than a time in the round that the time lies in; the
  /// size of memory if there is none. Offsets rise with their visits from here to the end, and then
  /// from 0.
  std::uint64_t next_offset(std::uint64_t after_ps) const {
    const std::uint64_t gone = (after_ps - since_ps_) % period_ps_;
    if (gone == 0) return 0;
    if (gone > period_ps_ - 2) return bytes_;
    return static_cast<std::uint64_t>((Wide{gone} * bytes_ + period_ps_ - 2) / (period_ps_ - 1));
  }

 private:
  __extension__ using Wide = unsigned __int128;

  /// Time from the first byte to `offset`.
  std::uint64_t place(std::uint64_t offset) const {
    return static_cast<std::uint64_t>(Wide{offset} * (period_ps_ - 1) / bytes_);
  }

  std::uint64_t bytes_;
  std::uint64_t period_ps_;
  std::uint64_t since_ps_ = 0;
};

}  // namespace lookaside::dram
