// SPDX-License-Identifier: Apache-2.0
// The rule table as distances between the commands that the temporal model places.
#pragma once

#include <cstdint>
#include <vector>

#include <lookaside/dram/rules.h>
#include <lookaside/dram/timeline.h>

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
  std::uint64_t precharge_distance;           ///< within a rank
  std::uint32_t activate_distance[2];         ///< in other bank groups of a rank, in the same
  std::uint32_t activate_window = 0;          ///< of five activates of a rank; 0: no such rule
  std::uint64_t activate_after_refresh_bank;  ///< of the same bank
  std::uint32_t activate_beside_refresh;      ///< after a refresh of another bank of the rank
  std::uint32_t refresh_beside_activate;      ///< such a refresh after an activate in the rank
  bool refresh_in_window = false;             ///< it counts in the activate window
  unsigned activate_length;                   ///< clocks on the command bus
  unsigned column_length;
  unsigned other_length;

  ColumnLine columns(unsigned ranks, unsigned log2_clocks) const;
  ActivateLine activates(unsigned log2_clocks) const;

 private:
  std::int64_t distance(Op preceding, Op following, Level nearest) const;
  std::uint32_t column_distance(unsigned first, unsigned second, Level nearest) const;

  std::vector<TimingRule> timing_;
  unsigned groups_;
};

}  // namespace lookaside::dram
