// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/lockstep_mmu.h"

#include <functional>
#include <utility>

#include <fmt/format.h>

#include "cosim/mmu/recording_tlb.h"
#include "cosim/mmu/replay.h"

namespace lookaside::cosim {

using mmu::Job;
using translation::Fence;
using Step = mmu::Engine::Step;

namespace {

constexpr std::size_t kEventsShown = 20;
constexpr std::uint64_t kLongest = 100'000;  // edges; no operation takes so many
constexpr MmuTlb kAll[] = {MmuTlb::kL1I, MmuTlb::kL1D, MmuTlb::kL2};
constexpr const char* kNames[] = {"l1i", "l1d", "l2"};

std::size_t number(MmuTlb tlb) {
  return static_cast<std::size_t>(tlb);
}

bool asks(Step step) {
  return step == Step::kReadPte || step == Step::kCompareAndSwap;
}

std::string hex(std::uint64_t value) {
  return fmt::format("{:#x}", value);
}

std::string text(const std::vector<MmuEvent>& events) {
  std::string all;
  for (const MmuEvent& e : events) {
    if (!all.empty()) all += ", ";
    if (!e.fill && !e.hit_or_evict) {
      all += "miss";
      continue;
    }
    all += fmt::format("{} {}.{}{}", e.fill ? "fill" : "hit", e.set, e.way,
                       e.fill && e.hit_or_evict ? " evicting" : "");
  }
  return all.empty() ? "-" : all;
}

std::string text(const std::vector<std::uint64_t>& valid, const std::vector<std::uint64_t>& other,
                 unsigned ways) {
  std::string only;
  for (std::size_t i = 0; i < 64 * valid.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    if ((valid[i / 64] & ~other[i / 64] & bit) == 0) continue;
    only += fmt::format(" {}.{}", i / ways, i % ways);
  }
  return fmt::format("{} valid{}{}", population(valid),
                     only.empty() ? "" : "; set.way only here:", only);
}

}  // namespace

LockstepMmu::LockstepMmu(std::string block, const MmuVariant& variant, const mmu::Config& config,
                         mmu::Counters& counters, mmu::Waves& waves, Monitor& monitor)
    : block_(std::move(block)),
      variant_(variant),
      monitor_(monitor),
      model_(recording(config), counters, waves),
      port_(variant.make()),
      clock_ps_(config.clock_ps) {
  statistics_.before_read([this] { edges_.value = port_->cycles(); });
  statistics_.add(
      {"accesses_compared", "pieces",
       "pieces of accesses, one for each page they touch, on which RTL and model agree"},
      accesses_);
  statistics_.add({"pte_reads_compared", "reads", "page-table entries both asked for"}, pte_reads_);
  statistics_.add({"pte_updates_compared", "writes", "compare-and-swaps both asked for"},
                  pte_updates_);
  statistics_.add({"fences_compared", "fences", "fences after which the same entries were left"},
                  fences_);
  statistics_.add({"clock_edges", "edges", "clock edges that the RTL was given"}, edges_);
}

void LockstepMmu::show(observe::SignalSink* sink) {
  if (sink == nullptr) return;
  waves_ = MmuLockstepWaves(sink, block_);
  rtl_waves_ = MmuRtlWaves(sink, block_, clock_ps_);
  watch(true);
}

void LockstepMmu::watch(bool on) {
  if (!rtl_waves_.on()) return;
  port_->watch(on ? [this] { rtl_waves_.cycle(*port_); } : std::function<void()>());
}

mmu::Config LockstepMmu::recording(mmu::Config config) {
  config.make_tlb = [this](const std::string& name, const tlb::Geometry& geometry) {
    const MmuTlb tlb = name == "l1i" ? MmuTlb::kL1I : name == "l1d" ? MmuTlb::kL1D : MmuTlb::kL2;
    return std::make_unique<RecordingTlb>(geometry, model_events_[number(tlb)]);
  };
  return config;
}

template <typename Operation>
bool LockstepMmu::ask(Operation operation) {
  try {
    operation();
    return true;
  } catch (const RtlSilent& silent) {
    differ({{"answer", "yes", "none"}}, last_ps_, silent.what());
    return false;
  }
}

/// A call that clocks the RTL and returns its state, made at a time of the platform.
template <typename Call>
bool LockstepMmu::clocked(std::uint64_t time_ps, Call call) {
  if (rtl_waves_.on()) rtl_waves_.at(time_ps);
  if (!ask([&] { state_ = call(); })) return false;
  if (rtl_waves_.on()) rtl_waves_.end(*port_, state_);
  return true;
}

Step LockstepMmu::begin(Job& job) {
  if (monitor_.differed()) return model_.begin(job);
  last_ps_ = job.time_ps;
  history_.access(job.time_ps, job.access, job.va, static_cast<unsigned>(job.bytes), job.context);
  if (waves_.on()) {
    const auto bytes = static_cast<unsigned>(job.bytes);
    waves_.operation(job.time_ps, line_of(access(job.access, job.va, bytes)));
  }
  const Step step = model_.begin(job);
  const MmuRequest request{job.port, job.access, job.va, job.bytes, &job.context};
  if (!clocked(last_ps_, [&] { return port_->request(request); })) return step;
  return check(job, step);
}

Step LockstepMmu::pte_read(Job& job, bool ok, std::uint64_t pte) {
  if (monitor_.differed()) return model_.pte_read(job, ok, pte);
  history_.pte(job.pte.address, job.pte.bytes, ok, pte);
  const std::uint64_t now_ps = job.time_ps;
  const Step step = model_.pte_read(job, ok, pte);
  if (!clocked(now_ps, [&] { return port_->respond(memory_edges_, ok, false, pte); })) return step;
  return check(job, step);
}

Step LockstepMmu::pte_swapped(Job& job, bool ok, bool swapped) {
  if (monitor_.differed()) return model_.pte_swapped(job, ok, swapped);
  if (ok && swapped) history_.swapped(job.pte.address, job.pte.desired);
  const std::uint64_t now_ps = job.time_ps;
  const Step step = model_.pte_swapped(job, ok, swapped);
  if (!clocked(now_ps, [&] { return port_->respond(memory_edges_, ok, swapped, 0); })) return step;
  return check(job, step);
}

Step LockstepMmu::check(const Job& job, Step step) {
  if (asks(step)) {
    if (waves_.on()) waves_.requests(job.time_ps, job.pte, port_->memory());
    if (same_request(job, step)) {
      ++(step == Step::kReadPte ? pte_reads_ : pte_updates_).value;
    } else {
      differ(request_fields(job, step), job.time_ps);
    }
    return step;
  }
  if (state_ == MmuPort::State::kMemory) {
    differ(request_fields(job, step), job.time_ps);
    return step;
  }
  if (port_->busy() && !ask([this] { settle(); })) return step;
  if (waves_.on()) waves_.answers(job.time_ps, job, step == Step::kFault, port_->answer());
  if (same_answer(job, step) && same_events()) {
    ++accesses_.value;
    forget_events();
  } else {
    differ(answer_fields(job, step), job.time_ps);
  }
  return step;
}

/// Until what goes on in the background has ended.
void LockstepMmu::settle() {
  port_->idle(kLongest);
  if (rtl_waves_.on()) rtl_waves_.end(*port_);
  if (port_->busy()) throw RtlSilent("the second-level TLB of the RTL never comes to rest");
}

bool LockstepMmu::same_request(const Job& job, Step step) const {
  if (state_ != MmuPort::State::kMemory) return false;
  const MmuMemoryRequest& rtl = port_->memory();
  const bool cas = step == Step::kCompareAndSwap;
  return rtl.cas == cas && rtl.address == job.pte.address &&
         (!cas || (rtl.expected == job.pte.expected && rtl.desired == job.pte.desired));
}

bool LockstepMmu::same_answer(const Job& job, Step step) const {
  const MmuAnswer& rtl = port_->answer();
  if (step == Step::kDone) return !rtl.fault && rtl.pa == job.pa;
  return rtl.fault && rtl.rule == job.fault.rule &&
         rtl.cause == static_cast<unsigned>(job.fault.cause) && rtl.tval == job.fault.tval;
}

bool LockstepMmu::same_events() {
  for (const MmuTlb tlb : kAll) {
    if (model_events_[number(tlb)] != port_->events(tlb)) return false;
  }
  return true;
}

void LockstepMmu::forget_events() {
  for (const MmuTlb tlb : kAll) {
    model_events_[number(tlb)].clear();
    port_->events(tlb).clear();
  }
}

LockstepMmu::Fields LockstepMmu::request_fields(const Job& job, Step step) const {
  const bool model_asks = asks(step);
  const bool rtl_asks = state_ == MmuPort::State::kMemory;
  const MmuMemoryRequest& rtl = port_->memory();
  const auto kind = [](bool any, bool cas) {
    return !any ? "nothing: it answers" : cas ? "a compare-and-swap" : "a PTE read";
  };
  const bool cas = step == Step::kCompareAndSwap;
  const auto value = [](bool there, std::uint64_t v) { return there ? hex(v) : "-"; };
  const bool rtl_cas = rtl_asks && rtl.cas;
  Fields fields = {
      {"asks memory for", kind(model_asks, cas), kind(rtl_asks, rtl.cas)},
      {"PTE address", value(model_asks, job.pte.address), value(rtl_asks, rtl.address)},
      {"expected", value(cas, job.pte.expected), value(rtl_cas, rtl.expected)},
      {"desired", value(cas, job.pte.desired), value(rtl_cas, rtl.desired)}};
  if (!model_asks || !rtl_asks) {
    const Fields answers = answer_fields(job, model_asks ? Step::kReadPte : step);
    fields.insert(fields.end(), answers.begin(), answers.end());
  }
  return fields;
}

LockstepMmu::Fields LockstepMmu::answer_fields(const Job& job, Step step) const {
  const MmuAnswer& rtl = port_->answer();
  const bool model_answers = !asks(step);
  const bool rtl_answers = state_ == MmuPort::State::kAnswer;
  const bool fault = step == Step::kFault;
  const auto either = [](bool there, const std::string& v) { return there ? v : "-"; };
  const auto row = [&](const char* name, bool model, const std::string& m, bool r,
                       const std::string& v) {
    return ComparedField{name, either(model_answers && model, m), either(rtl_answers && r, v)};
  };
  const translation::Fault& f = job.fault;
  Fields fields = {
      row("fault", true, fault ? "yes" : "no", true, rtl.fault ? "yes" : "no"),
      row("physical address", !fault, hex(job.pa), !rtl.fault, hex(rtl.pa)),
      row("rule", fault, translation::name(f.rule), rtl.fault, translation::name(rtl.rule)),
      row("cause", fault, fmt::format("{}", static_cast<unsigned>(f.cause)), rtl.fault,
          fmt::format("{}", rtl.cause)),
      row("tval", fault, hex(f.tval), rtl.fault, hex(rtl.tval))};
  for (const MmuTlb tlb : kAll) {
    fields.push_back(
        {kNames[number(tlb)], text(model_events_[number(tlb)]), text(port_->events(tlb))});
  }
  return fields;
}

const tlb::Tlb* LockstepMmu::model_tlb(MmuTlb tlb) const {
  if (tlb == MmuTlb::kL2) return model_.l2();
  return model_.l1(tlb == MmuTlb::kL1I ? protocol::Port::kFetch : protocol::Port::kData);
}

std::vector<std::uint64_t> LockstepMmu::model_valid(MmuTlb tlb) const {
  const tlb::Tlb* model = model_tlb(tlb);
  if (model == nullptr) return {};
  const std::vector<tlb::Entry> entries = model->snapshot();
  std::vector<std::uint64_t> words((entries.size() + 63) / 64);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    words[i / 64] |= std::uint64_t{entries[i].valid} << (i % 64);
  }
  return words;
}

