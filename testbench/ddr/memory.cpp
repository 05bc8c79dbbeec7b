// SPDX-License-Identifier: Apache-2.0
#include "memory.h"

#include <algorithm>

#include <lookaside/dram/checker.h>
#include <lookaside/dram/controller.h>

namespace lookaside::testbench {

struct DirectMemory::Channel {
  Channel(const MemorySetup& setup, bool check)
      : controller(setup.organization, setup.channel),
        checker(setup.organization.device, setup.organization.ranks) {
    if (check) controller.attach(&checker);
  }

  dram::Controller controller;
  dram::Checker checker;
  bool pushed = false;  // since its last step
};

DirectMemory::DirectMemory(const MemorySetup& setup, bool check)
    : setup_(setup), map_(setup.organization, setup.map, setup.exclusive_or), checked_(check) {
  for (std::uint32_t i = 0; i < setup.organization.channels; ++i) {
    channels_.push_back(std::make_unique<Channel>(setup, check));
  }
}

DirectMemory::~DirectMemory() = default;

void DirectMemory::step(unsigned channel, std::uint64_t clock) {
  Channel& c = *channels_[channel];
  const dram::Step& step = c.controller.step(clock);
  c.pushed = false;
  for (const dram::Completion& done : step.completions) answers_.push({done.finish, done.id});
  if (!sink_) return;
  for (const dram::Command& command : step.commands) sink_(channel, command);
}

std::uint64_t DirectMemory::play(traffic::Player& player,
                                 const std::function<void(std::uint64_t)>& tick) {
  constexpr std::uint64_t kTicks = 1U << 16;
  for (std::uint64_t turn = 1; !player.done(); ++turn) {
    std::uint64_t next = traffic::kNever;
    for (unsigned i = 0; i < channels_.size(); ++i) {
      if (channels_[i]->pushed || channels_[i]->controller.next_event() <= clock_) step(i, clock_);
    }
    while (!answers_.empty() && answers_.top().clock <= clock_) {
      player.answered(answers_.top().id, clock_);
      answers_.pop();
    }
    if (player.next_attempt() <= clock_) {
      const traffic::Access& a = player.access();
      const dram::Coordinates at = map_.locate(a.address);
      Channel& c = *channels_[at.channel];
      if (c.controller.push({a.id, at, a.write, 0, 0, mask_of(a)}, clock_)) {
        c.pushed = true;
        player.accepted(clock_);
      } else {
        player.refused(clock_, c.controller.next_event());
      }
    }
    for (const auto& c : channels_) {
      next = std::min(next, c->pushed ? clock_ + 1 : c->controller.next_event());
    }
    if (!answers_.empty()) next = std::min(next, answers_.top().clock);
    next = std::min(next, player.next_attempt());
    if (!player.done()) clock_ = std::max(next, clock_ + 1);
    if (turn % kTicks == 0) tick(clock_);
  }
  for (unsigned i = 0; i < channels_.size(); ++i) {
    step(i, clock_);
    if (checked_) channels_[i]->checker.finish(clock_);
  }
  return clock_;
}

/// The bytes of a burst that an access concerns.
std::uint64_t DirectMemory::mask_of(const traffic::Access& a) const {
  if (a.bytes >= 64) return ~std::uint64_t{0};
  return ((std::uint64_t{1} << a.bytes) - 1) << (a.address & (map_.burst_bytes() - 1));
}

std::vector<ChannelFigures> DirectMemory::figures() {
  std::vector<ChannelFigures> all;
  for (const auto& c : channels_) {
    ChannelFigures f;
    dram::StandbyClocks standby;
    for (std::uint32_t rank = 0; rank < setup_.organization.ranks; ++rank) {
      standby.push_back(c->controller.standby(rank, clock_));
    }
    f.counters = c->controller.counters();
    f.energy = dram::energy(setup_.organization, f.counters, standby);
    f.checked = checked_;
    f.commands_checked = c->checker.commands();
    f.violations = c->checker.violation_count();
    f.first_violation = c->checker.first();
    all.push_back(std::move(f));
  }
  return all;
}

}  // namespace lookaside::testbench
