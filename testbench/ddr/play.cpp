// SPDX-License-Identifier: Apache-2.0
#include "ddr/play.h"

#include <algorithm>

namespace lookaside::testbench {

namespace {

traffic::TargetQueue target_queue(const ddr::Controller& controller) {
  const ddr::ControllerConfig& config = controller.config();
  const dram::ControllerConfig& channel = config.channel;
  const dram::Device& device = config.organization.device;
  traffic::TargetQueue queue;
  queue.room = channel.queue_depth;
  if (channel.split_queues) queue.write_room = channel.write_depth;
  if (config.organization.channels > 1) {
    queue.channel_of = [&map = controller.mapping()](std::uint64_t address) {
      return map.locate(address).channel;
    };
  }
  for (const bool write : {false, true}) {
    queue.answer_clocks[write ? 1 : 0] = device.data_end(write) + config.pipeline_clocks;
  }
  queue.posted_writes = channel.posted_writes;
  return queue;
}

}  // namespace

Play::Play(const ddr::ControllerConfig& config, traffic::Source& source,
           const traffic::PlayerConfig& player)
    : clock_(config.organization.device.data_rate_mts),
      controller_("ddr", config),
      initiator_("player", source, initiator_config(player)) {
  initiator_.socket.bind(controller_.socket);
  initiator_.on_end([] { sc_core::sc_pause(); });
  // Refreshes are made up for when somebody asks: without this, those of a long pause all at once
  // at the next request, and nobody could interrupt that.
  initiator_.on_silence([this] { (void)controller_.totals(); });
  // What is found is in the totals; the message alone would hide the figures.
  sc_core::sc_report_handler::set_actions(ddr::Controller::kViolationMessage, sc_core::SC_DISPLAY);
}

traffic::InitiatorConfig Play::initiator_config(const traffic::PlayerConfig& player) const {
  traffic::InitiatorConfig config;
  config.player = player;
  config.transport = controller_.config().timing == ddr::Timing::kTemporal
                         ? traffic::Transport::kTemporal
                         : traffic::Transport::kApproximate;
  config.base = controller_.regions().front().base;
  config.queue = target_queue(controller_);
  config.time.time_of = [this](std::uint64_t clock) { return clock_.time_of(clock); };
  config.time.clock_at = [this](std::uint64_t ps) { return clock_.clock_at(ps); };
  return config;
}

void Play::on_command(const ddr::Controller::CommandCallback& callback) {
  controller_.on_command([this, callback](unsigned channel, const dram::Command& command) {
    last_command_ = std::max(last_command_, command.clock);
    callback(channel, command);
  });
}

Results Play::run() {
  sc_core::sc_start();
  const std::uint64_t drained_ps = controller_.drain_ps();
  if (drained_ps > time_ps()) {
    sc_core::sc_start(sc_core::sc_time::from_value(drained_ps - time_ps()));
  }
  sc_core::sc_stop();
  initiator_.rethrow();
  Results results;
  results.totals = controller_.totals();
  results.played = played();
  results.clocks =
      std::max({results.played.end, clock_.clock_at(drained_ps), clock_.last_until(time_ps())});
  results.end = std::max({last_command_, results.played.end, clock_.clock_at(time_ps())});
  return results;
}

void Play::stop() {
  initiator_.stop();
}

traffic::PlayerConfig player_config(const ddr::ControllerConfig& config, std::uint32_t outstanding,
                                    std::uint64_t gap) {
  traffic::PlayerConfig player;
  player.outstanding = outstanding;
  player.gap = gap;
  player.burst_bytes = static_cast<std::uint32_t>(config.organization.burst_bytes());
  player.memory_bytes = config.organization.bytes();
  return player;
}

}  // namespace lookaside::testbench
