// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <lookaside/dram/row_buffer.h>

namespace lookaside::dram {
namespace {

__extension__ using Wide = unsigned __int128;

void raise(std::uint64_t& clock, std::uint64_t to) {
  clock = std::max(clock, to);
}

}  // namespace

const char* name(Outcome outcome) {
  static constexpr const char* kNames[kOutcomeCount] = {"hit", "miss", "conflict"};
  return kNames[static_cast<unsigned>(outcome)];
}

RowBuffer::RowBuffer(const Timing& timing) : timing_(timing), map_(timing) {
  constexpr std::uint64_t kTwoClocksPerTransferPs = 2'000'000;  // 1 MT/s = 0.5 MHz of clock
  const std::uint64_t divisor =
      std::gcd(kTwoClocksPerTransferPs, std::uint64_t{timing.data_rate_mts});
  ps_numerator_ = kTwoClocksPerTransferPs / divisor;
  ps_denominator_ = timing.data_rate_mts / divisor;
  state_.banks.resize(timing.banks());
  state_.groups.resize(timing.bank_groups);
}

std::uint64_t RowBuffer::clock_at(std::uint64_t ps) const {
  // Exactly the inverse of time_of: who goes on when data arrives must not lose the edge to
  // rounding.
  return ps == 0 ? 0
                 : static_cast<std::uint64_t>(Wide{ps - 1} * ps_denominator_ / ps_numerator_) + 1;
}

std::uint64_t RowBuffer::time_of(std::uint64_t clock) const {
  return static_cast<std::uint64_t>((Wide{clock} * ps_numerator_ + ps_denominator_ - 1) /
                                    ps_denominator_);
}

Service RowBuffer::access(const Request& request, std::uint64_t now_ps) {
  const std::uint64_t clock = clock_at(now_ps);
  Service service;
  service.location = map_.locate(request.address);
  std::uint64_t finish = 0;
  if (clock >= newest_) {
    newest_ = clock;
    refresh(clock);
    finish = serve(state_, request, clock, service.outcome);
  } else {
    State calm = idle();
    finish = serve(calm, request, clock, service.outcome);
    for (std::size_t i = 0; i < calm.banks.size(); ++i) {
      state_.banks[i].open = calm.banks[i].open;
      state_.banks[i].row = calm.banks[i].row;
    }
  }
  service.finish_ps = time_of(finish);
  return service;
}

RowBuffer::State RowBuffer::idle() const {
  State calm;
  calm.groups.resize(state_.groups.size());
  calm.banks.resize(state_.banks.size());
  for (std::size_t i = 0; i < calm.banks.size(); ++i) {
    calm.banks[i].open = state_.banks[i].open;
    calm.banks[i].row = state_.banks[i].row;
  }
  return calm;
}

std::uint64_t RowBuffer::serve(State& state, const Request& request, std::uint64_t clock,
                               Outcome& first) {
  const std::uint64_t size = timing_.burst_bytes();
  const std::uint64_t begin = request.address / size;
  const std::uint64_t count = (request.address % size + request.bytes + size - 1) / size;
  std::uint64_t finish = clock;
  for (std::uint64_t i = 0; i < count; ++i) {
    Outcome outcome = Outcome::kHit;
    raise(finish, burst(state, map_.locate((begin + i) * size), request.write, clock, outcome));
    if (i == 0) first = outcome;
    ++bursts[static_cast<unsigned>(outcome)];
  }
  return finish;
}

std::uint64_t RowBuffer::burst(State& state, const Location& at, bool write, std::uint64_t clock,
                               Outcome& outcome) {
  Bank& bank = state.banks[at.bank];
  if (bank.open && bank.row == at.row) {
    outcome = Outcome::kHit;
  } else {
    if (bank.open) {
      outcome = Outcome::kConflict;
      raise(bank.activate_from, std::max(clock, bank.precharge_from) + timing_.rp);
    } else {
      outcome = Outcome::kMiss;
    }
    activate(state, bank, at, clock);
  }
  return column(state, bank, at, write, clock);
}

std::uint64_t RowBuffer::activate(State& state, Bank& bank, const Location& at,
                                  std::uint64_t clock) {
  Group& group = state.groups[at.bank_group];
  std::uint64_t& window = state.activates_until[state.oldest_activate];
  const std::uint64_t now =
      std::max({clock, bank.activate_from, group.activate_from, state.activate_from, window});
  bank.open = true;
  bank.row = at.row;
  bank.column_from = now + timing_.rcd;
  bank.precharge_from = now + timing_.ras;
  group.activate_from = now + timing_.rrd_l;
  state.activate_from = now + timing_.rrd_s;
  window = now + timing_.faw;
  state.oldest_activate = (state.oldest_activate + 1) % 4;
  return now;
}

std::uint64_t RowBuffer::column(State& state, Bank& bank, const Location& at, bool write,
                                std::uint64_t clock) {
  Group& group = state.groups[at.bank_group];
  std::uint64_t now = std::max({clock, bank.column_from, group.column_from, state.column_from});
  if (write) {
    raise(now, state.write_from);
  } else {
    raise(now, std::max(group.read_from, state.read_from));
  }
  group.column_from = now + timing_.ccd_l;
  state.column_from = now + timing_.ccd_s;
  if (write) {
    const std::uint64_t data_end = now + timing_.cwl + timing_.burst_clocks();
    group.read_from = data_end + timing_.wtr_l;
    raise(state.read_from, data_end + timing_.wtr_s);
    raise(bank.precharge_from, data_end + timing_.wr);
    return data_end;
  }
  // The write's data may follow the read's after a gap of two clocks on the bus.
  const std::uint64_t data_end = now + timing_.cl + timing_.burst_clocks();
  raise(state.write_from, data_end + 2 - timing_.cwl);
  raise(bank.precharge_from, now + timing_.rtp);
  return data_end;
}

void RowBuffer::refresh(std::uint64_t clock) {
  const std::uint64_t due = clock / timing_.refi;
  if (due == refreshed_) return;
  // Refreshes before the last one found, and left, all banks closed, and have long ended.
  std::uint64_t start = due * timing_.refi;
  if (due == refreshed_ + 1) {
    bool precharge = false;
    for (const Bank& bank : state_.banks) {
      if (!bank.open) continue;
      precharge = true;
      raise(start, bank.precharge_from);
    }
    if (precharge) start += timing_.rp;
  }
  for (Bank& bank : state_.banks) {
    bank.open = false;
    raise(bank.activate_from, start + timing_.rfc);
  }
  refreshes.value += due - refreshed_;
  refreshed_ = due;
}

}  // namespace lookaside::dram
