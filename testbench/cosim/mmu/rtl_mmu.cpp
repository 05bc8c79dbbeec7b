// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/rtl_mmu.h"

#include <algorithm>
#include <functional>

namespace lookaside::cosim {

using mmu::Job;
using mmu::Phase;
using protocol::Port;
using translation::Fault;
using translation::Rule;
using Step = mmu::Engine::Step;

namespace {

constexpr MmuTlb kAll[] = {MmuTlb::kL1I, MmuTlb::kL1D, MmuTlb::kL2};

constexpr std::uint64_t kLongest = 100'000;  // edges; no operation takes so many

unsigned number(MmuTlb tlb) {
  return static_cast<unsigned>(tlb);
}

/// Rules that only a walk can find.
bool of_a_walk(Rule rule) {
  return (rule >= Rule::kPteAccessRefused && rule <= Rule::kMisalignedSuperpage) ||
         rule == Rule::kPteUpdateRefused || rule == Rule::kPteUpdateBusError;
}

}  // namespace

RtlMmu::RtlMmu(const mmu::Config& config, mmu::Counters& counters, mmu::Waves& waves,
               std::unique_ptr<MmuPort> port)
    : config_(config), counters_(counters), waves_(waves), port_(std::move(port)) {
  const std::string error = mmu::validate(config);
  if (!error.empty()) throw mmu::ConfigError(config.scope + ": " + error);
  statistics_.add({"clock_edges", "edges", "clock edges that the RTL was given"}, edges_);
  statistics_.before_read([this] { edges_.value = port_->cycles(); });
}

mmu::TlbCounters& RtlMmu::counters(MmuTlb tlb) {
  if (tlb == MmuTlb::kL2) return counters_.l2;
  return tlb == MmuTlb::kL1I ? counters_.l1i : counters_.l1d;
}

void RtlMmu::show(observe::SignalSink* sink) {
  if (sink == nullptr) return;
  rtl_waves_ = MmuRtlWaves(sink, config_.scope, config_.clock_ps);
  watch(true);
}

void RtlMmu::watch(bool on) {
  if (!rtl_waves_.on()) return;
  port_->watch(on ? [this] { rtl_waves_.cycle(*port_); } : std::function<void()>());
}

// What the second level does in the background goes on while time passes.
void RtlMmu::catch_up(std::uint64_t now_ps) {
  if (!port_->busy()) return;
  const std::uint64_t passed = now_ps > ended_ps_ ? (now_ps - ended_ps_) / config_.clock_ps : 0;
  port_->idle(passed);
}

Step RtlMmu::begin(Job& job) {
  ++counters_.translations.value;
  waves_.access(job.time_ps, job.access, job.va);
  job.translated = job.context.translates(job.access);
  if (!job.translated) {
    ++counters_.bypasses.value;
    waves_.phase(job.time_ps, Phase::kBypass);
  }
  catch_up(job.time_ps);
  now_ = Progress{};
  now_.start_cycles = port_->cycles();
  now_.start_ps = job.time_ps;
  if (rtl_waves_.on()) rtl_waves_.at(job.time_ps);
  return clocked(job, [&] {
    const MmuPort::State state =
        port_->request({job.port, job.access, job.va, job.bytes, &job.context});
    now_.at_once = state == MmuPort::State::kAnswer && port_->cycles() == now_.start_cycles + 1;
    return state;
  });
}

/// What follows from a call that clocks the RTL and returns its state.
template <typename Call>
Step RtlMmu::clocked(Job& job, Call call) {
  MmuPort::State state = MmuPort::State::kAnswer;
  if (guard_.make([&] { state = call(); })) return go_on(job, state);
  job.fault = {};
  job.fault.access = job.access;
  job.fault.rule = Rule::kPteBusError;
  job.fault.cause = translation::access_fault(job.access);
  job.fault.tval = job.va;
  return Step::kFault;
}

std::uint64_t RtlMmu::edges(const Job& job) const {
  const std::uint64_t ps = job.time_ps - job.request_ps;
  return std::max<std::uint64_t>(1, (ps + config_.clock_ps - 1) / config_.clock_ps);
}

Step RtlMmu::pte_read(Job& job, bool ok, std::uint64_t pte) {
  mmu::WalkerCounters& walker = counters_.walker;
  ++walker.pte_reads.value;
  ++walker.pte_reads_per_level.values[now_.level];
  waves_.pte_value(job.request_ps, ok ? pte : 0);
  now_.pte = ok ? pte : 0;
  return clocked(job, [&] { return port_->respond(edges(job), ok, false, pte); });
}

Step RtlMmu::pte_swapped(Job& job, bool ok, bool swapped) {
  if (ok && swapped) {
    ++counters_.walker.ad_updates.value;
    waves_.pte_value(job.request_ps, job.pte.desired);
    now_.pte = job.pte.desired;
  } else if (ok) {
    ++counters_.walker.ad_retries.value;
    now_.again = true;
  }
  return clocked(job, [&] { return port_->respond(edges(job), ok, swapped, 0); });
}

Step RtlMmu::go_on(Job& job, MmuPort::State state) {
  if (rtl_waves_.on()) rtl_waves_.end(*port_, state);
  count_events(job.port);
  job.time_ps = now_ps();
  return state == MmuPort::State::kMemory ? ask(job) : answer(job);
}

Step RtlMmu::ask(Job& job) {
  const MmuMemoryRequest& want = port_->memory();
  job.pte = {want.address, job.context.format->pte_bytes, want.expected, want.desired};
  job.request_ps = job.time_ps;
  if (now_.accesses++ == 0) {
    walk_begins(port_->cycles());
    now_.level = job.context.format->levels - 1;
  } else if (!want.cas && !now_.again) {
    --now_.level;
  }
  now_.pte_address = want.address;
  if (want.cas) {
    waves_.phase(job.time_ps, Phase::kAdUpdate);
    return Step::kCompareAndSwap;
  }
  now_.again = false;
  waves_.phase(job.time_ps, Phase::kWalk);
  waves_.pte_request(job.time_ps, now_.level, want.address);
  return Step::kReadPte;
}

void RtlMmu::walk_begins(std::uint64_t cycle) {
  ++counters_.walker.walks.value;
  now_.walk_cycles = cycle;
  if (now_.l2_hit) ++counters_.l2.stale_hits.value;
}

// A walk that PMP does not even let begin asks for no memory.
bool RtlMmu::walked() const {
  return now_.accesses != 0 || (!now_.at_once && of_a_walk(port_->answer().rule));
}

Step RtlMmu::answer(Job& job) {
  const MmuAnswer& got = port_->answer();
  if (walked()) {
    constexpr std::uint64_t kPsPerNs = 1000;
    mmu::WalkerCounters& walker = counters_.walker;
    if (now_.accesses == 0) walk_begins(port_->cycles() - 2);  // taken, refused
    walker.walk_latency_ns.add((port_->cycles() - now_.walk_cycles) * config_.clock_ps / kPsPerNs);
    waves_.walk_end(job.time_ps);
    // What PMP refuses after the walk is a fault of the access.
    if (got.fault && got.rule < Rule::kPmpNoMatch) ++walker.walks_faulted.value;
  }
  ended_ps_ = job.time_ps;
  if (got.fault) {
    refuse(job, fault_of(job));
    return Step::kFault;
  }
  if (job.translated && !now_.at_once) waves_.phase(job.time_ps, Phase::kMemory);
  job.pa = got.pa;
  waves_.physical(job.time_ps, job.pa);
  return Step::kDone;
}

Fault RtlMmu::fault_of(const Job& job) const {
  const MmuAnswer& got = port_->answer();
  Fault fault;
  fault.cause = static_cast<translation::Cause>(got.cause);
  fault.rule = got.rule;
  fault.access = job.access;
  fault.privilege = job.context.privilege(job.access);
  fault.tval = got.tval;
  if (got.rule == Rule::kPteAccessRefused) {
    // The pins never show the PTE that protection kept from being read.
    const bool first = now_.accesses == 0;
    const unsigned level = first ? job.context.format->levels - 1 : now_.level;
    fault.level = static_cast<int>(first || now_.again ? level : level - 1);
  } else if (now_.accesses != 0) {
    fault.level = static_cast<int>(now_.level);
    fault.pte_address = now_.pte_address;
    fault.pte = now_.pte;
  }
  if (got.rule >= Rule::kPmpNoMatch) fault.physical = got.pa;
  return fault;
}

void RtlMmu::refuse(Job& job, const Fault& fault) {
  job.fault = fault;
  counters_.count_fault(fault);
  waves_.fault(job.time_ps, fault);
}

void RtlMmu::count_events(Port port) {
  const MmuTlb l1 = port == Port::kFetch ? MmuTlb::kL1I : MmuTlb::kL1D;
  for (const MmuTlb tlb : kAll) {
    for (const MmuEvent& e : port_->events(tlb)) {
      count_event(tlb, e);
      if (e.fill || !e.hit_or_evict) continue;
      if (tlb == MmuTlb::kL2) now_.l2_hit = true;
      // Found, but not good enough: A or D must be set.
      if (tlb == l1 && !now_.at_once) ++counters(tlb).stale_hits.value;
    }
    port_->events(tlb).clear();
  }
  if (!now_.at_once || port_->busy() || l2_fencing_) count_lost(false);
}

void RtlMmu::count_event(MmuTlb tlb, const MmuEvent& e) {
  mmu::TlbCounters& c = counters(tlb);
  const bool l2 = tlb == MmuTlb::kL2;
  const std::uint64_t ps =
      now_.start_ps + (std::max(e.cycle, now_.start_cycles) - now_.start_cycles) * config_.clock_ps;
  if (waves_.on() && (e.hit_or_evict || e.fill) && !(l2 && e.fill)) {
    const mmu::TlbConfig& shape =
        l2 ? config_.l2 : (tlb == MmuTlb::kL1I ? config_.l1i : config_.l1d);
    waves_.entry(ps, std::uint64_t{e.set} * shape.geometry.ways + e.way);
  }
  if (e.fill) {
    if (!l2) waves_.phase(ps, Phase::kRefill);
    ++c.fills.value;
    if (e.hit_or_evict) {
      ++c.evictions.value;
    } else {
      ++filled_[number(tlb)];
    }
    return;
  }
  ++c.lookups.value;
  ++(e.hit_or_evict ? c.hits : c.misses).value;
  if (e.hit_or_evict) {
    waves_.phase(ps, l2 ? Phase::kL2Hit : Phase::kL1Hit);
  } else {
    waves_.phase(ps, l2 ? Phase::kL2Miss : Phase::kL1Miss);
  }
}

// The RTL does not say how many entries a fence, or a page that covers them, has removed: what is
// missing in its valid bits does. While the second level works they are half the truth.
void RtlMmu::count_lost(bool fence) {
  if (l2_fencing_ && port_->left_by_fence()) {
    unsigned& before = valid_[number(MmuTlb::kL2)];
    counters_.l2.flushed.value += before - *port_->left_by_fence();
    before = *port_->left_by_fence();
    l2_fencing_ = false;
  }
  for (const MmuTlb tlb : kAll) {
    if (tlb == MmuTlb::kL2 && (port_->busy() || l2_fencing_)) continue;
    const unsigned there = port_->valid_count(tlb);
    unsigned& before = valid_[number(tlb)];
    unsigned& filled = filled_[number(tlb)];
    (fence ? counters(tlb).flushed : counters(tlb).replaced).value += before + filled - there;
    before = there;
    filled = 0;
  }
}

// A fence is offered when the second level has ended what it does, and ends in the background.
std::uint64_t RtlMmu::fence(const translation::Fence& fence, std::uint64_t now_ps) {
  ++counters_.fences.values[static_cast<unsigned>(fence.form)];
  catch_up(now_ps);
  const std::uint64_t before = port_->cycles();
  port_->idle(kLongest);
  count_events(Port::kData);
  count_lost(false);
  if (rtl_waves_.on()) rtl_waves_.at(now_ps);
  if (!guard_.make([&] { port_->fence(fence); })) return 0;
  if (rtl_waves_.on()) rtl_waves_.end(*port_);
  l2_fencing_ = true;
  count_lost(true);
  const std::uint64_t took_ps = (port_->cycles() - before) * config_.clock_ps;
  ended_ps_ = now_ps + took_ps;
  return took_ps;
}

// Registers are written one at a time and cost no simulated time: the hart's CSR instruction did.
void RtlMmu::set_pmp(const translation::Pmp& pmp) {
  watch(false);
  for (unsigned i = 0; i < pmp.implemented(); ++i) {
    const bool same = pmp.cfg(i) == pmp_.cfg(i) && pmp.addr(i) == pmp_.addr(i);
    if (pmp_written_ && same) continue;
    port_->set_pmp(i, pmp.cfg(i), pmp.addr(i));
  }
  watch(true);
  pmp_written_ = true;
  Engine::set_pmp(pmp);
}

}  // namespace lookaside::cosim
