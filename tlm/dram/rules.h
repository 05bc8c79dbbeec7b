// SPDX-License-Identifier: Apache-2.0
// The timing rules of JEDEC's DRAM standards as one table. The scheduler's earliest times, the
// independent checker and the documentation all come from it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/dram/command.h>
#include <lookaside/dram/device.h>

namespace lookaside::dram {

/// Between which commands a rule holds.
enum class Level : std::uint8_t {
  kBank = 0,   ///< that concern a common bank
  kBankGroup,  ///< to banks of one bank group, the same bank included
  kRank,       ///< to one rank
  kOtherRank,  ///< to different ranks of a channel
  kChannel,    ///< of a channel
};
inline constexpr unsigned kLevelCount = 5;
/// "bank", "bank group", ...
const char* name(Level level);

/// A parameter counted once, added or subtracted.
struct Term {
  Parameter parameter;
  int sign;  ///< +1, -1; 0: no term
};

/// `following` may come no earlier than the latency after the `window`th last of `preceding`.
struct Rule {
  const char* name;
  Level level;
  Ops preceding;
  Ops following;
  std::array<Term, 6> latency;
  int constant;            ///< clocks added to the terms
  std::uint8_t window;     ///< 1; 4 for the four-activate window
  std::uint8_t standards;  ///< bit i: holds for Standard i
};

/// Every rule of every standard.
const std::vector<Rule>& rule_table();
/// "CWL + BL/2 + tWTR_L".
std::string latency_text(const Rule& rule);
/// The table of a standard in Markdown.
std::string rules_markdown(Standard standard);

/// A rule with the clocks of a device.
struct TimingRule {
  const Rule* rule;
  std::int32_t clocks;
};
/// The rules that bind a device: those of its standard whose latency is at least one clock.
std::vector<TimingRule> timing_rules(const Device& device);

/// Clocks from the exit from power-down or self-refresh (PDX, SRX) to the first activate whose
/// [write] column command may follow it as soon as that of a rank that was awake.
std::array<std::uint64_t, 2> wake_clocks(const Device& device, Op exit);

/// Which banks a command concerns, counted within its rank.
struct Coverage {
  std::uint32_t first;
  std::uint32_t count;
  std::uint32_t stride;
};
/// REF, PREA, power commands: all; REFsb of DDR5: the same bank of each group; others: one.
Coverage coverage(const Device& device, Op op, std::uint32_t bank);

}  // namespace lookaside::dram
