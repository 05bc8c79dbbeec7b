// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <string>
#include <target_fixture.h>
#include <vector>

#include <gmock/gmock.h>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/bus/router.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::bus {
namespace {

using protocol::Requester;
using sc_core::SC_PS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;
using tlm::tlm_generic_payload;

/// A memory that remembers the address it was last called with.
struct Target : sc_core::sc_module {
  tlm_utils::simple_target_socket<Target, 64> socket;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint64_t> addresses;
  bool grant = true;
  std::uint64_t grant_first = 0;
  std::uint64_t grant_last = 0;

  Target(const sc_core::sc_module_name& name, std::size_t size)
      : sc_module(name), socket("socket"), bytes(size), grant_last(size - 1) {
    socket.register_b_transport(this, &Target::b_transport);
    socket.register_get_direct_mem_ptr(this, &Target::get_direct_mem_ptr);
    socket.register_transport_dbg(this, &Target::transport_dbg);
  }
  void b_transport(tlm_generic_payload& payload, sc_time& delay) {
    addresses.push_back(payload.get_address());
    delay += sc_time(300, SC_PS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  bool get_direct_mem_ptr(tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    addresses.push_back(payload.get_address());
    dmi.set_start_address(grant_first);
    dmi.set_end_address(grant_last);
    dmi.set_dmi_ptr(bytes.data() + grant_first);
    dmi.set_read_latency(sc_time(20, SC_PS));
    dmi.set_write_latency(sc_time(30, SC_PS));
    if (grant) dmi.allow_read_write();
    return grant;
  }
  unsigned transport_dbg(tlm_generic_payload& payload) {
    const std::uint64_t room = bytes.size() - payload.get_address();
    const auto length =
        static_cast<unsigned>(std::min<std::uint64_t>(room, payload.get_data_length()));
    std::uint8_t* memory = bytes.data() + payload.get_address();
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), memory, length);
    if (payload.is_write()) std::memcpy(memory, payload.get_data_ptr(), length);
    return length;
  }
};

/// Map: [0x1000, 0x1FFF] device "a"; [0x2000, 0x2FFF] device "b"; "ram" at [0x8000, 0xBFFF], whose
/// second half shows up once more at [0x10000, 0x11FFF].
using tests::Event;
using tests::Initiator;

class RouterTest : public tests::SystemCTest {
 protected:
  RouterTest()
      : cpu("cpu"),
        dma("dma"),
        bus("bus", RouterConfig{100}, &sink),
        a("a", 0x1000),
        b("b", 0x1000),
        ram("ram", 0x4000) {
    cpu.socket.bind(bus.target_socket);
    dma.socket.bind(bus.target_socket);
    bus.attach("a", TargetKind::kDevice, a.socket, 0x1000, 0x1000);
    bus.attach("b", TargetKind::kDevice, b.socket, 0x2000, 0x1000);
    const unsigned memory = bus.attach("ram", TargetKind::kMemory, ram.socket, 0x8000, 0x4000);
    bus.map(memory, 0x10000, 0x2000, 0x2000);
    tests::elaborate();
  }

  tlm_generic_payload& payload(std::uint64_t address, unsigned bytes,
                               tlm::tlm_command command = tlm::TLM_READ_COMMAND) {
    payload_.set_command(command);
    payload_.set_address(address);
    payload_.set_data_ptr(data);
    payload_.set_data_length(bytes);
    payload_.set_streaming_width(bytes);
    payload_.set_byte_enable_ptr(nullptr);
    payload_.set_dmi_allowed(false);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    return payload_;
  }
  tlm::tlm_response_status access(std::uint64_t address, unsigned bytes) {
    delay = SC_ZERO_TIME;
    cpu.socket->b_transport(payload(address, bytes), delay);
    EXPECT_EQ(payload_.get_address(), address) << "H-GP-03: the address comes back";
    return payload_.get_response_status();
  }
  std::uint64_t statistic(const std::string& name) {
    return tests::statistic(bus.statistics(), name);
  }

