// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/replay.h"

#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cosim/mmu/lockstep_mmu.h"

namespace lookaside::cosim {

using mmu::Job;
using translation::Access;
using Step = mmu::Engine::Step;

namespace {

/// What the walker sees: zero where nothing was written.
class PteMemory {
 public:
  void write(std::uint64_t pa, unsigned bytes, std::uint64_t value) {
    broken_.erase(pa);
    for (unsigned i = 0; i < bytes; i += 4, value >>= 32) {
      words_[pa + i] = static_cast<std::uint32_t>(value);
    }
  }
  void break_at(std::uint64_t pa) { broken_.insert(pa); }
  bool ok(std::uint64_t pa) const { return broken_.count(pa) == 0; }
  std::uint64_t read(std::uint64_t pa, unsigned bytes) const {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i += 4) {
      const auto word = words_.find(pa + i);
      if (word != words_.end()) value |= std::uint64_t{word->second} << (8 * i);
    }
    return value;
  }

 private:
  std::map<std::uint64_t, std::uint32_t> words_;
  std::set<std::uint64_t> broken_;
};

mmu::TlbConfig tlb_of(const MmuVariant& v, const MmuVariantTlb& tlb) {
  mmu::TlbConfig config;
  config.enabled = tlb.sets != 0;
  config.geometry.entries = tlb.sets * tlb.ways;
  config.geometry.ways = tlb.ways;
  config.geometry.replacement = tlb.policy;
  config.geometry.page_shifts =
      v.va_bits == 32 ? std::vector<unsigned>{12, 22} : std::vector<unsigned>{12, 21, 30, 39, 48};
  return config;
}

mmu::Config config_of(const MmuVariant& v) {
  mmu::Config config;
  config.scope = "mmu";
  config.asid_bits = v.asid_bits;
  config.l1i = tlb_of(v, v.l1i);
  config.l1d = tlb_of(v, v.l1d);
  config.l2 = tlb_of(v, v.l2);
  return config;
}

class Replay {
 public:
  Replay(const MmuVariant& variant, const std::string& file)
      : file_(file),
        config_(config_of(variant)),
        counters_(config_),
        waves_(nullptr, config_.scope),
        pmp_(variant.pmp_entries, variant.va_bits == 32 ? 34 : 56),
        engine_("mmu " + variant.name, variant, config_, counters_, waves_, monitor_) {
    monitor_.set_clock([this] { return time_ps_; });
    engine_.set_pmp(pmp_);
  }

  void perform(const Operation& o);
  const std::optional<Difference>& difference() const { return monitor_.difference(); }

 private:
  void access(const Operation& o);
  void in_walk(unsigned pte_access);
  Step answer(Job& job, Step step);

