// SPDX-License-Identifier: Apache-2.0
// The checker's rules of nb_transport: phases, exclusion, order of time, return values.
#include <lookaside/protocol/checker_attributes.h>

namespace lookaside::protocol {

using sc_core::sc_time;
using tlm::tlm_phase;
using tlm::tlm_sync_enum;

namespace {

bool is_base(const tlm_phase& phase) {
  return phase == tlm::BEGIN_REQ || phase == tlm::END_REQ || phase == tlm::BEGIN_RESP ||
         phase == tlm::END_RESP;
}

bool is_forward(const tlm_phase& phase) {
  return phase == tlm::BEGIN_REQ || phase == tlm::END_RESP;
}

/// END_REQ may be left out (H-NB-04).
bool follows(const tlm_phase& phase, const tlm_phase& last) {
  if (phase == tlm::END_REQ) return last == tlm::BEGIN_REQ;
  if (phase == tlm::BEGIN_RESP) return last == tlm::BEGIN_REQ || last == tlm::END_REQ;
  return phase == tlm::END_RESP && last == tlm::BEGIN_RESP;
}

std::string text(const tlm_phase& phase) {
  return phase.get_name();
}

}  // namespace

void Checker::begin(Payload& payload) {
  check_request(payload);
  expect(requesting_ == nullptr, "H-NB-05", "BEGIN_REQ before the end of the last request");
  expect(flights_.count(&payload) == 0, "H-NB-20", "BEGIN_REQ of a payload on its way");
  Flight& flight = flights_[&payload];
  flight.phase = tlm::BEGIN_REQ;
  flight.before = std::make_unique<Attributes>(payload);
  requesting_ = &payload;
}

/// The target has done its part: from BEGIN_RESP on the payload is the initiator's.
void Checker::answered(Payload& payload) {
  expect(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "H-NB-09",
         "response status still incomplete in the answer");
  const auto flight = flights_.find(&payload);
  if (flight != flights_.end()) check_unchanged(payload, *flight->second.before);
}

void Checker::end(Payload& payload) {
  if (requesting_ == &payload) requesting_ = nullptr;
  if (responding_ == &payload) responding_ = nullptr;
  flights_.erase(&payload);
}

/// A phase has been reached, by a call or by what a call returned.
void Checker::enter(Payload& payload, const tlm_phase& phase, const sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) begin(payload);
  const auto found = flights_.find(&payload);
  if (found == flights_.end()) {
    expect(false, "H-NB-04", text(phase) + " of a payload that is not on its way");
    return;
  }
  Flight& flight = found->second;
  const sc_time time = sc_core::sc_time_stamp() + delay;
  expect(time >= flight.time, "H-NB-13", text(phase) + " before " + text(flight.phase));
  flight.time = time;
  if (phase == tlm::BEGIN_REQ) return;
  expect(follows(phase, flight.phase), "H-NB-04", text(phase) + " after " + text(flight.phase));
  flight.phase = phase;
  if (requesting_ == &payload) requesting_ = nullptr;
  if (phase == tlm::BEGIN_RESP) {
    expect(responding_ == nullptr, "H-NB-06", "BEGIN_RESP before the end of the last response");
    answered(payload);
    responding_ = &payload;
  }
  if (phase == tlm::END_RESP) end(payload);
}

void Checker::check_return(Payload& payload, tlm_sync_enum sync, const tlm_phase& sent,
                           const sc_time& sent_delay, const tlm_phase& phase,
                           const sc_time& delay) {
  if (sync == tlm::TLM_ACCEPTED) {
    expect(phase == sent && delay == sent_delay, "H-NB-07",
           "TLM_ACCEPTED with another phase or delay");
    return;
  }
  // The last phase of a payload says all there is to say.
  if (sent == tlm::END_RESP) return;
  if (sync == tlm::TLM_COMPLETED) {
    if (is_forward(sent)) answered(payload);
    return end(payload);
  }
  if (!is_base(phase)) return;
  expect(is_forward(phase) != is_forward(sent), "H-NB-03",
         text(phase) + " returned from " + text(sent));
  enter(payload, phase, delay);
}

tlm_sync_enum Checker::nb_transport_fw(Payload& payload, tlm_phase& phase, sc_time& delay) {
  expect(payload.has_mm() && payload.get_ref_count() > 0, "H-NB-01",
         "payload without a memory manager or a reference");
  if (!is_base(phase)) return initiator_socket->nb_transport_fw(payload, phase, delay);
  expect(is_forward(phase), "H-NB-03", text(phase) + " on the forward path");
  const tlm_phase sent = phase;
  const sc_time sent_delay = delay;
  const bool write = payload.is_write();
  const auto data = write ? std::vector<unsigned char>{}
                          : copy(payload.get_data_ptr(), payload.get_data_length());
  enter(payload, phase, delay);
  const tlm_sync_enum sync = initiator_socket->nb_transport_fw(payload, phase, delay);
  if (sync == tlm::TLM_ACCEPTED && sent == tlm::BEGIN_REQ && !write) {
    expect(copy(payload.get_data_ptr(), payload.get_data_length()) == data &&
               payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
           "H-NB-07", "TLM_ACCEPTED with other data or response status");
  }
  check_return(payload, sync, sent, sent_delay, phase, delay);
  return sync;
}

tlm_sync_enum Checker::nb_transport_bw(Payload& payload, tlm_phase& phase, sc_time& delay) {
  if (!is_base(phase)) return target_socket->nb_transport_bw(payload, phase, delay);
  expect(!is_forward(phase), "H-NB-03", text(phase) + " on the backward path");
  const tlm_phase sent = phase;
  const sc_time sent_delay = delay;
  enter(payload, phase, delay);
  // The initiator may let go of the payload inside the call.
  const bool held = payload.has_mm();
  if (held) payload.acquire();
  const tlm_sync_enum sync = target_socket->nb_transport_bw(payload, phase, delay);
  if (flights_.count(&payload) != 0) {
    check_return(payload, sync, sent, sent_delay, phase, delay);
  }
  if (held) payload.release();
  return sync;
}

}  // namespace lookaside::protocol
