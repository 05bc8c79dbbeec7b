// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <target_fixture.h>

#include <gmock/gmock.h>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/rom.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::devices {
namespace {

class RomTest : public tests::SystemCTest {
 protected:
  RomTest() : master("master"), rom("rom", RomConfig{0x100, 5000}) {
    std::vector<std::uint8_t> content(16);
    std::iota(content.begin(), content.end(), std::uint8_t{0x10});
    rom.load(0xF0, content);
    master.socket.bind(rom.socket);
    tests::elaborate();
  }
  tests::Master master;
  Rom rom;
};

TEST_F(RomTest, ReadsItsContentAtItsLatency) {
  EXPECT_EQ(master.read(0xF0, 4), 0x13121110U);
  EXPECT_EQ(master.status, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(master.delay, sc_core::sc_time(5000, sc_core::SC_PS));
  EXPECT_EQ(master.read(0xF3, 2), 0x1413U);
  EXPECT_EQ(master.read(0xF8, 8), 0x1F1E1D1C1B1A1918U);
  EXPECT_EQ(master.read(0x0, 8), 0U);
}

TEST_F(RomTest, WritesAtomicsAndTheOutsideAreRefused) {
  EXPECT_EQ(master.write(0xF0, 4, 0), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(master.poke(0xF0, 4, 0), 0U);
  protocol::AtomicExtension atomic;
  atomic.op = protocol::AtomicOp::kLoadReserved;
  master.payload.set_extension(&atomic);
  EXPECT_EQ(master.read_status(0xF0, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_FALSE(atomic.acknowledged);
  master.payload.clear_extension(&atomic);
  EXPECT_EQ(master.read(0xF0, 4), 0x13121110U);
  EXPECT_EQ(master.read_status(0xFE, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.read_status(0x100, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(master.read_status(~0ULL, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST_F(RomTest, GrantsReadPointersOnly) {
  master.read(0xF0, 4);
  EXPECT_TRUE(master.payload.is_dmi_allowed());
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(master.socket->get_direct_mem_ptr(master.payload, dmi));
  EXPECT_EQ(dmi.get_start_address(), 0U);
  EXPECT_EQ(dmi.get_end_address(), 0xFFU);
  EXPECT_TRUE(dmi.is_read_allowed());
  EXPECT_FALSE(dmi.is_write_allowed());
  EXPECT_EQ(dmi.get_read_latency(), sc_core::sc_time(5000, sc_core::SC_PS));
  EXPECT_EQ(dmi.get_dmi_ptr()[0xF1], 0x11);
  master.payload.set_write();
  EXPECT_FALSE(master.socket->get_direct_mem_ptr(master.payload, dmi));
}

TEST_F(RomTest, DebugReadsEndWithTheRom) {
  unsigned done = 0;
  EXPECT_EQ(master.peek(0xFC, 8, &done), 0x1F1E1D1CU);
  EXPECT_EQ(done, 4U);
  master.peek(0x100, 8, &done);
  EXPECT_EQ(done, 0U);
}

TEST_F(RomTest, ByteEnablesAndStreaming) {
  std::uint8_t data[4] = {0xAA, 0xAA, 0xAA, 0xAA};
  std::uint8_t enables[2] = {TLM_BYTE_DISABLED, TLM_BYTE_ENABLED};
  auto& p = master.payload;
  p.set_read();
  p.set_address(0xF0);
  p.set_data_ptr(data);
  p.set_data_length(4);
  p.set_streaming_width(2);
  p.set_byte_enable_ptr(enables);
  p.set_byte_enable_length(2);
  master.socket->b_transport(p, master.delay);
  EXPECT_THAT(data, testing::ElementsAre(0xAA, 0x11, 0xAA, 0x11));
}

TEST_F(RomTest, ContentThatDoesNotFitIsRefusedWithBothSizes) {
  try {
    rom.load(0xF1, std::vector<std::uint8_t>(16));
    FAIL() << "accepted";
  } catch (const DeviceSetupError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("16 bytes at offset 241"),
                                             testing::HasSubstr("ROM of 256 bytes")));
  }
  EXPECT_THROW(rom.load(~0ULL, {1}), DeviceSetupError);
}

}  // namespace
}  // namespace lookaside::devices
