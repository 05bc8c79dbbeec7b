// SPDX-License-Identifier: Apache-2.0
// Every rule the checker knows is broken once, by an initiator or a target that means to.
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>
#include <lookaside/protocol/checker.h>

#include "systemc_fixture.h"

namespace lookaside::tests {
namespace {

using protocol::Checker;
using sc_core::sc_time;
using tlm::tlm_dmi;
using Payload = tlm::tlm_generic_payload;

std::vector<std::string> reports;

void keep(const sc_core::sc_report& report, const sc_core::sc_actions&) {
  if (std::string(report.get_msg_type()) == protocol::kCheckerMessage) {
    reports.emplace_back(report.get_msg());
  }
}

class Target : public sc_core::sc_module {
 public:
  explicit Target(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_b_transport(this, &Target::transport);
    socket.register_get_direct_mem_ptr(this, &Target::lend);
    socket.register_transport_dbg(this, &Target::debug);
  }
  tlm_utils::simple_target_socket<Target, 64> socket;
  std::function<void(Payload&, sc_time&)> on_transport;
  std::function<bool(Payload&, tlm_dmi&)> on_dmi;
  std::function<unsigned(Payload&)> on_debug;
  unsigned char byte = 0;

 private:
  void transport(Payload& p, sc_time& delay) {
    p.set_response_status(tlm::TLM_OK_RESPONSE);
    if (on_transport) on_transport(p, delay);
  }
  bool lend(Payload& p, tlm_dmi& dmi) {
    dmi.set_dmi_ptr(&byte);
    dmi.allow_read_write();
    return on_dmi ? on_dmi(p, dmi) : true;
  }
  unsigned debug(Payload& p) { return on_debug ? on_debug(p) : p.get_data_length(); }
};

class Source : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Source);
  explicit Source(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_invalidate_direct_mem_ptr(this, &Source::invalidated);
    SC_THREAD(thread);
    SC_METHOD(method);
  }
  tlm_utils::simple_initiator_socket<Source, 64> socket;
  std::function<void()> in_thread;
  std::function<void()> in_method;
  std::function<void()> on_invalidate;
  unsigned invalidations = 0;

 private:
  void thread() {
    if (in_thread) in_thread();
  }
  void method() {
    if (in_method) in_method();
  }
  void invalidated(sc_dt::uint64, sc_dt::uint64) {
    ++invalidations;
    if (on_invalidate) on_invalidate();
  }
};

/// Gives references without ever freeing: the tests own their payloads.
class NoMemory : public tlm::tlm_mm_interface {
 public:
  void free(Payload*) override {}
};

class CheckerTest : public SystemCTest {
 protected:
  CheckerTest() : source("source"), checker("checker"), target("target") {
    reports.clear();
    sc_core::sc_report_handler::set_handler(keep);
    source.socket.bind(checker.target_socket);
    checker.initiator_socket.bind(target.socket);
  }
  ~CheckerTest() override { sc_core::sc_report_handler::set_handler(nullptr); }

