// SPDX-License-Identifier: Apache-2.0
// The MMU as a TLM-2.0 block.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <lookaside/mmu/config.h>
#include <lookaside/mmu/counters.h>
#include <lookaside/mmu/engine.h>
#include <lookaside/mmu/regions.h>
#include <lookaside/mmu/walker.h>
#include <lookaside/mmu/waves.h>
#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/mmu_control_if.h>
#include <lookaside/protocol/translation_port_if.h>

namespace lookaside::mmu {

/// Stands between the virtual addresses of one hart, or of any other initiator, and the physical
/// ones of a bus. It owns L1 TLBs for fetches and data, a shared L2 and the page-table walker.
///
/// An access that is refused never reaches `physical_socket` (H-RS-03): it is answered with
/// TLM_ADDRESS_ERROR_RESPONSE and, if an AccessExtension is there, with the fault record. An error
/// from below keeps its status and becomes an access fault (Rule::kBusError) in the extension. The
/// address of a payload is the virtual one again whenever a call returns (H-GP-03).
///
/// An access that crosses pages goes down as one payload per page, in address order, after all its
/// pages were translated (H-GP-06 to H-GP-08); pages are the smallest the format has, also inside a
/// superpage. b_transport only adds to the delay, never waits.
///
/// What translates is an Engine: the model, or what Config::make_engine makes instead. An engine
/// that is serial() serves one access at a time; if memory waits in b_transport, others then wait.
///
/// PMP is judged at every access and at every PTE access of a walk; TLB entries hold no PMP answer.
class Mmu : public sc_core::sc_module,
            public protocol::mmu_control_if,
            public protocol::translation_port_if,
            private ResidenceListener {
 public:
  using TargetSocket = tlm_utils::simple_target_socket_tagged<Mmu, 64>;
  using InitiatorSocket = tlm_utils::simple_initiator_socket<Mmu, 64>;

  /// Throws ConfigError. `sink` may be null.
  Mmu(const sc_core::sc_module_name& name, const Config& config,
      observe::SignalSink* sink = nullptr);

  TargetSocket fetch_socket;
  TargetSocket data_socket;
  InitiatorSocket physical_socket;
  InitiatorSocket walk_socket;
  sc_core::sc_export<protocol::mmu_control_if> control;
  sc_core::sc_export<protocol::translation_port_if> port;

  observe::StatisticGroup& statistics() { return counters_.group; }
  /// For reports and tests: entries without side effects.
  const tlb::Tlb* l1(protocol::Port p) const { return engine_->l1(p); }
  const tlb::Tlb* l2() const { return engine_->l2(); }

  void set_context(unsigned hart, const translation::Context& context) override;
  void set_pmp(unsigned hart, const translation::Pmp& pmp) override;
  void fence(unsigned hart, const translation::Fence& fence, sc_core::sc_time& delay) override;
  bool direct(protocol::Port p, std::uint64_t va, unsigned bytes, translation::Access access,
              protocol::DirectGrant& grant) override;

 private:
  using Payload = tlm::tlm_generic_payload;
  using Port = protocol::Port;

  /// What is known of a payload on the target side.
  struct Request {
    Port port;
    Payload& payload;
    protocol::AccessExtension* extension;
    translation::Access access;
    std::uint64_t touched;  ///< bytes at the address: the data length, or the streaming width
  };
  /// A part of an access that lies in one page.
  struct Piece {
    std::uint64_t offset = 0;  ///< from the payload's address
    std::uint64_t bytes = 0;
    std::uint64_t va = 0;
    std::uint64_t pa = 0;
    translation::Translation translation;
  };
  /// A grant that direct() has worked out, valid while `epoch` is the port's.
  struct Slot {
    std::uint64_t epoch = 0;
    std::uint64_t va = 0;
    std::uint64_t pa = 0;  ///< of `va`
    bool translated = false;
    protocol::DirectGrant grant;
  };
  static constexpr unsigned kSlots = 64;
  struct PortState {
    std::uint64_t epoch = 1;       ///< moves when any slot may have become wrong
    std::uint64_t generation = 1;  ///< also moves when another entry is accessed
    std::uint64_t tlb_generation = 0;
    const Slot* last = nullptr;  ///< the slot the previous access went through
    std::array<Slot, kSlots> slots;
  };
  /// The part of a translation that may be lent: rights and virtual span.
  struct Span {
    bool read = false;
    bool write = false;
    bool translated = false;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t pa = 0;  ///< of the address asked for
  };

  // mmu.cpp: transport and control
  void b_transport(int id, Payload& payload, sc_core::sc_time& delay);
  Request request(Port p, Payload& payload) const;
  Job job_of(const Request& request, std::uint64_t va, std::uint64_t bytes) const;
  Engine::Step translate(Job& job);
  Engine::Step access_pte(Job& job, Engine::Step step);
  void wait_for_engine();
  void whole(const Request& request, Job& job);
  void forward(const Request& request, Job& job, Payload& payload, std::uint64_t pa);
  void refuse(const Request& request, Job& job);
  bool bus_error(const Request& request, Job& job, Payload& payload, std::uint64_t va);
  void entered(Port p);
  PortState& state(Port p) { return ports_[static_cast<unsigned>(p)]; }

  // split.cpp: accesses that cross pages
  std::uint64_t page_end(const translation::Context& context, translation::Access access,
                         std::uint64_t va) const;
  void split(const Request& request, Job& job);
  bool translate_pieces(const Request& request, Job& job, std::vector<Piece>& pieces);
  bool send_piece(const Request& request, Job& job, const Piece& piece, std::uint64_t start);

  // direct.cpp: what may be lent, and translation_port_if
  bool find_quietly(Port p, std::uint64_t va, bool mapped, translation::Translation& found);
  bool span_of(Port p, std::uint64_t va, bool mapped, Span& span);
  Region region(bool write, std::uint64_t pa);
  bool resolve(Port p, std::uint64_t va, bool mapped, Slot& slot);
  void cut_to_smallest_page(Port p, Slot& slot) const;
  void renew(Port p);
  void renew_if_changed(Port p);

  // dmi.cpp: pointers lent by get_direct_mem_ptr, and taken back
  bool get_direct_mem_ptr(int id, Payload& payload, tlm::tlm_dmi& dmi);
  bool own_context(const protocol::AccessExtension* extension) const;
  void dmi_hint(const Request& request, const Job& job);
  void invalidated_below(sc_dt::uint64 first, sc_dt::uint64 last);
  void left(Port p, std::uint64_t first, std::uint64_t last) override;
  void revoke(const Grant& grant);
  void revoke_all();

  // debug.cpp: no side effects
  unsigned transport_dbg(int id, Payload& payload);
  unsigned debug_piece(const Request& request, std::uint64_t offset, std::uint64_t bytes,
                       std::uint64_t pa);
  bool debug_translate(const Request& request, const translation::Context& context,
                       std::uint64_t va, std::uint64_t bytes, std::uint64_t& pa);
  bool debug_walk(translation::Walk& walk, bool pretend_updates);

  Config config_;
  Waves waves_;
  Counters counters_;
  std::unique_ptr<Engine> engine_;
  const bool serial_;
  bool engine_busy_ = false;  ///< a serial engine has a job
  sc_core::sc_event engine_free_;
  PtePool pte_pool_;
  Regions regions_;
  Grants grants_;
  std::array<PortState, 2> ports_;
  Payload dmi_payload_;
};

}  // namespace lookaside::mmu
