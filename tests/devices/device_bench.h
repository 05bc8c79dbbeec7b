// SPDX-License-Identifier: Apache-2.0
// What a device under test is connected to: a script that plays the CPU, a flat memory, a line.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/interrupt_if.h>

#include "seed.h"
#include "systemc_fixture.h"

namespace lookaside::tests {

/// Random numbers from an engine whose sequence the C++ standard fixes.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t bits() { return engine_(); }
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

/// RAM at [base, base + size); everything else, and [bad_first, bad_last], is refused.
class FlatMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<FlatMemory, 64> socket{"socket"};
  std::uint64_t base;
  std::vector<std::uint8_t> bytes;
  std::uint64_t bad_first = 1;
  std::uint64_t bad_last = 0;
  std::uint64_t latency_ns = 20;
  std::vector<protocol::Requester> requesters;  ///< of all payloads
  std::uint64_t burst_bytes = 64;               ///< no payload may cross a multiple of it
  std::function<void(const tlm::tlm_generic_payload&)> watch;

  FlatMemory(const sc_core::sc_module_name& name, std::uint64_t base_address, std::size_t size)
      : sc_module(name), base(base_address), bytes(size) {
    socket.register_b_transport(this, &FlatMemory::b_transport);
  }
  template <typename T>
  T get(std::uint64_t address) const {
    T value{};
    std::memcpy(&value, &bytes.at(address - base + sizeof(T) - 1) - (sizeof(T) - 1), sizeof(T));
    return value;
  }
  template <typename T>
  void put(std::uint64_t address, T value) {
    std::memcpy(&bytes.at(address - base + sizeof(T) - 1) - (sizeof(T) - 1), &value, sizeof(T));
  }
  void fill_random(Random& random) {
    for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(random.bits());
  }
  bool has(std::uint64_t address, std::uint64_t length) const {
    const bool inside =
        address >= base && length <= bytes.size() && address - base <= bytes.size() - length;
    return inside && !(address <= bad_last && address + length - 1 >= bad_first);
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const auto* access = payload.get_extension<protocol::AccessExtension>();
    requesters.push_back(access != nullptr ? access->requester : protocol::Requester::kUnknown);
    delay += sc_core::sc_time(static_cast<double>(latency_ns), sc_core::SC_NS);
    const std::uint64_t length = payload.get_data_length();
    EXPECT_EQ(payload.get_address() / burst_bytes,
              (payload.get_address() + length - 1) / burst_bytes)
        << "crosses a burst: " << payload.get_address() << " + " << length;
    if (watch) watch(payload);
    if (!has(payload.get_address(), length)) {
      return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    std::uint8_t* here = bytes.data() + (payload.get_address() - base);
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), here, length);
    if (payload.is_write()) std::memcpy(here, payload.get_data_ptr(), length);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

/// An interrupt controller that only remembers.
class LineRecorder : public sc_core::sc_module, public protocol::interrupt_if {
 public:
  explicit LineRecorder(const sc_core::sc_module_name& name) : sc_module(name) {}
  void set_interrupt(unsigned line, bool level) override {
    if (level && !high) {
      ++rises;
      rose_at = sc_core::sc_time_stamp();
      rose.notify(sc_core::SC_ZERO_TIME);
    }
    last_line = line;
    high = level;
  }
  bool high = false;
  unsigned last_line = 0;
  unsigned rises = 0;
  sc_core::sc_time rose_at;
  sc_core::sc_event rose;
};

/// Runs a script in a thread and lets it load and store. With `ahead` the script's local time runs
/// ahead of the simulated time, as a hart's does.
class ScriptedCpu : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<ScriptedCpu, 64> socket{"socket"};
  std::function<void()> script;
  sc_core::sc_time ahead = sc_core::SC_ZERO_TIME;
  bool finished = false;

  explicit ScriptedCpu(const sc_core::sc_module_name& name) : sc_module(name) { SC_THREAD(run); }
  SC_HAS_PROCESS(ScriptedCpu);

  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                  unsigned length) {
    tlm::tlm_generic_payload payload;
    prepare(payload, command, address, data, length);
    sc_core::sc_time delay = ahead;
    socket->b_transport(payload, delay);
    EXPECT_GE(delay, ahead) << "delay may only grow";
    return payload.get_response_status();
  }
  tlm::tlm_response_status try_read(std::uint64_t address, unsigned length) {
    std::vector<std::uint8_t> data(length);
    return access(tlm::TLM_READ_COMMAND, address, data.data(), length);
  }
  template <typename T = std::uint32_t>
  T read(std::uint64_t address) {
    T value{};
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address, &value, sizeof value), tlm::TLM_OK_RESPONSE)
        << "read of " << std::hex << address;
    return value;
  }
  template <typename T = std::uint32_t>
  void write(std::uint64_t address, T value) {
    EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value), tlm::TLM_OK_RESPONSE)
        << "write of " << std::hex << address;
  }
  unsigned debug(tlm::tlm_command command, std::uint64_t address, void* data, unsigned length) {
    tlm::tlm_generic_payload payload;
    prepare(payload, command, address, data, length);
    return socket->transport_dbg(payload);
  }
  void sleep_ns(double ns) { wait(sc_core::sc_time(ns, sc_core::SC_NS)); }
  /// Waits for `condition`, at most `limit_us` of simulated time.
  bool poll(const std::function<bool()>& condition, unsigned limit_us = 1'000'000) {
    for (unsigned i = 0; i < limit_us * 10 && !condition(); ++i) sleep_ns(100);
    return condition();
  }

 private:
  static void prepare(tlm::tlm_generic_payload& payload, tlm::tlm_command command,
                      std::uint64_t address, void* data, unsigned length) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  void run() {
    script();
    finished = true;
    sc_core::sc_stop();
  }
};

/// What must be true of every register device: answers to accesses that no register has.
inline void expect_malformed_refused(ScriptedCpu& cpu, std::uint64_t register_offset,
                                     std::uint64_t hole) {
  EXPECT_EQ(cpu.try_read(register_offset, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(cpu.try_read(register_offset, 2), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(cpu.try_read(register_offset, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(cpu.try_read(register_offset + 2, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(cpu.try_read(hole, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(cpu.try_read(0x1000, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(cpu.try_read(~std::uint64_t{3}, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

}  // namespace lookaside::tests
