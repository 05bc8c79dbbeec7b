// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <string>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/rom.h>
#include <lookaside/protocol/atomic_extension.h>
#include <lookaside/protocol/time.h>

namespace lookaside::devices {

Rom::Rom(const sc_core::sc_module_name& name, const RomConfig& config,
         observe::SignalSink* /*sink*/)
    : sc_module(name),
      socket("socket"),
      content_(config.size),
      latency_(protocol::from_ps(config.latency_ps)),
      statistics_(basename()) {
  socket.register_b_transport(this, &Rom::b_transport);
  socket.register_get_direct_mem_ptr(this, &Rom::get_direct_mem_ptr);
  socket.register_transport_dbg(this, &Rom::transport_dbg);
  statistics_.add_absent({"reads", "accesses", "reads of the ROM"},
                         "they may bypass the ROM through a pointer");
}

void Rom::load(std::uint64_t offset, const std::vector<std::uint8_t>& content) {
  if (offset > content_.size() || content.size() > content_.size() - offset) {
    throw DeviceSetupError("rom: content of " + std::to_string(content.size()) +
                           " bytes at offset " + std::to_string(offset) +
                           " does not fit a ROM of " + std::to_string(content_.size()) + " bytes");
  }
  std::copy(content.begin(), content.end(), content_.begin() + static_cast<std::ptrdiff_t>(offset));
}

bool Rom::contains(std::uint64_t address, std::uint64_t bytes) const {
  return address < content_.size() && bytes <= content_.size() - address;
}

void Rom::b_transport(Payload& payload, sc_core::sc_time& delay) {
  delay += latency_;
  const std::uint64_t length = payload.get_data_length();
  const std::uint64_t width = payload.get_streaming_width();
  const std::uint64_t address = payload.get_address();
  if (payload.is_write() || payload.get_extension<protocol::AtomicExtension>() != nullptr) {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  } else if (payload.get_data_ptr() == nullptr || length == 0 || width == 0) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  } else if (!contains(address, std::min(length, width))) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  } else {
    const std::uint8_t* enables = payload.get_byte_enable_ptr();
    const std::uint64_t period = std::max(1U, payload.get_byte_enable_length());
    for (std::uint64_t i = 0; payload.is_read() && i < length; ++i) {
      if (enables != nullptr && enables[i % period] != TLM_BYTE_ENABLED) continue;
      payload.get_data_ptr()[i] = content_[address + i % width];
    }
    payload.set_dmi_allowed(true);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
}

bool Rom::get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  dmi.set_start_address(0);
  dmi.set_end_address(content_.size() - 1);
  if (payload.is_write() || !contains(payload.get_address(), 1)) return false;
  dmi.set_dmi_ptr(content_.data());
  dmi.allow_read();
  dmi.set_read_latency(latency_);
  dmi.set_write_latency(latency_);
  return true;
}

unsigned Rom::transport_dbg(Payload& payload) {
  const std::uint64_t address = payload.get_address();
  if (!payload.is_read() || payload.get_data_ptr() == nullptr || !contains(address, 1)) return 0;
  const auto bytes = static_cast<unsigned>(
      std::min<std::uint64_t>(payload.get_data_length(), content_.size() - address));
  std::memcpy(payload.get_data_ptr(), content_.data() + address, bytes);
  return bytes;
}

}  // namespace lookaside::devices