std::uint64_t LockstepMmu::fence(const Fence& fence, std::uint64_t now_ps) {
  const std::uint64_t took_ps = model_.fence(fence, now_ps);
  if (monitor_.differed()) return took_ps;
  last_ps_ = now_ps;
  history_.fence(now_ps, fence);
  if (waves_.on()) waves_.operation(now_ps, line_of(cosim::fence(fence)));
  if (rtl_waves_.on()) rtl_waves_.at(now_ps);
  const auto both = [&] {
    port_->fence(fence);
    settle();
  };
  if (!ask(both)) return took_ps;
  Fields fields;
  bool same = true;
  for (const MmuTlb tlb : kAll) {
    const std::vector<std::uint64_t> model = model_valid(tlb);
    const std::vector<std::uint64_t> rtl = port_->valid(tlb);
    if (model == rtl) continue;
    same = false;
    const unsigned ways = model_tlb(tlb)->geometry().ways;
    fields.push_back({fmt::format("{} entries left", kNames[number(tlb)]), text(model, rtl, ways),
                      text(rtl, model, ways)});
  }
  if (same) {
    ++fences_.value;
  } else {
    differ(std::move(fields), now_ps);
  }
  return took_ps;
}

void LockstepMmu::set_pmp(const translation::Pmp& pmp) {
  watch(false);  // a CSR instruction takes no time of the RTL's clock
  for (unsigned i = 0; i < pmp.implemented() && !monitor_.differed(); ++i) {
    const bool same = pmp.cfg(i) == pmp_.cfg(i) && pmp.addr(i) == pmp_.addr(i);
    if (pmp_written_ && same) continue;
    port_->set_pmp(i, pmp.cfg(i), pmp.addr(i));
    history_.pmp(last_ps_, i, pmp.cfg(i), pmp.addr(i));
  }
  watch(true);
  pmp_written_ = true;
  model_.set_pmp(pmp);
  Engine::set_pmp(pmp);
}

void LockstepMmu::differ(Fields fields, std::uint64_t time_ps, const std::string& remark) {
  Difference d;
  d.block = block_;
  d.fields = std::move(fields);
  d.remark = remark;
  d.number = history_.count();
  d.time_ps = time_ps;
  d.before = history_.before_last(kEventsShown);
  d.history.block = "mmu";
  d.history.settings = mmu_settings(variant_);
  d.history.operations = history_.operations();
  d.operation = line_of(d.history.operations.back());
  waves_.differs(time_ps);
  monitor_.report(std::move(d));
}

}  // namespace lookaside::cosim
