// SPDX-License-Identifier: Apache-2.0
// Register by register against the PC16550D data sheet.
#include <deque>
#include <string>
#include <target_fixture.h>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/uart.h>

namespace lookaside::devices {
namespace {

enum : std::uint64_t {
  kRbr = 0,
  kThr = 0,
  kIer = 1,
  kIir = 2,
  kFcr = 2,
  kLcr,
  kMcr,
  kLsr,
  kMsr,
  kScr
};
constexpr unsigned kLine = 10;

using UartSetup = tests::SystemCTest;

class UartTest : public tests::SystemCTest {
 protected:
  UartTest() : master("master"), interrupts("interrupts"), uart("uart0") {
    master.socket.bind(uart.socket);
    uart.irq.bind(interrupts);
    uart.set_output([this](std::string_view bytes) { chunks.emplace_back(bytes); });
    uart.set_input([this] {
      if (input.empty()) return -1;
      const int next = static_cast<unsigned char>(input.front());
      input.pop_front();
      return next;
    });
    tests::elaborate();
  }
  void write(std::uint64_t address, unsigned value) {
    ASSERT_EQ(master.write(address, 1, value), tlm::TLM_OK_RESPONSE);
  }
  unsigned read(std::uint64_t address) {
    const auto value = static_cast<unsigned>(master.read(address, 1));
    EXPECT_EQ(master.status, tlm::TLM_OK_RESPONSE);
    return value;
  }
  void feed(const std::string& text) { input.insert(input.end(), text.begin(), text.end()); }
  std::string output() const {
    std::string all;
    for (const std::string& chunk : chunks) all += chunk;
    return all;
  }
  bool irq() { return interrupts.level[kLine]; }

