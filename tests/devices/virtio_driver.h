// SPDX-License-Identifier: Apache-2.0
// A naive virtio block driver for tests, written from the specification alone: it shares no header
// with the device. It keeps its rings in the guest memory and counts on nothing.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "device_bench.h"

namespace lookaside::tests {

// Offsets and bits, written by hand from virtio 1.1, sections 2.1, 2.6, 4.2 and 5.2.
namespace virtio {
constexpr std::uint64_t kMagic = 0x000, kVersion = 0x004, kDeviceId = 0x008, kVendor = 0x00C,
                        kDeviceFeatures = 0x010, kDeviceFeaturesSel = 0x014,
                        kDriverFeatures = 0x020, kDriverFeaturesSel = 0x024, kGuestPageSize = 0x028,
                        kQueueSel = 0x030, kQueueNumMax = 0x034, kQueueNum = 0x038,
                        kQueueAlign = 0x03C, kQueuePfn = 0x040, kQueueReady = 0x044,
                        kQueueNotify = 0x050, kInterruptStatus = 0x060, kInterruptAck = 0x064,
                        kStatus = 0x070, kQueueDesc = 0x080, kQueueDriver = 0x090,
                        kQueueDevice = 0x0A0, kConfigGeneration = 0x0FC, kConfig = 0x100;
constexpr std::uint32_t kAcknowledge = 1, kDriver = 2, kDriverOk = 4, kFeaturesOk = 8,
                        kNeedsReset = 64, kFailed = 128;
constexpr std::uint16_t kNext = 1, kWrite = 2, kIndirect = 4;
constexpr std::uint32_t kIn = 0, kOut = 1, kFlush = 4, kGetId = 8;
constexpr std::uint8_t kOk = 0, kIoError = 1, kUnsupported = 2;
}  // namespace virtio

class NaiveDriver {
 public:
  struct Part {
    std::uint64_t address;
    std::uint32_t length;
    bool writable;
  };

  std::uint64_t table = 0;
  std::uint64_t available = 0;
  std::uint64_t used = 0;
  std::uint16_t size = 0;
  std::uint16_t available_index = 0;
  std::uint16_t used_index = 0;
  std::uint32_t features_low = 0;

  NaiveDriver(ScriptedCpu& the_cpu, FlatMemory& the_memory) : cpu(the_cpu), memory(the_memory) {}

  /// The sequence of section 3.1.1 with a queue of `entries` at `where` (page aligned).
  void start(bool legacy, std::uint64_t where, std::uint16_t entries, bool indirect = true) {
    using namespace virtio;
    size = entries;
    available_index = used_index = 0;
    cpu.write(kStatus, 0u);
    if (legacy) cpu.write(kGuestPageSize, 4096u);
    cpu.write(kStatus, kAcknowledge);
    cpu.write(kStatus, kAcknowledge | kDriver);
    features_low = cpu.read(kDeviceFeatures) & ~(indirect ? 0 : 1u << 28);
    cpu.write(kDriverFeaturesSel, 0u);
    cpu.write(kDriverFeatures, features_low);
    if (!legacy) {
      cpu.write(kDriverFeaturesSel, 1u);
      cpu.write(kDriverFeatures, 1u);  // VERSION_1
      cpu.write(kStatus, kAcknowledge | kDriver | kFeaturesOk);
      ASSERT_NE(cpu.read(kStatus) & kFeaturesOk, 0u);
    }
    place(where);
    cpu.write(kQueueSel, 0u);
    cpu.write(kQueueNum, std::uint32_t{entries});
    legacy ? start_legacy(where) : start_modern();
    const std::uint32_t done = kAcknowledge | kDriver | kDriverOk | (legacy ? 0 : kFeaturesOk);
    cpu.write(kStatus, done);
    ASSERT_EQ(cpu.read(kStatus), done);
  }

