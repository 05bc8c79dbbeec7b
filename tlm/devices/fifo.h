// SPDX-License-Identifier: Apache-2.0
// A packet FIFO: software writes packets in at one window and reads packets out at another.
#pragma once

#include <cstdint>

#include <systemc>

#include <lookaside/devices/packet_queue.h>
#include <lookaside/devices/register_target.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

const RegisterMap& fifo_registers();

/// Models: a transmit and a receive FIFO of the same capacity around a link that takes time for
/// each byte. Stores into the TX window append bytes to the packet being written, whatever their
/// address and size, so that memcpy and DMA bursts work; TX_COMMIT sends it. With LOOPBACK the
/// packet arrives in the receive FIFO, otherwise it leaves the machine. Loads from the RX window
/// take bytes of the first received packet; a load never crosses into the next packet and is filled
/// up with zeros. Units: bytes; picoseconds inside, nanoseconds in Config. Shape: registers and
/// windows at `socket`, level interrupt = any enabled bit of IRQ_STATUS. Processes: one method, the
/// link. Errors, all sticky bits of IRQ_STATUS: a store that does not fit is dropped whole
/// (TX_OVERFLOW); a TX_COMMIT of no byte or of more than were written drops the packet (TX_ERROR);
/// a load without a packet gives zeros (RX_UNDERFLOW); a packet that does not fit on arrival is
/// lost (RX_DROPPED).
class Fifo : public RegisterTarget {
 public:
  struct Config {
    unsigned irq_line = 13;
    std::uint64_t capacity_bytes = 4096;  ///< of each direction
    std::uint64_t access_ns = 10;         ///< one access to register or window
    std::uint64_t packet_ns = 200;        ///< the link's latency for each packet
    std::uint64_t byte_ns = 8;            ///< added for each byte (8 ns: 1 Gbit/s)
  };

  sc_core::sc_port<protocol::interrupt_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;

  Fifo(const sc_core::sc_module_name& name, const Config& config,
       observe::SignalSink* sink = nullptr);
  observe::StatisticGroup& statistics() { return statistics_; }

  SC_HAS_PROCESS(Fifo);

 private:
  std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) override;
  void write_register(unsigned id, std::uint32_t value, const AccessTime& when) override;
  bool read_window(unsigned id, std::uint64_t offset, std::uint8_t* data, std::uint64_t bytes,
                   const AccessTime& when, bool debug) override;
  bool write_window(unsigned id, std::uint64_t offset, const std::uint8_t* data,
                    std::uint64_t bytes, const AccessTime& when) override;
  void write_control(std::uint32_t value, const AccessTime& when);
  void commit(std::uint32_t bytes, const AccessTime& when);
  void flag(std::uint32_t sticky, const AccessTime& when);
  std::uint32_t irq_status() const;
  std::uint64_t tx_space() const { return tx_.space() - writing_.size(); }
  void start_link(const sc_core::sc_time& delay);
  void deliver();
  void update(std::uint64_t at_ps);
  void declare(observe::SignalSink* sink);

  const Config config_;
  PacketQueue tx_;  ///< committed, the first one being on the link
  PacketQueue rx_;
  Packet writing_;  ///< stored, not committed
  bool loopback_ = false;
  bool link_busy_ = false;
  std::uint32_t sticky_ = 0;
  std::uint32_t irq_enable_ = 0;
  std::uint32_t tx_threshold_;
  std::uint32_t rx_threshold_ = 1;
  sc_core::sc_event arrival_;

  observe::StatisticGroup statistics_;
  observe::Scalar packets_sent_;
  observe::Scalar packets_received_;
  observe::Scalar bytes_sent_;
  observe::Scalar bytes_received_;
  observe::Vector errors_;
  observe::Signal tx_level_signal_;
  observe::Signal rx_level_signal_;
  observe::Signal status_signal_;
};

}  // namespace lookaside::devices
