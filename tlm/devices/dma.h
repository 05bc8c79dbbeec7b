// SPDX-License-Identifier: Apache-2.0
// A memory-to-memory DMA engine on physical addresses.
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/devices/bus_master.h>
#include <lookaside/devices/register_target.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/interrupt_if.h>

namespace lookaside::devices {

/// Why a transfer ended early; field CODE of register STATUS.
enum class DmaError : std::uint8_t {
  kNone = 0,
  kRead = 1,        ///< the bus refused a read of the source
  kWrite = 2,       ///< the bus refused a write of the destination
  kDescriptor = 3,  ///< the bus refused a read of a descriptor, or it is not 8-aligned
  kEndless = 4,     ///< more descriptors than Config::max_descriptors
  kAborted = 5,     ///< software wrote ABORT
};
inline constexpr unsigned kDmaErrorCount = 6;
/// "none", "read", "write", "descriptor", "endless", "aborted".
const char* name(DmaError error);

/// Registers of the engine; the truth for firmware and manual.
const RegisterMap& dma_registers();

/// Models: a single-channel engine that copies LENGTH bytes from SRC to DST, or a list of such
/// copies given by a chain of 32-byte descriptors in memory: u64 source, u64 destination, u32
/// length, u32 zero, u64 address of the next descriptor (0 ends the list). The copy goes chunk by
/// chunk in ascending addresses; a chunk ends at the next multiple of the burst size in source or
/// destination, whichever comes first, and is read whole before it is written. So an overlap with
/// DST below SRC copies like memmove; with DST above SRC the bytes written by earlier chunks are
/// copied again. Units: bytes; picoseconds inside, nanoseconds in Config. Shape: registers at
/// `socket`, memory through `bus`, level interrupt while DONE or ERROR is set and IRQ_ENABLE is on.
/// Writes to the address and length registers are ignored while BUSY. Processes: one thread;
/// simulated time passes at each chunk. Errors: a refused access stops the engine: ERROR with CODE,
/// ERROR_LO/HI = address of the refused chunk, COMPLETED = bytes written before it. Never touches
/// the host's memory otherwise.
class Dma : public RegisterTarget {
 public:
  struct Config {
    unsigned irq_line = 12;
    std::uint64_t access_ns = 10;          ///< one register access
    std::uint64_t setup_ns = 100;          ///< before each copy, descriptor or not
    std::uint32_t burst_bytes = 64;        ///< largest bus transfer, a power of two from 4 to 4096
    std::uint32_t max_descriptors = 1024;  ///< a longer list is an error
    std::uint32_t index = 0;               ///< AccessExtension::hart of its transfers
  };

  tlm_utils::simple_initiator_socket<Dma, 64> bus;
  sc_core::sc_port<protocol::interrupt_if, 1, sc_core::SC_ZERO_OR_MORE_BOUND> irq;

  Dma(const sc_core::sc_module_name& name, const Config& config,
      observe::SignalSink* sink = nullptr);
  observe::StatisticGroup& statistics() { return statistics_; }

  SC_HAS_PROCESS(Dma);

 private:
  struct Copy {
    std::uint64_t source = 0;
    std::uint64_t destination = 0;
    std::uint64_t length = 0;
  };

  std::uint32_t read_register(unsigned id, const AccessTime& when, bool debug) override;
  void write_register(unsigned id, std::uint32_t value, const AccessTime& when) override;
  void write_control(std::uint32_t value, const AccessTime& when);
  void run();
  DmaError copy(const Copy& job);
  DmaError copy_list();
  bool fetch_descriptor(std::uint64_t address, Copy& job, std::uint64_t& next);
  void spend(std::uint64_t ns);
  void finish(DmaError error);
  void update_irq();
  std::uint32_t status() const;
  void declare(observe::SignalSink* sink);

  const Config config_;
  BusMaster master_;
  sc_core::sc_event start_;
  Copy programmed_;
  std::uint64_t list_ = 0;  ///< address of the first descriptor
  bool irq_enable_ = false;
  bool use_list_ = false;
  bool busy_ = false;
  bool abort_ = false;
  bool done_ = false;
  bool failed_ = false;
  DmaError error_ = DmaError::kNone;
  std::uint64_t error_address_ = 0;
  std::uint64_t completed_ = 0;

  observe::StatisticGroup statistics_;
  observe::Scalar transfers_;
  observe::Scalar descriptors_;
  observe::Scalar bytes_;
  observe::Scalar interrupts_;
  observe::Vector errors_;
  observe::Histogram latency_ns_;
  observe::Signal busy_signal_;
  observe::Signal source_signal_;
  observe::Signal destination_signal_;
  observe::Signal error_signal_;
};

}  // namespace lookaside::devices
