// SPDX-License-Identifier: Apache-2.0
#include "mmu_model.h"

#include <fmt/format.h>

#include <lookaside/mmu/translator.h>

namespace lookaside::foreign {

using Step = mmu::Engine::Step;

namespace {

mmu::Config config_of(const PortMap& map) {
  mmu::Config config;
  config.asid_bits = map.shape.asid_bits;
  config.l2.enabled = map.geometry.count("l2") != 0;
  config.l1i.enabled = map.geometry.count("l1i") != 0;
  config.l1d.enabled = map.geometry.count("l1d") != 0;
  for (const auto& [name, geometry] : map.geometry) {
    (name == "l1i" ? config.l1i : name == "l1d" ? config.l1d : config.l2).geometry = geometry;
  }
  const std::string problem = mmu::validate(config);
  if (!problem.empty()) map.fail(map.top.line, "geometry: " + problem);
  return config;
}

/// What the model wants to access, in the words of text(PteAccess).
std::string wanted(const mmu::Job& job, Step step) {
  if (step == Step::kReadPte) return fmt::format("read {:#x}", job.pte.address);
  return fmt::format("compare-and-swap {:#x}: {:#x} to {:#x}", job.pte.address, job.pte.expected,
                     job.pte.desired);
}

/// A plain write stands for a compare-and-swap that succeeds.
bool same(const PteAccess& a, const mmu::Job& job, Step step) {
  if (a.address != job.pte.address) return false;
  if (step == Step::kReadPte) return !a.cas && !a.write;
  return (a.write || (a.cas && a.expected == job.pte.expected)) && a.desired == job.pte.desired;
}

}  // namespace

struct MmuModel::Model {
  explicit Model(const PortMap& map)
      : config(config_of(map)),
        counters(config),
        waves(nullptr, config.scope),
        translator(config, counters, waves) {}

  mmu::Config config;
  mmu::Counters counters;
  mmu::Waves waves;
  mmu::Translator translator;
};

MmuModel::MmuModel(const PortMap& map) : model_(std::make_unique<Model>(map)) {
  set_pmp(translation::Pmp(map.pmp_entries, map.shape.format->pa_bits));
}
MmuModel::~MmuModel() = default;

void MmuModel::set_context(const translation::Context& context) {
  model_->translator.set_context(context);
}
void MmuModel::set_pmp(const translation::Pmp& pmp) {
  model_->translator.set_pmp(pmp);
}
void MmuModel::fence(const translation::Fence& fence) {
  (void)model_->translator.fence(fence, 0);
}

Answer MmuModel::translate(const Request& request, const std::vector<PteAccess>& made,
                           std::vector<cosim::ComparedField>& fields) {
  mmu::Translator& translator = model_->translator;
  mmu::Job job;
  job.port = request.access == translation::Access::kFetch ? protocol::Port::kFetch
                                                           : protocol::Port::kData;
  job.access = request.access;
  job.va = request.va;
  job.bytes = request.bytes;
  job.context = translator.context();
  std::size_t used = 0;
  Step step = translator.begin(job);
  for (; step == Step::kReadPte || step == Step::kCompareAndSwap; ++used) {
    if (used == made.size() || !same(made[used], job, step)) {
      fields.push_back({fmt::format("PTE access {}", used + 1), wanted(job, step),
                        used == made.size() ? "none" : text(made[used])});
      return {};
    }
    const PteAccess& a = made[used];
    step = step == Step::kReadPte ? translator.pte_read(job, !a.error, a.data)
                                  : translator.pte_swapped(job, !a.error, a.swapped || a.write);
  }
  if (used < made.size()) {
    fields.push_back({fmt::format("PTE access {}", used + 1), "none", text(made[used])});
  }
  if (step == Step::kFault) return {true, 0, job.fault.cause, job.fault.rule, job.fault.tval};
  return {false, job.pa, {}, translation::Rule::kNone, 0};
}

}  // namespace lookaside::foreign
