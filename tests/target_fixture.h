// SPDX-License-Identifier: Apache-2.0
// What tests of TLM targets share: an initiator, a sink of signals, a reader of statistics.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <systemc_fixture.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/interrupt_if.h>

#include "seed.h"

namespace lookaside::tests {

/// Completes elaboration without moving time: a first, empty process keeps SystemC from warning.
struct Idle : sc_core::sc_module {
  SC_HAS_PROCESS(Idle);
  explicit Idle(const sc_core::sc_module_name& name) : sc_module(name) { SC_METHOD(run); }
  void run() {}
};
inline void elaborate() {
  Idle idle("idle");
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

struct Initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator, 64> socket;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> invalidated;
  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_invalidate_direct_mem_ptr(this, &Initiator::invalidate);
  }
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
    invalidated.emplace_back(first, last);
  }
};

/// An initiator for register accesses of up to eight bytes.
struct Master : Initiator {
  using Initiator::Initiator;
  tlm::tlm_generic_payload payload;
  sc_core::sc_time delay;  ///< local time; accumulates
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;

  std::uint64_t read(std::uint64_t address, unsigned bytes) {
    return access(tlm::TLM_READ_COMMAND, address, bytes, 0);
  }
  tlm::tlm_response_status write(std::uint64_t address, unsigned bytes, std::uint64_t value) {
    access(tlm::TLM_WRITE_COMMAND, address, bytes, value);
    return status;
  }
  tlm::tlm_response_status read_status(std::uint64_t address, unsigned bytes) {
    read(address, bytes);
    return status;
  }
  /// Debug read; `done` receives the bytes moved.
  std::uint64_t peek(std::uint64_t address, unsigned bytes, unsigned* done = nullptr) {
    std::uint64_t value = 0;
    prepare(tlm::TLM_READ_COMMAND, address, bytes, value);
    const unsigned moved = socket->transport_dbg(payload);
    if (done != nullptr) *done = moved;
    return value;
  }
  unsigned poke(std::uint64_t address, unsigned bytes, std::uint64_t value) {
    prepare(tlm::TLM_WRITE_COMMAND, address, bytes, value);
    return socket->transport_dbg(payload);
  }

 private:
  void prepare(tlm::tlm_command command, std::uint64_t address, unsigned bytes,
               std::uint64_t& value) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  std::uint64_t access(tlm::tlm_command command, std::uint64_t address, unsigned bytes,
                       std::uint64_t value) {
    prepare(command, address, bytes, value);
    socket->b_transport(payload, delay);
    status = payload.get_response_status();
    return value;
  }
};

/// One end of an interrupt line: remembers each line's level and how often it was set.
struct InterruptRecorder : sc_core::sc_module, protocol::interrupt_if {
  std::map<unsigned, bool> level;
  unsigned calls = 0;
  explicit InterruptRecorder(const sc_core::sc_module_name& name) : sc_module(name) {}
  void set_interrupt(unsigned line, bool value) override {
    level[line] = value;
    ++calls;
  }
};

/// Collects vectors and scalars by "path.name".
struct Collector : observe::StatisticVisitor {
  std::map<std::string, std::uint64_t> values;
  void scalar(const std::string& path, const observe::Description& d, std::uint64_t v) override {
    values[path + "." + d.name] = v;
  }
  void derived(const std::string&, const observe::Description&, double) override {}
  void vector(const std::string& path, const observe::Description& d,
              const observe::Vector& v) override {
    for (std::size_t i = 0; i < v.labels.size(); ++i) {
      values[path + "." + d.name + "." + v.labels[i]] = v.values[i];
    }
  }
  void histogram(const std::string&, const observe::Description&,
                 const observe::Histogram&) override {}
  void absent(const std::string&, const observe::Description&, const std::string&) override {}
};

struct Event {
  std::string signal;
  std::uint64_t time;
  std::uint64_t value;
  bool operator==(const Event& o) const {
    return signal == o.signal && time == o.time && value == o.value;
  }
};
struct Sink : observe::SignalSink {
  std::vector<observe::SignalDescription> declared;
  std::vector<Event> events;
  observe::SignalId declare(const observe::SignalDescription& d) override {
    declared.push_back(d);
    return static_cast<observe::SignalId>(declared.size() - 1);
  }
  void emit(observe::SignalId id, std::uint64_t time, std::uint64_t value) override {
    events.push_back({declared[id].name, time, value});
  }
  void emit_text(observe::SignalId, std::uint64_t, std::string_view) override {}
};

/// The figure named "path.name", or "path.name.label"; fails the test if there is none.
inline std::uint64_t statistic(const observe::StatisticGroup& group, const std::string& name) {
  Collector collector;
  group.visit(collector);
  EXPECT_EQ(collector.values.count(name), 1U) << name;
  return collector.values[name];
}

}  // namespace lookaside::tests