  void prepare(Payload& p) {
    p.set_command(tlm::TLM_READ_COMMAND);
    p.set_address(0x100);
    p.set_data_ptr(data);
    p.set_data_length(8);
    p.set_streaming_width(8);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  /// Sends a payload that `change` made wrong.
  void transport(const std::function<void(Payload&)>& change = {}) {
    source.in_thread = [this, change] {
      Payload p;
      prepare(p);
      if (change) change(p);
      sc_time delay(5, sc_core::SC_NS);
      source.socket->b_transport(p, delay);
      clear_extensions(p);
    };
    sc_core::sc_start();
  }
  static void clear_extensions(Payload& p) {
    p.clear_extension(p.get_extension<protocol::AccessExtension>());
    p.clear_extension(p.get_extension<protocol::AtomicExtension>());
  }
  void dmi(bool stale = false) {
    source.in_thread = [this, stale] {
      Payload p;
      prepare(p);
      tlm_dmi d;
      if (stale) d.set_start_address(1);
      source.socket->get_direct_mem_ptr(p, d);
    };
    sc_core::sc_start();
  }
  void debug(const std::function<void(Payload&)>& change = {}) {
    source.in_thread = [this, change] {
      Payload p;
      prepare(p);
      if (change) change(p);
      source.socket->transport_dbg(p);
    };
    sc_core::sc_start();
  }
  void expect_one(const std::string& rule) {
    ASSERT_EQ(reports.size(), 1U) << ::testing::PrintToString(reports);
    EXPECT_THAT(reports[0], ::testing::StartsWith("checker: " + rule + ": "));
    EXPECT_EQ(checker.violations(), 1U);
    expect_reports(1);
  }

  Source source;
  Checker checker;
  Target target;
  unsigned char data[8] = {};
  unsigned char enables[8] = {};
  protocol::AccessExtension access;
  protocol::AtomicExtension atomic;
};

TEST_F(CheckerTest, PassesEverythingOnAndIsSilentWhenAllIsWell) {
  Payload* arrived = nullptr;
  target.on_transport = [&](Payload& p, sc_time& delay) {
    arrived = &p;
    EXPECT_EQ(p.get_address(), 0x100U);
    delay += sc_time(1, sc_core::SC_NS);
  };
  source.in_thread = [&] {
    Payload p;
    prepare(p);
    sc_time delay;
    source.socket->b_transport(p, delay);
    EXPECT_EQ(arrived, &p) << "the same payload, not a copy";
    EXPECT_EQ(delay, sc_time(1, sc_core::SC_NS));
    tlm_dmi d;
    EXPECT_TRUE(source.socket->get_direct_mem_ptr(p, d));
    EXPECT_EQ(d.get_dmi_ptr(), &target.byte);
    EXPECT_EQ(source.socket->transport_dbg(p), 8U);
    target.socket->invalidate_direct_mem_ptr(0, 10);
  };
  sc_core::sc_start();
  EXPECT_EQ(source.invalidations, 1U);
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(CheckerTest, NullDataPointer) {
  transport([](Payload& p) { p.set_data_ptr(nullptr); });
  expect_one("H-GP-01");
}
TEST_F(CheckerTest, IgnoreCommandNeedsNoData) {
  transport([](Payload& p) {
    p.set_command(tlm::TLM_IGNORE_COMMAND);
    p.set_data_ptr(nullptr);
    p.set_data_length(0);
  });
  EXPECT_TRUE(reports.empty());
}
TEST_F(CheckerTest, LengthZero) {
  transport([](Payload& p) { p.set_data_length(0); });
  expect_one("H-GP-01");
}
TEST_F(CheckerTest, ByteEnableLengthZero) {
  transport([&](Payload& p) { p.set_byte_enable_ptr(enables); });
  expect_one("H-GP-01");
}
TEST_F(CheckerTest, StreamingWidthZero) {
  transport([](Payload& p) { p.set_streaming_width(0); });
  expect_one("H-GP-01");
}
TEST_F(CheckerTest, HintSetByInitiator) {
  transport([](Payload& p) { p.set_dmi_allowed(true); });
  expect_one("H-GP-01");
}
TEST_F(CheckerTest, StatusPresetToOk) {
  transport([](Payload& p) { p.set_response_status(tlm::TLM_OK_RESPONSE); });
  expect_one("H-GP-01");
}
TEST_F(CheckerTest, OptionNotMinimum) {
  transport([](Payload& p) { p.set_gp_option(tlm::TLM_FULL_PAYLOAD); });
  expect_one("H-GP-01");
}
TEST_F(CheckerTest, ManagedWithoutReference) {
  NoMemory mm;
  transport([&](Payload& p) { p.set_mm(&mm); });
  expect_one("H-BT-06");
}
TEST_F(CheckerTest, CalledFromAMethod) {
  source.in_method = [&] {
    Payload p;
    prepare(p);
    sc_time delay;
    source.socket->b_transport(p, delay);
  };
  sc_core::sc_start();
  expect_one("H-BT-01");
}
TEST_F(CheckerTest, StatusLeftIncomplete) {
  target.on_transport = [](Payload& p, sc_time&) {
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  };
  transport();
  expect_one("H-BT-10");
}
TEST_F(CheckerTest, DelayShrinks) {
  target.on_transport = [](Payload&, sc_time& delay) { delay = sc_core::SC_ZERO_TIME; };
  transport();
  expect_one("H-BT-04");
}
TEST_F(CheckerTest, AWaitMayUseUpTheDelay) {
  target.on_transport = [](Payload&, sc_time& delay) {
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  };
  transport();
  EXPECT_TRUE(reports.empty());
}
TEST_F(CheckerTest, AddressNotRestored) {
  target.on_transport = [](Payload& p, sc_time&) { p.set_address(0x200); };
  transport();
  expect_one("H-GP-03");
}

TEST_F(CheckerTest, AttributesChangedByTheTarget) {
  static unsigned char other[8];
  const std::function<void(Payload&)> changes[] = {
      [](Payload& p) { p.set_command(tlm::TLM_WRITE_COMMAND); },
      [](Payload& p) { p.set_data_ptr(other); },
      [](Payload& p) { p.set_data_length(4); },
      [](Payload& p) { p.set_streaming_width(4); },
      [](Payload& p) { p.set_byte_enable_ptr(other); },
      [](Payload& p) { p.set_byte_enable_length(4); },
      [](Payload& p) { p.get_byte_enable_ptr()[0] ^= 0xFF; },
  };
  unsigned expected = 0;
  source.in_thread = [&] {
    for (const auto& change : changes) {
      target.on_transport = [&](Payload& p, sc_time&) { change(p); };
      Payload p;
      prepare(p);
      p.set_byte_enable_ptr(enables);
      p.set_byte_enable_length(8);
      sc_time delay;
      source.socket->b_transport(p, delay);
      ++expected;
      EXPECT_EQ(reports.size(), expected);
      EXPECT_THAT(reports.back(), ::testing::HasSubstr("H.1: the target changed"));
    }
  };
  sc_core::sc_start();
  expect_reports(static_cast<int>(expected));
}

TEST_F(CheckerTest, DataOfAWriteChanged) {
  target.on_transport = [](Payload& p, sc_time&) { p.get_data_ptr()[0] = 1; };
  transport([](Payload& p) { p.set_write(); });
  expect_one("H.1");
}
TEST_F(CheckerTest, AnAtomicReturnsTheOldValueInItsData) {
  target.on_transport = [](Payload& p, sc_time&) { p.get_data_ptr()[0] = 1; };
  transport([this](Payload& p) {
    p.set_write();
    p.set_extension(&atomic);
  });
  EXPECT_TRUE(reports.empty());
}
TEST_F(CheckerTest, ExtensionLeftBehind) {
  target.on_transport = [this](Payload& p, sc_time&) { p.set_extension(&access); };
  transport();
  expect_one("H-BT-07");
}
TEST_F(CheckerTest, MemoryManagerLeftBehind) {
  static NoMemory mm;
  target.on_transport = [](Payload& p, sc_time&) { p.set_mm(&mm); };
  transport();
  expect_one("H-BT-07");
}

TEST_F(CheckerTest, StaleDmiDescriptor) {
  dmi(true);
  expect_one("H-DMI-15");
}
TEST_F(CheckerTest, DmiAddressNotRestored) {
  target.on_dmi = [](Payload& p, tlm_dmi&) {
    p.set_address(0x101);
    return true;
  };
  dmi();
  expect_one("H-DMI-19");
}
TEST_F(CheckerTest, DmiRangeWithoutTheAddress) {
  target.on_dmi = [](Payload&, tlm_dmi& d) {
    d.set_start_address(0x101);
    return true;
  };
  dmi();
  expect_one("H-DMI-13");
}
TEST_F(CheckerTest, DmiGrantedWithoutPointer) {
  target.on_dmi = [](Payload&, tlm_dmi& d) {
    d.set_dmi_ptr(nullptr);
    return true;
  };
  dmi();
  expect_one("H-DMI-13");
}
TEST_F(CheckerTest, DmiGrantedForTheOtherCommand) {
  target.on_dmi = [](Payload&, tlm_dmi& d) {
    d.allow_write();
    return true;
  };
  dmi();
  expect_one("H-DMI-16");
}
TEST_F(CheckerTest, DmiWaits) {
  target.on_dmi = [](Payload&, tlm_dmi&) {
    sc_core::wait(1, sc_core::SC_NS);
    return true;
  };
  dmi();
  expect_one("H-DMI-12");
}
TEST_F(CheckerTest, DmiRequestInsideInvalidate) {
  source.on_invalidate = [this] {
    Payload p;
    prepare(p);
    tlm_dmi d;
    source.socket->get_direct_mem_ptr(p, d);
  };
  source.in_thread = [this] { target.socket->invalidate_direct_mem_ptr(0, 1); };
  sc_core::sc_start();
  expect_one("H-DMI-11");
}
TEST_F(CheckerTest, EmptyRangeInvalidated) {
  source.in_thread = [this] { target.socket->invalidate_direct_mem_ptr(2, 1); };
  sc_core::sc_start();
  expect_one("H-DMI-13");
}

TEST_F(CheckerTest, DebugWithoutData) {
  debug([](Payload& p) { p.set_data_ptr(nullptr); });
  expect_one("H-DBG-06");
}
TEST_F(CheckerTest, DebugMovesMoreThanAsked) {
  target.on_debug = [](Payload&) { return 9U; };
  debug();
  expect_one("H-DBG-03");
}
TEST_F(CheckerTest, DebugAddressNotRestored) {
  target.on_debug = [](Payload& p) {
    p.set_address(1);
    return 8U;
  };
  debug();
  expect_one("H-DBG-09");
}
TEST_F(CheckerTest, DebugWaits) {
  target.on_debug = [](Payload&) {
    sc_core::wait(1, sc_core::SC_NS);
    return 8U;
  };
  debug();
  expect_one("H-DBG-01");
}

}  // namespace
}  // namespace lookaside::tests
