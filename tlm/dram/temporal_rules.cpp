// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/temporal_rules.h>

namespace lookaside::dram {

/// The greatest latency of the rules between two commands whose places are as near as `nearest`,
/// or other ranks of the channel.
std::int64_t TemporalRules::distance(Op preceding, Op following, Level nearest) const {
  std::int64_t clocks = 0;
  for (const TimingRule& t : timing_) {
    const Level level = t.rule->level;
    const bool binds = nearest == Level::kOtherRank
                           ? level == Level::kOtherRank || level == Level::kChannel
                           : level != Level::kOtherRank && level >= nearest;
    if (!binds || t.rule->window != 1) continue;
    if ((t.rule->preceding & bit(preceding)) == 0) continue;
    if ((t.rule->following & bit(following)) == 0) continue;
    clocks = std::max<std::int64_t>(clocks, t.clocks);
  }
  return clocks;
}

TemporalRules::TemporalRules(const Device& device)
    : timing_(timing_rules(device)), groups_(device.bank_groups) {
  const auto bank = [this](Op a, Op b) {
    return static_cast<std::uint64_t>(distance(a, b, Level::kBank));
  };
  const Op column[2] = {Op::kRd, Op::kWr};
  const Op closing[2] = {Op::kRda, Op::kWra};
  for (unsigned write = 0; write < 2; ++write) {
    column_after_activate[write] = bank(Op::kAct, column[write]);
    precharge_after_column[write] = bank(column[write], Op::kPre);
    activate_after_closing[write] = bank(closing[write], Op::kAct);
    refresh_after_closing[write] = bank(closing[write], Op::kRef);
  }
  const auto clocks = [&device](Parameter p) { return static_cast<std::uint64_t>(device[p]); };
  for (const bool write : {false, true})
    data_after_column[write ? 1 : 0] = device.data_begin(write);
  burst = clocks(Parameter::kBurst);
  precharge_after_activate = bank(Op::kAct, Op::kPre);
  activate_after_activate = bank(Op::kAct, Op::kAct);
  refresh_after_activate = bank(Op::kAct, Op::kRef);
  activate_after_precharge = bank(Op::kPre, Op::kAct);
  refresh_after_precharge = bank(Op::kPre, Op::kRef);
  refresh_after_precharge_all = bank(Op::kPreAll, Op::kRef);
  activate_after_refresh = bank(Op::kRef, Op::kAct);
  activate_after_refresh_bank = bank(Op::kRefBank, Op::kAct);
  const auto beside = [this](Op a, Op b) {
    return static_cast<std::uint32_t>(std::max<std::int64_t>(1, distance(a, b, Level::kRank)));
  };
  activate_beside_refresh = beside(Op::kRefBank, Op::kAct);
  refresh_beside_activate = beside(Op::kAct, Op::kRefBank);
  precharge_distance = static_cast<std::uint64_t>(distance(Op::kPre, Op::kPre, Level::kRank));
  constexpr Level kPlaces[2] = {Level::kRank, Level::kBankGroup};
  for (unsigned place = 0; place < 2; ++place) {
    activate_distance[place] = static_cast<std::uint32_t>(
        std::max<std::int64_t>(1, distance(Op::kAct, Op::kAct, kPlaces[place])));
  }
  for (const TimingRule& t : timing_) {
    if (t.rule->window == 4 && (t.rule->preceding & t.rule->following & bit(Op::kAct)) != 0) {
      activate_window = static_cast<std::uint32_t>(t.clocks);
      refresh_in_window = (t.rule->preceding & bit(Op::kRefBank)) != 0;
    }
  }
  const auto length = [this](Op op) {
    return static_cast<unsigned>(
        std::max<std::int64_t>(1, distance(Op::kPdx, op, Level::kChannel)));
  };
  activate_length = length(Op::kAct);
  column_length = length(Op::kRd);
  other_length = length(Op::kPre);
}

/// From one column command to the next (0 read, 1 write): by the rules, and so that their data do
/// not overlap.
std::uint32_t TemporalRules::column_distance(unsigned first, unsigned second, Level nearest) const {
  const std::int64_t rule =
      distance(first != 0 ? Op::kWr : Op::kRd, second != 0 ? Op::kWr : Op::kRd, nearest);
  const auto data = static_cast<std::int64_t>(burst + data_after_column[first]) -
                    static_cast<std::int64_t>(data_after_column[second]);
  return static_cast<std::uint32_t>(std::max<std::int64_t>({1, rule, data}));
}

ColumnLine TemporalRules::columns(unsigned ranks, unsigned log2_clocks) const {
  constexpr Level kPlaces[3] = {Level::kBankGroup, Level::kRank, Level::kOtherRank};
  ColumnLine::Distances distances;
  for (unsigned place = 0; place < 3; ++place) {
    for (unsigned fresh = 0; fresh < 2; ++fresh) {
      for (unsigned other = 0; other < 2; ++other) {
        distances[place][fresh][other] = {column_distance(other, fresh, kPlaces[place]),
                                          column_distance(fresh, other, kPlaces[place])};
      }
    }
  }
  return ColumnLine(ranks, groups_, distances, log2_clocks);
}

ActivateLine TemporalRules::activates(unsigned log2_clocks) const {
  return ActivateLine(groups_, activate_distance[0], activate_distance[1], activate_window,
                      log2_clocks);
}

}  // namespace lookaside::dram