  tests::Master master;
  tests::InterruptRecorder interrupts;
  std::deque<char> input;
  std::vector<std::string> chunks;
  Uart uart;
};

TEST_F(UartTest, ResetValues) {
  EXPECT_EQ(read(kRbr), 0x00U);
  EXPECT_EQ(read(kIer), 0x00U);
  EXPECT_EQ(read(kIir), 0x01U) << "no interrupt pending";
  EXPECT_EQ(read(kLcr), 0x00U);
  EXPECT_EQ(read(kMcr), 0x00U);
  EXPECT_EQ(read(kLsr), 0x60U) << "transmitter empty";
  EXPECT_EQ(read(kMsr), 0xB0U) << "peer connected: DCD, DSR, CTS";
  EXPECT_EQ(read(kScr), 0x00U);
  EXPECT_EQ(interrupts.calls, 0U);
}

TEST_F(UartTest, WritableBits) {
  write(kIer, 0xFF);
  EXPECT_EQ(read(kIer), 0x0FU);
  write(kIer, 0);
  write(kMcr, 0xFF);
  EXPECT_EQ(read(kMcr), 0x1FU);
  write(kMcr, 0);
  write(kScr, 0xA5);
  EXPECT_EQ(read(kScr), 0xA5U);
  write(kLsr, 0xFF);
  EXPECT_EQ(read(kLsr), 0x60U);
  write(kLcr, 0x1B);
  EXPECT_EQ(read(kLcr), 0x1BU);
}

TEST_F(UartTest, DivisorLatchHidesDataAndInterruptEnable) {
  write(kIer, 0x04);
  write(kLcr, 0x83);
  write(0, 0x0C);
  write(1, 0x01);
  EXPECT_EQ(read(0), 0x0CU);
  EXPECT_EQ(read(1), 0x01U);
  write(kLcr, 0x03);
  EXPECT_EQ(read(kIer), 0x04U);
  uart.flush();
  EXPECT_EQ(output(), "") << "the divisor was not transmitted";
}

TEST_F(UartTest, OnlyByteAccesses) {
  for (const unsigned bytes : {2U, 4U, 8U}) {
    EXPECT_EQ(master.read_status(0, bytes), tlm::TLM_ADDRESS_ERROR_RESPONSE) << bytes;
    EXPECT_EQ(master.write(0, bytes, 'x'), tlm::TLM_ADDRESS_ERROR_RESPONSE) << bytes;
  }
  EXPECT_EQ(master.read_status(8, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST_F(UartTest, OutputIsHandedOnAtALineEndAndWhenTheGuestWaits) {
  for (const char c : std::string("boot\n$ ")) {
    EXPECT_EQ(read(kLsr) & 0x60U, 0x60U) << "always room to transmit";
    write(kThr, static_cast<unsigned char>(c));
  }
  EXPECT_THAT(chunks, testing::ElementsAre("boot\n"));
  read(kLsr);
  read(kLsr);
  EXPECT_EQ(output(), "boot\n$ ") << "two looks in a row: the guest waits, show the prompt";
}

TEST_F(UartTest, AFloodIsHandedOnInBoundedChunks) {
  for (unsigned i = 0; i < 100'000; ++i) write(kThr, 'x');
  for (const std::string& chunk : chunks) EXPECT_LE(chunk.size(), 4096U);
  uart.flush();
  EXPECT_EQ(output().size(), 100'000U);
  EXPECT_EQ(tests::statistic(uart.statistics(), "uart0.transmitted"), 100'000U);
}

TEST_F(UartTest, PolledInputWithoutFifo) {
  feed("ab");
  EXPECT_EQ(read(kLsr), 0x61U);
  EXPECT_EQ(input.size(), 1U) << "the holding register takes one";
  EXPECT_EQ(read(kRbr), unsigned{'a'});
  EXPECT_EQ(read(kRbr), unsigned{'b'});
  EXPECT_EQ(read(kLsr), 0x60U);
  EXPECT_EQ(read(kRbr), 0U) << "empty";
}

TEST_F(UartTest, FifoTakesSixteenAndClears) {
  write(kFcr, 0x01);
  EXPECT_EQ(read(kIir), 0xC1U) << "bits 7:6 show the FIFOs";
  feed(std::string(20, 'q'));
  EXPECT_EQ(read(kLsr), 0x61U);
  EXPECT_EQ(input.size(), 4U);
  write(kFcr, 0x03);
  EXPECT_EQ(read(kLsr), 0x61U) << "cleared, and filled with the rest";
  EXPECT_TRUE(input.empty());
  write(kFcr, 0x02);
  EXPECT_EQ(read(kLsr), 0x60U) << "switching FIFOs off clears them";
  EXPECT_EQ(read(kIir), 0x01U);
}

TEST_F(UartTest, ReceivedDataAtTheTriggerLevelElseTimeout) {
  const std::vector<std::pair<unsigned, unsigned>> levels = {
      {0x01, 1}, {0x41, 4}, {0x81, 8}, {0xC1, 14}};
  for (const auto& [control, trigger] : levels) {
    write(kFcr, 0x00);
    write(kFcr, control);
    write(kIer, 0x01);
    if (trigger > 1) {
      feed(std::string(trigger - 1, 'z'));
      EXPECT_EQ(read(kIir), 0xCCU) << "below " << trigger << ": character timeout";
      EXPECT_TRUE(irq());
    }
    feed(trigger > 1 ? "z" : "y");
    EXPECT_EQ(read(kIir), 0xC4U) << "trigger " << trigger;
    for (unsigned i = 0; i < trigger; ++i) {
      EXPECT_TRUE(irq());
      read(kRbr);
    }
    EXPECT_FALSE(irq());
    EXPECT_EQ(read(kIir), 0xC1U);
  }
}

TEST_F(UartTest, TransmitterInterruptRaisedAndCleared) {
  write(kIer, 0x02);
  EXPECT_TRUE(irq()) << "enabling it while empty raises it";
  EXPECT_EQ(read(kIir), 0x02U);
  EXPECT_FALSE(irq()) << "reading IIR clears it";
  EXPECT_EQ(read(kIir), 0x01U);
  write(kThr, 'a');
  EXPECT_TRUE(irq()) << "the byte has left";
  write(kIer, 0x00);
  EXPECT_FALSE(irq());
  write(kIer, 0x02);
  EXPECT_TRUE(irq());
}

TEST_F(UartTest, ReadingIirClearsTheTransmitterOnlyIfItShowsIt) {
  write(kIer, 0x03);
  feed("a");
  EXPECT_EQ(read(kIir), 0x04U) << "received data comes first";
  EXPECT_EQ(read(kIir), 0x04U);
  read(kRbr);
  EXPECT_EQ(read(kIir), 0x02U) << "the transmitter interrupt has waited";
  EXPECT_EQ(read(kIir), 0x01U);
}

TEST_F(UartTest, PrioritiesOfAllFour) {
  write(kMcr, 0x10);  // loopback: all modem inputs fall
  write(kIer, 0x0F);
  write(kThr, 'a');
  write(kThr, 'b');  // no FIFO: overrun
  EXPECT_EQ(read(kIir), 0x06U) << "line status";
  EXPECT_EQ(read(kLsr), 0x63U) << "overrun and data";
  EXPECT_EQ(read(kLsr), 0x61U) << "reading LSR clears the error";
  EXPECT_EQ(read(kIir), 0x04U) << "received data";
  EXPECT_EQ(read(kRbr), unsigned{'b'}) << "without FIFO the new byte replaces the old one";
  EXPECT_EQ(read(kIir), 0x02U) << "transmitter";
  EXPECT_EQ(read(kIir), 0x00U) << "modem status";
  EXPECT_TRUE(irq());
  EXPECT_EQ(read(kMsr), 0x0BU) << "DCD, DSR and CTS have changed and are low";
  EXPECT_EQ(read(kMsr), 0x00U);
  EXPECT_FALSE(irq());
  EXPECT_EQ(read(kIir), 0x01U);
}

TEST_F(UartTest, OverrunOfTheFifoLosesTheNewByte) {
  write(kMcr, 0x10);
  write(kFcr, 0x01);
  for (unsigned i = 0; i < 18; ++i) write(kThr, i);
  EXPECT_EQ(read(kLsr), 0x63U);
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(read(kRbr), i);
  EXPECT_EQ(read(kLsr), 0x60U);
  EXPECT_EQ(tests::statistic(uart.statistics(), "uart0.overruns"), 2U);
}

TEST_F(UartTest, LoopbackWiresModemOutputsToInputsAndSendsNothingOut) {
  feed("outside");
  write(kMcr, 0x10);
  read(kMsr);
  const std::vector<std::pair<unsigned, unsigned>> wires = {
      {0x01, 0x20}, {0x02, 0x10}, {0x04, 0x40}, {0x08, 0x80}};  // DTR-DSR RTS-CTS OUT1-RI OUT2-DCD
  for (const auto& [control, status] : wires) {
    write(kMcr, 0x10 | control);
    EXPECT_EQ(read(kMsr) & 0xF0U, status);
    write(kMcr, 0x10);
    read(kMsr);
  }
  write(kThr, 'l');
  EXPECT_EQ(read(kRbr), unsigned{'l'});
  EXPECT_EQ(read(kLsr), 0x60U) << "the outside is not heard";
  uart.flush();
  EXPECT_EQ(output(), "");
  write(kMcr, 0x00);
  EXPECT_EQ(read(kRbr), unsigned{'o'});
}

TEST_F(UartTest, DeltaBitsOfTheModemStatus) {
  write(kMcr, 0x10);
  read(kMsr);
  write(kMcr, 0x14);
  EXPECT_EQ(read(kMsr), 0x40U) << "a rising ring indicator is no event";
  write(kMcr, 0x10);
  EXPECT_EQ(read(kMsr), 0x04U) << "its trailing edge is";
  write(kMcr, 0x12);
  EXPECT_EQ(read(kMsr), 0x11U) << "delta CTS";
  EXPECT_EQ(read(kMsr), 0x10U);
  write(kMcr, 0x11);
  EXPECT_EQ(read(kMsr), 0x23U) << "delta DSR and CTS";
}

TEST_F(UartTest, BreakInLoopback) {
  write(kMcr, 0x10);
  write(kIer, 0x04);
  write(kLcr, 0x40);
  EXPECT_EQ(read(kIir), 0x06U);
  EXPECT_EQ(read(kLsr), 0x71U) << "break and a zero character";
  EXPECT_EQ(read(kLsr), 0x61U);
  EXPECT_EQ(read(kRbr), 0U);
}

TEST_F(UartTest, FifoErrorBitStaysWhileAnErrorIsInside) {
  write(kMcr, 0x10);
  write(kFcr, 0x01);
  write(kThr, 'a');
  write(kLcr, 0x40);
  EXPECT_EQ(read(kLsr), 0xE1U) << "the break is behind 'a': bit 7, not yet bit 4";
  EXPECT_EQ(read(kRbr), unsigned{'a'});
  EXPECT_EQ(read(kLsr), 0xF1U) << "now at the top";
  EXPECT_EQ(read(kLsr), 0x61U);
}

TEST_F(UartTest, InputArrivesByItselfWhileReceiveInterruptsAreEnabled) {
  write(kFcr, 0x01);
  write(kIer, 0x01);
  sc_core::sc_start(sc_core::sc_time(2, sc_core::SC_MS));
  EXPECT_FALSE(irq());
  feed("k");
  sc_core::sc_start(sc_core::sc_time(2, sc_core::SC_MS));
  EXPECT_TRUE(irq()) << "the default interval is 1 ms";
  EXPECT_EQ(read(kRbr), unsigned{'k'});
  EXPECT_FALSE(irq());
  write(kIer, 0x00);
  feed("m");
  sc_core::sc_start(sc_core::sc_time(5, sc_core::SC_MS));
  EXPECT_EQ(input.size(), 1U) << "nobody asked for it";
}

TEST_F(UartTest, DebugReadsHaveNoSideEffects) {
  feed("a");
  read(kLsr);
  EXPECT_EQ(master.peek(kRbr, 1), std::uint64_t{'a'});
  EXPECT_EQ(master.peek(kRbr, 1), std::uint64_t{'a'});
  write(kIer, 0x02);
  read(kRbr);
  EXPECT_EQ(master.peek(kIir, 1), 0x02U);
  EXPECT_EQ(master.peek(kIir, 1), 0x02U);
  EXPECT_EQ(master.poke(kThr, 1, 'x'), 0U);
}

TEST_F(UartSetup, RefusesAPollIntervalOfZero) {
  EXPECT_THROW(Uart("zero", UartConfig{10, 0, 0}), DeviceSetupError);
}

}  // namespace
}  // namespace lookaside::devices
