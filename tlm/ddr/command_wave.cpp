// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <lookaside/ddr/command_wave.h>

namespace lookaside::ddr {
namespace {

using dram::Op;
using P = dram::Parameter;

constexpr std::uint64_t kNoCommand = dram::kOpCount;

std::string padded(const std::string& name, unsigned number) {
  return name + (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

CommandWave::CommandWave(observe::SignalSink* sink, const std::string& scope,
                         const dram::Organization& organization, bool queues)
    : organization_(organization),
      clock_(organization.device.data_rate_mts),
      ranks_(organization.ranks) {
  declare(sink, scope, queues);
}

void CommandWave::declare(observe::SignalSink* sink, const std::string& scope, bool queues) {
  using observe::SignalKind;
  std::vector<observe::EnumName> ops;
  for (unsigned i = 0; i < dram::kOpCount; ++i) ops.push_back({i, name(static_cast<Op>(i))});
  ops.push_back({kNoCommand, "idle"});
  const std::vector<observe::EnumName> states = {
      {0, "idle"}, {1, "active"}, {2, "refresh"}, {3, "power-down"}, {4, "self-refresh"}};
  command_.signal = {sink, {scope, "command", SignalKind::kEnum, 4, ops, "on the command bus"}};
  bank_.signal = {sink,
                  {scope, "bank", SignalKind::kBits, 8, {}, "of the command: rank * banks + bank"}};
  row_.signal = {sink, {scope, "row", SignalKind::kBits, 24, {}, "row opened, read or written"}};
  for (const bool write : {false, true}) {
    const std::string kind = write ? "writes" : "reads";
    waiting_[write ? 1 : 0].signal = {
        queues ? sink : nullptr,
        {scope, kind + "_waiting", SignalKind::kBits, 16, {}, kind + " without a column command"}};
  }
  for (unsigned r = 0; r < ranks_.size(); ++r) {
    const std::string inner = scope + ".rank" + std::to_string(r);
    ranks_[r].state.signal = {
        sink, {inner, "state", SignalKind::kEnum, 3, states, "active: a row is open"}};
    for (unsigned bank = 0; bank < organization_.device.banks(); ++bank) {
      ranks_[r].banks.emplace_back();
      ranks_[r].banks.back().signal = {sink,
                                       {inner,
                                        padded("bank", bank),
                                        SignalKind::kEnum,
                                        1,
                                        {{0, "closed"}, {1, "open"}},
                                        "has it a row open?"}};
    }
  }
}

/// How things are before the first command or request; a channel that nobody uses shows nothing.
void CommandWave::begin(std::uint64_t clock) {
  if (begun_) return;
  begun_ = true;
  for (const auto& arrivals : arrivals_) {
    if (!arrivals.empty()) clock = std::min(clock, arrivals.top());
  }
  const std::uint64_t time_ps = clock_.time_of(clock);
  command_.set(time_ps, kNoCommand);
  for (unsigned write : {0U, 1U}) {
    const bool arrives = !arrivals_[write].empty() && arrivals_[write].top() == clock;
    if (!arrives) waiting_[write].set(time_ps, 0);
  }
  for (Rank& rank : ranks_) {
    rank.state.set(time_ps, static_cast<std::uint64_t>(State::kIdle));
    for (Value& bank : rank.banks) bank.set(time_ps, 0);
  }
}

/// Requests that came up to a clock, then perhaps the one whose command it is.
void CommandWave::queue(unsigned write, std::uint64_t clock, bool leaves) {
  auto& arrivals = arrivals_[write];
  while (!arrivals.empty() && arrivals.top() < clock) {
    const std::uint64_t arrival = arrivals.top();
    arrivals.pop();
    waiting_[write].set(clock_.time_of(arrival), ++depth_[write]);
  }
  if (!leaves || depth_[write] == 0) return;
  waiting_[write].set(clock_.time_of(clock), --depth_[write]);
}

void CommandWave::command(const dram::Command& c) {
  const std::uint64_t now = clock_.time_of(c.clock);
  begin(c.clock == 0 ? 0 : c.clock - 1);
  if (idle_ != 0 && idle_ < c.clock) command_.set(clock_.time_of(idle_), kNoCommand);
  idle_ = c.clock + 1;
  command_.set(now, static_cast<std::uint64_t>(c.op));
  const bool read = c.op == Op::kRd || c.op == Op::kRda;
  const bool write = c.op == Op::kWr || c.op == Op::kWra;
  if (read || write || c.op == Op::kAct) row_.set(now, c.row);
  if (read || write || c.op == Op::kAct || c.op == Op::kPre || c.op == Op::kRefBank) {
    bank_.set(now, std::uint64_t{c.rank} * organization_.device.banks() + c.bank);
  }
  queue(0, c.clock, read);
  queue(1, c.clock, write);
  state_of(c);
}

void CommandWave::until(std::uint64_t clock) {
  if (!arrivals_[0].empty() || !arrivals_[1].empty()) begin(clock);
  if (idle_ != 0 && idle_ <= clock) command_.set(clock_.time_of(idle_), kNoCommand);
  queue(0, clock + 1, false);
  queue(1, clock + 1, false);
  for (Rank& rank : ranks_) end_refresh(rank, clock);
}

void CommandWave::end_refresh(Rank& rank, std::uint64_t clock) {
  if (rank.refreshed == 0 || rank.refreshed > clock) return;
  const std::uint64_t end = std::exchange(rank.refreshed, 0);
  rank_state(rank, rank.open > 0 ? State::kActive : State::kIdle, end);
}

void CommandWave::rank_state(Rank& rank, State state, std::uint64_t clock) {
  rank.state.set(clock_.time_of(clock), static_cast<std::uint64_t>(state));
}

void CommandWave::open(Rank& rank, unsigned bank, bool open, std::uint64_t clock) {
  Value& value = rank.banks[bank];
  if (value.last == (open ? 1U : 0U)) return;
  value.set(clock_.time_of(clock), open ? 1 : 0);
  rank.open += open ? 1U : ~0U;
  if (open ? rank.open == 1 : rank.open == 0) {
    rank_state(rank, open ? State::kActive : State::kIdle, clock);
  }
}

void CommandWave::state_of(const dram::Command& c) {
  // Of every rank: nothing may be told later than the command after it.
  for (Rank& any : ranks_) end_refresh(any, c.clock);
  Rank& rank = ranks_[c.rank];
  switch (c.op) {
    case Op::kAct:
      open(rank, c.bank, true, c.clock);
      break;
    case Op::kPre:
      open(rank, c.bank, false, c.clock);
      break;
    case Op::kPreAll:
      for (unsigned bank = 0; bank < rank.banks.size(); ++bank) open(rank, bank, false, c.clock);
      break;
    case Op::kRda:
    case Op::kWra:
      open(rank, c.bank, false, c.clock + organization_.device.closes_after(c.op == Op::kWra));
      break;
    case Op::kRef:
      rank_state(rank, State::kRefresh, c.clock);
      rank.refreshed = c.clock + static_cast<std::uint64_t>(organization_.device[P::kRfc]);
      break;
    case Op::kPde:
      rank_state(rank, State::kPowerDown, c.clock);
      break;
    case Op::kSre:
      rank_state(rank, State::kSelfRefresh, c.clock);
      break;
    case Op::kPdx:
    case Op::kSrx:
      rank_state(rank, rank.open > 0 ? State::kActive : State::kIdle, c.clock);
      break;
    default:
      break;
  }
}

}  // namespace lookaside::ddr
