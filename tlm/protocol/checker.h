// SPDX-License-Identifier: Apache-2.0
// A probe to put between two sockets: it passes everything on and reports who breaks the rules of
// TLM-2.0's base protocol.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

namespace lookaside::protocol {

/// Message type of every report; its severity is SC_ERROR, and the text reads
/// "<name of the checker>: <rule ID>: <what was found>". Choose what happens (stop, log, count)
/// with sc_report_handler::set_actions(kCheckerMessage, ...).
inline constexpr const char* kCheckerMessage = "/lookaside/protocol/checker";

/// Checks b_transport, nb_transport_fw, nb_transport_bw, get_direct_mem_ptr,
/// invalidate_direct_mem_ptr and transport_dbg. What comes in is charged to the initiator, what
/// goes back to the target. Rules (rule book H): H-GP-01 to H-GP-03 and the table of attributes,
/// H-BT-01, 04, 06, 07, 10, H-NB-01, 03 to 07, 09, 13, 20, H-DMI-11 to 13, 15, 19, H-DBG-03, 06,
/// 09. Extended phases are passed on unchecked.
class Checker : public sc_core::sc_module {
 public:
  explicit Checker(const sc_core::sc_module_name& name);
  ~Checker() override;

  tlm_utils::simple_target_socket<Checker, 64> target_socket;        ///< towards the initiator
  tlm_utils::simple_initiator_socket<Checker, 64> initiator_socket;  ///< towards the target

  unsigned violations() const { return violations_; }
  /// Payloads of nb_transport that have begun and not ended: 0 when everything is over.
  unsigned in_flight() const { return static_cast<unsigned>(flights_.size()); }

 private:
  using Payload = tlm::tlm_generic_payload;
  struct Attributes;

  void b_transport(Payload& payload, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(Payload& payload);
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);

  tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  /// A payload on its way: the last phase seen, and when.
  struct Flight {
    tlm::tlm_phase phase;
    sc_core::sc_time time;
    std::unique_ptr<Attributes> before;
  };
  void begin(Payload& payload);
  void enter(Payload& payload, const tlm::tlm_phase& phase, const sc_core::sc_time& delay);
  void answered(Payload& payload);
  void end(Payload& payload);
  void check_return(Payload& payload, tlm::tlm_sync_enum sync, const tlm::tlm_phase& sent,
                    const sc_core::sc_time& sent_delay, const tlm::tlm_phase& phase,
                    const sc_core::sc_time& delay);

  void check_request(const Payload& payload);
  void check_unchanged(const Payload& payload, const Attributes& before);
  void check_dmi_answer(const Payload& payload, const tlm::tlm_dmi& dmi);
  void expect(bool holds, const char* rule, const std::string& found);

  std::map<Payload*, Flight> flights_;
  Payload* requesting_ = nullptr;  ///< between BEGIN_REQ and what ends it
  Payload* responding_ = nullptr;
  unsigned violations_ = 0;
  unsigned invalidating_ = 0;  ///< depth of invalidate calls under way
};

}  // namespace lookaside::protocol
