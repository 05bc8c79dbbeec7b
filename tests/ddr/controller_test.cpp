// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <numeric>
#include <target_fixture.h>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/ddr/controller.h>

namespace lookaside::ddr {
namespace {

using protocol::Requester;
using sc_core::SC_PS;
using sc_core::sc_time;

constexpr std::uint64_t kBase = 0x8000'0000;
constexpr std::uint64_t kHigh = 0x10'0000'0000;
constexpr std::uint64_t kBytes = 1 << 20;
constexpr std::uint64_t kRow = 0x2'0000;  // to the next row of the same bank

class ControllerTest : public tests::SystemCTest {
 protected:
  ControllerTest()
      : master("master"),
        ddr("ddr", ControllerConfig{{{kBase, kBytes}, {kHigh, kBytes}}, 20'000}, &sink) {
    master.socket.bind(ddr.socket);
    master.payload.set_extension(&access);
    tests::elaborate();
    sink.events.clear();  // what the channels show before anything happens
  }
  ~ControllerTest() override { master.payload.clear_extension(&access); }

  /// Duration of a read by `requester` that begins at local time `at_ps`.
  std::uint64_t duration(Requester requester, std::uint64_t address, std::uint64_t at_ps) {
    access.requester = requester;
    master.delay = sc_time(static_cast<double>(at_ps), SC_PS);
    master.read(address, 8);
    EXPECT_EQ(master.status, tlm::TLM_OK_RESPONSE);
    return master.delay.value() - at_ps;
  }
  std::uint64_t statistic(const std::string& name) {
    return tests::statistic(ddr.statistics(), "ddr." + name);
  }
  /// Sends the payload as the test has set it up.
  tlm::tlm_response_status send(tlm::tlm_command command, std::uint64_t address,
                                std::vector<std::uint8_t>& data, unsigned width,
                                std::vector<std::uint8_t>* enables = nullptr) {
    auto& p = master.payload;
    p.set_command(command);
    p.set_address(address);
    p.set_data_ptr(data.data());
    p.set_data_length(static_cast<unsigned>(data.size()));
    p.set_streaming_width(width);
    p.set_byte_enable_ptr(enables != nullptr ? enables->data() : nullptr);
    p.set_byte_enable_length(enables != nullptr ? static_cast<unsigned>(enables->size()) : 0);
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    p.set_dmi_allowed(false);
    master.socket->b_transport(p, master.delay);
    return p.get_response_status();
  }

  tests::Sink sink;
  tests::Master master;
  Controller ddr;
  protocol::AccessExtension access;
};

TEST_F(ControllerTest, PlainHartAccessesCostTheConstantAllOthersTheModel) {
  EXPECT_EQ(duration(Requester::kHartFetch, kBase, 0), 20'000U);
  EXPECT_EQ(duration(Requester::kHartData, kBase + 64, 0), 20'000U);
  // Clocks of 2500/3 ps, one of them the scheduler's: closed tRCD + CL + BL/2 + 1 = 39, hit 22,
  // conflict 56; the controller's banks saw no hart access.
  EXPECT_EQ(duration(Requester::kWalker, kBase, 0), 32'500U);
  EXPECT_EQ(duration(Requester::kDma, kBase + 64, 1'000'000), 18'334U);
  EXPECT_EQ(duration(Requester::kUnknown, kBase + kRow, 2'000'000), 46'667U);
}

TEST_F(ControllerTest, WithoutTheExtensionARequestIsUnknownAndGoesThroughTheModel) {
  master.payload.clear_extension(&access);
  master.read(kBase, 8);
  EXPECT_EQ(master.delay, sc_time(32'500, SC_PS));
  EXPECT_EQ(statistic("accesses.unknown"), 1U);
  master.payload.set_extension(&access);
}

TEST_F(ControllerTest, ReadsAndWritesInBothRegions) {
  access.requester = Requester::kHartData;
  master.write(kBase, 8, 0x1122'3344'5566'7788);
  master.write(kHigh + kBytes - 4, 4, 0xCAFE'F00D);
  EXPECT_EQ(master.read(kBase + 1, 4), 0x4455'6677U) << "little-endian, unaligned";
  EXPECT_EQ(master.read(kHigh + kBytes - 4, 4), 0xCAFE'F00DU);
  EXPECT_EQ(master.read(kBase + kBytes - 1, 1), 0U);
  const std::vector<Region> regions = ddr.regions();
  ASSERT_EQ(regions.size(), 2U);
  EXPECT_EQ(regions[1].base, kHigh);
  EXPECT_EQ(regions[1].size, kBytes);
}

TEST_F(ControllerTest, BytesOutsideMemoryAreAddressErrorsAndTouchNothing) {
  access.requester = Requester::kHartData;
  master.write(kBase + kBytes - 4, 4, 0x1234);
  for (const std::uint64_t address : {std::uint64_t{0}, kBase - 1, kBase + kBytes - 7,
                                      kBase + kBytes, kHigh - 1, ~std::uint64_t{3}}) {
    EXPECT_EQ(master.write(address, 8, ~0ULL), tlm::TLM_ADDRESS_ERROR_RESPONSE)
        << std::hex << address;
    EXPECT_EQ(master.read_status(address, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE)
        << std::hex << address;
  }
  EXPECT_EQ(master.read(kBase + kBytes - 4, 4), 0x1234U);
}

TEST_F(ControllerTest, ByteEnablesRepeat) {
  std::vector<std::uint8_t> data = {1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<std::uint8_t> enables = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED, TLM_BYTE_DISABLED};
  EXPECT_EQ(send(tlm::TLM_WRITE_COMMAND, kBase, data, 8, &enables), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(master.peek(kBase, 8), 0x0007'0000'0400'0001U);
  std::vector<std::uint8_t> back(8, 0xEE);
  enables = {TLM_BYTE_DISABLED, TLM_BYTE_ENABLED};
  EXPECT_EQ(send(tlm::TLM_READ_COMMAND, kBase, back, 8, &enables), tlm::TLM_OK_RESPONSE);
  EXPECT_THAT(back, testing::ElementsAre(0xEE, 0, 0xEE, 4, 0xEE, 0, 0xEE, 0));
}

TEST_F(ControllerTest, StreamingWrapsAtItsWidth) {
  std::vector<std::uint8_t> data = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(send(tlm::TLM_WRITE_COMMAND, kBase + 0x10, data, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(master.peek(kBase + 0x10, 8), 0x0407'0605U);
  std::vector<std::uint8_t> back(6);
  EXPECT_EQ(send(tlm::TLM_READ_COMMAND, kBase + 0x10, back, 2), tlm::TLM_OK_RESPONSE);
  EXPECT_THAT(back, testing::ElementsAre(5, 6, 5, 6, 5, 6));
  std::vector<std::uint8_t> last(8);
  EXPECT_EQ(send(tlm::TLM_READ_COMMAND, kBase + kBytes - 4, last, 4), tlm::TLM_OK_RESPONSE)
      << "four bytes, twice: inside memory";
}

TEST_F(ControllerTest, MalformedPayloads) {
  std::vector<std::uint8_t> data(8);
  std::vector<std::uint8_t> none;
  std::vector<std::uint8_t> no_enables = {TLM_BYTE_ENABLED};
  EXPECT_EQ(send(tlm::TLM_READ_COMMAND, kBase, data, 0), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(send(tlm::TLM_READ_COMMAND, kBase, none, 8), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(send(tlm::TLM_IGNORE_COMMAND, kBase, data, 8), tlm::TLM_OK_RESPONSE);
  auto& p = master.payload;
  p.set_read();
  p.set_byte_enable_ptr(no_enables.data());
  p.set_byte_enable_length(0);
  master.socket->b_transport(p, master.delay);
  EXPECT_EQ(p.get_response_status(), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
}

TEST_F(ControllerTest, DmiGrantsWholeRegionsAtTheConstant) {
  access.requester = Requester::kHartData;
  master.read(kHigh + 0x123, 4);
  EXPECT_TRUE(master.payload.is_dmi_allowed());
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(master.socket->get_direct_mem_ptr(master.payload, dmi));
  EXPECT_EQ(dmi.get_start_address(), kHigh);
  EXPECT_EQ(dmi.get_end_address(), kHigh + kBytes - 1);
  EXPECT_TRUE(dmi.is_read_write_allowed());
  EXPECT_EQ(dmi.get_read_latency(), sc_time(20'000, SC_PS));
  EXPECT_EQ(dmi.get_write_latency(), sc_time(20'000, SC_PS));
  dmi.get_dmi_ptr()[0x123] = 0x5A;
  EXPECT_EQ(master.read(kHigh + 0x123, 1), 0x5AU);
  master.payload.set_address(kHigh + kBytes);
  EXPECT_FALSE(master.socket->get_direct_mem_ptr(master.payload, dmi));
}

TEST_F(ControllerTest, DebugAccessChangesMemoryOnly) {
  unsigned done = 0;
  EXPECT_EQ(master.poke(kBase + kBytes - 4, 8, 0x1122'3344'5566'7788), 4U) << "to the end";
  EXPECT_EQ(master.peek(kBase + kBytes - 4, 8, &done), 0x5566'7788U);
  EXPECT_EQ(done, 4U);
  EXPECT_EQ(master.poke(0x1000, 8, 1), 0U);
  EXPECT_EQ(master.delay, sc_core::SC_ZERO_TIME);
  EXPECT_TRUE(sink.events.empty());
  for (const char* who : {"unknown", "hart-data", "walker"}) {
    EXPECT_EQ(statistic(std::string("accesses.") + who), 0U);
  }
}

TEST_F(ControllerTest, CountsPerRequesterAndLeavesOutPlainHartAccesses) {
  duration(Requester::kHartData, kBase, 0);
  duration(Requester::kWalker, kBase, 0);
  duration(Requester::kWalker, kBase + 8, 1'000'000);
  duration(Requester::kDma, kBase + kRow, 2'000'000);
  EXPECT_EQ(statistic("accesses.hart-data"), 0U);
  EXPECT_EQ(statistic("accesses.walker"), 2U);
  EXPECT_EQ(statistic("bytes.walker"), 16U);
  EXPECT_EQ(statistic("row_misses.walker"), 1U);
  EXPECT_EQ(statistic("row_hits.walker"), 1U);
  EXPECT_EQ(statistic("row_conflicts.dma"), 1U);
  EXPECT_EQ(statistic("row_conflicts.walker"), 0U);

  struct Absent : tests::Collector {
    std::vector<std::string> names;
    void absent(const std::string&, const observe::Description& d, const std::string&) override {
      names.push_back(d.name);
    }
  } absent;
  ddr.statistics().visit(absent);
  EXPECT_THAT(absent.names, testing::ElementsAre("bandwidth_gbps", "bus_utilisation",
                                                 "plain_hart_accesses", "energy_nj"))
      << "a figure that cannot be known is absent, not zero";
}

TEST_F(ControllerTest, ShowsBankRowAndOutcome) {
  duration(Requester::kDma, kBase + 3 * kRow + 8192, 5000);
  using tests::Event;
  const auto dma = static_cast<std::uint64_t>(Requester::kDma);
  // Arrival at 5000 ps is edge 6; 39 clocks later is edge 45: 37 500 ps. Bank 4: the first of bank
  // group 1.
  EXPECT_THAT(
      sink.events,
      testing::ElementsAre(Event{"address", 5000, kBase + 0x6'2000}, Event{"requester", 5000, dma},
                           Event{"bank", 5000, 4}, Event{"row", 5000, 3},
                           Event{"activity", 5000, 2}, Event{"activity", 37'500, 0}));
  const auto& names = sink.declared.at(4).names;
  EXPECT_EQ(names.at(1).name, "hit");
  EXPECT_EQ(names.at(2).name, "miss");
  EXPECT_EQ(names.at(3).name, "conflict");
  EXPECT_EQ(sink.declared.at(0).scope, "ddr");
}

}  // namespace
}  // namespace lookaside::ddr
