// SPDX-License-Identifier: Apache-2.0
// Boot ROM.
#pragma once

#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>

namespace lookaside::devices {

struct RomConfig {
  std::uint64_t size = 0xF000;        ///< bytes
  std::uint64_t latency_ps = 20'000;  ///< of every read, with and without DMI
};

/// Models a read-only memory with a constant latency. Reads of any length, byte enables and
/// streaming included; a write or an atomic is TLM_COMMAND_ERROR_RESPONSE; bytes beyond the end
/// TLM_ADDRESS_ERROR_RESPONSE. DMI: all of it, read only. Debug writes are refused (0 bytes). It
/// counts nothing: reads may bypass it through a pointer.
class Rom : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Rom, 64> socket;

  Rom(const sc_core::sc_module_name& name, const RomConfig& config = {},
      observe::SignalSink* sink = nullptr);

  /// Puts `content` at `offset`; the rest stays zero. Call it before simulation starts. Throws
  /// DeviceSetupError if it does not fit.
  void load(std::uint64_t offset, const std::vector<std::uint8_t>& content);

  observe::StatisticGroup& statistics() { return statistics_; }

 private:
  using Payload = tlm::tlm_generic_payload;

  bool contains(std::uint64_t address, std::uint64_t bytes) const;
  void b_transport(Payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(Payload& payload);

  std::vector<std::uint8_t> content_;
  sc_core::sc_time latency_;
  observe::StatisticGroup statistics_;
};

}  // namespace lookaside::devices
