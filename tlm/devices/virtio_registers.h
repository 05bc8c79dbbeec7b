// SPDX-License-Identifier: Apache-2.0
// Names of the virtio-mmio registers inside the model (see virtio_registers.cpp for the tables).
#pragma once

namespace lookaside::devices {

enum VirtioRegister : unsigned {
  kVirtioMagicValue,
  kVirtioVersion,
  kVirtioDeviceId,
  kVirtioVendorId,
  kVirtioDeviceFeatures,
  kVirtioDeviceFeaturesSel,
  kVirtioDriverFeatures,
  kVirtioDriverFeaturesSel,
  kVirtioGuestPageSize,
  kVirtioQueueSel,
  kVirtioQueueNumMax,
  kVirtioQueueNum,
  kVirtioQueueAlign,
  kVirtioQueuePfn,
  kVirtioQueueReady,
  kVirtioQueueNotify,
  kVirtioInterruptStatus,
  kVirtioInterruptAck,
  kVirtioStatus,
  kVirtioQueueDescLow,
  kVirtioQueueDescHigh,
  kVirtioQueueDriverLow,
  kVirtioQueueDriverHigh,
  kVirtioQueueDeviceLow,
  kVirtioQueueDeviceHigh,
  kVirtioSharedMemory,
  kVirtioConfigGeneration,
  kVirtioConfig,
  kVirtioRest,
};

}  // namespace lookaside::devices
