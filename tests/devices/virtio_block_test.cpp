// SPDX-License-Identifier: Apache-2.0
// The block device served by a naive driver, in both versions of the transport.
#include <numeric>

#include <lookaside/devices/virtio_block.h>

#include "virtio_fixture.h"

namespace lookaside::tests {
namespace {

using namespace virtio;
using sc_core::sc_time;

class VirtioBlockTest : public VirtioTest, public ::testing::WithParamInterface<bool> {
 protected:
  bool legacy() const { return GetParam(); }
  void run_started(const std::function<void()>& script, devices::VirtioBlock::Config config = {},
                   bool read_only = false, bool indirect = true) {
    config.legacy = legacy();
    build(config, 64, read_only);
    run([this, script, indirect] {
      driver.start(legacy(), kRings, 16, indirect);
      script();
    });
  }
};

TEST_P(VirtioBlockTest, ReadsAndWritesSectorsWithInterrupts) {
  run_started([&] {
    Random random(tests::seed());
    for (auto& b : disk->bytes) b = static_cast<std::uint8_t>(random.bits());
    const std::uint64_t data = kBuffers + 0x1000;
    EXPECT_EQ(request(kIn, 3, data, 1024), kOk);
    EXPECT_EQ(used.second, 1025u) << "data and status byte";
    EXPECT_EQ(std::memcmp(&memory.bytes[data - kBase], &disk->bytes[3 * 512], 1024), 0);
    EXPECT_TRUE(line.high || cpu.poll([&] { return line.high; }, 10));
    EXPECT_EQ(line.last_line, 1u);
    EXPECT_EQ(cpu.read(kInterruptStatus), 1u);
    cpu.write(kInterruptAck, 1u);
    EXPECT_FALSE(line.high);
    EXPECT_EQ(cpu.read(kInterruptStatus), 0u);

    const auto others = disk->bytes;
    EXPECT_EQ(request(kOut, 60, data, 512), kOk);
    EXPECT_EQ(used.second, 1u);
    auto expected = others;
    std::memcpy(&expected[60 * 512], &memory.bytes[data - kBase], 512);
    EXPECT_TRUE(disk->bytes == expected) << "this sector and no other";
    for (auto requester : memory.requesters) EXPECT_EQ(requester, protocol::Requester::kDevice);
  });
}

TEST_P(VirtioBlockTest, FlushesAndIdentifiesItself) {
  devices::VirtioBlock::Config config;
  config.serial = "0123456789abcdefghijKLM";
  run_started(
      [&] {
        EXPECT_EQ(request(kFlush, 0, 0, 0), kOk);
        EXPECT_EQ(disk->flushes, 1u);
        disk->failing = true;
        EXPECT_EQ(request(kFlush, 0, 0, 0), kIoError);
        disk->failing = false;
        const std::uint64_t data = kBuffers + 0x1000;
        EXPECT_EQ(request(kGetId, 0, data, 20), kOk);
        EXPECT_EQ(used.second, 21u);
        EXPECT_EQ(std::memcmp(&memory.bytes[data - kBase], "0123456789abcdefghij\0", 21), 0);
        EXPECT_EQ(request(77, 0, 0, 0), kUnsupported);
      },
      config);
}

TEST_P(VirtioBlockTest, RefusesWhatTheDiskCannotDo) {
  run_started([&] {
    const std::uint64_t data = kBuffers + 0x1000;
    const auto before = disk->bytes;
    EXPECT_EQ(request(kIn, 63, data, 512), kOk);
    EXPECT_EQ(request(kIn, 63, data, 1024), kIoError);
    EXPECT_EQ(used.second, 0u) << "no data were written in front of the status byte";
    EXPECT_EQ(request(kIn, 64, data, 512), kIoError);
    EXPECT_EQ(request(kOut, ~std::uint64_t{0}, data, 512), kIoError);
    EXPECT_EQ(request(kOut, ~std::uint64_t{0} / 512, data, 512), kIoError);
    EXPECT_EQ(request(kIn, 0, data, 511), kIoError);
    EXPECT_EQ(request(kOut, 0, data, 513), kIoError);
    EXPECT_EQ(request(kIn, 0, 0x1000, 512), kIoError) << "data outside memory";
    EXPECT_EQ(request(kOut, 0, 0x1000, 512), kIoError);
    EXPECT_EQ(request(kIn, 0, kBase + kSize - 256, 512), kIoError) << "half outside memory";
    disk->failing = true;
    EXPECT_EQ(request(kIn, 0, data, 512), kIoError);
    EXPECT_EQ(request(kOut, 0, data, 512), kIoError);
    EXPECT_TRUE(disk->bytes == before);
    EXPECT_EQ(cpu.read(kStatus) & kNeedsReset, 0u) << "such requests break nothing";
  });
}

TEST_P(VirtioBlockTest, ReadOnlyDiskIsNeverWritten) {
  run_started(
      [&] {
        EXPECT_EQ(request(kOut, 0, kBuffers + 0x1000, 512), kIoError);
        EXPECT_EQ(request(kIn, 0, kBuffers + 0x1000, 512), kOk);
      },
      {}, true);
}

TEST_P(VirtioBlockTest, CompletionComesAfterTheServiceTime) {
  devices::VirtioBlock::Config config;
  config.request_ns = 50'000;
  config.sector_ns = 3'000;
  run_started(
      [&] {
        const sc_time begin = sc_core::sc_time_stamp();
        EXPECT_EQ(request(kIn, 0, kBuffers + 0x1000, 4 * 512), kOk);
        EXPECT_TRUE(cpu.poll([&] { return line.high; }, 10));
        const sc_time took = line.rose_at - begin;
        EXPECT_GE(took, sc_time(62, sc_core::SC_US)) << "service";
        // 32 bursts of data and about 10 small accesses of 20 ns each.
        EXPECT_LT(took, sc_time(63, sc_core::SC_US)) << "service and bus";
        cpu.write(kInterruptAck, 1u);
        const sc_time flush_begin = sc_core::sc_time_stamp();
        EXPECT_EQ(request(kFlush, 0, 0, 0), kOk);
        EXPECT_TRUE(cpu.poll([&] { return line.high; }, 10));
        EXPECT_GE(line.rose_at - flush_begin, sc_time(50, sc_core::SC_US));
        EXPECT_LT(line.rose_at - flush_begin, sc_time(51, sc_core::SC_US));
      },
      config);
}

TEST_P(VirtioBlockTest, ServiceStartsAtTheInitiatorsLocalTime) {
  run_started([&] {
    cpu.ahead = sc_time(100, sc_core::SC_US);
    const sc_time begin = sc_core::sc_time_stamp();
    EXPECT_EQ(request(kFlush, 0, 0, 0), kOk);
    EXPECT_GE(sc_core::sc_time_stamp() - begin, sc_time(110, sc_core::SC_US));
  });
}

TEST_P(VirtioBlockTest, SuppressedInterruptStaysAway) {
  run_started([&] {
    memory.put<std::uint16_t>(driver.available, 1);  // NO_INTERRUPT
    EXPECT_EQ(request(kFlush, 0, 0, 0), kOk);
    cpu.sleep_ns(1e5);
    EXPECT_EQ(line.rises, 0u);
    memory.put<std::uint16_t>(driver.available, 0);
    EXPECT_EQ(request(kFlush, 0, 0, 0), kOk);
    cpu.sleep_ns(1e5);
    EXPECT_EQ(line.rises, 1u);
  });
}

TEST_P(VirtioBlockTest, ResetDropsTheRequestInFlight) {
  run_started([&] {
    const std::uint64_t data = kBuffers + 0x1000;
    driver.put_header(kBuffers, kIn, 0);
    memory.put<std::uint32_t>(data, 0x12345678);
    driver.offer(driver.chain({{kBuffers, 16, false}, {data, 512, true}, {kBuffers + 16, 1, true}},
                              {0, 1, 2}));
    driver.notify();
    cpu.sleep_ns(2'000);
    cpu.write(kStatus, 0u);
    cpu.sleep_ns(1e6);
    EXPECT_EQ(memory.get<std::uint32_t>(data), 0x12345678u) << "memory is the driver's again";
    EXPECT_FALSE(driver.has_used());
    EXPECT_EQ(line.rises, 0u);
    driver.start(legacy(), kRings, 16);
    EXPECT_EQ(request(kIn, 0, data, 512), kOk) << "usable again";
    EXPECT_EQ(memory.get<std::uint32_t>(data), 0u);
  });
}

TEST_P(VirtioBlockTest, RingIndicesWrap) {
  devices::VirtioBlock::Config config;
  config.request_ns = 1;
  run_started(
      [&] {
        memory.latency_ns = 1;
        driver.put_header(kBuffers, kFlush, 0);
        driver.chain({{kBuffers, 16, false}, {kBuffers + 16, 1, true}}, {4, 9});
        for (unsigned i = 0; i < 66'000; ++i) {
          driver.offer(4);
          driver.notify();
          ASSERT_EQ(driver.take_used().first, 4u) << i;
        }
        EXPECT_EQ(disk->flushes, 66'000u);
        memory.requesters.clear();
      },
      config);
}

/// Cuts [address, address + bytes) into random pieces.
void cut(Random& random, std::uint64_t address, std::uint64_t bytes, bool writable, unsigned pieces,
         std::vector<NaiveDriver::Part>& parts) {
  while (bytes > 0) {
    const std::uint64_t length = pieces-- <= 1 ? bytes : random.below(bytes + 1);
    parts.push_back({address, static_cast<std::uint32_t>(length), writable});
    address += length;
    bytes -= length;
  }
}

struct Pending {
  bool write;
  std::uint64_t sector, bytes, buffer, status;
};

TEST_P(VirtioBlockTest, RandomFramingsEqualAFlatDisk) {
  devices::VirtioBlock::Config config;
  config.request_ns = config.sector_ns = 1;
  run_started(
      [&] {
        Random random(tests::seed());
        memory.latency_ns = 1;
        for (auto& b : disk->bytes) b = static_cast<std::uint8_t>(random.bits());
        std::vector<std::uint8_t> oracle = disk->bytes;
        for (std::uint64_t round = 0; round < tests::rounds(1500); ++round) {
          // One or two requests a round, on descriptors chosen at random.
          std::vector<std::uint16_t> slots(16);
          std::iota(slots.begin(), slots.end(), std::uint16_t{0});
          for (std::size_t i = slots.size(); i > 1; --i) {
            std::swap(slots[i - 1], slots[random.below(i)]);
          }
          std::vector<std::pair<std::uint16_t, Pending>> offered;
          const std::uint64_t requests = 1 + random.below(2);
          for (std::uint64_t r = 0; r < requests; ++r) {
            const std::uint64_t area = kBuffers + 0x8000 * r;
            Pending p{random.one_in(2), random.below(64), 0, area + 0x1000 + random.below(64),
                      area + 0x800};
            p.bytes = 512 * random.below(std::min<std::uint64_t>(8, 64 - p.sector) + 1);
            for (std::uint64_t i = 0; i < p.bytes; ++i) {
              memory.put<std::uint8_t>(p.buffer + i, static_cast<std::uint8_t>(random.bits()));
            }
            driver.put_header(area, p.write ? kOut : kIn, p.sector);
            memory.put<std::uint8_t>(p.status, 0xEE);
            std::vector<NaiveDriver::Part> parts;
            cut(random, area, 16, false, 1 + unsigned(random.below(2)), parts);
            cut(random, p.buffer, p.bytes, !p.write, 1 + unsigned(random.below(4)), parts);
            parts.push_back({p.status, 1, true});
            const std::vector<std::uint16_t> mine(slots.begin() + std::ptrdiff_t(8 * r),
                                                  slots.begin() + std::ptrdiff_t(8 * r + 8));
            ASSERT_LE(parts.size(), mine.size());
            const std::uint16_t head = random.one_in(3)
                                           ? driver.indirect_chain(parts, area + 0x400, mine[0])
                                           : driver.chain(parts, mine);
            offered.emplace_back(head, p);
            driver.offer(head);
          }
          driver.notify();
          for (const auto& [head, p] : offered) {
            const auto element = driver.take_used();
            ASSERT_EQ(element.first, head) << "round " << round;
            ASSERT_EQ(element.second, p.write ? 1 : p.bytes + 1);
            ASSERT_EQ(memory.get<std::uint8_t>(p.status), kOk);
            std::uint8_t* buffer = &memory.bytes[p.buffer - kBase];
            std::uint8_t* sectors = oracle.data() + p.sector * 512;
            if (p.write) {
              std::memcpy(sectors, buffer, p.bytes);
            } else {
              ASSERT_EQ(std::memcmp(buffer, sectors, p.bytes), 0) << "round " << round;
            }
          }
          ASSERT_TRUE(disk->bytes == oracle) << "round " << round;
        }
      },
      config);
}

TEST_P(VirtioBlockTest, StatisticsCountWhatHappened) {
  struct Sum : observe::StatisticVisitor {
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
    void histogram(const std::string& path, const observe::Description& d,
                   const observe::Histogram& h) override {
      values[path + "." + d.name] = h.count();
    }
    void absent(const std::string&, const observe::Description&, const std::string&) override {}
  };
  run_started([&] {
    request(kIn, 0, kBuffers + 0x1000, 1536);
    request(kOut, 0, kBuffers + 0x1000, 512);
    request(kOut, 99, kBuffers + 0x1000, 512);
    request(kFlush, 0, 0, 0);
    request(5, 0, 0, 0);
    cpu.sleep_ns(1e5);
    Sum sum;
    device->statistics().visit(sum);
    const std::map<std::string, std::uint64_t> expected = {
        {"requests.read", 1},     {"requests.write", 2},       {"requests.flush", 1},
        {"requests.get-id", 0},   {"requests.unknown", 1},     {"statuses.ok", 3},
        {"statuses.io-error", 1}, {"statuses.unsupported", 1}, {"sectors_read", 3},
        {"sectors_written", 1},   {"bytes_read", 1536},        {"bytes_written", 512},
        {"interrupts", 5},        {"request_latency_ns", 5}};
    for (const auto& [name, value] : expected)
      EXPECT_EQ(sum.values["virtio0." + name], value) << name;
  });
}

INSTANTIATE_TEST_SUITE_P(Versions, VirtioBlockTest, ::testing::Values(false, true),
                         [](const auto& version) { return version.param ? "legacy" : "modern"; });

}  // namespace
}  // namespace lookaside::tests
