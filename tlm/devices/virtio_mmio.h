// SPDX-License-Identifier: Apache-2.0
// The virtio-mmio transport (virtio 1.1, section 4.2) of a device with one queue, in its modern
// form (version 2) and in its legacy form (version 1), as QEMU's `virtio-mmio` has both.
#pragma once

#include <cstdint>

#include <systemc>

#include <lookaside/devices/register_target.h>
#include <lookaside/devices/virtio_queue.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

inline constexpr std::uint32_t kVirtioMagic = 0x7472'6976;   ///< "virt"
inline constexpr std::uint32_t kVirtioVendor = 0x5341'4B4C;  ///< "LKAS"
inline constexpr std::uint64_t kVirtioSlotBytes = 0x1000;
inline constexpr std::uint64_t kVirtioConfigOffset = 0x100;

/// Bits of the status register.
inline constexpr std::uint32_t kVirtioAcknowledge = 1;
inline constexpr std::uint32_t kVirtioDriver = 2;
inline constexpr std::uint32_t kVirtioDriverOk = 4;
inline constexpr std::uint32_t kVirtioFeaturesOk = 8;
inline constexpr std::uint32_t kVirtioNeedsReset = 64;
inline constexpr std::uint32_t kVirtioFailed = 128;

/// Transport features.
inline constexpr std::uint64_t kVirtioIndirect = std::uint64_t{1} << 28;
inline constexpr std::uint64_t kVirtioVersion1 = std::uint64_t{1} << 32;

/// Bits of the interrupt status.
inline constexpr std::uint32_t kVirtioUsedRing = 1;
inline constexpr std::uint32_t kVirtioConfigChange = 2;

/// Register tables of the two versions; the modern one of an occupied slot is also the manual's.
const RegisterMap& virtio_modern_registers();
const RegisterMap& virtio_legacy_registers();
const RegisterMap& virtio_empty_registers();

/// A slot without a device: magic, version, device id 0, vendor; the rest reads zero and ignores
/// writes, so that a driver that scans the slots finds nothing and no error.
class VirtioEmptySlot : public RegisterTarget {
 public:
  struct Config {
    bool legacy = false;               ///< version 1 instead of 2
    std::uint64_t access_ps = 10'000;  ///< time one register access takes
  };
  VirtioEmptySlot(const sc_core::sc_module_name& name, const Config& config);

 private:
  std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) override;
  void write_register(unsigned, std::uint32_t, const AccessTime&) override {}
  bool read_window(unsigned id, std::uint64_t offset, std::uint8_t* data, std::uint64_t bytes,
                   const AccessTime& when, bool debug) override;
  bool write_window(unsigned, std::uint64_t, const std::uint8_t*, std::uint64_t,
                    const AccessTime&) override;

  const bool legacy_;
};

/// Transport of an occupied slot. State a driver may write is checked here: features only before
/// FEATURES_OK and only offered ones, addresses and size of the queue only while it is not ready
/// and only with the alignment the specification asks for (otherwise QueueReady, or the legacy
/// QueuePFN, stays 0). Status bits are only ever added; writing 0 resets.
class VirtioMmio : public RegisterTarget {
 public:
  struct Transport {
    bool legacy = false;
    std::uint32_t device_id = 0;
    std::uint64_t features = 0;      ///< of the device; the transport adds its own
    std::uint16_t queue_size = 256;  ///< largest queue, a power of two up to 32768
    unsigned irq_line = 1;
    std::uint64_t access_ps = 10'000;
  };

  /// Level of the interrupt, on line Transport::irq_line.
  sc_core::sc_port<protocol::interrupt_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;

 protected:
  VirtioMmio(const sc_core::sc_module_name& name, const Transport& transport);

  /// The driver wrote to the device: `when` is its local time.
  virtual void notified(const AccessTime& when) = 0;
  virtual void status_changed(std::uint32_t status, const AccessTime& when) = 0;
  virtual std::uint8_t config_byte(std::uint64_t offset) const = 0;

  /// The queue may be served now.
  bool serving() const;
  VirtQueue& queue() { return queue_; }
  /// Changes at every reset: work begun before must not be finished after it.
  std::uint64_t epoch() const { return epoch_; }
  void raise(std::uint32_t interrupt_bits);
  /// The driver did something the device cannot recover from.
  void need_reset();
  std::uint32_t status() const { return status_; }

 private:
  std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) override;
  void write_register(unsigned id, std::uint32_t value, const AccessTime& when) override;
  bool read_window(unsigned id, std::uint64_t offset, std::uint8_t* data, std::uint64_t bytes,
                   const AccessTime& when, bool debug) override;
  bool write_window(unsigned, std::uint64_t, const std::uint8_t*, std::uint64_t,
                    const AccessTime&) override;
  void write_queue_register(unsigned id, std::uint32_t value);
  void write_features(std::uint32_t value);
  void write_status(std::uint32_t value, const AccessTime& when);
  void set_ready(bool ready);
  void set_page_frame(std::uint32_t frame);
  void reset();
  void update_irq();

  const Transport transport_;
  const std::uint64_t offered_;  ///< all features
  VirtQueue queue_;
  std::uint64_t epoch_ = 0;
  std::uint32_t status_ = 0;
  std::uint32_t interrupt_status_ = 0;
  std::uint32_t device_features_sel_ = 0;
  std::uint32_t driver_features_sel_ = 0;
  std::uint64_t driver_features_ = 0;
  std::uint32_t queue_sel_ = 0;
  std::uint32_t queue_num_ = 0;
  std::uint64_t table_ = 0;
  std::uint64_t driver_ = 0;
  std::uint64_t device_ = 0;
  std::uint32_t page_bytes_ = 0;   ///< legacy GuestPageSize; survives a reset
  std::uint32_t queue_align_ = 0;  ///< legacy
  std::uint32_t page_frame_ = 0;   ///< legacy QueuePFN
};

}  // namespace lookaside::devices
