// SPDX-License-Identifier: Apache-2.0
// A virtio block device behind virtio-mmio.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/devices/block_request.h>
#include <lookaside/devices/bus_master.h>
#include <lookaside/devices/disk.h>
#include <lookaside/devices/virtio_mmio.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>

namespace lookaside::devices {

/// Models: virtio 1.1 block device (device id 2), one request queue, transport version 2 or 1.
/// Offers SEG_MAX, BLK_SIZE, FLUSH, RO (of a read-only disk), INDIRECT_DESC and, modern, VERSION_1.
/// Units: picoseconds inside, nanoseconds in Config and statistics; sectors of 512 bytes.
/// Shape: registers at `socket` (offsets 0..0xFFF), physical memory through `bus`, level interrupt.
/// Processes: one thread that serves requests one after the other. A request takes the configured
/// time plus what the bus takes for rings, header and data; data move at its end, then the used
/// ring is written and the interrupt raised. Errors: a request that cannot be done ends with status
/// IOERR or UNSUPP; a queue that makes no sense sets DEVICE_NEEDS_RESET. Memory outside the bus's
/// reach is never touched.
class VirtioBlock : public VirtioMmio {
 public:
  struct Config {
    bool legacy = false;               ///< transport version 1 as QEMU's force-legacy
    std::uint16_t queue_size = 256;    ///< largest queue; a power of two
    std::uint32_t segments = 126;      ///< seg_max: data buffers the driver may use in a request
    std::string serial = "lookaside";  ///< answer to GET_ID, cut to 20 characters
    unsigned irq_line = 1;
    std::uint64_t access_ns = 10;       ///< one register access
    std::uint64_t request_ns = 10'000;  ///< service time of any request
    std::uint64_t sector_ns = 1'000;    ///< added for each sector
    std::uint32_t burst_bytes = 64;     ///< largest bus transfer; a power of two
    std::uint32_t index = 0;            ///< AccessExtension::hart of its transfers
  };

  tlm_utils::simple_initiator_socket<VirtioBlock, 64> bus;

  VirtioBlock(const sc_core::sc_module_name& name, const Config& config, std::unique_ptr<Disk> disk,
              observe::SignalSink* sink = nullptr);
  observe::StatisticGroup& statistics() { return statistics_; }
  const Disk& disk() const { return *disk_; }

  SC_HAS_PROCESS(VirtioBlock);

 private:
  void notified(const AccessTime& when) override;
  void status_changed(std::uint32_t status, const AccessTime& when) override;
  std::uint8_t config_byte(std::uint64_t offset) const override;
  void serve();
  bool serve_one();
  void break_queue(QueueError error);
  void count(const BlockRequest& request, const BlockOutcome& outcome, std::uint64_t started_ps);
  void declare_statistics();
  void declare_signals(observe::SignalSink* sink);

  const Config config_;
  std::unique_ptr<Disk> disk_;
  BusMaster master_;
  sc_core::sc_event notified_;

  observe::StatisticGroup statistics_;
  observe::Vector requests_;
  observe::Vector statuses_;
  observe::Vector broken_;
  observe::Scalar sectors_read_;
  observe::Scalar sectors_written_;
  observe::Scalar bytes_read_;
  observe::Scalar bytes_written_;
  observe::Scalar interrupts_;
  observe::Histogram latency_ns_;

  observe::Signal status_signal_;
  observe::Signal operation_signal_;
  observe::Signal sector_signal_;
};

}  // namespace lookaside::devices
