// SPDX-License-Identifier: Apache-2.0
// The approximately timed side of the DDR controller's socket.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include <systemc>
#include <tlm>
#include <tlm_utils/peq_with_get.h>

#include <lookaside/ddr/memory.h>
#include <lookaside/ddr/queueing.h>

namespace lookaside::ddr {

/// Base protocol with four phases. After BEGIN_REQ the bursts of the payload enter the queues;
/// when all of them have found room, its data moves and END_REQ comes, with the return value
/// (TLM_UPDATED) if that is now. BEGIN_RESP at the time of the last data beat, later if another
/// response is still open; responses come in the order in which the DRAM gives them. One request
/// and one response may be open at a time (request and response exclusion). Payloads need a memory
/// manager, are held from BEGIN_REQ to END_RESP, and neither they nor their data may change in
/// between. Timing annotations are honoured. A payload without a memory manager, or a phase that
/// does not fit, is an SC_ERROR with message type kProtocolMessage, and completes the payload with
/// TLM_GENERIC_ERROR_RESPONSE if it was a request.
class NbPort : public sc_core::sc_module, private QueueClient {
 public:
  using Payload = tlm::tlm_generic_payload;
  using Backward = std::function<tlm::tlm_sync_enum(Payload&, tlm::tlm_phase&, sc_core::sc_time&)>;
  static constexpr const char* kProtocolMessage = "/lookaside/ddr/protocol";

  NbPort(const sc_core::sc_module_name& name, const Memory& memory, Queueing& queueing,
         Backward backward);

  tlm::tlm_sync_enum forward(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);

 private:
  void accepted(Payload& payload) override;
  void finished(Payload& payload) override;
  tlm::tlm_sync_enum refuse(Payload& payload, tlm::tlm_phase& phase, const std::string& found);
  void arrive();
  bool begin(Payload& payload);
  void respond();
  void end_response(Payload& payload, const sc_core::sc_time& delay);
  void response_ended();

  const Memory& memory_;
  Queueing& queueing_;
  Backward backward_;
  tlm_utils::peq_with_get<Payload> arrivals_;
  std::deque<Payload*> responses_;
  bool request_open_ = false;
  bool response_open_ = false;
  Payload* responding_ = nullptr;
  sc_core::sc_event response_ended_;
};

}  // namespace lookaside::ddr
