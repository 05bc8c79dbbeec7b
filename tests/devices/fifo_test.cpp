// SPDX-License-Identifier: Apache-2.0
// The packet FIFO against deques.
#include <deque>

#include <lookaside/devices/fifo.h>

#include "device_bench.h"

namespace lookaside::tests {
namespace {

// The register map, written by hand.
constexpr std::uint64_t kControl = 0x04, kIrqStatus = 0x08, kIrqEnable = 0x0C, kAck = 0x10,
                        kTxSpace = 0x14, kTxWritten = 0x18, kTxCommit = 0x1C, kTxThreshold = 0x20,
                        kRxPackets = 0x24, kRxLevel = 0x28, kRxLength = 0x2C, kRxDrop = 0x30,
                        kRxThreshold = 0x34, kTxData = 0x400, kRxData = 0x800;
constexpr std::uint32_t kLoopback = 1, kTxReset = 2, kRxReset = 4;
constexpr std::uint32_t kTxReady = 1, kRxReady = 2, kTxOverflow = 0x10, kTxError = 0x20,
                        kRxUnderflow = 0x40, kRxDropped = 0x80;
constexpr std::uint32_t kSticky = kTxOverflow | kTxError | kRxUnderflow | kRxDropped;

class FifoTest : public SystemCTest {
 protected:
  void run(std::function<void()> script) {
    cpu.socket.bind(fifo.socket);
    fifo.irq.bind(line);
    cpu.script = std::move(script);
    sc_core::sc_start();
    EXPECT_TRUE(cpu.finished);
  }
  void send(const std::vector<std::uint8_t>& packet) {
    for (std::uint8_t byte : packet) cpu.write<std::uint8_t>(kTxData, byte);
    cpu.write(kTxCommit, static_cast<std::uint32_t>(packet.size()));
  }
  void settle() { cpu.sleep_ns(1e6); }

