// SPDX-License-Identifier: Apache-2.0
// How a DMA-capable device reaches physical memory.
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm>

#include <lookaside/devices/memory.h>
#include <lookaside/protocol/access_extension.h>

namespace lookaside::devices {

/// Memory behind an initiator socket. A block becomes payloads that never cross a multiple of the
/// burst size, in address order, stopping at the first one refused; bytes before it have been
/// moved. Must be called from a thread process. Time adds up in `elapsed`, which the owner consumes
/// by wait(take_elapsed()).
class BusMaster : public Memory {
 public:
  /// `burst_bytes`: a power of two, at least 4. `index` says which device in AccessExtension::hart.
  BusMaster(tlm::tlm_initiator_socket<64>& socket, protocol::Requester requester,
            std::uint32_t index, std::uint32_t burst_bytes);

  bool read(std::uint64_t address, void* data, std::uint64_t bytes) override;
  bool write(std::uint64_t address, const void* data, std::uint64_t bytes) override;

  /// Address of the payload that was refused last.
  std::uint64_t error_address() const { return error_address_; }
  /// Time annotated since the last call.
  sc_core::sc_time take_elapsed();

 private:
  bool move(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
            std::uint64_t bytes);

  tlm::tlm_initiator_socket<64>& socket_;
  protocol::AccessExtension extension_;
  const std::uint32_t burst_bytes_;
  std::uint64_t error_address_ = 0;
  sc_core::sc_time elapsed_ = sc_core::SC_ZERO_TIME;
};

}  // namespace lookaside::devices
