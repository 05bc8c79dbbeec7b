// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <lookaside/protocol/checker_attributes.h>

namespace lookaside::protocol {

using sc_core::sc_time;

namespace {

std::string number(std::uint64_t v) {
  return std::to_string(v);
}

}  // namespace

Checker::Checker(const sc_core::sc_module_name& name)
    : sc_module(name), target_socket("target_socket"), initiator_socket("initiator_socket") {
  target_socket.register_b_transport(this, &Checker::b_transport);
  target_socket.register_nb_transport_fw(this, &Checker::nb_transport_fw);
  initiator_socket.register_nb_transport_bw(this, &Checker::nb_transport_bw);
  target_socket.register_get_direct_mem_ptr(this, &Checker::get_direct_mem_ptr);
  target_socket.register_transport_dbg(this, &Checker::transport_dbg);
  initiator_socket.register_invalidate_direct_mem_ptr(this, &Checker::invalidate_direct_mem_ptr);
}

Checker::~Checker() = default;

void Checker::expect(bool holds, const char* rule, const std::string& found) {
  if (holds) return;
  ++violations_;
  const std::string text = std::string(this->name()) + ": " + rule + ": " + found;
  SC_REPORT_ERROR(kCheckerMessage, text.c_str());
}

void Checker::check_request(const Payload& p) {
  const bool moves_data = p.is_read() || p.is_write();
  expect(!moves_data || p.get_data_ptr() != nullptr, "H-GP-01", "null data pointer");
  expect(!moves_data || p.get_data_length() > 0, "H-GP-01", "data length 0");
  expect(p.get_byte_enable_ptr() == nullptr || p.get_byte_enable_length() > 0, "H-GP-01",
         "byte enable pointer with byte enable length 0");
  expect(p.get_streaming_width() > 0, "H-GP-01", "streaming width 0");
  expect(!p.is_dmi_allowed(), "H-GP-01", "DMI hint set by the initiator");
  expect(p.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE, "H-GP-01",
         "response status " + p.get_response_string() + " before the call");
  expect(p.get_gp_option() == tlm::TLM_MIN_PAYLOAD, "H-GP-01", "option is not minimum payload");
  expect(!p.has_mm() || p.get_ref_count() > 0, "H-BT-06",
         "payload with a memory manager and no reference");
}

void Checker::check_unchanged(const Payload& p, const Attributes& was) {
  expect(p.get_command() == was.command, "H.1", "the target changed the command");
  expect(p.get_address() == was.address, "H-GP-03",
         "address " + number(was.address) + " came back as " + number(p.get_address()));
  expect(p.get_data_ptr() == was.data, "H.1", "the target changed the data pointer");
  expect(p.get_data_length() == was.length, "H.1", "the target changed the data length");
  expect(p.get_byte_enable_ptr() == was.enables && p.get_byte_enable_length() == was.enable_length,
         "H.1", "the target changed the byte enable pointer or length");
  expect(p.get_streaming_width() == was.width, "H.1", "the target changed the streaming width");
  expect(copy(was.enables, was.enable_length) == was.enable_bytes, "H.1",
         "the target changed the byte enable array");
  expect(was.written.empty() || copy(was.data, was.length) == was.written, "H.1",
         "the target changed the data of a write");
  expect(p.has_mm() == was.managed, "H-BT-07", "the memory manager was set or removed");
  expect(extensions_of(p) == was.extensions, "H-BT-07", "an extension was left behind or removed");
}

void Checker::b_transport(Payload& payload, sc_time& delay) {
  expect(sc_core::sc_get_current_process_handle().proc_kind() == sc_core::SC_THREAD_PROC_,
         "H-BT-01", "b_transport called outside a thread process");
  check_request(payload);
  const Attributes before(payload);
  const sc_time start = sc_core::sc_time_stamp() + delay;
  initiator_socket->b_transport(payload, delay);
  expect(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "H-BT-10",
         "response status still incomplete");
  expect(sc_core::sc_time_stamp() + delay >= start, "H-BT-04", "the delay shrank");
  check_unchanged(payload, before);
}

void Checker::check_dmi_answer(const Payload& p, const tlm::tlm_dmi& dmi) {
  expect(dmi.get_start_address() <= dmi.get_end_address(), "H-DMI-13", "empty DMI range");
  expect(p.get_address() >= dmi.get_start_address() && p.get_address() <= dmi.get_end_address(),
         "H-DMI-13", "the DMI range does not hold the address asked for");
}

bool Checker::get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) {
  expect(invalidating_ == 0, "H-DMI-11", "get_direct_mem_ptr inside invalidate_direct_mem_ptr");
  expect(dmi.get_dmi_ptr() == nullptr && dmi.is_none_allowed() && dmi.get_start_address() == 0 &&
             dmi.get_end_address() == ~sc_dt::uint64{0} &&
             dmi.get_read_latency() == sc_core::SC_ZERO_TIME &&
             dmi.get_write_latency() == sc_core::SC_ZERO_TIME,
         "H-DMI-15", "DMI descriptor is not fresh");
  const Attributes before(payload);
  const sc_dt::uint64 delta = sc_core::sc_delta_count();
  const bool granted = initiator_socket->get_direct_mem_ptr(payload, dmi);
  expect(sc_core::sc_delta_count() == delta, "H-DMI-12", "wait in get_direct_mem_ptr");
  expect(payload.get_address() == before.address, "H-DMI-19",
         "address " + number(before.address) + " came back as " + number(payload.get_address()));
  check_dmi_answer(payload, dmi);
  if (granted) {
    expect(dmi.get_dmi_ptr() != nullptr, "H-DMI-13", "DMI granted with a null pointer");
    expect(payload.is_write() ? dmi.is_write_allowed() : dmi.is_read_allowed(), "H-DMI-16",
           "DMI granted without the command asked for");
  }
  return granted;
}

unsigned Checker::transport_dbg(Payload& payload) {
  expect(payload.get_data_ptr() != nullptr || payload.get_data_length() == 0, "H-DBG-06",
         "debug access with a null data pointer");
  const sc_dt::uint64 address = payload.get_address();
  const sc_dt::uint64 delta = sc_core::sc_delta_count();
  const unsigned done = initiator_socket->transport_dbg(payload);
  expect(done <= payload.get_data_length(), "H-DBG-03",
         number(done) + " bytes done of " + number(payload.get_data_length()));
  expect(payload.get_address() == address, "H-DBG-09", "address not restored");
  expect(sc_core::sc_delta_count() == delta, "H-DBG-01", "wait in transport_dbg");
  return done;
}

void Checker::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  expect(first <= last, "H-DMI-13", "empty range invalidated");
  ++invalidating_;
  target_socket->invalidate_direct_mem_ptr(first, last);
  --invalidating_;
}

}  // namespace lookaside::protocol