  devices::Fifo fifo{"fifo", {}};
  LineRecorder line{"line"};
  ScriptedCpu cpu{"cpu"};
};

TEST_F(FifoTest, RegistersResetAndHold) {
  run([&] {
    EXPECT_EQ(cpu.read(0x00), 0x46494B4Cu);
    EXPECT_EQ(cpu.read(kControl), 0u);
    EXPECT_EQ(cpu.read(kIrqStatus), kTxReady);
    EXPECT_EQ(cpu.read(kTxSpace), 4096u);
    EXPECT_EQ(cpu.read(kTxThreshold), 4096u);
    EXPECT_EQ(cpu.read(kRxThreshold), 1u);
    for (auto offset :
         {kIrqEnable, kAck, kTxWritten, kTxCommit, kRxPackets, kRxLevel, kRxLength, kRxDrop}) {
      EXPECT_EQ(cpu.read(offset), 0u) << offset;
    }
    for (auto offset :
         {std::uint64_t{0}, kIrqStatus, kTxSpace, kTxWritten, kRxPackets, kRxLevel, kRxLength}) {
      const std::uint32_t before = cpu.read(offset);
      cpu.write(offset, ~before);
      EXPECT_EQ(cpu.read(offset), before) << "read-only register " << offset;
    }
    cpu.write(kIrqEnable, ~0u);
    EXPECT_EQ(cpu.read(kIrqEnable), kSticky | kTxReady | kRxReady);
    cpu.write(kControl, ~0u);
    EXPECT_EQ(cpu.read(kControl), kLoopback);
    cpu.write(kTxThreshold, 77u);
    cpu.write(kRxThreshold, 3u);
    EXPECT_EQ(cpu.read(kTxThreshold), 77u);
    EXPECT_EQ(cpu.read(kRxThreshold), 3u);
    expect_malformed_refused(cpu, kTxSpace, 0x38);
  });
}

TEST_F(FifoTest, LoopbackDeliversLaterWithInterrupt) {
  run([&] {
    cpu.write(kControl, kLoopback);
    cpu.write(kIrqEnable, kRxReady);
    cpu.write<std::uint64_t>(kTxData, 0x8877665544332211);
    cpu.write<std::uint16_t>(kTxData + 8, 0xAA99);
    EXPECT_EQ(cpu.read(kTxWritten), 10u);
    EXPECT_EQ(cpu.read(kTxSpace), 4086u);
    cpu.write(kTxCommit, 9u);  // the tenth byte is padding
    EXPECT_EQ(cpu.read(kTxWritten), 0u);
    EXPECT_EQ(cpu.read(kRxPackets), 0u) << "the link takes time";
    EXPECT_FALSE(line.high);
    wait(line.rose);
    EXPECT_EQ(line.last_line, 13u);
    EXPECT_GE(line.rose_at, sc_core::sc_time(200 + 9 * 8, sc_core::SC_NS));
    EXPECT_EQ(cpu.read(kTxSpace), 4096u);
    EXPECT_EQ(cpu.read(kRxPackets), 1u);
    EXPECT_EQ(cpu.read(kRxLength), 9u);
    EXPECT_EQ(cpu.read(kRxLevel), 9u);
    EXPECT_EQ(cpu.read(kRxData), 0x44332211u);
    EXPECT_EQ(cpu.read(kRxLength), 5u);
    EXPECT_EQ(cpu.read<std::uint64_t>(kRxData + 0x3F8), 0x9988776655u) << "filled up with zeros";
    EXPECT_EQ(cpu.read(kRxPackets), 0u);
    EXPECT_FALSE(line.high);
    EXPECT_EQ(cpu.read(kIrqStatus), kTxReady) << "a short last load is no underflow";
  });
}

TEST_F(FifoTest, ErrorsAreStickyAndInterrupt) {
  run([&] {
    cpu.write(kControl, kLoopback);
    cpu.write(kIrqEnable, kSticky);
    EXPECT_EQ(cpu.read(kRxData), 0u);
    EXPECT_EQ(cpu.read(kIrqStatus) & kSticky, kRxUnderflow);
    EXPECT_TRUE(line.high);
    cpu.write(kAck, kRxUnderflow);
    EXPECT_FALSE(line.high);

    cpu.write(kTxCommit, 0u);
    EXPECT_EQ(cpu.read(kIrqStatus) & kSticky, kTxError);
    cpu.write(kAck, kTxError);
    cpu.write(kTxData, 1u);
    cpu.write(kTxCommit, 5u);
    EXPECT_EQ(cpu.read(kIrqStatus) & kSticky, kTxError) << "more than were written";
    EXPECT_EQ(cpu.read(kTxSpace), 4096u) << "dropped";
    cpu.write(kAck, ~0u);

    for (unsigned i = 0; i < 4096 / 8 - 1; ++i) cpu.write<std::uint64_t>(kTxData, i);
    cpu.write<std::uint32_t>(kTxData, 7);
    EXPECT_EQ(cpu.read(kTxSpace), 4u);
    cpu.write<std::uint64_t>(kTxData, 9);
    EXPECT_EQ(cpu.read(kIrqStatus) & kSticky, kTxOverflow);
    EXPECT_EQ(cpu.read(kTxSpace), 4u) << "dropped whole";
    cpu.write(kAck, kTxOverflow);
    cpu.write(kTxCommit, 4092u);
    settle();
    EXPECT_EQ(cpu.read(kRxLength), 4092u);
    send({1, 2, 3, 4, 5});
    settle();
    EXPECT_EQ(cpu.read(kIrqStatus) & kSticky, kRxDropped);
    EXPECT_EQ(cpu.read(kRxPackets), 1u);
    cpu.write(kAck, kRxDropped);
    send({1, 2, 3, 4});
    settle();
    EXPECT_EQ(cpu.read(kIrqStatus) & kSticky, 0u) << "four bytes just fit";
    EXPECT_EQ(cpu.read(kRxPackets), 2u);
    cpu.write(kRxDrop, 0u);
    EXPECT_EQ(cpu.read(kRxData), 0x04030201u);
  });
}

TEST_F(FifoTest, ThresholdsAndResets) {
  run([&] {
    cpu.write(kControl, kLoopback);
    cpu.write(kRxThreshold, 2u);
    cpu.write(kTxThreshold, 4093u);
    send({1, 2, 3, 4});
    EXPECT_EQ(cpu.read(kIrqStatus), 0u) << "4092 bytes of space";
    settle();
    EXPECT_EQ(cpu.read(kIrqStatus), kTxReady);
    send({5});
    settle();
    EXPECT_EQ(cpu.read(kIrqStatus), kTxReady | kRxReady);
    cpu.write(kControl, kLoopback | kRxReset);
    EXPECT_EQ(cpu.read(kRxPackets), 0u);
    EXPECT_EQ(cpu.read(kRxLevel), 0u);
    send({1, 2, 3});
    cpu.write(kTxData, 0u);
    cpu.write(kControl, kLoopback | kTxReset);
    EXPECT_EQ(cpu.read(kTxSpace), 4096u);
    settle();
    EXPECT_EQ(cpu.read(kRxPackets), 0u) << "the packet on the link is gone too";
    send({9});
    settle();
    EXPECT_EQ(cpu.read(kRxLength), 1u) << "the link works again";
    cpu.write(kControl, kRxReset);  // without loopback
    send({1});
    settle();
    EXPECT_EQ(cpu.read(kRxPackets), 0u) << "left the machine";
    EXPECT_EQ(cpu.read(kTxSpace), 4096u);
  });
}

TEST_F(FifoTest, DebugReadsTakeNothing) {
  run([&] {
    cpu.write(kControl, kLoopback);
    send({0x11, 0x22});
    settle();
    std::uint32_t value = 0;
    EXPECT_EQ(cpu.debug(tlm::TLM_READ_COMMAND, kRxData, &value, 4), 4u);
    EXPECT_EQ(value, 0x2211u);
    EXPECT_EQ(cpu.debug(tlm::TLM_WRITE_COMMAND, kTxData, &value, 4), 0u);
    EXPECT_EQ(cpu.read(kTxWritten), 0u);
    EXPECT_EQ(cpu.read(kRxLength), 2u);
  });
}

/// What the documentation says, with one deque of bytes a packet.
struct NaiveFifo {
  std::vector<std::uint8_t> writing;
  std::deque<std::deque<std::uint8_t>> received;
  std::uint32_t sticky = 0;