  const std::string& file_;
  mmu::Config config_;
  mmu::Counters counters_;
  mmu::Waves waves_;
  Monitor monitor_;
  translation::Pmp pmp_;
  LockstepMmu engine_;
  PteMemory memory_;
  std::vector<Operation> phased_;  ///< writes for the next walk
  translation::Context context_;
  std::uint64_t time_ps_ = 0;
};

void Replay::perform(const Operation& o) {
  time_ps_ += config_.clock_ps;
  switch (o.kind) {
    case OperationKind::kContext:
      context_ = o.context;
      return;
    case OperationKind::kPmp:
      pmp_.write_addr(o.index, o.value);
      pmp_.write_cfg(o.index, o.cfg);
      engine_.set_pmp(pmp_);
      return;
    case OperationKind::kFence:
      if (o.phase != 0) break;
      engine_.fence(o.fence(), time_ps_);
      return;
    case OperationKind::kWrite:
      if (o.phase != 0) {
        phased_.push_back(o);
      } else {
        memory_.write(o.pa, o.bytes, o.value);
      }
      return;
    case OperationKind::kBusError:
      memory_.break_at(o.pa);
      return;
    case OperationKind::kLatency:
      engine_.set_memory_edges(o.index);
      return;
    case OperationKind::kAccess:
      access(o);
      return;
    default:
      break;
  }
  throw StimulusError(
      fmt::format("{}:{}: found '{}', expected context, pmp, fence (between accesses), write, "
                  "bus-error, latency or access of an MMU",
                  file_, o.line, line_of(o)));
}

void Replay::in_walk(unsigned pte_access) {
  for (const Operation& o : phased_) {
    if (o.phase == pte_access) memory_.write(o.pa, o.bytes, o.value);
  }
}

Step Replay::answer(Job& job, Step step) {
  const mmu::PteRequest& want = job.pte;
  const bool ok = memory_.ok(want.address);
  const std::uint64_t value = memory_.read(want.address, want.bytes);
  job.time_ps += config_.clock_ps;
  if (step == Step::kReadPte) return engine_.pte_read(job, ok, value);
  const bool swapped = ok && value == want.expected;
  if (swapped) memory_.write(want.address, want.bytes, want.desired);
  return engine_.pte_swapped(job, ok, swapped);
}

void Replay::access(const Operation& o) {
  Job job;
  job.access = o.access;
  job.port = o.access == Access::kFetch ? protocol::Port::kFetch : protocol::Port::kData;
  job.va = o.va;
  job.bytes = o.bytes;
  job.context = context_;
  job.time_ps = time_ps_;
  Step step = engine_.begin(job);
  for (unsigned n = 1; step == Step::kReadPte || step == Step::kCompareAndSwap; ++n) {
    in_walk(n);
    step = answer(job, step);
  }
  time_ps_ = job.time_ps;
  phased_.clear();
}

const MmuVariant& variant_of(const Stimulus& s, const std::vector<MmuVariant>& variants) {
  s.expect_settings({"variant"});
  const std::string name = s.setting("variant", "");
  std::vector<std::string> built;
  for (const MmuVariant& v : variants) {
    if (v.make == nullptr) continue;
    if (v.name == name) return v;
    built.push_back(v.name);
  }
  throw StimulusError(fmt::format("{}: block mmu: variant: found '{}', expected one of {}", s.file,
                                  name, fmt::join(built, ", ")));
}

ReplayResult run(const Stimulus& s, const std::vector<Operation>& operations,
                 const MmuVariant& variant) {
  Replay replay(variant, s.file);
  ReplayResult result;
  for (const Operation& o : operations) {
    replay.perform(o);
    if (replay.difference()) break;
    ++result.compared;
  }
  result.difference = replay.difference();
  return result;
}

}  // namespace

std::vector<BlockSetting> mmu_settings(const MmuVariant& variant) {
  return {{"variant", variant.name}};
}

ReplayResult replay_mmu(const Stimulus& stimulus, const std::vector<MmuVariant>& variants) {
  return run(stimulus, stimulus.operations, variant_of(stimulus, variants));
}

Stimulus minimise_mmu(const Stimulus& stimulus, const std::vector<MmuVariant>& variants,
                      MinimiseBudget budget) {
  const MmuVariant& variant = variant_of(stimulus, variants);
  Stimulus small = stimulus;
  const ReplayResult first = run(stimulus, stimulus.operations, variant);
  small.operations.clear();
  if (!first.difference) return small;
  const auto kind_of = [](const Difference& d) {
    return d.operation.substr(0, d.operation.find(' ')) + ": " + d.what();
  };
  const std::string kind = kind_of(*first.difference);
  small.operations.assign(
      stimulus.operations.begin(),
      stimulus.operations.begin() + static_cast<std::ptrdiff_t>(first.compared + 1));
  small.operations = minimise(
      std::move(small.operations),
      [&](const std::vector<Operation>& candidate) {
        const ReplayResult r = run(stimulus, candidate, variant);
        return r.difference && r.compared + 1 == candidate.size() && kind_of(*r.difference) == kind;
      },
      budget);
  return small;
}

}  // namespace lookaside::cosim
