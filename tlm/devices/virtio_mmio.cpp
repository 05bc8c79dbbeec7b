// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <lookaside/devices/device_setup_error.h>
#include <lookaside/devices/virtio_mmio.h>
#include <lookaside/devices/virtio_registers.h>

namespace lookaside::devices {
namespace {

constexpr std::uint32_t kLegacyAlign = 4096;  ///< of the used ring, before the driver says
constexpr std::uint32_t kMaxLegacyAlign = 1U << 20;

constexpr std::uint64_t kMaxQueueSize = 32768;

constexpr bool is_power_of_two(std::uint64_t value) {
  return value != 0 && (value & (value - 1)) == 0;
}

void set_half(std::uint64_t& whole, bool high, std::uint32_t value) {
  const unsigned shift = high ? 32 : 0;
  whole = (whole & ~(std::uint64_t{0xFFFF'FFFF} << shift)) | (std::uint64_t{value} << shift);
}

std::uint32_t half(std::uint64_t whole, std::uint32_t select) {
  return select > 1 ? 0 : static_cast<std::uint32_t>(whole >> (32 * select));
}

/// Legacy layout: table, available ring with its trailing event word, then the aligned used ring.
QueueLayout legacy_layout(std::uint64_t base, std::uint16_t size, std::uint64_t align) {
  const std::uint64_t driver = base + 16ULL * size;
  const std::uint64_t end = driver + 4 + 2ULL * size + 2;
  return {size, base, driver, (end + align - 1) / align * align};
}

bool is_plain_access(std::uint64_t offset, std::uint64_t bytes) {
  return is_power_of_two(bytes) && bytes <= 8 && offset % bytes == 0;
}

}  // namespace

VirtioEmptySlot::VirtioEmptySlot(const sc_core::sc_module_name& name, const Config& config)
    : RegisterTarget(name, virtio_empty_registers(), config.access_ps), legacy_(config.legacy) {}

std::uint32_t VirtioEmptySlot::read_register(unsigned id, const AccessTime&, bool) {
  switch (id) {
    case kVirtioMagicValue:
      return kVirtioMagic;
    case kVirtioVersion:
      return legacy_ ? 1 : 2;
    case kVirtioVendorId:
      return kVirtioVendor;
    default:
      return 0;
  }
}

bool VirtioEmptySlot::read_window(unsigned, std::uint64_t offset, std::uint8_t* data,
                                  std::uint64_t bytes, const AccessTime&, bool) {
  if (!is_plain_access(offset, bytes)) return false;
  std::memset(data, 0, bytes);
  return true;
}

bool VirtioEmptySlot::write_window(unsigned, std::uint64_t offset, const std::uint8_t*,
                                   std::uint64_t bytes, const AccessTime&) {
  return is_plain_access(offset, bytes);
}

VirtioMmio::VirtioMmio(const sc_core::sc_module_name& name, const Transport& transport)
    : RegisterTarget(name, transport.legacy ? virtio_legacy_registers() : virtio_modern_registers(),
                     transport.access_ps),
      irq("irq"),
      transport_(transport),
      offered_(transport.features | kVirtioIndirect | (transport.legacy ? 0 : kVirtioVersion1)),
      queue_num_(transport.queue_size),
      queue_align_(kLegacyAlign) {
  checked_power_of_two(basename(), "queue_size", transport.queue_size, 1, kMaxQueueSize);
}

bool VirtioMmio::serving() const {
  // Legacy drivers are known to use the queue before DRIVER_OK.
  constexpr std::uint32_t kDriving = kVirtioFeaturesOk | kVirtioDriverOk;
  const bool driving = transport_.legacy || (status_ & kDriving) == kDriving;
  return driving && queue_.ready() && (status_ & kVirtioNeedsReset) == 0;
}

void VirtioMmio::raise(std::uint32_t interrupt_bits) {
  interrupt_status_ |= interrupt_bits;
  update_irq();
}

void VirtioMmio::need_reset() {
  status_ |= kVirtioNeedsReset;
  status_changed(status_, {sc_core::SC_ZERO_TIME, absolute_ps(sc_core::SC_ZERO_TIME)});
  if ((status_ & kVirtioDriverOk) != 0) raise(kVirtioConfigChange);
}

void VirtioMmio::update_irq() {
  if (irq.size() > 0) irq->set_interrupt(transport_.irq_line, interrupt_status_ != 0);
}

void VirtioMmio::reset() {
  ++epoch_;
  queue_.stop();
  status_ = interrupt_status_ = 0;
  device_features_sel_ = driver_features_sel_ = 0;
  driver_features_ = 0;
  queue_sel_ = 0;
  queue_num_ = transport_.queue_size;
  table_ = driver_ = device_ = 0;
  queue_align_ = kLegacyAlign;
  page_frame_ = 0;
  update_irq();
}

std::uint32_t VirtioMmio::read_register(unsigned id, const AccessTime&, bool) {
  switch (id) {
    case kVirtioMagicValue:
      return kVirtioMagic;
    case kVirtioVersion:
      return transport_.legacy ? 1 : 2;
    case kVirtioDeviceId:
      return transport_.device_id;
    case kVirtioVendorId:
      return kVirtioVendor;
    case kVirtioDeviceFeatures:
      return half(offered_, device_features_sel_);
    case kVirtioQueueNumMax:
      return queue_sel_ == 0 ? transport_.queue_size : 0;
    case kVirtioQueueReady:
      return queue_sel_ == 0 && queue_.ready() ? 1 : 0;
    case kVirtioQueuePfn:
      return queue_sel_ == 0 ? page_frame_ : 0;
    case kVirtioInterruptStatus:
      return interrupt_status_;
    case kVirtioStatus:
      return status_;
    case kVirtioSharedMemory:
      return ~0U;
    default:
      return 0;
  }
}

void VirtioMmio::write_register(unsigned id, std::uint32_t value, const AccessTime& when) {
  switch (id) {
    case kVirtioDeviceFeaturesSel:
      device_features_sel_ = value;
      break;
    case kVirtioDriverFeaturesSel:
      driver_features_sel_ = value;
      break;
    case kVirtioDriverFeatures:
      write_features(value);
      break;
    case kVirtioGuestPageSize:
      page_bytes_ = value;
      break;
    case kVirtioQueueSel:
      queue_sel_ = value;
      break;
    case kVirtioQueueNotify:
      if (value == 0 && serving()) notified(when);
      break;
    case kVirtioInterruptAck:
      interrupt_status_ &= ~value;
      update_irq();
      break;
    case kVirtioStatus:
      write_status(value, when);
      break;
    default:
      write_queue_register(id, value);
  }
}

void VirtioMmio::write_features(std::uint32_t value) {
  const std::uint32_t frozen = transport_.legacy ? kVirtioDriverOk : kVirtioFeaturesOk;
  if ((status_ & frozen) == 0 && driver_features_sel_ <= 1) {
    set_half(driver_features_, driver_features_sel_ == 1, value);
  }
}

void VirtioMmio::write_status(std::uint32_t value, const AccessTime& when) {
  if (value == 0) {
    reset();
  } else {
    const bool acceptable =
        (driver_features_ & ~offered_) == 0 && (driver_features_ & kVirtioVersion1) != 0;
    if (!transport_.legacy && !acceptable && (status_ & kVirtioFeaturesOk) == 0) {
      value &= ~kVirtioFeaturesOk;
    }
    status_ |= value & (kVirtioAcknowledge | kVirtioDriver | kVirtioDriverOk | kVirtioFeaturesOk |
                        kVirtioFailed);
  }
  status_changed(status_, when);
}

void VirtioMmio::write_queue_register(unsigned id, std::uint32_t value) {
  if (queue_sel_ != 0) return;
  if (id == kVirtioQueueReady) return set_ready((value & 1) != 0);
  if (id == kVirtioQueuePfn) return set_page_frame(value);
  if (queue_.ready()) return;
  switch (id) {
    case kVirtioQueueNum:
      queue_num_ = value;
      break;
    case kVirtioQueueAlign:
      queue_align_ = value;
      break;
    case kVirtioQueueDescLow:
      set_half(table_, false, value);
      break;
    case kVirtioQueueDescHigh:
      set_half(table_, true, value);
      break;
    case kVirtioQueueDriverLow:
      set_half(driver_, false, value);
      break;
    case kVirtioQueueDriverHigh:
      set_half(driver_, true, value);
      break;
    case kVirtioQueueDeviceLow:
      set_half(device_, false, value);
      break;
    case kVirtioQueueDeviceHigh:
      set_half(device_, true, value);
      break;
    default:
      break;
  }
}

void VirtioMmio::set_ready(bool ready) {
  if (!ready) {
    ++epoch_;
    queue_.stop();
  } else if (!queue_.ready() && is_power_of_two(queue_num_) &&
             queue_num_ <= transport_.queue_size && table_ % 16 == 0 && driver_ % 2 == 0 &&
             device_ % 4 == 0) {
    queue_.start({static_cast<std::uint16_t>(queue_num_), table_, driver_, device_},
                 (driver_features_ & kVirtioIndirect) != 0);
  }
}

void VirtioMmio::set_page_frame(std::uint32_t frame) {
  ++epoch_;
  queue_.stop();
  page_frame_ = 0;
  const bool acceptable = is_power_of_two(queue_num_) && queue_num_ <= transport_.queue_size &&
                          is_power_of_two(page_bytes_) && is_power_of_two(queue_align_) &&
                          queue_align_ >= 4 && queue_align_ <= kMaxLegacyAlign;
  if (frame == 0 || !acceptable) return;
  page_frame_ = frame;
  const std::uint64_t base = std::uint64_t{frame} * page_bytes_;
  queue_.start(legacy_layout(base, static_cast<std::uint16_t>(queue_num_), queue_align_),
               (driver_features_ & kVirtioIndirect) != 0);
}

bool VirtioMmio::read_window(unsigned, std::uint64_t offset, std::uint8_t* data,
                             std::uint64_t bytes, const AccessTime&, bool) {
  if (!is_plain_access(offset, bytes)) return false;
  for (std::uint64_t i = 0; i < bytes; ++i) data[i] = config_byte(offset + i);
  return true;
}

bool VirtioMmio::write_window(unsigned, std::uint64_t offset, const std::uint8_t*,
                              std::uint64_t bytes, const AccessTime&) {
  return is_plain_access(offset, bytes);
}

}  // namespace lookaside::devices
