// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/devices/bus_master.h>
#include <lookaside/devices/device_setup_error.h>

namespace lookaside::devices {

BusMaster::BusMaster(tlm::tlm_initiator_socket<64>& socket, protocol::Requester requester,
                     std::uint32_t index, std::uint32_t burst_bytes)
    : socket_(socket), burst_bytes_(burst_bytes) {
  checked_power_of_two(socket.get_parent_object()->basename(), "burst_bytes", burst_bytes, 4, 4096);
  extension_.requester = requester;
  extension_.hart = index;
}

bool BusMaster::read(std::uint64_t address, void* data, std::uint64_t bytes) {
  return move(tlm::TLM_READ_COMMAND, address, static_cast<std::uint8_t*>(data), bytes);
}

bool BusMaster::write(std::uint64_t address, const void* data, std::uint64_t bytes) {
  // A target never changes the data array of a write (H-GP, clause 14.7).
  auto* bytes_to_send = const_cast<std::uint8_t*>(static_cast<const std::uint8_t*>(data));
  return move(tlm::TLM_WRITE_COMMAND, address, bytes_to_send, bytes);
}

sc_core::sc_time BusMaster::take_elapsed() {
  const sc_core::sc_time elapsed = elapsed_;
  elapsed_ = sc_core::SC_ZERO_TIME;
  return elapsed;
}

bool BusMaster::move(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
                     std::uint64_t bytes) {
  using translation::Access;
  extension_.access = command == tlm::TLM_READ_COMMAND ? Access::kLoad : Access::kStore;
  while (bytes > 0) {
    const std::uint64_t room = burst_bytes_ - (address & (burst_bytes_ - 1));
    const auto length = static_cast<unsigned>(std::min(bytes, room));
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data);
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    payload.set_extension(&extension_);
    socket_->b_transport(payload, elapsed_);
    payload.clear_extension(&extension_);
    if (!payload.is_response_ok()) {
      error_address_ = address;
      return false;
    }
    address += length;
    data += length;
    bytes -= length;
  }
  return true;
}

}  // namespace lookaside::devices