  /// Writes a descriptor of any table.
  void describe(std::uint64_t where, std::uint64_t index, std::uint64_t address,
                std::uint32_t length, std::uint16_t flags, std::uint16_t next) {
    memory.put<std::uint64_t>(where + 16 * index, address);
    memory.put<std::uint32_t>(where + 16 * index + 8, length);
    memory.put<std::uint16_t>(where + 16 * index + 12, flags);
    memory.put<std::uint16_t>(where + 16 * index + 14, next);
  }
  /// A chain at the given descriptors, in this order; returns its head.
  std::uint16_t chain(const std::vector<Part>& parts, const std::vector<std::uint16_t>& slots) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool last = i + 1 == parts.size();
      const unsigned flags =
          (parts[i].writable ? virtio::kWrite : 0u) | (last ? 0u : virtio::kNext);
      describe(table, slots[i], parts[i].address, parts[i].length, std::uint16_t(flags),
               last ? std::uint16_t{0} : slots[i + 1]);
    }
    return slots[0];
  }
  /// The same chain in an indirect table at `where`, hung on descriptor `slot`.
  std::uint16_t indirect_chain(const std::vector<Part>& parts, std::uint64_t where,
                               std::uint16_t slot) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool last = i + 1 == parts.size();
      const unsigned flags =
          (parts[i].writable ? virtio::kWrite : 0u) | (last ? 0u : virtio::kNext);
      describe(where, i, parts[i].address, parts[i].length, std::uint16_t(flags),
               std::uint16_t(last ? 0 : i + 1));
    }
    describe(table, slot, where, std::uint32_t(16 * parts.size()), virtio::kIndirect, 0);
    return slot;
  }
  void offer(std::uint16_t head) {
    memory.put<std::uint16_t>(available + 4 + 2ULL * (available_index % size), head);
    memory.put<std::uint16_t>(available + 2, ++available_index);
  }
  void notify() { cpu.write(virtio::kQueueNotify, 0u); }
  bool has_used() const { return memory.get<std::uint16_t>(used + 2) != used_index; }
  /// Waits for the next used element: (head, length). (~0, ~0) if none comes.
  std::pair<std::uint32_t, std::uint32_t> take_used() {
    if (!cpu.poll([&] { return has_used(); }, 100'000)) return {~0u, ~0u};
    const std::uint64_t element = used + 4 + 8ULL * (used_index % size);
    ++used_index;
    return {memory.get<std::uint32_t>(element), memory.get<std::uint32_t>(element + 4)};
  }
  void put_header(std::uint64_t where, std::uint32_t type, std::uint64_t sector) {
    memory.put<std::uint32_t>(where, type);
    memory.put<std::uint32_t>(where + 4, 0);
    memory.put<std::uint64_t>(where + 8, sector);
  }

  ScriptedCpu& cpu;
  FlatMemory& memory;

 private:
  void place(std::uint64_t where) {
    table = where;
    available = table + 16ULL * size;
    const std::uint64_t end = available + 6 + 2ULL * size;
    used = (end + 4095) / 4096 * 4096;
    std::fill(memory.bytes.begin() + std::ptrdiff_t(where - memory.base),
              memory.bytes.begin() + std::ptrdiff_t(used + 6 + 8ULL * size - memory.base),
              std::uint8_t{0});
  }
  void start_legacy(std::uint64_t where) {
    ASSERT_EQ(cpu.read(virtio::kQueuePfn), 0u);
    cpu.write(virtio::kQueueAlign, 4096u);
    cpu.write(virtio::kQueuePfn, static_cast<std::uint32_t>(where / 4096));
    ASSERT_EQ(cpu.read(virtio::kQueuePfn), where / 4096);
  }
  void start_modern() {
    const std::pair<std::uint64_t, std::uint64_t> addresses[] = {{virtio::kQueueDesc, table},
                                                                 {virtio::kQueueDriver, available},
                                                                 {virtio::kQueueDevice, used}};
    for (const auto& [offset, address] : addresses) {
      cpu.write(offset, static_cast<std::uint32_t>(address));
      cpu.write(offset + 4, static_cast<std::uint32_t>(address >> 32));
    }
    cpu.write(virtio::kQueueReady, 1u);
    ASSERT_EQ(cpu.read(virtio::kQueueReady), 1u);
  }
};

}  // namespace lookaside::tests
