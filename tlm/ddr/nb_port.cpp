// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <lookaside/ddr/nb_port.h>

namespace lookaside::ddr {

using sc_core::sc_time;
using tlm::tlm_sync_enum;

NbPort::NbPort(const sc_core::sc_module_name& name, const Memory& memory, Queueing& queueing,
               Backward backward)
    : sc_module(name),
      memory_(memory),
      queueing_(queueing),
      backward_(std::move(backward)),
      arrivals_("arrivals") {
  SC_HAS_PROCESS(NbPort);
  SC_METHOD(arrive);
  sensitive << arrivals_.get_event();
  dont_initialize();
  SC_METHOD(response_ended);
  sensitive << response_ended_;
  dont_initialize();
}

tlm_sync_enum NbPort::forward(Payload& payload, tlm::tlm_phase& phase, sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) {
    if (!payload.has_mm()) return refuse(payload, phase, "a payload without a memory manager");
    if (request_open_)
      return refuse(payload, phase, "BEGIN_REQ before END_REQ of the last request");
    payload.acquire();
    request_open_ = true;
    if (delay != sc_core::SC_ZERO_TIME) {
      arrivals_.notify(payload, delay);
      return tlm::TLM_ACCEPTED;
    }
    if (!begin(payload)) return tlm::TLM_ACCEPTED;
    request_open_ = false;
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  if (phase == tlm::END_RESP) {
    if (&payload != responding_) return refuse(payload, phase, "END_RESP without BEGIN_RESP");
    end_response(payload, delay);
    return tlm::TLM_COMPLETED;
  }
  if (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP) {
    return refuse(payload, phase, "a phase that is the target's to send");
  }
  return tlm::TLM_ACCEPTED;  // extended phases are ignorable
}

tlm_sync_enum NbPort::refuse(Payload& payload, tlm::tlm_phase& phase, const std::string& found) {
  const std::string text =
      std::string(name()) + ": found " + found + ", in phase " + phase.get_name();
  SC_REPORT_ERROR(kProtocolMessage, text.c_str());
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_ACCEPTED;
  payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  return tlm::TLM_COMPLETED;
}

/// A request whose annotated time has come.
void NbPort::arrive() {
  while (Payload* payload = arrivals_.get_next_transaction()) {
    if (!begin(*payload)) continue;
    request_open_ = false;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_time delay = sc_core::SC_ZERO_TIME;
    backward_(*payload, phase, delay);
  }
}

/// True if all its bursts found room.
bool NbPort::begin(Payload& payload) {
  return queueing_.enter(*this, payload, memory_.look(payload));
}

void NbPort::accepted(Payload& payload) {
  request_open_ = false;
  tlm::tlm_phase phase = tlm::END_REQ;
  sc_time delay = sc_core::SC_ZERO_TIME;
  backward_(payload, phase, delay);
}

void NbPort::finished(Payload& payload) {
  responses_.push_back(&payload);
  respond();
}

void NbPort::respond() {
  while (!response_open_ && !responses_.empty()) {
    Payload& payload = *responses_.front();
    responses_.pop_front();
    response_open_ = true;
    responding_ = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm_sync_enum sync = backward_(payload, phase, delay);
    // The initiator may have ended the response from inside the call.
    if (responding_ != &payload || sync == tlm::TLM_ACCEPTED) continue;
    if (sync == tlm::TLM_UPDATED && phase != tlm::END_RESP) continue;
    responding_ = nullptr;
    response_open_ = delay != sc_core::SC_ZERO_TIME;
    if (response_open_) response_ended_.notify(delay);
    payload.release();
  }
}

void NbPort::end_response(Payload& payload, const sc_time& delay) {
  responding_ = nullptr;
  if (delay == sc_core::SC_ZERO_TIME && responses_.empty()) {
    response_open_ = false;
  } else {
    response_ended_.notify(delay);
  }
  payload.release();
}

void NbPort::response_ended() {
  response_open_ = false;
  respond();
}

}  // namespace lookaside::ddr