  std::size_t level() const {
    std::size_t sum = 0;
    for (const auto& packet : received) sum += packet.size();
    return sum;
  }
  void store(const std::uint8_t* data, std::size_t bytes) {
    if (writing.size() + bytes > 4096) {
      sticky |= kTxOverflow;
    } else {
      writing.insert(writing.end(), data, data + bytes);
    }
  }
  void commit(std::size_t bytes) {
    if (bytes == 0 || bytes > writing.size()) {
      sticky |= kTxError;
    } else if (level() + bytes > 4096) {
      sticky |= kRxDropped;
    } else {
      received.emplace_back(writing.begin(), writing.begin() + static_cast<std::ptrdiff_t>(bytes));
    }
    writing.clear();
  }
  std::vector<std::uint8_t> load(std::size_t bytes) {
    std::vector<std::uint8_t> out(bytes);
    if (received.empty()) {
      sticky |= kRxUnderflow;
      return out;
    }
    for (std::size_t i = 0; i < bytes && !received.front().empty(); ++i) {
      out[i] = received.front().front();
      received.front().pop_front();
    }
    if (received.front().empty()) received.pop_front();
    return out;
  }
};

TEST_F(FifoTest, RandomTrafficEqualsDeques) {
  run([&] {
    Random random(tests::seed());
    NaiveFifo naive;
    cpu.write(kControl, kLoopback);
    unsigned errors = 0;
    for (std::uint64_t step = 0; step < tests::rounds(20000); ++step) {
      const auto bytes = static_cast<unsigned>(1 + random.below(random.one_in(8) ? 1024 : 64));
      std::vector<std::uint8_t> data(bytes);
      const std::uint64_t offset = random.below(0x400 - bytes + 1);
      switch (random.below(8)) {
        case 0:
        case 1:
        case 2:
          for (auto& b : data) b = static_cast<std::uint8_t>(random.bits());
          naive.store(data.data(), bytes);
          ASSERT_EQ(cpu.access(tlm::TLM_WRITE_COMMAND, kTxData + offset, data.data(), bytes),
                    tlm::TLM_OK_RESPONSE);
          break;
        case 3:
        case 4: {
          const std::uint64_t wanted =
              random.one_in(8) ? random.below(5000) : random.below(naive.writing.size() + 1);
          naive.commit(wanted);
          cpu.write(kTxCommit, static_cast<std::uint32_t>(wanted));
          settle();
          break;
        }
        case 5:
        case 6:
          ASSERT_EQ(cpu.access(tlm::TLM_READ_COMMAND, kRxData + offset, data.data(), bytes),
                    tlm::TLM_OK_RESPONSE);
          ASSERT_EQ(data, naive.load(bytes)) << "step " << step;
          break;
        default:
          if (random.one_in(10)) {
            cpu.write(kRxDrop, 1u);
            if (!naive.received.empty()) naive.received.pop_front();
          }
          errors += naive.sticky != 0;
          ASSERT_EQ(cpu.read(kIrqStatus) & kSticky, naive.sticky) << "step " << step;
          cpu.write(kAck, ~0u);
          naive.sticky = 0;
      }
      ASSERT_EQ(cpu.read(kTxSpace), 4096 - naive.writing.size()) << "step " << step;
      ASSERT_EQ(cpu.read(kRxLevel), naive.level()) << "step " << step;
      ASSERT_EQ(cpu.read(kRxPackets), naive.received.size()) << "step " << step;
      ASSERT_EQ(cpu.read(kRxLength), naive.received.empty() ? 0 : naive.received.front().size());
    }
    EXPECT_GT(errors, 100u) << "the traffic exercised the error flags";
  });
}

}  // namespace
}  // namespace lookaside::tests
