// SPDX-License-Identifier: Apache-2.0
// What the registers of a DDR controller command: refresh, error correction, injected errors.
#pragma once

#include <cstdint>
#include <functional>

#include <systemc>

#include <lookaside/ddr/controller.h>
#include <lookaside/ddr/protection.h>
#include <lookaside/dram/rounds.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/ddr_control_if.h>

namespace lookaside::ddr {

struct ControlConfig {
  bool ecc = false;        ///< the code is on from the beginning
  std::uint64_t seed = 1;  ///< of the cells that lose their charge first
};

/// Stands beside a Controller, whose data it guards. Processes: one method, the patrol scrubber,
/// which is woken only where it would find a wrong word: an undamaged memory costs nothing. The
/// scrubber's own reads take no time on the DRAM's buses. A round visits memory in rising order,
/// evenly over the period.
///
/// With refresh off, a round keeps alive what it comes by in time, and finds what it comes by too
/// late. It is woken for that only where something is lost, and once a round that is longer than
/// the refresh window.
///
/// With refresh off, cells hold their charge while memory is in self-refresh: all of it, since only
/// the controller's idle time as a whole is known. A rank that sleeps while another is used counts
/// as awake.
class Control : public sc_core::sc_module, public protocol::ddr_control_if {
 public:
  sc_core::sc_export<protocol::ddr_control_if> control;

  /// `controller` must outlive this.
  Control(const sc_core::sc_module_name& name, Controller& controller, const ControlConfig& config);

  observe::StatisticGroup& statistics() { return statistics_; }

  protocol::DdrMode mode() const override;
  protocol::DdrCounters counters() override;
  protocol::DdrProtectionMode protection() const override;
  void set_protection(const protocol::DdrProtectionMode& mode, std::uint64_t time_ps) override;
  void set_patrol_period(std::uint64_t period_ps, std::uint64_t time_ps) override;
  bool inject(std::uint64_t address, std::uint64_t data_mask, std::uint8_t check_mask) override;
  protocol::DdrErrorCounts error_counts() const override;
  void on_error(std::function<void(const protocol::DdrError&)> listener) override;
  unsigned refresh_rate() const override { return refresh_rate_; }
  void set_refresh_rate(unsigned rate, std::uint64_t time_ps) override;

 private:
  void found(const EccError& error);
  void deny(bool denied);
  void patrol();
  void plan_patrol();
  void begin_round(std::uint64_t time_ps);
  void tell_rounds(std::uint64_t time_ps);
  void tell_sleep(std::uint64_t time_ps);
  std::uint64_t visit_ps(std::uint64_t word) const;
  std::uint64_t next_place() const;
  void register_statistics();

  Controller& controller_;
  Protection protection_;
  bool patrolling_ = false;
  dram::Rounds rounds_;
  std::uint64_t patrolled_ps_ = 0;  ///< words due until then have been visited
  unsigned refresh_rate_;
  std::function<void(const protocol::DdrError&)> listener_;
  sc_core::sc_event patrol_due_;

  observe::StatisticGroup statistics_;
  observe::Scalar corrected_, uncorrectable_, scrubbed_, injected_, decayed_;
};

}  // namespace lookaside::ddr
