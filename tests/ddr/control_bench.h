// SPDX-License-Identifier: Apache-2.0
// A DDR controller with what guards its memory, and an initiator.
#pragma once

#include <memory>
#include <vector>

#include <lookaside/ddr/control.h>
#include <lookaside/dram/retention.h>

#include "nb_system.h"

namespace lookaside::ddr {

inline constexpr std::uint64_t kSecond = 1'000'000'000'000;  // ps
/// The refresh window: 8192 tREFI of 9360 clocks of 2500/3 ps.
inline constexpr std::uint64_t kWindow = std::uint64_t{8192} * 9360 * 2500 / 3;
inline constexpr std::uint64_t kGranule = dram::Retention::kGranuleBytes;

class ControlTest : public tests::SystemCTest {
 protected:
  void build(const ControllerConfig& controller = NbSystem::small(),
             const ControlConfig& config = {}) {
    ddr = std::make_unique<Controller>("ddr", controller);
    control = std::make_unique<Control>("control", *ddr, config);
    master = std::make_unique<tests::Master>("master");
    master->socket.bind(ddr->socket);
    master->payload.set_extension(&access);
    access.requester = protocol::Requester::kHartData;
    control->on_error([this](const protocol::DdrError& error) { errors.push_back(error); });
    tests::elaborate();
  }
  ~ControlTest() override {
    if (master != nullptr) master->payload.clear_extension(&access);
  }
  /// Reads every word of memory at a local time.
  void read_all(std::uint64_t time_ps) {
    for (std::uint64_t offset = 0; offset < kBytes; offset += 8) {
      master->delay = sc_core::sc_time::from_value(time_ps - sc_core::sc_time_stamp().value());
      master->read(kBase + offset, 8);
    }
  }

  std::uint64_t atomic(protocol::AtomicOp op, std::uint64_t address, unsigned bytes,
                       std::uint64_t operand = 0) {
    protocol::AtomicExtension extension;
    extension.op = op;
    extension.operand = operand;
    master->payload.set_extension(&extension);
    if (op == protocol::AtomicOp::kLoadReserved) {
      master->read(address, bytes);
    } else {
      master->write(address, bytes, operand);
    }
    master->payload.clear_extension(&extension);
    succeeded = extension.succeeded;
    return extension.result;
  }

  std::unique_ptr<Controller> ddr;
  std::unique_ptr<Control> control;
  std::unique_ptr<tests::Master> master;
  protocol::AccessExtension access;
  std::vector<protocol::DdrError> errors;
  bool succeeded = false;  ///< the last atomic
};

inline ControlConfig with_ecc() {
  ControlConfig config;
  config.ecc = true;
  return config;
}

}  // namespace lookaside::ddr
