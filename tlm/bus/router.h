// SPDX-License-Identifier: Apache-2.0
// The bus: any number of initiators in front, address-mapped targets behind.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <lookaside/bus/address_map.h>
#include <lookaside/observe/signal.h>
#include <lookaside/observe/statistic.h>
#include <lookaside/protocol/access_extension.h>

namespace lookaside::bus {

struct RouterConfig {
  std::uint64_t latency_ps =
      0;  ///< added to every transaction and to both latencies of a DMI grant
};

/// What is behind a mapping decides how its traffic is counted.
enum class TargetKind {
  kDevice,  ///< every access is a transaction and is counted
  kMemory,  ///< plain hart accesses may bypass the bus through a pointer: they are not counted at
            ///< all, so that the fast and the plain path give equal statistics; atomics, walks and
            ///< DMA are
};

/// Models a shared, contention-free interconnect: a transaction is forwarded in the caller's own
/// b_transport call, its address reduced by the base of the mapping and restored afterwards
/// (H-GP-03), `latency_ps` added to its delay. No process, no state between calls; re-entrant
/// (H-BT-03).
///
/// Errors: an access that touches a byte outside every mapping, or bytes of two mappings, is
/// answered with TLM_ADDRESS_ERROR_RESPONSE and reaches no target. Debug accesses may span
/// mappings; they end at the first hole and return the bytes done. Overlapping mappings are refused
/// at elaboration with a RouterError that names both.
class Router : public sc_core::sc_module {
 public:
  /// One per initiator, in order of binding.
  tlm_utils::multi_passthrough_target_socket<Router, 64> target_socket;

  Router(const sc_core::sc_module_name& name, const RouterConfig& config = {},
         observe::SignalSink* sink = nullptr);

  /// Binds a target once; returns its index. `name` appears in messages, statistics and waves.
  unsigned attach(const std::string& name, TargetKind kind,
                  tlm::tlm_base_target_socket_b<64>& socket);
  /// Shows `size` bytes of an attached target at `base`; the target sees address - base +
  /// target_base. A target may be mapped several times.
  void map(unsigned target, std::uint64_t base, std::uint64_t size, std::uint64_t target_base = 0);
  /// Both in one step.
  unsigned attach(const std::string& name, TargetKind kind,
                  tlm::tlm_base_target_socket_b<64>& socket, std::uint64_t base,
                  std::uint64_t size) {
    const unsigned target = attach(name, kind, socket);
    map(target, base, size);
    return target;
  }

  const AddressMap& address_map() const { return map_; }
  observe::StatisticGroup& statistics() { return statistics_; }

 private:
  struct Target {
    std::string name;
    TargetKind kind;
  };

  void before_end_of_elaboration() override;
  void end_of_elaboration() override;
  void b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& payload);
  void invalidate(int target, sc_dt::uint64 first, sc_dt::uint64 last);
  void count(const tlm::tlm_generic_payload& payload, const Mapping& mapping,
             protocol::Requester requester);
  void show(std::uint64_t time_ps, std::uint64_t address, protocol::Requester requester,
            std::uint64_t target) const;
  unsigned debug_part(tlm::tlm_generic_payload& payload, const Mapping& mapping, std::uint64_t done,
                      unsigned bytes);

  tlm_utils::multi_passthrough_initiator_socket<Router, 64> initiator_socket_;
  sc_core::sc_time latency_;
  observe::SignalSink* sink_;
  AddressMap map_;
  std::vector<Target> targets_;

  observe::StatisticGroup statistics_;
  observe::Vector per_target_;
  observe::Vector per_requester_;
  observe::Scalar address_errors_;
  observe::Signal address_signal_;
  observe::Signal requester_signal_;
  observe::Signal target_signal_;
};

}  // namespace lookaside::bus
