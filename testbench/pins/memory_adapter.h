// SPDX-License-Identifier: Apache-2.0
// From the memory port of a clocked walker to a TLM socket.
#pragma once

#include <algorithm>
#include <cstdint>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/mmu/walker.h>

namespace lookaside::pins {

/// Shape: one PTE access at a time. A read is a read of a PTE's size; a compare-and-swap carries
/// the AtomicExtension, and is an error if nobody acknowledges it. Time: the answer comes as many
/// edges after the request as the target's delay needs, at least one; a target that waits makes it
/// later.
template <typename PteAddress, typename Pte>
class MemoryAdapter : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(MemoryAdapter);
  MemoryAdapter(const sc_core::sc_module_name& name, const sc_core::sc_time& clock_period,
                std::uint32_t hart = 0)
      : sc_module(name), socket("socket"), period_(clock_period), transaction_(hart) {
    SC_THREAD(serve);
  }

  tlm_utils::simple_initiator_socket<MemoryAdapter, 64> socket;
  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_in<bool> req_valid{"req_valid"};
  sc_core::sc_out<bool> req_ready{"req_ready"};
  sc_core::sc_in<PteAddress> req_addr{"req_addr"};
  sc_core::sc_in<bool> req_cas{"req_cas"};
  sc_core::sc_in<Pte> req_expected{"req_expected"};
  sc_core::sc_in<Pte> req_desired{"req_desired"};
  sc_core::sc_out<bool> rsp_valid{"rsp_valid"};
  sc_core::sc_out<bool> rsp_error{"rsp_error"};
  sc_core::sc_out<bool> rsp_swapped{"rsp_swapped"};
  sc_core::sc_out<Pte> rsp_data{"rsp_data"};

 private:
  void serve() {
    while (true) {
      req_ready.write(true);
      do {
        sc_core::wait(clk.posedge_event());
      } while (!req_valid.read());
      req_ready.write(false);
      const sc_core::sc_time earliest = sc_core::sc_time_stamp() + period_;
      sc_core::sc_time delay;
      perform(delay);
      const sc_core::sc_time until = sc_core::sc_time_stamp() + delay;
      while (sc_core::sc_time_stamp() + period_ < std::max(until, earliest)) {
        sc_core::wait(clk.posedge_event());
      }
      rsp_valid.write(true);
      sc_core::wait(clk.posedge_event());
      rsp_valid.write(false);
    }
  }

  void perform(sc_core::sc_time& delay) {
    const bool cas = req_cas.read();
    tlm::tlm_generic_payload& payload =
        cas ? transaction_.compare_and_swap(req_addr.read(), sizeof(Pte), req_expected.read(),
                                            req_desired.read())
            : transaction_.read(req_addr.read(), sizeof(Pte));
    socket->b_transport(payload, delay);
    const bool ok = payload.is_response_ok() && (!cas || transaction_.acknowledged());
    rsp_error.write(!ok);
    rsp_swapped.write(cas && ok && transaction_.swapped());
    rsp_data.write(static_cast<Pte>(transaction_.value()));
  }

  sc_core::sc_time period_;
  mmu::PteTransaction transaction_;
};

}  // namespace lookaside::pins
