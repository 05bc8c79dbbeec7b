// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/mmu/mmu.h>
#include <lookaside/mmu/translator.h>
#include <lookaside/protocol/atomic_extension.h>

namespace lookaside::mmu {

using protocol::AccessExtension;
using protocol::AtomicExtension;
using sc_core::sc_time;
using translation::Access;
using translation::Context;
using translation::Rule;
using Step = Engine::Step;

namespace {

constexpr const char* kReport = "/lookaside/mmu";

std::uint64_t now_ps() {
  return sc_core::sc_time_stamp().value();
}
sc_time since_now(std::uint64_t ps) {
  return sc_time::from_value(ps - now_ps());
}

/// H-GP-01: what an initiator may not send. The answer says which attribute is wrong.
tlm::tlm_response_status malformed(const tlm::tlm_generic_payload& p) {
  if (p.is_read() || p.is_write()) {
    if (p.get_data_ptr() == nullptr) return tlm::TLM_GENERIC_ERROR_RESPONSE;
    if (p.get_data_length() == 0 || p.get_streaming_width() == 0) {
      return tlm::TLM_BURST_ERROR_RESPONSE;
    }
  }
  if (p.get_byte_enable_ptr() != nullptr && p.get_byte_enable_length() == 0) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

std::unique_ptr<Engine> make_engine(const Config& config, Counters& counters, Waves& waves) {
  if (config.make_engine) return config.make_engine(config, counters, waves);
  return std::make_unique<Translator>(config, counters, waves);
}

}  // namespace

Mmu::Mmu(const sc_core::sc_module_name& name, const Config& config, observe::SignalSink* sink)
    : sc_module(name),
      fetch_socket("fetch_socket"),
      data_socket("data_socket"),
      physical_socket("physical_socket"),
      walk_socket("walk_socket"),
      control("control"),
      port("port"),
      config_(config),
      waves_(sink, config.scope),
      counters_(config),
      engine_(make_engine(config_, counters_, waves_)),
      serial_(engine_->serial()),
      pte_pool_(config.hart) {
  if (sc_core::sc_get_time_resolution() != sc_time(1, sc_core::SC_PS)) {
    throw ConfigError(config.scope + ": the SystemC time resolution must be 1 ps");
  }
  control.bind(*this);
  port.bind(*this);
  TargetSocket* sockets[] = {&fetch_socket, &data_socket};
  for (int id = 0; id < 2; ++id) {
    sockets[id]->register_b_transport(this, &Mmu::b_transport, id);
    sockets[id]->register_get_direct_mem_ptr(this, &Mmu::get_direct_mem_ptr, id);
    sockets[id]->register_transport_dbg(this, &Mmu::transport_dbg, id);
  }
  physical_socket.register_invalidate_direct_mem_ptr(this, &Mmu::invalidated_below);
  if (!engine_->lends()) {
    config_.direct = false;
    config_.dmi = DmiPolicy::kOff;
  }
  if (observe::StatisticGroup* more = engine_->statistics()) counters_.group.add_child(*more);
  if (config_.dmi == DmiPolicy::kResident) engine_->set_listener(this);
}

Mmu::Request Mmu::request(Port p, Payload& payload) const {
  auto* extension = payload.get_extension<AccessExtension>();
  Access access = payload.is_write() ? Access::kStore : Access::kLoad;
  if (p == Port::kFetch) access = Access::kFetch;
  if (extension != nullptr) access = extension->access;
  const std::uint64_t touched =
      std::min<std::uint64_t>(payload.get_data_length(), payload.get_streaming_width());
  return {p, payload, extension, access, std::max<std::uint64_t>(touched, 1)};
}

Job Mmu::job_of(const Request& r, std::uint64_t va, std::uint64_t bytes) const {
  Job job;
  job.port = r.port;
  job.access = r.access;
  job.va = va;
  job.bytes = bytes;
  const bool own_context = r.extension != nullptr && r.extension->has_context;
  job.context = own_context ? r.extension->context : engine_->context();
  return job;
}

void Mmu::b_transport(int id, Payload& payload, sc_time& delay) {
  const Request r = request(static_cast<Port>(id), payload);
  const tlm::tlm_response_status status = malformed(payload);
  if (status != tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(status);
    return;
  }
  if (r.extension != nullptr) r.extension->faulted = false;
  counters_.count_access(r.access);
  entered(r.port);
  Job job = job_of(r, payload.get_address(), r.touched);
  job.time_ps = now_ps() + delay.value();
  if (page_end(job.context, r.access, job.va) - job.va >= r.touched - 1) {
    whole(r, job);
  } else {
    split(r, job);
  }
  waves_.idle(job.time_ps);
  delay = since_now(job.time_ps);
  renew_if_changed(r.port);
}

Step Mmu::translate(Job& job) {
  if (engine_busy_) {
    wait_for_engine();
    job.time_ps = std::max(job.time_ps, now_ps());
  }
  engine_busy_ = serial_;
  Step step = engine_->begin(job);
  while (step == Step::kReadPte || step == Step::kCompareAndSwap) step = access_pte(job, step);
  if (engine_busy_) {
    engine_busy_ = false;
    engine_free_.notify();
  }
  return step;
}

// Only memory that waits in b_transport lets anybody else come in while a job is under way.
void Mmu::wait_for_engine() {
  while (engine_busy_) sc_core::wait(engine_free_);
}

Step Mmu::access_pte(Job& job, Step step) {
  const PtePool::Lease pte = pte_pool_.take();
  const PteRequest& want = job.pte;
  Payload& payload = step == Step::kReadPte ? pte->read(want.address, want.bytes)
                                            : pte->compare_and_swap(want.address, want.bytes,
                                                                    want.expected, want.desired);
  sc_time delay = since_now(job.time_ps);
  walk_socket->b_transport(payload, delay);
  job.time_ps = now_ps() + delay.value();
  const bool ok = payload.is_response_ok();
  if (step == Step::kReadPte) return engine_->pte_read(job, ok, pte->value());
  return engine_->pte_swapped(job, ok && pte->acknowledged(), pte->swapped());
}

void Mmu::whole(const Request& r, Job& job) {
  if (translate(job) == Step::kFault) {
    refuse(r, job);
    return;
  }
  forward(r, job, r.payload, job.pa);
  if (!bus_error(r, job, r.payload, job.va)) dmi_hint(r, job);
}

void Mmu::forward(const Request& r, Job& job, Payload& payload, std::uint64_t pa) {
  if (auto* atomic = r.payload.get_extension<AtomicExtension>()) atomic->acknowledged = false;
  const std::uint64_t va = payload.get_address();
  sc_time delay = since_now(job.time_ps);
  payload.set_address(pa);
  physical_socket->b_transport(payload, delay);
  payload.set_address(va);
  job.time_ps = now_ps() + delay.value();
}

void Mmu::refuse(const Request& r, Job& job) {
  r.payload.set_dmi_allowed(false);
  r.payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (r.extension == nullptr) return;
  r.extension->faulted = true;
  r.extension->fault = job.fault;
}

// The status from below stays (H-GP-05), unless there is none, or the memory took an atomic for a
// plain access.
bool Mmu::bus_error(const Request& r, Job& job, Payload& payload, std::uint64_t va) {
  const auto* atomic = r.payload.get_extension<AtomicExtension>();
  const bool unknown_atomic = atomic != nullptr && !atomic->acknowledged;
  if (payload.is_response_ok() && !unknown_atomic) return false;
  tlm::tlm_response_status status = payload.get_response_status();
  if (payload.is_response_ok()) status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (status == tlm::TLM_INCOMPLETE_RESPONSE) status = tlm::TLM_GENERIC_ERROR_RESPONSE;
  engine_->refuse(job,
                  job.translation.format != nullptr
                      ? make_fault(job.translation, job.context, job.access, va, Rule::kBusError)
                      : physical_fault(job.context, job.access, va, Rule::kBusError));
  refuse(r, job);
  r.payload.set_response_status(status);
  return true;
}

void Mmu::set_context(unsigned hart, const Context& context) {
  if (hart != config_.hart) SC_REPORT_ERROR(kReport, "set_context for a hart of another MMU");
  const Context old = engine_->context();
  if (context == old) return;
  engine_->set_context(context);
  const bool fetch_same = context.format == old.format && context.root == old.root &&
                          context.asid == old.asid && context.ad_update == old.ad_update &&
                          context.fetch_privilege == old.fetch_privilege;
  if (!fetch_same) renew(Port::kFetch);
  renew(Port::kData);
  revoke_all();
}

void Mmu::set_pmp(unsigned hart, const translation::Pmp& pmp) {
  if (hart != config_.hart) SC_REPORT_ERROR(kReport, "set_pmp for a hart of another MMU");
  if (pmp == engine_->pmp()) return;
  engine_->set_pmp(pmp);
  renew(Port::kFetch);
  renew(Port::kData);
  revoke_all();
}

void Mmu::fence(unsigned hart, const translation::Fence& fence, sc_time& delay) {
  if (hart != config_.hart) SC_REPORT_ERROR(kReport, "fence for a hart of another MMU");
  wait_for_engine();
  const std::uint64_t took_ps = engine_->fence(fence, now_ps() + delay.value());
  renew_if_changed(Port::kFetch);
  renew_if_changed(Port::kData);
  // Lent pointers go whatever the ASID: over-fencing is legal, under-fencing never (SFN-03).
  revoke_all();
  delay += sc_time::from_value(took_ps);
}

}  // namespace lookaside::mmu
