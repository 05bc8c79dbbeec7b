// SPDX-License-Identifier: Apache-2.0
// The rule table as distances between the commands that the temporal model places.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/dram/calendar.h>
#include <lookaside/dram/rules.h>

namespace lookaside::dram {

/// Clocks from one command to another, each the greatest of the rules that bind the pair.
struct TemporalRules {
  explicit TemporalRules(const Device& device);

  /// [write]
  std::uint64_t column_after_activate[2];
  std::uint64_t precharge_after_column[2];
  std::uint64_t activate_after_closing[2];  ///< a column command that closes its row
  std::uint64_t refresh_after_closing[2];
  std::uint64_t data_after_column[2];  ///< first beat of data
  std::uint64_t burst;
  std::uint64_t precharge_after_activate;
  std::uint64_t activate_after_activate;
  std::uint64_t refresh_after_activate;
  std::uint64_t activate_after_precharge;
  std::uint64_t refresh_after_precharge;
  std::uint64_t refresh_after_precharge_all;
  std::uint64_t activate_after_refresh;
  std::uint64_t precharge_distance;  ///< within a rank
  unsigned activate_length;          ///< clocks on the command bus
  unsigned column_length;
  unsigned other_length;

  /// Column commands of a channel, by the clock of their first beat of data.
  Calendar columns(unsigned ranks, unsigned log2_clocks) const;
  unsigned column_code(unsigned rank, unsigned group, bool write) const {
    return (rank * groups_ + group) * 2 + (write ? 1 : 0);
  }
  /// Activates of a rank; their code is the bank group.
  Calendar activates(unsigned log2_clocks) const;

 private:
  std::int64_t distance(Op preceding, Op following, Level nearest) const;
  Calendar::Distance column_distance(unsigned fresh, unsigned other) const;

  std::vector<TimingRule> timing_;
  unsigned groups_;
};

}  // namespace lookaside::dram
