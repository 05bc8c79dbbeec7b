// SPDX-License-Identifier: Apache-2.0
// Plays a trace on the DDR controller through its TLM socket.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <lookaside/ddr/controller.h>
#include <lookaside/traffic/module/initiator.h>

namespace lookaside::testbench {

/// What a play amounts to.
struct Results {
  traffic::Played played;
  ddr::Totals totals;
  std::uint64_t end = 0;  ///< clock by which all commands have been issued
  /// Clocks from 0 until the last answer and, if writes are posted, the last beat; of a play that
  /// was stopped, until then. The totals are of this time, too.
  std::uint64_t clocks = 0;
};

/// A controller and the initiator in front of it. One a process: it is SystemC's whole design.
class Play {
 public:
  /// Throws what ddr::Controller and traffic::Player throw. `config.timing` chooses how:
  /// approximate goes through nb_transport, temporal through b_transport at local times.
  Play(const ddr::ControllerConfig& config, traffic::Source& source,
       const traffic::PlayerConfig& player);

  /// Every command of every channel, in order for each; before run().
  void on_command(const ddr::Controller::CommandCallback& callback);
  /// Before run().
  void on_refresh_rate(const ddr::Controller::RefreshCallback& callback) {
    controller_.on_refresh_rate(callback);
  }
  /// Called now and then; before run().
  void on_progress(std::function<void()> callback) { initiator_.on_progress(std::move(callback)); }

  /// To the end, or until stop(). Throws what the source throws.
  Results run();
  /// From on_progress's callback.
  void stop();

  const traffic::Played& played() const { return initiator_.player().played(); }
  std::uint64_t time_ps() const { return sc_core::sc_time_stamp().value(); }
  observe::StatisticGroup& statistics() { return controller_.statistics(); }

 private:
  traffic::InitiatorConfig initiator_config(const traffic::PlayerConfig& player) const;

  ddr::Clock clock_;
  ddr::Controller controller_;
  traffic::Initiator initiator_;
  std::uint64_t last_command_ = 0;
};

/// How the player sees the memory that `config` describes.
traffic::PlayerConfig player_config(const ddr::ControllerConfig& config, std::uint32_t outstanding,
                                    std::uint64_t gap);

}  // namespace lookaside::testbench
