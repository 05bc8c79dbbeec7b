// SPDX-License-Identifier: Apache-2.0
#include "cosim/tlb/backend.h"

#include <utility>

namespace lookaside::cosim {

TlbBackend::Part::Part(const std::string& name, bool lockstep) : group(name), counts(name) {
  (lockstep ? counts.group : group)
      .add({"clock_edges", "edges", "Clock edges that the RTL of this TLB was given."}, edges);
}

TlbBackend::TlbBackend(TlbBackendConfig config, const std::vector<TlbVariant>& variants,
                       Monitor& monitor)
    : config_(std::move(config)),
      variants_(variants),
      monitor_(monitor),
      statistics_(config_.lockstep ? "lockstep" : "rtl") {}

std::unique_ptr<tlb::Tlb> TlbBackend::make(const std::string& name, const tlb::Geometry& geometry) {
  const TlbWish wish{"mmu." + name, name == "l2" ? 2U : 1U, config_.va_bits, geometry};
  const TlbVariant& variant = choose(variants_, wish);
  Part& part = parts_.emplace_back(name, config_.lockstep);
  std::unique_ptr<tlb::Tlb> tlb;
  const RtlTlb* rtl = nullptr;
  if (config_.lockstep) {
    auto both = std::make_unique<LockstepTlb>(config_.scope + "." + name, variant, geometry,
                                              monitor_, part.counts);
    both->show(config_.sink, config_.period_ps);
    rtl = &both->rtl();
    tlb = std::move(both);
  } else {
    auto alone = std::make_unique<RtlTlb>(variant, geometry);
    alone->on_silence([this, block = config_.scope + "." + name](const std::string& what) {
      monitor_.silent(block + ": " + what);
    });
    alone->show(config_.sink, config_.scope + "." + name, config_.period_ps);
    rtl = alone.get();
    tlb = std::move(alone);
  }
  observe::StatisticGroup& group = config_.lockstep ? part.counts.group : part.group;
  group.before_read([&part, rtl] { part.edges.value = rtl->port().cycles(); });
  statistics_.add_child(group);
  return tlb;
}

}  // namespace lookaside::cosim
