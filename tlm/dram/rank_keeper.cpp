// SPDX-License-Identifier: Apache-2.0
#include <lookaside/dram/rank_keeper.h>

namespace lookaside::dram {

RankKeeper::RankKeeper(const ControllerConfig& config, const Device& device, unsigned rank,
                       unsigned ranks)
    : config_(config),
      device_(device),
      rank_(rank),
      interval_(static_cast<std::uint64_t>(device[Parameter::kRefi])),
      parts_(config.refresh == RefreshMode::kBank
                 ? device.banks() / coverage(device, Op::kRefBank, 0).count
                 : 1),
      offset_(interval_ * rank / ranks),
      wake_{wake_clocks(device, Op::kPdx), wake_clocks(device, Op::kSrx)} {}

std::int64_t RankKeeper::due(std::uint64_t clock) const {
  return static_cast<std::int64_t>((clock - asleep_ - origin_ + offset_) * parts_ * rate_ /
                                   interval_);
}

void RankKeeper::set_refresh(unsigned rate, std::uint64_t clock) {
  const std::uint64_t asleep =
      power_ == Power::kSelfRefresh ? asleep_ + clock - asleep_since_ : asleep_;
  rate_ = rate;
  origin_ = clock - asleep;
  done_ = static_cast<std::int64_t>(offset_ * parts_ * rate_ / interval_);
  no_wish_until_ = 0;
}

/// First clock at which so many are due.
std::uint64_t RankKeeper::clock_of(std::int64_t refreshes) const {
  if (refreshes <= 0) return 0;
  const std::uint64_t since =
      (static_cast<std::uint64_t>(refreshes) * interval_ + parts_ * rate_ - 1) / (parts_ * rate_);
  const std::uint64_t counted = since + asleep_ + origin_;
  return counted > offset_ ? counted - offset_ : 0;
}

bool RankKeeper::covers(std::uint32_t bank) const {
  const auto part = static_cast<std::uint32_t>(static_cast<std::uint64_t>(done_) % parts_);
  const Coverage c = coverage(device_, Op::kRefBank, part);
  return c.stride == 1 ? bank == c.first : bank % c.stride == c.first;
}

RankKeeper::Wish RankKeeper::refresh_wish(const ChannelState& state) const {
  if (config_.refresh == RefreshMode::kRank) {
    return {true, state.open_banks(rank_) > 0 ? Op::kPreAll : Op::kRef, 0, kNever};
  }
  const auto part = static_cast<std::uint32_t>(static_cast<std::uint64_t>(done_) % parts_);
  const Coverage c = coverage(device_, Op::kRefBank, part);
  for (std::uint32_t i = 0; i < c.count; ++i) {
    const std::uint32_t bank = c.first + i * c.stride;
    if (state.open_row(rank_, bank) != ChannelState::kClosed) return {true, Op::kPre, bank, kNever};
  }
  return {true, Op::kRefBank, c.first, kNever};
}

RankKeeper::Wish RankKeeper::sleep_wish(const ChannelState& state, std::uint64_t clock,
                                        Wish wish) const {
  const auto reached = [&](std::uint32_t after) {
    if (after == 0) return false;
    if (clock >= idle_since_ + after) return true;
    wish.wake = std::min(wish.wake, idle_since_ + after);
    return false;
  };
  if (reached(config_.self_refresh_after)) {
    const Op op = power_ == Power::kDown        ? Op::kPdx
                  : state.open_banks(rank_) > 0 ? Op::kPreAll
                                                : Op::kSre;
    return {true, op, 0, wish.wake};
  }
  if (power_ == Power::kOn && reached(config_.power_down_after)) {
    // Before it can be done, another wish may take its place.
    return {true, Op::kPde, 0, wish.wake};
  }
  return wish;
}

RankKeeper::Wish RankKeeper::wish(const ChannelState& state, std::uint64_t clock, bool idle) {
  if (!idle && clock < no_wish_until_) return {false, Op::kRef, 0, no_wish_until_};
  forced_ = false;
  no_wish_until_ = 0;
  if (power_ == Power::kSelfRefresh) return {!idle, Op::kSrx, 0, kNever};
  Wish wish;
  bool wanted = false;
  if (config_.refresh != RefreshMode::kNone && rate_ != 0) {
    const std::int64_t owed = due(clock) - done_;
    const auto postpone = static_cast<std::int64_t>(config_.postpone * parts_);
    const auto ahead = static_cast<std::int64_t>(config_.pull_in * parts_);
    forced_ = owed > postpone;
    const std::uint64_t forced_at = clock_of(done_ + 1 + postpone);
    // What is owed, or may be done ahead, waits until the rank has rested for as long as a refresh
    // takes: a row closed for it between two requests would only be opened again.
    const std::uint64_t rested = idle_since_ + static_cast<std::uint64_t>(device_[Parameter::kRfc]);
    wanted = forced_ || (idle && clock >= rested && owed > -ahead);
    wish.wake =
        idle ? std::min(forced_at, std::max(rested, clock_of(done_ + 1 - ahead))) : forced_at;
  }
  if (forced_ && refresh_busy_.to != kNever && clock >= refresh_busy_.to) {
    refresh_busy_.begin(clock);
  }
  if (power_ == Power::kDown && (wanted || !idle)) return {true, Op::kPdx, 0, kNever};
  if (wanted) return refresh_wish(state);
  if (idle) return sleep_wish(state, clock, wish);
  no_wish_until_ = wish.wake;
  return wish;
}

void RankKeeper::account(std::uint64_t clock, bool open) {
  const Standby state = power_ == Power::kSelfRefresh ? Standby::kSelfRefresh
                        : power_ == Power::kDown
                            ? (open ? Standby::kActiveDown : Standby::kPrechargedDown)
                            : (open ? Standby::kActive : Standby::kPrecharged);
  standby_[static_cast<unsigned>(state)] += clock - accounted_;
  accounted_ = clock;
}

void RankKeeper::issued(const Command& c, bool open_before) {
  account(c.clock, open_before);
  switch (c.op) {
    case Op::kRef:
    case Op::kRefBank:
      ++done_;
      if (c.op == Op::kRef) {
        if (refresh_busy_.to != kNever) refresh_busy_.begin(c.clock);
        refresh_busy_.to = c.clock + static_cast<std::uint64_t>(device_[Parameter::kRfc]);
      } else {
        refresh_busy_.to = std::min(refresh_busy_.to, c.clock);
      }
      break;
    case Op::kPde:
    case Op::kSre:
      power_ = c.op == Op::kPde ? Power::kDown : Power::kSelfRefresh;
      if (c.op == Op::kSre) asleep_since_ = c.clock;
      for (Busy& busy : sleep_busy_) busy.begin(c.clock);
      break;
    case Op::kPdx:
    case Op::kSrx:
      if (power_ == Power::kSelfRefresh) asleep_ += c.clock - asleep_since_;
      power_ = Power::kOn;
      for (unsigned write = 0; write < 2; ++write) {
        sleep_busy_[write].to = c.clock + wake_[c.op == Op::kSrx ? 1 : 0][write];
      }
      break;
    default:
      break;
  }
}

}  // namespace lookaside::dram
