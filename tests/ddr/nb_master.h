// SPDX-License-Identifier: Apache-2.0
// An initiator of the four-phase base protocol: several requests on their way, in order of a list.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include <lookaside/protocol/access_extension.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::tests {

/// What is to be sent.
struct NbJob {
  std::uint64_t address = 0;
  bool write = false;
  std::vector<std::uint8_t> data;  ///< what is written; as long as what is read
  protocol::Requester requester = protocol::Requester::kDma;
  std::uint32_t index = 0;
  bool atomic = false;
  protocol::AtomicOp op = protocol::AtomicOp::kAdd;
  std::uint64_t operand = 0;
  std::uint64_t expected = 0;
  std::uint64_t not_before_ps = 0;
};
/// What came of it.
struct NbResult {
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
  std::uint64_t begin_req_ps = 0, end_req_ps = 0, begin_resp_ps = 0;
  bool back_pressure = false;  ///< END_REQ did not come with the return value
  std::vector<std::uint8_t> data;
  protocol::AtomicExtension atomic;
  std::uint64_t order = 0;  ///< of its response
};

class NbMaster : public sc_core::sc_module, private tlm::tlm_mm_interface {
 public:
  using Payload = tlm::tlm_generic_payload;
  SC_HAS_PROCESS(NbMaster);
  explicit NbMaster(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_nb_transport_bw(this, &NbMaster::backward);
    SC_METHOD(pump);
    sensitive << go_;
    SC_METHOD(end_response);
    sensitive << end_;
    dont_initialize();
  }
  tlm_utils::simple_initiator_socket<NbMaster, 64> socket;
  unsigned outstanding = 32;
  std::uint64_t gap_ps = 0;       ///< between two requests
  std::uint64_t annotate_ps = 0;  ///< delay argument of BEGIN_REQ
  /// END_RESP: -1 with the return value, else so much later.
  std::int64_t end_resp_ps = -1;
  /// Called with each response; may add jobs.
  std::function<void(std::size_t)> on_response;

  void add(NbJob job) {
    jobs_.push_back(std::move(job));
    results.emplace_back();
    go_.notify(sc_core::SC_ZERO_TIME);
  }
  std::vector<NbResult> results;  ///< one for each job
  std::uint64_t responses = 0;
  unsigned live_payloads = 0;  ///< not yet freed

 private:
  struct Flight {
    Payload payload;
    protocol::AccessExtension access;
    protocol::AtomicExtension atomic;
    std::vector<std::uint8_t> data;
    std::size_t job = 0;
  };

  static std::uint64_t now() { return sc_core::sc_time_stamp().value(); }
  Flight& flight_of(Payload& p) {
    for (auto& f : flights_) {
      if (&f->payload == &p) return *f;
    }
    throw std::logic_error("a payload of somebody else");
  }

  void pump() {
    if (request_open_ || next_ == jobs_.size() || in_flight_ == outstanding) return;
    const NbJob& job = jobs_[next_];
    const std::uint64_t earliest = std::max(job.not_before_ps, earliest_);
    if (earliest > now()) {
      go_.notify(sc_core::sc_time::from_value(earliest - now()));
      return;
    }
    send(job);
    go_.notify(sc_core::sc_time::from_value(gap_ps));
  }

  void send(const NbJob& job) {
    Flight& f = open();
    f.job = next_++;
    f.data = job.data;
    f.access.requester = job.requester;
    f.access.hart = job.index;
    Payload& p = f.payload;
    p.set_extension(&f.access);
    if (job.atomic) {
      f.atomic = {};
      f.atomic.op = job.op;
      f.atomic.initiator = job.index;
      f.atomic.operand = job.operand;
      f.atomic.expected = job.expected;
      p.set_extension(&f.atomic);
    }
    p.set_command(job.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    p.set_address(job.address);
    p.set_data_ptr(f.data.data());
    p.set_data_length(static_cast<unsigned>(f.data.size()));
    p.set_streaming_width(static_cast<unsigned>(f.data.size()));
    p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    p.set_dmi_allowed(false);
    ++in_flight_;
    earliest_ = now() + gap_ps;
    NbResult& r = results[f.job];
    r.begin_req_ps = now() + annotate_ps;
    request_open_ = true;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::sc_time::from_value(annotate_ps);
    const tlm::tlm_sync_enum sync = socket->nb_transport_fw(p, phase, delay);
    r.back_pressure = sync == tlm::TLM_ACCEPTED;
    if (sync == tlm::TLM_UPDATED) {
      request_open_ = false;
      r.end_req_ps = now();
    }
    if (sync == tlm::TLM_COMPLETED) {
      request_open_ = false;
      finish(f);
    }
  }

  tlm::tlm_sync_enum backward(Payload& p, tlm::tlm_phase& phase, sc_core::sc_time& /*delay*/) {
    Flight& f = flight_of(p);
    if (phase == tlm::END_REQ) {
      results[f.job].end_req_ps = now();
      request_open_ = false;
      go_.notify(sc_core::SC_ZERO_TIME);
      return tlm::TLM_ACCEPTED;
    }
    results[f.job].begin_resp_ps = now();
    if (end_resp_ps < 0) {
      finish(f);
      return tlm::TLM_COMPLETED;
    }
    ending_ = &p;
    end_.notify(sc_core::sc_time::from_value(static_cast<std::uint64_t>(end_resp_ps)));
    return tlm::TLM_ACCEPTED;
  }

  void end_response() {
    Flight& f = flight_of(*ending_);
    tlm::tlm_phase phase = tlm::END_RESP;
    sc_core::sc_time delay;
    socket->nb_transport_fw(f.payload, phase, delay);
    finish(f);
  }

  void finish(Flight& f) {
    NbResult& r = results[f.job];
    r.status = f.payload.get_response_status();
    r.data = f.data;
    r.atomic = f.atomic;
    r.order = responses++;
    --in_flight_;
    const std::size_t job = f.job;
    f.payload.clear_extension(&f.access);
    if (f.payload.get_extension<protocol::AtomicExtension>() != nullptr) {
      f.payload.clear_extension(&f.atomic);
    }
    f.payload.release();
    if (on_response) on_response(job);
    go_.notify(sc_core::SC_ZERO_TIME);
  }

  Flight& open() {
    if (free_.empty()) {
      flights_.push_back(std::make_unique<Flight>());
      flights_.back()->payload.set_mm(this);
      free_.push_back(flights_.back().get());
    }
    Flight& f = *free_.back();
    free_.pop_back();
    ++live_payloads;
    f.payload.acquire();
    return f;
  }
  void free(Payload* p) override {
    --live_payloads;
    free_.push_back(&flight_of(*p));
  }

  std::vector<NbJob> jobs_;
  std::vector<std::unique_ptr<Flight>> flights_;
  std::vector<Flight*> free_;
  std::size_t next_ = 0;
  unsigned in_flight_ = 0;
  bool request_open_ = false;
  std::uint64_t earliest_ = 0;
  Payload* ending_ = nullptr;
  sc_core::sc_event go_, end_;
};

}  // namespace lookaside::tests
