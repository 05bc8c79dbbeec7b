// SPDX-License-Identifier: Apache-2.0
// The virtio-mmio transport, register by register, against virtio 1.1 sections 4.2.2 to 4.2.4.
#include <lookaside/devices/virtio_mmio.h>

#include "virtio_fixture.h"

namespace lookaside::tests {
namespace {

using namespace virtio;

class VirtioMmioTest : public VirtioTest {
 protected:
  void negotiate(std::uint32_t low, std::uint32_t high) {
    cpu.write(kStatus, 0u);
    cpu.write(kStatus, kAcknowledge | kDriver);
    cpu.write(kDriverFeaturesSel, 0u);
    cpu.write(kDriverFeatures, low);
    cpu.write(kDriverFeaturesSel, 1u);
    cpu.write(kDriverFeatures, high);
    cpu.write(kStatus, kAcknowledge | kDriver | kFeaturesOk);
  }
  bool features_accepted() { return (cpu.read(kStatus) & kFeaturesOk) != 0; }
};

TEST_F(VirtioMmioTest, ModernIdentityAndConfiguration) {
  run([&] {
    EXPECT_EQ(cpu.read(kMagic), 0x74726976u);
    EXPECT_EQ(cpu.read(kVersion), 2u);
    EXPECT_EQ(cpu.read(kDeviceId), 2u);
    EXPECT_EQ(cpu.read(kVendor), 0x53414B4Cu);
    EXPECT_EQ(cpu.read(kStatus), 0u);
    EXPECT_EQ(cpu.read(kInterruptStatus), 0u);
    EXPECT_EQ(cpu.read(kConfigGeneration), 0u);
    for (std::uint64_t shm = 0x0B0; shm <= 0x0BC; shm += 4) EXPECT_EQ(cpu.read(shm), ~0u);
    EXPECT_EQ(cpu.read<std::uint64_t>(kConfig), 64u) << "capacity in sectors";
    EXPECT_EQ(cpu.read(kConfig), 64u);
    EXPECT_EQ(cpu.read(kConfig + 4), 0u);
    EXPECT_EQ(cpu.read(kConfig + 12), 126u) << "seg_max";
    EXPECT_EQ(cpu.read(kConfig + 20), 512u) << "blk_size";
    EXPECT_EQ(cpu.read<std::uint8_t>(kConfig), 64u);
    EXPECT_EQ(cpu.read<std::uint16_t>(kConfig + 20), 512u);
    EXPECT_EQ(cpu.read<std::uint8_t>(kConfig + 0xFF), 0u);
    cpu.write(kConfig, 1u);
    EXPECT_EQ(cpu.read(kConfig), 64u) << "the configuration is read-only";
    EXPECT_EQ(cpu.try_read(kConfig + 1, 2), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(cpu.try_read(kConfig + 0xFE, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(cpu.try_read(kGuestPageSize, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(cpu.try_read(kQueuePfn, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    expect_malformed_refused(cpu, kStatus, 0x200);
  });
}

TEST_F(VirtioMmioTest, WriteOnlyReadsZeroAndReadOnlyStays) {
  run([&] {
    for (auto offset : {kDeviceFeaturesSel, kDriverFeatures, kDriverFeaturesSel, kQueueSel,
                        kQueueNum, kInterruptAck, kQueueDesc, kQueueDesc + 4, kQueueDriver,
                        kQueueDriver + 4, kQueueDevice, kQueueDevice + 4}) {
      cpu.write(offset, 0u);
      EXPECT_EQ(cpu.read(offset), 0u) << offset;
    }
    for (auto offset : {kMagic, kVersion, kDeviceId, kVendor, kQueueNumMax, kInterruptStatus,
                        kConfigGeneration}) {
      const std::uint32_t before = cpu.read(offset);
      cpu.write(offset, ~before);
      EXPECT_EQ(cpu.read(offset), before) << offset;
    }
  });
}

TEST_F(VirtioMmioTest, OffersItsFeatures) {
  run([&] {
    // SEG_MAX 2, BLK_SIZE 6, FLUSH 9, INDIRECT_DESC 28; VERSION_1 is bit 32.
    EXPECT_EQ(cpu.read(kDeviceFeatures), 1u << 2 | 1u << 6 | 1u << 9 | 1u << 28);
    cpu.write(kDeviceFeaturesSel, 1u);
    EXPECT_EQ(cpu.read(kDeviceFeatures), 1u);
    cpu.write(kDeviceFeaturesSel, 2u);
    EXPECT_EQ(cpu.read(kDeviceFeatures), 0u);
  });
}

TEST_F(VirtioMmioTest, ReadOnlyDiskSaysSo) {
  build({}, 64, true);
  run([&] { EXPECT_NE(cpu.read(kDeviceFeatures) & 1u << 5, 0u); });
}

TEST_F(VirtioMmioTest, FeaturesOkOnlyForOfferedFeaturesWithVersion1) {
  run([&] {
    negotiate(1u << 9, 1);
    EXPECT_TRUE(features_accepted());
    negotiate(1u << 9, 0);
    EXPECT_FALSE(features_accepted()) << "VERSION_1 missing";
    negotiate(1u << 5, 1);
    EXPECT_FALSE(features_accepted()) << "RO was not offered";
    negotiate(0, 3);
    EXPECT_FALSE(features_accepted()) << "bit 33 was not offered";
    negotiate(0, 1);
    EXPECT_TRUE(features_accepted());
    cpu.write(kDriverFeatures, ~0u);  // too late
    cpu.write(kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
    EXPECT_EQ(cpu.read(kStatus), kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
  });
}

TEST_F(VirtioMmioTest, StatusBitsStayUntilReset) {
  run([&] {
    cpu.write(kStatus, kAcknowledge);
    cpu.write(kStatus, kDriver | kFailed | kNeedsReset);
    EXPECT_EQ(cpu.read(kStatus), kAcknowledge | kDriver | kFailed) << "NEEDS_RESET is the device's";
    cpu.write(kStatus, 0u);
    EXPECT_EQ(cpu.read(kStatus), 0u);
  });
}

TEST_F(VirtioMmioTest, QueueIsReadyOnlyIfItIsPossible) {
  struct Case {
    std::uint32_t num;
    std::uint64_t desc, driver, device;
    bool ready;
  };
  const Case cases[] = {
      {256, 0x8000'0000, 0x8000'2002, 0x8000'3004, true},
      {1, 0x10, 2, 4, true},
      {0, 0x8000'0000, 0x8000'2000, 0x8000'3000, false},
      {3, 0x8000'0000, 0x8000'2000, 0x8000'3000, false},
      {512, 0x8000'0000, 0x8000'2000, 0x8000'3000, false},
      {65536 + 16, 0x8000'0000, 0x8000'2000, 0x8000'3000, false},
      {16, 0x8000'0008, 0x8000'2000, 0x8000'3000, false},
      {16, 0x8000'0000, 0x8000'2001, 0x8000'3000, false},
      {16, 0x8000'0000, 0x8000'2000, 0x8000'3002, false},
  };
  run([&] {
    EXPECT_EQ(cpu.read(kQueueNumMax), 256u);
    EXPECT_EQ(cpu.read(kQueueReady), 0u);
    for (const Case& c : cases) {
      cpu.write(kStatus, 0u);
      cpu.write(kQueueNum, c.num);
      for (auto [offset, address] :
           {std::pair{kQueueDesc, c.desc}, {kQueueDriver, c.driver}, {kQueueDevice, c.device}}) {
        cpu.write(offset, std::uint32_t(address));
        cpu.write(offset + 4, std::uint32_t(address >> 32));
      }
      cpu.write(kQueueReady, 1u);
      EXPECT_EQ(cpu.read(kQueueReady), c.ready ? 1u : 0u) << c.num;
      cpu.write(kQueueReady, 0u);
      EXPECT_EQ(cpu.read(kQueueReady), 0u);
    }
    cpu.write(kQueueSel, 1u);
    EXPECT_EQ(cpu.read(kQueueNumMax), 0u) << "there is one queue";
    cpu.write(kQueueReady, 1u);
    EXPECT_EQ(cpu.read(kQueueReady), 0u);
  });
}

TEST_F(VirtioMmioTest, NotifyBeforeDriverOkIsIgnored) {
  run([&] {
    driver.start(false, kRings, 16);
    // The same once more, but without DRIVER_OK.
    cpu.write(kStatus, 0u);
    negotiate(0, 1);
    cpu.write(kQueueNum, 16u);
    for (auto [offset, address] : {std::pair{kQueueDesc, driver.table},
                                   {kQueueDriver, driver.available},
                                   {kQueueDevice, driver.used}}) {
      cpu.write(offset, std::uint32_t(address));
    }
    cpu.write(kQueueReady, 1u);
    ASSERT_EQ(cpu.read(kQueueReady), 1u);
    memory.requesters.clear();
    driver.notify();
    cpu.sleep_ns(1e6);
    EXPECT_TRUE(memory.requesters.empty());
    cpu.write(kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
    cpu.write(kQueueNotify, 7u);  // no such queue
    cpu.sleep_ns(1e6);
    EXPECT_TRUE(memory.requesters.empty());
    driver.notify();
    cpu.sleep_ns(1e6);
    EXPECT_FALSE(memory.requesters.empty());
  });
}

TEST_F(VirtioMmioTest, LegacyRegisters) {
  devices::VirtioBlock::Config config;
  config.legacy = true;
  build(config);
  run([&] {
    EXPECT_EQ(cpu.read(kMagic), 0x74726976u);
    EXPECT_EQ(cpu.read(kVersion), 1u);
    EXPECT_EQ(cpu.read(kDeviceId), 2u);
    cpu.write(kDeviceFeaturesSel, 1u);
    EXPECT_EQ(cpu.read(kDeviceFeatures), 0u) << "no VERSION_1";
    EXPECT_EQ(cpu.read(kQueueNumMax), 256u);
    EXPECT_EQ(cpu.try_read(kQueueReady, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(cpu.try_read(kQueueDesc, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    cpu.write(kQueuePfn, 0x80000u);
    EXPECT_EQ(cpu.read(kQueuePfn), 0u) << "no page size yet";
    cpu.write(kGuestPageSize, 4096u);
    cpu.write(kStatus, 0u);
    cpu.write(kQueuePfn, 0x80000u);
    EXPECT_EQ(cpu.read(kQueuePfn), 0x80000u) << "the page size survives a reset";
    cpu.write(kQueuePfn, 0u);
    EXPECT_EQ(cpu.read(kQueuePfn), 0u);
    cpu.write(kQueueAlign, 3000u);
    cpu.write(kQueuePfn, 0x80000u);
    EXPECT_EQ(cpu.read(kQueuePfn), 0u) << "alignment must be a power of two";
    EXPECT_EQ(cpu.read<std::uint64_t>(kConfig), 64u);
  });
}

class EmptySlotTest : public SystemCTest {};

TEST_F(EmptySlotTest, IsFoundEmptyWithoutError) {
  devices::VirtioEmptySlot slot("virtio1", {});
  ScriptedCpu cpu("cpu");
  cpu.socket.bind(slot.socket);
  cpu.script = [&] {
    EXPECT_EQ(cpu.read(kMagic), 0x74726976u);
    EXPECT_EQ(cpu.read(kVersion), 2u);
    EXPECT_EQ(cpu.read(kDeviceId), 0u);
    EXPECT_EQ(cpu.read(kVendor), 0x53414B4Cu);
    for (std::uint64_t offset = 0x10; offset < 0x1000; offset += 4) {
      cpu.write(offset, ~0u);
      ASSERT_EQ(cpu.read(offset), 0u);
    }
    EXPECT_EQ(cpu.try_read(0xFFE, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(cpu.try_read(0x1000, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  };
  sc_core::sc_start();
  EXPECT_TRUE(cpu.finished);
}

TEST_F(EmptySlotTest, HasALegacyForm) {
  devices::VirtioEmptySlot::Config config;
  config.legacy = true;
  devices::VirtioEmptySlot slot("virtio1", config);
  ScriptedCpu cpu("cpu");
  cpu.socket.bind(slot.socket);
  cpu.script = [&] { EXPECT_EQ(cpu.read(kVersion), 1u); };
  sc_core::sc_start();
  EXPECT_TRUE(cpu.finished);
}

TEST_F(EmptySlotTest, ImpossibleQueueSizeIsRefusedWithTheReason) {
  devices::VirtioBlock::Config config;
  config.queue_size = 100;
  try {
    devices::VirtioBlock bad("virtio0", config, std::make_unique<TestDisk>(1));
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "virtio0: queue_size is 100, but must be a power of two from 1 to 32768");
  }
}

}  // namespace
}  // namespace lookaside::tests
