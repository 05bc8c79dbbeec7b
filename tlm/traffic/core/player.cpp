// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include <lookaside/traffic/core/player.h>

namespace lookaside::traffic {
namespace {

constexpr std::uint64_t kSlots = 2 * kMaxOutstanding;  // ids: running number, then slot
constexpr std::size_t kRemembered = 2 * kMaxAfter;     // a power of two above kMaxAfter

void demand(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument(what);
}

}  // namespace

Player::Player(Source& source, const PlayerConfig& config)
    : source_(source), config_(config), answers_(kRemembered) {
  demand(config.outstanding >= 1 && config.outstanding <= kMaxOutstanding,
         fmt::format("outstanding requests: found {}, expected 1 to {}", config.outstanding,
                     kMaxOutstanding));
  demand(config.gap >= 1, "gap: found 0 clocks, expected at least 1");
  demand(config.burst_bytes != 0 && (config.burst_bytes & (config.burst_bytes - 1)) == 0,
         fmt::format("burst: found {} bytes, expected a power of two", config.burst_bytes));
  flights_.resize(config.outstanding);
  for (std::uint32_t slot = config.outstanding; slot > 0; --slot) free_.push_back(slot - 1);
  load();
  schedule(0);
}

/// Takes the next request of the trace.
void Player::load() {
  pending_ = source_.next(record_);
  begun_ = false;
  if (!pending_) return;
  const std::uint64_t last = record_.address + (record_.size - 1);
  if (last >= config_.memory_bytes) {
    throw TraceError(fmt::format(
        "{}: found the address {:#x}, expected one below {:#x}, where the "
        "memory ends",
        source_.place(), std::max(record_.address, config_.memory_bytes), config_.memory_bytes));
  }
  at_ = record_.address;
  left_ = record_.size;
  cut();
  answers_[line_ % kRemembered] = {line_, kNever};
  if (line_ == 0) {
    earliest_ = record_.delay;
  } else {
    const std::uint64_t delay = dependent() ? 0 : record_.delay;
    earliest_ = std::max(earliest_, last_begun_ + std::max(config_.gap, delay));
  }
}

/// The part of the request that lies in the next burst.
void Player::cut() {
  const std::uint64_t room = config_.burst_bytes - (at_ & (config_.burst_bytes - 1));
  access_.address = at_;
  access_.bytes = static_cast<std::uint32_t>(std::min(room, left_));
  access_.write = record_.write;
}

/// Finds out when the next attempt is due.
void Player::schedule(std::uint64_t now) {
  due_ = kNever;
  if (!pending_) return;
  std::uint64_t due = std::max(earliest_, now);
  if (!begun_) {
    if (in_flight_ == config_.outstanding) return;
    if (dependent()) {
      const Answer& answer = answers_[(line_ - record_.after) % kRemembered];
      if (answer.clock == kNever) return;
      due = std::max(due, answer.clock + record_.delay);
    }
  }
  due_ = due;
  if (!begun_) slot_ = free_.back();
  access_.id = sequence_ * kSlots + slot_;
}

/// The first attempt of a request.
void Player::begin(std::uint64_t clock) {
  if (begun_) return;
  begun_ = true;
  last_begun_ = clock;
  if (line_ == 0) played_.begin = clock;
  free_.pop_back();
  flights_[slot_] = {line_, clock, 1, record_.write};
  ++in_flight_;
}

void Player::accepted(std::uint64_t clock) {
  begin(clock);
  ++sequence_;
  ++flights_[slot_].unanswered;
  ++played_.accesses;
  earliest_ = clock + 1;
  at_ += access_.bytes;
  left_ -= access_.bytes;
  if (left_ != 0) {
    cut();
  } else {
    ++played_.requests;
    played_.bytes += record_.size;
    --flights_[slot_].unanswered;
    ++line_;
    load();
  }
  schedule(clock);
}

void Player::refused(std::uint64_t clock, std::uint64_t again) {
  begin(clock);
  ++played_.refused;
  earliest_ = std::max(again, clock + 1);
  schedule(clock);
}

void Player::answered(std::uint64_t id, std::uint64_t clock) {
  const auto slot = static_cast<std::uint32_t>(id % kSlots);
  if (--flights_[slot].unanswered == 0) finish(slot, clock);
  played_.end = std::max(played_.end, clock);
  schedule(clock);
}

void Player::finish(std::uint32_t slot, std::uint64_t clock) {
  const Flight& flight = flights_[slot];
  (flight.write ? played_.writes : played_.reads).add(clock - flight.begun);
  Answer& answer = answers_[flight.line % kRemembered];
  if (answer.line == flight.line) answer.clock = clock;
  free_.push_back(slot);
  --in_flight_;
}

}  // namespace lookaside::traffic
