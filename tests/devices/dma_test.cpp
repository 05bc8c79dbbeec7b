// SPDX-License-Identifier: Apache-2.0
// The DMA engine against a flat array.
#include <lookaside/devices/dma.h>

#include "device_bench.h"

namespace lookaside::tests {
namespace {

// The register map, written by hand.
constexpr std::uint64_t kControl = 0x04, kStatus = 0x08, kAck = 0x0C, kSource = 0x10, kDest = 0x18,
                        kLength = 0x20, kList = 0x24, kError = 0x2C, kCompleted = 0x34;
constexpr std::uint32_t kStart = 1, kIrqEnable = 2, kUseList = 4, kAbort = 8;
constexpr std::uint32_t kBusy = 1, kDone = 2, kFailed = 4;
constexpr std::uint64_t kBase = 0x8000'0000;
constexpr std::size_t kSize = 1 << 16;

class DmaTest : public SystemCTest {
 protected:
  void build(const devices::Dma::Config& config = {}) {
    dma = std::make_unique<devices::Dma>("dma", config);
    cpu.socket.bind(dma->socket);
    dma->bus.bind(memory.socket);
    dma->irq.bind(line);
  }
  void run(std::function<void()> script) {
    if (dma == nullptr) build();
    cpu.script = std::move(script);
    sc_core::sc_start();
    EXPECT_TRUE(cpu.finished);
  }
  void write64(std::uint64_t offset, std::uint64_t value) {
    cpu.write(offset, static_cast<std::uint32_t>(value));
    cpu.write(offset + 4, static_cast<std::uint32_t>(value >> 32));
  }
  std::uint64_t read64(std::uint64_t offset) {
    return cpu.read(offset) | std::uint64_t{cpu.read(offset + 4)} << 32;
  }
  void program(std::uint64_t source, std::uint64_t destination, std::uint32_t length) {
    write64(kSource, source);
    write64(kDest, destination);
    cpu.write(kLength, length);
  }
  std::uint32_t finish() {
    EXPECT_TRUE(cpu.poll([&] { return (cpu.read(kStatus) & kBusy) == 0; }));
    return cpu.read(kStatus);
  }
  std::uint32_t copy(std::uint64_t source, std::uint64_t destination, std::uint32_t length) {
    program(source, destination, length);
    cpu.write(kControl, kStart);
    return finish();
  }
  void put_descriptor(std::uint64_t at, std::uint64_t source, std::uint64_t destination,
                      std::uint32_t length, std::uint64_t next) {
    memory.put<std::uint64_t>(at, source);
    memory.put<std::uint64_t>(at + 8, destination);
    memory.put<std::uint32_t>(at + 16, length);
    memory.put<std::uint32_t>(at + 20, 0);
    memory.put<std::uint64_t>(at + 24, next);
  }

