// SPDX-License-Identifier: Apache-2.0
#include "cosim/mmu/backend.h"

#include "cosim/mmu/lockstep_mmu.h"
#include "cosim/mmu/rtl_mmu.h"

namespace lookaside::cosim {

mmu::EngineFactory mmu_engines(const MmuBackendConfig& config,
                               const std::vector<MmuVariant>& variants, Monitor& monitor) {
  return [config, &variants, &monitor](const mmu::Config& mmu, mmu::Counters& counters,
                                       mmu::Waves& waves) -> std::unique_ptr<mmu::Engine> {
    const MmuVariant& variant = choose(variants, {config.va_bits, config.pmp_entries, mmu});
    if (!config.lockstep) {
      auto alone = std::make_unique<RtlMmu>(mmu, counters, waves, variant.make());
      alone->on_silence([&monitor, block = mmu.scope](const std::string& what) {
        monitor.silent(block + ": " + what);
      });
      alone->show(config.sink);
      return alone;
    }
    auto both = std::make_unique<LockstepMmu>(mmu.scope, variant, mmu, counters, waves, monitor);
    both->show(config.sink);
    return both;
  };
}

}  // namespace lookaside::cosim
