// SPDX-License-Identifier: Apache-2.0
// The DDR controller as a TLM-2.0 target: memory, its timing, atomics.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/ddr/backing_store.h>
#include <lookaside/ddr/reservations.h>
#include <lookaside/ddr/watches.h>
#include <lookaside/dram/row_buffer.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::ddr {

struct ControllerConfig {
  std::vector<Region> regions = {{0x8000'0000, 128ULL << 20}};  ///< any order; must not overlap
  std::uint64_t calibrated_access_ps = 20'000;  ///< cost of a plain instruction or data access
  dram::Timing timing = dram::kDdr4_2400;
};

/// Models RAM behind one DDR channel, with loosely timed ("calibrated") timing:
/// - a plain access of a hart (AccessExtension.requester hart-fetch or hart-data, no
/// AtomicExtension)
///   costs `calibrated_access_ps`, the same through b_transport and through a DMI pointer;
/// - everything else (walkers, DMA, atomics, unknown requesters) goes through the row-buffer model
/// at
///   the caller's local time.
/// Addresses at the socket are physical; a router maps each of regions() with an offset of its
/// base.
///
/// b_transport: any length, byte enables, streaming width; never waits. Bytes outside the regions:
/// TLM_ADDRESS_ERROR_RESPONSE, nothing touched. Malformed payloads (no data, no length, no
/// streaming width): TLM_BURST_ERROR_RESPONSE. Atomics: 4 or 8 aligned bytes without byte enables,
/// executed in one call and acknowledged; else TLM_ADDRESS_ERROR_RESPONSE and no acknowledgement.
/// DMI: whole regions, read and write, except granules that hold a watched range: read only.
/// transport_dbg: no time, no statistics, no callbacks; a debug write ends overlapping
/// reservations. A holder of a DMI write pointer writes unseen by reservations: in a system of
/// several harts the pointer may serve stores only of the hart whose reservations matter.
class Controller : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Controller, 64> socket;

  /// Throws DdrError.
  Controller(const sc_core::sc_module_name& name, const ControllerConfig& config = {},
             observe::SignalSink* sink = nullptr);

  /// Calls back after each transaction that writes a byte of [first, last] (inclusive, must lie in
  /// memory, else DdrError). Such writes always arrive as transactions: no write pointer is granted
  /// for these granules, and one granted earlier is revoked.
  void watch(std::uint64_t first, std::uint64_t last, WriteCallback callback);

  /// Memory as it is configured: sorted, neighbours joined.
  std::vector<Region> regions() const;
  observe::StatisticGroup& statistics() { return statistics_; }

 private:
  using Payload = tlm::tlm_generic_payload;

  void b_transport(Payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(Payload& payload);

  tlm::tlm_response_status transfer(Payload& payload, const BackingStore::Span& span);
  void execute(protocol::AtomicExtension& atomic, Payload& payload, const BackingStore::Span& span);
  void account(const Payload& payload, const BackingStore::Span& span,
               protocol::Requester requester, sc_core::sc_time& delay);
  void written(const Payload& payload, std::uint64_t bytes, std::uint32_t writer,
               const sc_core::sc_time& delay);
  void show(std::uint64_t time_ps, std::uint64_t address, protocol::Requester requester,
            const dram::Location& location, unsigned activity) const;
  void register_statistics();
  void declare_signals(observe::SignalSink* sink);

  BackingStore store_;
  dram::RowBuffer rows_;
  Reservations reservations_;
  Watches watches_;
  sc_core::sc_time calibrated_;
  bool granted_ = false;

  observe::StatisticGroup statistics_;
  observe::Vector accesses_;
  observe::Vector bytes_;
  std::vector<observe::Vector> outcomes_;  // per dram::Outcome, one count for each requester
  observe::Vector atomics_;
  observe::Histogram latency_;
  observe::Signal address_signal_;
  observe::Signal requester_signal_;
  observe::Signal bank_signal_;
  observe::Signal row_signal_;
  observe::Signal activity_signal_;
};

}  // namespace lookaside::ddr
