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

namespace lookaside::tests {

/// Completes elaboration without moving time: a first, empty process keeps SystemC from warning.
struct Idle : sc_core::sc_module {
  SC_HAS_PROCESS(Idle);
  explicit Idle(sc_core::sc_module_name name) : sc_module(name) { SC_METHOD(run); }
  void run() {}
};
inline void elaborate() {
  Idle idle("idle");
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

/// Seed of a randomised test: printed, and taken from LOOKASIDE_SEED if that is set.
inline std::uint64_t seed(std::uint64_t fallback) {
  const char* text = std::getenv("LOOKASIDE_SEED");
  const std::uint64_t value = text != nullptr ? std::strtoull(text, nullptr, 0) : fallback;
  std::cout << "LOOKASIDE_SEED=" << value << "\n";
  return value;
}

struct Initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator, 64> socket;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> invalidated;
  explicit Initiator(sc_core::sc_module_name name) : sc_module(name), socket("socket") {
    socket.register_invalidate_direct_mem_ptr(this, &Initiator::invalidate);
  }
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
    invalidated.emplace_back(first, last);
  }
};

/// One end of an interrupt line: remembers each line's level and how often it was set.
struct InterruptRecorder : sc_core::sc_module, protocol::interrupt_if {
  std::map<unsigned, bool> level;
  unsigned calls = 0;
  explicit InterruptRecorder(sc_core::sc_module_name name) : sc_module(name) {}
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
