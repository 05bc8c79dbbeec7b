// SPDX-License-Identifier: Apache-2.0
// A trivial TLM memory for tests of the hart module: physical addresses, constant latency, atomics.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::tests {

/// 1 MiB at 0x8000_0000 behind two sockets. A store to kDeviceAddress calls `device` instead.
class MemoryTarget : public sc_core::sc_module {
 public:
  static constexpr std::uint64_t kBase = 0x80000000;
  static constexpr std::uint64_t kSize = 1 << 20;
  static constexpr std::uint64_t kDeviceAddress = 0x10000000;

  tlm_utils::simple_target_socket<MemoryTarget, 64> fetch_socket;
  tlm_utils::simple_target_socket<MemoryTarget, 64> data_socket;
  /// One payload as it arrived.
  struct Seen {
    translation::Access access;
    protocol::Requester requester;
    std::uint64_t address;
    unsigned bytes;
    std::uint64_t pc;
    bool atomic;
    bool write;
    bool pristine;  ///< status, DMI hint, streaming width and byte enables as the protocol wants
                    ///< them
  };
  std::vector<Seen> seen;
  bool acknowledge = true;  ///< executes atomics
  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(kSize, 0);
  sc_core::sc_time latency = sc_core::SC_ZERO_TIME;
  /// Gets the value stored and the absolute time of the store.
  std::function<void(std::uint64_t value, const sc_core::sc_time& when)> device;

  explicit MemoryTarget(const sc_core::sc_module_name& name)
      : sc_module(name), fetch_socket("fetch_socket"), data_socket("data_socket") {
    fetch_socket.register_b_transport(this, &MemoryTarget::serve);
    data_socket.register_b_transport(this, &MemoryTarget::serve);
  }

  void load(std::uint64_t address, std::initializer_list<std::uint32_t> words) {
    for (const std::uint32_t word : words) {
      std::memcpy(&memory.at(address - kBase), &word, sizeof word);
      address += sizeof word;
    }
  }

 private:
  /// Every reservation holds: what is tested is the hart.
  static void execute(protocol::AtomicExtension& atomic, std::uint8_t* host, unsigned bytes) {
    std::memcpy(&atomic.result, host, bytes);
    atomic.acknowledged = true;
    atomic.succeeded = atomic.op == protocol::AtomicOp::kStoreConditional;
    if (atomic.op == protocol::AtomicOp::kLoadReserved) return;
    const std::uint64_t stored =
        atomic.succeeded ? atomic.operand
                         : protocol::apply(atomic.op, atomic.result, atomic.operand, bytes);
    std::memcpy(host, &stored, bytes);
  }
  void note(const tlm::tlm_generic_payload& payload) {
    const auto* access = payload.get_extension<protocol::AccessExtension>();
    const bool atomic = payload.get_extension<protocol::AtomicExtension>() != nullptr;
    const bool pristine = payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE &&
                          !payload.is_dmi_allowed() && payload.get_byte_enable_ptr() == nullptr &&
                          payload.get_streaming_width() == payload.get_data_length();
    seen.push_back({access->access, access->requester, payload.get_address(),
                    payload.get_data_length(), access->pc, atomic, payload.is_write(), pristine});
  }

  void serve(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t address = payload.get_address();
    const unsigned bytes = payload.get_data_length();
    delay += latency;
    note(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (address == kDeviceAddress && payload.is_write() && device) {
      std::uint64_t value = 0;
      std::memcpy(&value, payload.get_data_ptr(), bytes);
      device(value, sc_core::sc_time_stamp() + delay);
    } else if (address < kBase || address - kBase > kSize - bytes) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else if (auto* atomic = payload.get_extension<protocol::AtomicExtension>()) {
      if (!acknowledge) return;
      execute(*atomic, &memory[address - kBase], bytes);
    } else if (payload.is_write()) {
      std::memcpy(&memory[address - kBase], payload.get_data_ptr(), bytes);
    } else {
      std::memcpy(payload.get_data_ptr(), &memory[address - kBase], bytes);
    }
  }
};

}  // namespace lookaside::tests