  FlatMemory memory{"memory", kBase, kSize};
  LineRecorder line{"line"};
  ScriptedCpu cpu{"cpu"};
  std::unique_ptr<devices::Dma> dma;
};

TEST_F(DmaTest, RegistersHoldWhatIsWrittenAndResetToZero) {
  run([&] {
    EXPECT_EQ(cpu.read(0x00), 0x414D444Cu);
    const std::uint64_t writable[] = {0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x28};
    for (std::uint64_t offset = 0x04; offset <= 0x38; offset += 4) EXPECT_EQ(cpu.read(offset), 0u);
    for (std::uint64_t offset : writable) cpu.write(offset, std::uint32_t(0xA5000000 + offset));
    for (std::uint64_t offset : writable) EXPECT_EQ(cpu.read(offset), 0xA5000000 + offset);
    for (std::uint64_t offset : {kStatus, kError, kError + 4, kCompleted, kCompleted + 4}) {
      cpu.write(offset, ~0u);
      EXPECT_EQ(cpu.read(offset), 0u) << "read-only register " << offset;
    }
    cpu.write(kControl, kIrqEnable | kUseList | 0xFFFFFF00u);
    EXPECT_EQ(cpu.read(kControl), kIrqEnable | kUseList);
    expect_malformed_refused(cpu, kSource, 0x3C);
  });
}

TEST_F(DmaTest, CopiesInSimulatedTimeAndInterrupts) {
  run([&] {
    for (unsigned i = 0; i < 256; ++i) memory.put<std::uint8_t>(kBase + i, std::uint8_t(i ^ 0x5A));
    program(kBase, kBase + 0x1000, 256);
    cpu.write(kControl, kStart | kIrqEnable);
    EXPECT_EQ(cpu.read(kStatus), kBusy) << "a copy takes time";
    EXPECT_EQ(memory.get<std::uint32_t>(kBase + 0x1000), 0u);
    EXPECT_FALSE(line.high);
    wait(line.rose);
    EXPECT_EQ(line.last_line, 12u);
    // 4 chunks of 64 bytes, each a read and a write of 20 ns.
    EXPECT_GE(line.rose_at, sc_core::sc_time(4 * 40, sc_core::SC_NS));
    EXPECT_EQ(cpu.read(kStatus), kDone);
    EXPECT_EQ(read64(kCompleted), 256u);
    for (unsigned i = 0; i < 256; ++i) {
      ASSERT_EQ(memory.get<std::uint8_t>(kBase + 0x1000 + i), i ^ 0x5A);
    }
    cpu.write(kAck, kDone);
    EXPECT_FALSE(line.high) << "acknowledged";
    EXPECT_EQ(cpu.read(kStatus), 0u);
    EXPECT_EQ(line.rises, 1u);
    for (const auto requester : memory.requesters) EXPECT_EQ(requester, protocol::Requester::kDma);
  });
}

TEST_F(DmaTest, StartCountsFromTheInitiatorsLocalTime) {
  run([&] {
    cpu.ahead = sc_core::sc_time(5, sc_core::SC_US);
    program(kBase, kBase + 64, 64);
    cpu.write(kControl, kStart | kIrqEnable);
    wait(line.rose);
    EXPECT_GT(line.rose_at, sc_core::sc_time(5, sc_core::SC_US));
  });
}

TEST_F(DmaTest, InterruptFollowsEnable) {
  run([&] {
    EXPECT_EQ(copy(kBase, kBase + 64, 8), kDone);
    EXPECT_FALSE(line.high);
    cpu.write(kControl, kIrqEnable);
    EXPECT_TRUE(line.high) << "DONE was pending";
    cpu.write(kControl, 0u);
    EXPECT_FALSE(line.high);
  });
}

TEST_F(DmaTest, EmptyCopyIsDone) {
  run([&] {
    EXPECT_EQ(copy(0xDEAD'0000, 0xDEAD'1000, 0), kDone);
    EXPECT_EQ(read64(kCompleted), 0u);
    EXPECT_TRUE(memory.requesters.empty()) << "nothing was touched";
  });
}

TEST_F(DmaTest, BusyEngineIgnoresNewOrders) {
  run([&] {
    memory.put<std::uint64_t>(kBase, 0x1122334455667788);
    program(kBase, kBase + 0x100, 8);
    cpu.write(kControl, kStart);
    program(kBase + 0x200, kBase + 0x300, 99);
    cpu.write(kControl, kStart);
    EXPECT_EQ(finish(), kDone);
    EXPECT_EQ(memory.get<std::uint64_t>(kBase + 0x100), 0x1122334455667788u);
    EXPECT_EQ(cpu.read(kLength), 8u);
    EXPECT_EQ(read64(kCompleted), 8u);
  });
}

TEST_F(DmaTest, AbortStopsBetweenChunks) {
  run([&] {
    cpu.write(kControl, kAbort);  // nothing to abort
    program(kBase, kBase + 0x4000, 0x4000);
    cpu.write(kControl, kStart);
    cpu.sleep_ns(1000);
    cpu.write(kControl, kAbort | kIrqEnable);
    EXPECT_EQ(finish(), kFailed | 5u << 4);
    EXPECT_TRUE(line.high);
    EXPECT_GT(read64(kCompleted), 0u);
    EXPECT_LT(read64(kCompleted), 0x4000u);
    cpu.write(kAck, kFailed);
    EXPECT_FALSE(line.high);
    EXPECT_EQ(copy(kBase, kBase + 64, 64), kDone) << "usable again";
  });
}

TEST_F(DmaTest, BusErrorsNameTheChunk) {
  run([&] {
    memory.bad_first = kBase + 0x1000;
    memory.bad_last = kBase + 0x10FF;
    EXPECT_EQ(copy(kBase + 0xF00, kBase + 0x2000, 0x200), kFailed | 1u << 4) << "source";
    EXPECT_EQ(read64(kError), kBase + 0x1000);
    EXPECT_EQ(read64(kCompleted), 0x100u);
    EXPECT_EQ(copy(kBase + 0x2000, kBase + 0x10C0, 0x40), kFailed | 2u << 4) << "destination";
    EXPECT_EQ(read64(kError), kBase + 0x10C0);
    EXPECT_EQ(read64(kCompleted), 0u);
    EXPECT_EQ(copy(0xFFFF'FFFF'FFFF'FF00, kBase, 0x200), kFailed | 1u << 4);
    EXPECT_EQ(read64(kError), 0xFFFF'FFFF'FFFF'FF00u);
    EXPECT_EQ(copy(kBase, kBase + 0x3000, 16), kDone) << "an error does not stick";
    EXPECT_EQ(read64(kError), 0u);
  });
}

TEST_F(DmaTest, ListCopiesAndReportsItsErrors) {
  devices::Dma::Config config;
  config.max_descriptors = 8;
  build(config);
  run([&] {
    memory.put<std::uint32_t>(kBase, 0xCAFE);
    put_descriptor(kBase + 0x100, kBase, kBase + 0x200, 4, kBase + 0x140);
    put_descriptor(kBase + 0x140, kBase + 0x200, kBase + 0x300, 4, 0);
    write64(kList, kBase + 0x100);
    cpu.write(kControl, kStart | kUseList);
    EXPECT_EQ(finish(), kDone);
    EXPECT_EQ(memory.get<std::uint32_t>(kBase + 0x300), 0xCAFEu);
    EXPECT_EQ(read64(kCompleted), 8u);

    put_descriptor(kBase + 0x140, kBase, kBase + 0x300, 0, kBase + 0x100);  // a loop
    cpu.write(kControl, kStart | kUseList);
    EXPECT_EQ(finish(), kFailed | 4u << 4);

    write64(kList, kBase + 0x104);  // misaligned
    cpu.write(kControl, kStart | kUseList);
    EXPECT_EQ(finish(), kFailed | 3u << 4);
    EXPECT_EQ(read64(kError), kBase + 0x104);

    put_descriptor(kBase + 0x100, kBase, kBase + 0x200, 4, 0x1000);  // next one not in memory
    write64(kList, kBase + 0x100);
    cpu.write(kControl, kStart | kUseList);
    EXPECT_EQ(finish(), kFailed | 3u << 4);
    EXPECT_EQ(read64(kError), 0x1000u);
    EXPECT_EQ(read64(kCompleted), 4u);
  });
}

/// The documented rule, byte by byte: chunks end at multiples of the burst size on either side.
void copy_by_rule(std::vector<std::uint8_t>& bytes, std::uint64_t from, std::uint64_t to,
                  std::uint64_t length, std::uint64_t burst) {
  std::vector<std::uint8_t> chunk;
  std::uint64_t start = 0;
  for (std::uint64_t i = 0; i < length; ++i) {
    chunk.push_back(bytes[from + i]);
    const bool ends = (from + i + 1) % burst == 0 || (to + i + 1) % burst == 0 || i + 1 == length;
    if (!ends) continue;
    std::copy(chunk.begin(), chunk.end(), bytes.begin() + static_cast<std::ptrdiff_t>(to + start));
    start = i + 1;
    chunk.clear();
  }
}

class DmaBurstTest : public DmaTest, public ::testing::WithParamInterface<std::uint32_t> {};

TEST_P(DmaBurstTest, RandomCopiesEqualAFlatArray) {
  devices::Dma::Config config;
  memory.burst_bytes = config.burst_bytes = GetParam();
  build(config);
  run([&] {
    Random random(tests::seed());
    memory.latency_ns = 1;
    memory.fill_random(random);
    for (std::uint64_t round = 0; round < tests::rounds(300); ++round) {
      const std::uint64_t length = random.below(random.one_in(4) ? 5000 : 300);
      const std::uint64_t from = random.below(kSize - length);
      // A third of the copies overlaps.
      const std::uint64_t to = random.one_in(3) ? std::min(kSize - length, from + random.below(200))
                                                : random.below(kSize - length);
      std::vector<std::uint8_t> expected = memory.bytes;
      if (to <= from) {
        std::memmove(expected.data() + to, expected.data() + from, length);
      } else {
        copy_by_rule(expected, from, to, length, GetParam());
      }
      ASSERT_EQ(copy(kBase + from, kBase + to, static_cast<std::uint32_t>(length)), kDone);
      ASSERT_TRUE(memory.bytes == expected)
          << "round " << round << ": " << length << " bytes from " << from << " to " << to;
      ASSERT_EQ(read64(kCompleted), length);
    }
  });
}

TEST_P(DmaBurstTest, RandomBusErrorsStopExactlyThere) {
  devices::Dma::Config config;
  memory.burst_bytes = config.burst_bytes = GetParam();
  build(config);
  run([&] {
    Random random(tests::seed());
    memory.latency_ns = 1;
    const std::uint64_t half = kSize / 2;
    for (std::uint64_t round = 0; round < tests::rounds(200); ++round) {
      memory.fill_random(random);
      const std::uint64_t length = 1 + random.below(2000);
      const std::uint64_t from = random.below(half - length);
      const std::uint64_t to = half + random.below(half - length);
      const bool at_source = random.one_in(2);
      const std::uint64_t bad = (at_source ? from : to) + random.below(length);
      memory.bad_first = memory.bad_last = kBase + bad;
      const std::vector<std::uint8_t> before = memory.bytes;
      const std::uint32_t code = at_source ? 1 : 2;
      ASSERT_EQ(copy(kBase + from, kBase + to, static_cast<std::uint32_t>(length)),
                kFailed | code << 4);
      const std::uint64_t completed = read64(kCompleted);
      const std::uint64_t error = read64(kError);
      ASSERT_EQ(error, kBase + (at_source ? from : to) + completed);
      ASSERT_LE(error, kBase + bad);
      ASSERT_LT(kBase + bad - error, GetParam()) << "the refused chunk holds the bad byte";
      std::vector<std::uint8_t> expected = before;
      std::memcpy(expected.data() + to, before.data() + from, completed);
      ASSERT_TRUE(memory.bytes == expected) << "round " << round;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Bursts, DmaBurstTest, ::testing::Values(4u, 64u, 4096u));

TEST_F(DmaTest, ImpossibleBurstIsRefusedWithTheReason) {
  devices::Dma::Config config;
  config.burst_bytes = 48;
  try {
    devices::Dma bad("bad_dma", config);
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "bad_dma: burst_bytes is 48, but must be a power of two from 4 to 4096");
  }
}

}  // namespace
}  // namespace lookaside::tests
