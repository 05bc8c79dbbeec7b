// SPDX-License-Identifier: Apache-2.0
// A block device, a driver, memory and a CPU.
#pragma once

#include <memory>

#include <lookaside/devices/virtio_block.h>

#include "virtio_driver.h"

namespace lookaside::tests {

/// A disk whose content a test sees; it fails on demand.
class TestDisk : public devices::Disk {
 public:
  explicit TestDisk(std::uint64_t sectors, bool read_only = false)
      : bytes(sectors * 512), read_only_(read_only) {}
  std::uint64_t sectors() const override { return bytes.size() / 512; }
  bool read_only() const override { return read_only_; }
  bool read(std::uint64_t first, std::uint64_t count, std::uint8_t* data) override {
    EXPECT_LE(first + count, sectors()) << "the device never leaves the disk";
    if (failing) return false;
    std::memcpy(data, &bytes.at(first * 512), count * 512);
    return true;
  }
  bool write(std::uint64_t first, std::uint64_t count, const std::uint8_t* data) override {
    EXPECT_LE(first + count, sectors()) << "the device never leaves the disk";
    EXPECT_FALSE(read_only_);
    if (failing) return false;
    std::memcpy(&bytes.at(first * 512), data, count * 512);
    return true;
  }
  bool flush() override {
    ++flushes;
    return !failing;
  }
  std::vector<std::uint8_t> bytes;
  bool failing = false;
  unsigned flushes = 0;

 private:
  bool read_only_;
};

class VirtioTest : public SystemCTest {
 protected:
  static constexpr std::uint64_t kBase = 0x8000'0000;
  static constexpr std::size_t kSize = 1 << 18;
  static constexpr std::uint64_t kRings = kBase;             ///< up to kBuffers
  static constexpr std::uint64_t kBuffers = kBase + 0x8000;  ///< the rest is for data

  void build(const devices::VirtioBlock::Config& config = {}, std::uint64_t sectors = 64,
             bool read_only = false) {
    auto owned = std::make_unique<TestDisk>(sectors, read_only);
    disk = owned.get();
    device = std::make_unique<devices::VirtioBlock>("virtio0", config, std::move(owned));
    cpu.socket.bind(device->socket);
    device->bus.bind(memory.socket);
    device->irq.bind(line);
  }
  void run(std::function<void()> script) {
    if (device == nullptr) build();
    cpu.script = std::move(script);
    sc_core::sc_start();
    EXPECT_TRUE(cpu.finished);
  }
  /// One request with header, one data buffer and status in descriptors 0 to 2; the status byte.
  std::uint8_t request(std::uint32_t type, std::uint64_t sector, std::uint64_t data,
                       std::uint32_t length) {
    driver.put_header(kBuffers, type, sector);
    memory.put<std::uint8_t>(kBuffers + 16, 0xEE);
    std::vector<NaiveDriver::Part> parts = {{kBuffers, 16, false}};
    if (length != 0) parts.push_back({data, length, type != virtio::kOut});
    parts.push_back({kBuffers + 16, 1, true});
    driver.offer(driver.chain(parts, {0, 1, 2}));
    driver.notify();
    used = driver.take_used();
    EXPECT_EQ(used.first, 0u);
    return memory.get<std::uint8_t>(kBuffers + 16);
  }

  FlatMemory memory{"memory", kBase, kSize};
  LineRecorder line{"line"};
  ScriptedCpu cpu{"cpu"};
  TestDisk* disk = nullptr;
  std::unique_ptr<devices::VirtioBlock> device;
  NaiveDriver driver{cpu, memory};
  std::pair<std::uint32_t, std::uint32_t> used;
};

}  // namespace lookaside::tests
