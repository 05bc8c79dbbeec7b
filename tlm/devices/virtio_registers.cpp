// SPDX-License-Identifier: Apache-2.0
// Register tables of virtio-mmio (virtio 1.1, sections 4.2.2 and 4.2.4).
#include <lookaside/devices/virtio_mmio.h>
#include <lookaside/devices/virtio_registers.h>

namespace lookaside::devices {
namespace {

using Registers = std::vector<RegisterDescription>;
constexpr RegisterMode kRo = RegisterMode::kReadOnly;
constexpr RegisterMode kWo = RegisterMode::kWriteOnly;
constexpr RegisterMode kRw = RegisterMode::kReadWrite;

/// Registers that both versions have at the same place.
Registers common(std::uint32_t version) {
  return {
      {kVirtioMagicValue, 0x000, 4, kRo, kVirtioMagic, "MAGIC_VALUE", "The letters \"virt\"."},
      {kVirtioVersion, 0x004, 4, kRo, version, "VERSION", "2: modern, 1: legacy."},
      {kVirtioDeviceId, 0x008, 4, kRo, 0, "DEVICE_ID", "2: block device, 0: empty slot."},
      {kVirtioVendorId, 0x00C, 4, kRo, kVirtioVendor, "VENDOR_ID", "The letters \"LKAS\"."},
      {kVirtioDeviceFeatures, 0x010, 4, kRo, 0, "DEVICE_FEATURES",
       "32 offered feature bits, chosen by DEVICE_FEATURES_SEL."},
      {kVirtioDeviceFeaturesSel, 0x014, 4, kWo, 0, "DEVICE_FEATURES_SEL",
       "0: feature bits 31..0, 1: 63..32."},
      {kVirtioDriverFeatures, 0x020, 4, kWo, 0, "DRIVER_FEATURES",
       "32 accepted feature bits, chosen by DRIVER_FEATURES_SEL."},
      {kVirtioDriverFeaturesSel, 0x024, 4, kWo, 0, "DRIVER_FEATURES_SEL",
       "0: feature bits 31..0, 1: 63..32."},
      {kVirtioQueueSel, 0x030, 4, kWo, 0, "QUEUE_SEL", "Queue that the queue registers mean."},
      {kVirtioQueueNumMax, 0x034, 4, kRo, 0, "QUEUE_NUM_MAX",
       "Largest size of the selected queue, 0: no such queue."},
      {kVirtioQueueNum, 0x038, 4, kWo, 0, "QUEUE_NUM", "Size of the queue, a power of two."},
      {kVirtioQueueNotify, 0x050, 4, kWo, 0, "QUEUE_NOTIFY",
       "Number of a queue with new available buffers."},
      {kVirtioInterruptStatus,
       0x060,
       4,
       kRo,
       0,
       "INTERRUPT_STATUS",
       "Why the line is high.",
       {{0, 1, "USED_RING", "Buffers were used."},
        {1, 1, "CONFIG_CHANGE", "The configuration or the status changed."}}},
      {kVirtioInterruptAck, 0x064, 4, kWo, 0, "INTERRUPT_ACK", "Clears the written ones."},
      {kVirtioStatus,
       0x070,
       4,
       kRw,
       0,
       "STATUS",
       "State of the driver; writing 0 resets.",
       {{0, 1, "ACKNOWLEDGE", "The driver saw the device."},
        {1, 1, "DRIVER", "The driver knows how to drive it."},
        {2, 1, "DRIVER_OK", "The driver is ready."},
        {3, 1, "FEATURES_OK", "Features are agreed on."},
        {6, 1, "NEEDS_RESET", "The device gave up; set by the device."},
        {7, 1, "FAILED", "The driver gave up."}}},
  };
}

/// The configuration space takes the rest of the slot's useful part.
RegisterDescription configuration() {
  return {
      kVirtioConfig,
      kVirtioConfigOffset,
      0x100,
      kRo,
      0,
      "CONFIG",
      "Device configuration: u64 capacity in sectors, u32 -, u32 seg_max, u32 -, u32 blk_size."};
}

RegisterMap make_modern() {
  RegisterMap table{"virtio", kVirtioSlotBytes, common(2)};
  const Registers more = {
      {kVirtioQueueReady, 0x044, 4, kRw, 0, "QUEUE_READY",
       "1: the device may use the queue; stays 0 if size or addresses are not acceptable."},
      {kVirtioQueueDescLow, 0x080, 4, kWo, 0, "QUEUE_DESC_LOW", "Descriptor table, 16-aligned."},
      {kVirtioQueueDescHigh, 0x084, 4, kWo, 0, "QUEUE_DESC_HIGH", "Its upper half."},
      {kVirtioQueueDriverLow, 0x090, 4, kWo, 0, "QUEUE_DRIVER_LOW", "Available ring, 2-aligned."},
      {kVirtioQueueDriverHigh, 0x094, 4, kWo, 0, "QUEUE_DRIVER_HIGH", "Its upper half."},
      {kVirtioQueueDeviceLow, 0x0A0, 4, kWo, 0, "QUEUE_DEVICE_LOW", "Used ring, 4-aligned."},
      {kVirtioQueueDeviceHigh, 0x0A4, 4, kWo, 0, "QUEUE_DEVICE_HIGH", "Its upper half."},
      {kVirtioRest, 0x0AC, 4, kWo, 0, "SHM_SEL", "Shared memory region; there is none."},
      {kVirtioSharedMemory, 0x0B0, 4, kRo, ~0U, "SHM_LEN_LOW", "All ones: no such region."},
      {kVirtioSharedMemory, 0x0B4, 4, kRo, ~0U, "SHM_LEN_HIGH", "All ones: no such region."},
      {kVirtioSharedMemory, 0x0B8, 4, kRo, ~0U, "SHM_BASE_LOW", "All ones: no such region."},
      {kVirtioSharedMemory, 0x0BC, 4, kRo, ~0U, "SHM_BASE_HIGH", "All ones: no such region."},
      {kVirtioConfigGeneration, 0x0FC, 4, kRo, 0, "CONFIG_GENERATION",
       "Changes with the configuration, which here never changes."},
      configuration(),
  };
  table.registers.insert(table.registers.end(), more.begin(), more.end());
  return table;
}

RegisterMap make_legacy() {
  RegisterMap table{"virtio_legacy", kVirtioSlotBytes, common(1)};
  const Registers more = {
      {kVirtioGuestPageSize, 0x028, 4, kWo, 0, "GUEST_PAGE_SIZE",
       "Unit of QUEUE_PFN in bytes, a power of two; survives a reset."},
      {kVirtioQueueAlign, 0x03C, 4, kWo, 0, "QUEUE_ALIGN",
       "Alignment of the used ring in bytes, a power of two."},
      {kVirtioQueuePfn, 0x040, 4, kRw, 0, "QUEUE_PFN",
       "Page number of the queue; 0 takes it away; stays 0 if size or alignment are wrong."},
      configuration(),
  };
  table.registers.insert(table.registers.end(), more.begin(), more.end());
  return table;
}

RegisterMap make_empty() {
  Registers first = common(2);
  first.resize(4);
  first.push_back({kVirtioRest, 0x010, kVirtioSlotBytes - 0x010, kRw, 0, "REST",
                   "Reads zero, ignores writes."});
  return {"virtio_empty", kVirtioSlotBytes, first};
}

}  // namespace

const RegisterMap& virtio_modern_registers() {
  static const RegisterMap table = make_modern();
  return table;
}

const RegisterMap& virtio_legacy_registers() {
  static const RegisterMap table = make_legacy();
  return table;
}

const RegisterMap& virtio_empty_registers() {
  static const RegisterMap table = make_empty();
  return table;
}

}  // namespace lookaside::devices