  tests::Sink sink;
  Initiator cpu;
  Initiator dma;
  Router bus;
  Target a;
  Target b;
  Target ram;
  tlm_generic_payload payload_;
  std::uint8_t data[0x4000] = {};
  sc_time delay;
};

TEST_F(RouterTest, SubtractsTheBaseAndAddsItsLatency) {
  EXPECT_EQ(access(0x1004, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(delay, sc_time(400, SC_PS));
  EXPECT_EQ(access(0x2FFF, 1), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(access(0x8010, 8), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(access(0x10010, 8), tlm::TLM_OK_RESPONSE);
  EXPECT_THAT(a.addresses, testing::ElementsAre(4));
  EXPECT_THAT(b.addresses, testing::ElementsAre(0xFFF));
  EXPECT_THAT(ram.addresses, testing::ElementsAre(0x10, 0x2010));
}

TEST_F(RouterTest, HolesAndCrossingsAreAddressErrorsAndReachNobody) {
  for (const auto& [address, bytes] :
       std::vector<std::pair<std::uint64_t, unsigned>>{{0x0, 4},
                                                       {0xFFE, 4},
                                                       {0x1FFE, 4},
                                                       {0x2FFE, 4},
                                                       {0x3000, 1},
                                                       {0x7FFF, 2},
                                                       {0xBFFC, 8},
                                                       {~std::uint64_t{0}, 1},
                                                       {~std::uint64_t{0} - 3, 8}}) {
    EXPECT_EQ(access(address, bytes), tlm::TLM_ADDRESS_ERROR_RESPONSE) << std::hex << address;
  }
  EXPECT_TRUE(a.addresses.empty() && b.addresses.empty() && ram.addresses.empty());
  EXPECT_EQ(statistic("bus.address_errors"), 9U);
}

TEST_F(RouterTest, OnlyTheBytesInsideTheStreamingWidthCount) {
  payload(0x1FFC, 16).set_streaming_width(4);
  cpu.socket->b_transport(payload_, delay);
  EXPECT_EQ(payload_.get_response_status(), tlm::TLM_OK_RESPONSE);
}

TEST_F(RouterTest, RefusesOverlapsAndUnknownTargetsByName) {
  EXPECT_THROW(bus.map(0, 0x2800, 0x1000), RouterError);
  EXPECT_THROW(bus.map(0, 0x5000, 0), RouterError);
  EXPECT_THROW(bus.map(7, 0x5000, 0x1000), RouterError);
}

TEST_F(RouterTest, DmiIsTranslatedAndClippedToTheWindow) {
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(cpu.socket->get_direct_mem_ptr(payload(0x8123, 1), dmi));
  EXPECT_EQ(payload_.get_address(), 0x8123U);
  EXPECT_EQ(dmi.get_start_address(), 0x8000U);
  EXPECT_EQ(dmi.get_end_address(), 0xBFFFU);
  EXPECT_EQ(dmi.get_dmi_ptr(), ram.bytes.data());
  EXPECT_EQ(dmi.get_read_latency(), sc_time(120, SC_PS));
  EXPECT_EQ(dmi.get_write_latency(), sc_time(130, SC_PS));

  // The second window shows bytes 0x2000..0x3FFF of a memory that grants all of itself.
  dmi.init();
  ASSERT_TRUE(cpu.socket->get_direct_mem_ptr(payload(0x10008, 1), dmi));
  EXPECT_EQ(ram.addresses.back(), 0x2008U);
  EXPECT_EQ(dmi.get_start_address(), 0x10000U);
  EXPECT_EQ(dmi.get_end_address(), 0x11FFFU);
  EXPECT_EQ(dmi.get_dmi_ptr(), ram.bytes.data() + 0x2000);
}

TEST_F(RouterTest, DmiDenialsNameTheDeniedRange) {
  ram.grant = false;
  ram.grant_first = 0x1000;
  ram.grant_last = 0x1FFF;
  tlm::tlm_dmi dmi;
  EXPECT_FALSE(cpu.socket->get_direct_mem_ptr(payload(0x9800, 1), dmi));
  EXPECT_EQ(dmi.get_start_address(), 0x9000U);
  EXPECT_EQ(dmi.get_end_address(), 0x9FFFU);
  dmi.init();
  EXPECT_FALSE(cpu.socket->get_direct_mem_ptr(payload(0x4000, 1), dmi));
  EXPECT_EQ(dmi.get_start_address(), 0x3000U);
  EXPECT_EQ(dmi.get_end_address(), 0x7FFFU);
}

TEST_F(RouterTest, InvalidationReachesAllInitiatorsInEveryWindow) {
  using Range = std::pair<std::uint64_t, std::uint64_t>;
  ram.socket->invalidate_direct_mem_ptr(0x1800, 0x27FF);
  for (const Initiator* initiator : {&cpu, &dma}) {
    EXPECT_THAT(initiator->invalidated,
                testing::ElementsAre(Range(0x9800, 0xA7FF), Range(0x10000, 0x107FF)));
  }
  cpu.invalidated.clear();
  ram.socket->invalidate_direct_mem_ptr(0, ~std::uint64_t{0});
  EXPECT_THAT(cpu.invalidated,
              testing::ElementsAre(Range(0x8000, 0xBFFF), Range(0x10000, 0x11FFF)));
  cpu.invalidated.clear();
  ram.socket->invalidate_direct_mem_ptr(0x100, 0x1FF);
  EXPECT_THAT(cpu.invalidated, testing::ElementsAre(Range(0x8100, 0x81FF)))
      << "the second window does not show these";
  cpu.invalidated.clear();
  a.socket->invalidate_direct_mem_ptr(0x10, 0x1F);
  EXPECT_THAT(cpu.invalidated, testing::ElementsAre(Range(0x1010, 0x101F)));
}

TEST_F(RouterTest, DebugAccessesSpanTargetsAndEndAtHoles) {
  for (unsigned i = 0; i < sizeof data; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + 1);
  EXPECT_EQ(cpu.socket->transport_dbg(payload(0x1FFE, 4, tlm::TLM_WRITE_COMMAND)), 4U);
  EXPECT_EQ(a.bytes[0xFFE], data[0]);
  EXPECT_EQ(a.bytes[0xFFF], data[1]);
  EXPECT_EQ(b.bytes[0], data[2]);
  EXPECT_EQ(b.bytes[1], data[3]);
  EXPECT_EQ(payload_.get_data_length(), 4U);
  EXPECT_EQ(cpu.socket->transport_dbg(payload(0x2FFD, 16)), 3U);
  EXPECT_EQ(cpu.socket->transport_dbg(payload(0x3000, 16)), 0U);
  EXPECT_EQ(cpu.socket->transport_dbg(payload(0x1000, 0)), 0U);
  a.bytes.resize(0xFFE);
  EXPECT_EQ(cpu.socket->transport_dbg(payload(0x1FF8, 16)), 6U) << "a target ended earlier";
  EXPECT_EQ(statistic("bus.transactions.a"), 0U);
  EXPECT_TRUE(sink.events.empty());
}

TEST_F(RouterTest, CountsPerTargetAndRequesterButNotWhatMayBypassIt) {
  protocol::AccessExtension who;
  protocol::AtomicExtension atomic;
  payload_.set_extension(&who);
  for (unsigned i = 0; i < protocol::kRequesterCount; ++i) {
    who.requester = static_cast<Requester>(i);
    access(0x1000, 4);
    access(0x8000, 4);
  }
  who.requester = Requester::kHartData;
  payload_.set_extension(&atomic);
  access(0x8000, 4);
  payload_.clear_extension(&who);
  payload_.clear_extension(&atomic);

  EXPECT_EQ(statistic("bus.transactions.a"), 6U);
  EXPECT_EQ(statistic("bus.transactions.b"), 0U);
  EXPECT_EQ(statistic("bus.transactions.ram"), 5U)
      << "all but plain fetch and data, and the atomic";
  EXPECT_EQ(statistic("bus.requests.hart-fetch"), 1U);
  EXPECT_EQ(statistic("bus.requests.hart-data"), 2U);
  EXPECT_EQ(statistic("bus.requests.walker"), 2U);
  EXPECT_EQ(statistic("bus.requests.unknown"), 2U);
}

TEST_F(RouterTest, ShowsAddressRequesterAndTargetAtTheCallersLocalTime) {
  protocol::AccessExtension who;
  who.requester = Requester::kWalker;
  payload_.set_extension(&who);
  delay = sc_time(5000, SC_PS);
  cpu.socket->b_transport(payload(0x2008, 8), delay);
  delay = sc_time(7000, SC_PS);
  cpu.socket->b_transport(payload(0x3000, 8), delay);
  payload_.clear_extension(&who);
  const std::uint64_t walker = static_cast<std::uint64_t>(Requester::kWalker);
  EXPECT_THAT(sink.events,
              testing::ElementsAre(Event{"address", 5000, 0x2008}, Event{"requester", 5000, walker},
                                   Event{"target", 5000, 1}, Event{"address", 7000, 0x3000},
                                   Event{"requester", 7000, walker}, Event{"target", 7000, 3}));
  EXPECT_EQ(sink.declared.at(2).names.at(1).name, "b");
  EXPECT_EQ(sink.declared.at(2).names.at(3).name, "none");
  EXPECT_EQ(sink.declared.at(0).scope, "bus");
}

}  // namespace
}  // namespace lookaside::bus
