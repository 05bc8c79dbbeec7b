// SPDX-License-Identifier: Apache-2.0
#include <lookaside/mmu/translator.h>

namespace lookaside::mmu {

using protocol::Port;
using translation::AdUpdate;
using translation::Fault;
using translation::Fence;
using translation::Rule;
using translation::Translation;
using translation::Walk;

namespace {

std::unique_ptr<tlb::Tlb> make(const Config& config, const std::string& name,
                               const TlbConfig& tlb) {
  if (!tlb.enabled) return nullptr;
  tlb::Geometry geometry = tlb.geometry;
  geometry.asid_bits = config.asid_bits;
  return config.make_tlb(name, geometry);
}

const Config& checked(const Config& config) {
  const std::string error = validate(config);
  if (!error.empty()) throw ConfigError(config.scope + ": " + error);
  return config;
}

unsigned cycles_of(const tlb::LookupResult& found, const TlbConfig& config) {
  return found.cycles == tlb::LookupResult::kUntimed ? config.lookup_cycles : found.cycles;
}

std::uint64_t index(const tlb::Tlb& tlb, unsigned set, unsigned way) {
  return std::uint64_t{set} * tlb.geometry().ways + way;
}

}  // namespace

Translator::Translator(const Config& config, Counters& counters, Waves& waves)
    : config_(checked(config)), counters_(counters), waves_(waves) {
  l1_[0] = make(config, "l1i", config.l1i);
  l1_[1] = make(config, "l1d", config.l1d);
  l2_ = make(config, "l2", config.l2);
}

Translator::Step Translator::begin(Job& job) {
  ++counters_.translations.value;
  waves_.access(job.time_ps, job.access, job.va);
  job.translated = job.context.translates(job.access);
  if (!job.translated) {
    ++counters_.bypasses.value;
    waves_.phase(job.time_ps, Phase::kBypass);
    job.pa = job.va;
    return physical(job);
  }
  // Row 0 comes before any lookup: a TLB holds no such address.
  if (!job.context.format->canonical(job.va)) {
    return fail(job, Walk(job.context, pmp_, job.va, job.access).fault());
  }
  return lookup_l1(job);
}

Translator::Step Translator::lookup_l1(Job& job) {
  tlb::Tlb* tlb = l1(job.port);
  if (tlb == nullptr) return lookup_l2(job);
  TlbCounters& counters = counters_.l1(job.port);
  ++counters.lookups.value;
  const std::uint64_t start = job.time_ps;
  const TlbConfig& config = job.port == Port::kFetch ? config_.l1i : config_.l1d;
  tlb->at(start);
  const tlb::LookupResult found = tlb->lookup(job.va, job.context.asid);
  spend(job, cycles_of(found, config));
  if (found.hit) {
    ++counters.hits.value;
    waves_.entry(start, index(*tlb, found.set, found.way));
    waves_.phase(start, Phase::kL1Hit);
    return accept_hit(job, found.translation, Phase::kL1Hit, false);
  }
  ++counters.misses.value;
  waves_.phase(start, Phase::kL1Miss);
  spend(job, config_.miss_cycles);
  return lookup_l2(job);
}

Translator::Step Translator::lookup_l2(Job& job) {
  if (l2_ == nullptr) return start_walk(job);
  TlbCounters& counters = counters_.l2;
  ++counters.lookups.value;
  const std::uint64_t start = job.time_ps;
  l2_->at(start);
  const tlb::LookupResult found = l2_->lookup(job.va, job.context.asid);
  spend(job, cycles_of(found, config_.l2));
  if (found.hit) {
    ++counters.hits.value;
    waves_.entry(start, index(*l2_, found.set, found.way));
    waves_.phase(start, Phase::kL2Hit);
    return accept_hit(job, found.translation, Phase::kL2Hit, true);
  }
  ++counters.misses.value;
  waves_.phase(start, Phase::kL2Miss);
  return start_walk(job);
}

// Rows 5 to 8 on every hit, from raw bits and under the context of this moment (PERM-05).
Translator::Step Translator::accept_hit(Job& job, const Translation& found, Phase phase,
                                        bool from_l2) {
  const Rule rule = check_hit(found, job.context, job.access);
  const bool missing_bit = rule == Rule::kAccessedClear || rule == Rule::kDirtyClear;
  if (missing_bit && job.context.ad_update == AdUpdate::kHardware) {
    // The cached PTE may not feed the update: memory decides (AD-05, AD-14).
    ++(from_l2 ? counters_.l2 : counters_.l1(job.port)).stale_hits.value;
    drop_stale(job);
    if (phase == Phase::kL1Hit) spend(job, config_.miss_cycles);
    return start_walk(job);
  }
  if (rule != Rule::kNone)
    return fail(job, make_fault(found, job.context, job.access, job.va, rule));
  job.translation = found;
  if (from_l2) refill_l1(job);
  job.pa = job.translation.physical(job.va);
  return physical(job);
}

void Translator::drop_stale(Job& job) {
  const auto drop = [&](tlb::Tlb* tlb, TlbCounters& counters) {
    if (tlb == nullptr) return false;
    tlb->at(job.time_ps);
    const tlb::LookupResult old = tlb->drop(job.va, job.context.asid);
    if (!old.hit) return false;
    ++counters.replaced.value;
    job.translation = old.translation;
    return true;
  };
  drop(l2(), counters_.l2);
  if (!drop(l1(job.port), counters_.l1(job.port)) || listener_ == nullptr) return;
  const Translation& old = job.translation;
  listener_->left(job.port, old.va_base, old.va_base | old.offset_mask());
}

Translator::Step Translator::start_walk(Job& job) {
  ++counters_.walker.walks.value;
  job.walk_start_ps = job.time_ps;
  job.fence_count = fence_count_;
  job.walk.emplace(job.context, pmp_, job.va, job.access);
  return continue_walk(job);
}

Translator::Step Translator::continue_walk(Job& job) {
  const Walk& walk = *job.walk;
  switch (walk.step()) {
    case Step::kReadPte:
      job.request_ps = job.time_ps;
      job.pte.address = walk.pte_address();
      job.pte.bytes = walk.pte_bytes();
      waves_.phase(job.time_ps, Phase::kWalk);
      waves_.pte_request(job.time_ps, walk.level(), walk.pte_address());
      return Step::kReadPte;
    case Step::kCompareAndSwap:
      job.request_ps = job.time_ps;
      job.pte = {walk.pte_address(), walk.pte_bytes(), walk.expected(), walk.desired()};
      waves_.phase(job.time_ps, Phase::kAdUpdate);
      return Step::kCompareAndSwap;
    case Step::kDone:
    case Step::kFault:
      break;
  }
  return finish_walk(job);
}

Translator::Step Translator::pte_read(Job& job, bool ok, std::uint64_t pte) {
  WalkerCounters& counters = counters_.walker;
  ++counters.pte_reads.value;
  ++counters.pte_reads_per_level.values[job.walk->level()];
  // Shown from the request on: level, address and value of one PTE stand in one column.
  waves_.pte_value(job.request_ps, ok ? pte : 0);
  if (ok) {
    job.walk->read_done(pte);
  } else {
    job.walk->read_failed();
  }
  return continue_walk(job);
}

Translator::Step Translator::pte_swapped(Job& job, bool ok, bool swapped) {
  if (!ok) {
    job.walk->swap_failed();
    return continue_walk(job);
  }
  if (swapped) {
    ++counters_.walker.ad_updates.value;
    waves_.pte_value(job.request_ps, job.walk->desired());
  } else {
    ++counters_.walker.ad_retries.value;
  }
  job.walk->swap_done(swapped);
  return continue_walk(job);
}

Translator::Step Translator::finish_walk(Job& job) {
  // A fence came while this walk waited for memory: what it read may be stale (SFN-11).
  if (job.fence_count != fence_count_) {
    ++counters_.walker.walks_restarted.value;
    job.fence_count = fence_count_;
    job.walk.emplace(job.context, pmp_, job.va, job.access);
    return continue_walk(job);
  }
  constexpr std::uint64_t kPsPerNs = 1000;
  counters_.walker.walk_latency_ns.add((job.time_ps - job.walk_start_ps) / kPsPerNs);
  waves_.walk_end(job.time_ps);
  if (job.walk->step() == Step::kFault) {
    ++counters_.walker.walks_faulted.value;
    return fail(job, job.walk->fault());
  }
  job.translation = job.walk->translation();
  refill_l2(job);
  refill_l1(job);
  job.pa = job.translation.physical(job.va);
  return physical(job);
}

void Translator::count_fill(TlbCounters& counters, const tlb::FillResult& result) const {
  if (!result.stored) return;
  ++counters.fills.value;
  counters.replaced.value += result.overlapping;
  if (result.evicted) ++counters.evictions.value;
}

void Translator::refill_l2(Job& job) {
  if (l2_ == nullptr) return;
  l2_->at(job.time_ps);
  count_fill(counters_.l2, l2_->fill(job.translation, job.va, job.context.asid));
}

void Translator::refill_l1(Job& job) {
  waves_.phase(job.time_ps, Phase::kRefill);
  tlb::Tlb* tlb = l1(job.port);
  if (tlb != nullptr) {
    tlb->at(job.time_ps);
    const tlb::FillResult result = tlb->fill(job.translation, job.va, job.context.asid);
    count_fill(counters_.l1(job.port), result);
    waves_.entry(job.time_ps, index(*tlb, result.set, result.way));
    if (listener_ != nullptr && result.evicted) {
      const Translation& victim = result.victim.translation;
      listener_->left(job.port, victim.va_base, victim.va_base | victim.offset_mask());
    }
    // What was overlapped may have been larger than the new page: say everything.
    if (listener_ != nullptr && result.overlapping != 0) {
      listener_->left(job.port, 0, ~std::uint64_t{0});
    }
  }
  spend(job, config_.refill_cycles);
  waves_.phase(job.time_ps, Phase::kMemory);
}

// Row 11: protection of the physical address; what a TLB holds says nothing about it (CACHE-11).
Translator::Step Translator::physical(Job& job) {
  const Rule rule = check_physical(pmp_, job.pa, job.bytes, job.context, job.access);
  if (rule == Rule::kNone) {
    waves_.physical(job.time_ps, job.pa);
    return Step::kDone;
  }
  return fail(job, job.translated
                       ? make_fault(job.translation, job.context, job.access, job.va, rule)
                       : physical_fault(job.context, job.access, job.va, rule));
}

Translator::Step Translator::fail(Job& job, const Fault& fault) {
  refuse(job, fault);
  return Step::kFault;
}

void Translator::refuse(Job& job, const Fault& fault) {
  job.fault = fault;
  counters_.count_fault(fault);
  waves_.fault(job.time_ps, fault);
  spend(job, config_.fault_cycles);
}

std::uint64_t Translator::fence(const Fence& fence, std::uint64_t now_ps) {
  ++fence_count_;
  ++counters_.fences.values[static_cast<unsigned>(fence.form)];
  const auto drop = [&](tlb::Tlb* tlb, TlbCounters& counters) {
    if (tlb == nullptr) return;
    tlb->at(now_ps);
    counters.flushed.value += tlb->invalidate(fence);
  };
  for (const Port port : {Port::kFetch, Port::kData}) drop(l1(port), counters_.l1(port));
  drop(l2(), counters_.l2);
  return config_.fence_cycles * config_.clock_ps;
}

}  // namespace lookaside::mmu
