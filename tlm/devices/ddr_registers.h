// SPDX-License-Identifier: Apache-2.0
// The registers of the DDR controller: counters, refresh, error correction and its log.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include <systemc>

#include <lookaside/devices/register_target.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/ddr_control_if.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

/// Models: the register block beside a DDR controller, which it commands through `control`. Shape:
/// registers at `socket`, a log of the first 16 errors not yet popped, level interrupt = any
/// enabled bit of IRQ_STATUS. Counters of 64 bits are read as two words out of a snapshot, so that
/// both halves belong together. Errors: an injection where no memory is sets INJECT_FAILED, an
/// error that finds the log full LOG_OVERFLOW; an undefined refresh rate, or a patrol period of 0,
/// is ignored. Processes: none.
class DdrRegisters : public RegisterTarget {
 public:
  struct Config {
    unsigned irq_line = 15;
    std::uint64_t access_ns = 10;  ///< one access to a register
  };
  static constexpr std::size_t kLogDepth = 16;

  sc_core::sc_port<protocol::ddr_control_if> control;
  sc_core::sc_port<protocol::interrupt_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;

  DdrRegisters(const sc_core::sc_module_name& name, const Config& config);

 private:
  void end_of_elaboration() override;
  std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) override;
  void write_register(unsigned id, std::uint32_t value, const AccessTime& when) override;
  std::uint32_t read_log(unsigned id) const;
  std::uint32_t mode() const;
  void write_control(std::uint32_t value, const AccessTime& when);
  void inject();
  void found(const protocol::DdrError& error);
  void update();

  const Config config_;
  protocol::DdrCounters snapshot_{};
  std::deque<protocol::DdrError> log_;
  std::uint32_t irq_status_ = 0;
  std::uint32_t irq_enable_ = 0;
  std::uint32_t patrol_period_us_;
  std::uint64_t inject_address_ = 0;
  std::uint64_t inject_data_ = 0;
  std::uint8_t inject_check_ = 0;
};

const RegisterMap& ddr_registers();

}  // namespace lookaside::devices
