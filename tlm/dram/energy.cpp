// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <lookaside/dram/energy.h>

namespace lookaside::dram {
namespace {

using P = Parameter;

/// Milliampere clocks of one device.
RailEnergy charge(const Device& d, const Rail& r, const Counters& counters,
                  const StandbyClocks& standby) {
  const auto count = [&counters](Op op) {
    return static_cast<double>(counters.commands[static_cast<unsigned>(op)]);
  };
  const double ras = d[P::kRas];
  const double rc = d[P::kRc];
  const double burst = d[P::kBurst];
  const std::uint32_t parts = d.banks() / coverage(d, Op::kRefBank, 0).count;
  RailEnergy e;
  e.rail = r.name;
  const double activate = r.idd0 * rc - r.idd3n * ras - r.idd2n * (rc - ras);
  e.activate = count(Op::kAct) * std::max(activate, 0.0);
  e.read = (count(Op::kRd) + count(Op::kRda)) * std::max(r.idd4r - r.idd3n, 0.0) * burst;
  e.write = (count(Op::kWr) + count(Op::kWra)) * std::max(r.idd4w - r.idd3n, 0.0) * burst;
  e.refresh = (count(Op::kRef) + count(Op::kRefBank) / parts) * std::max(r.idd5 - r.idd2n, 0.0) *
              d[P::kRfc];
  const double currents[kStandbyCount] = {r.idd3n, r.idd2n, r.idd3p, r.idd2p, r.idd6};
  for (const auto& rank : standby) {
    for (unsigned state = 0; state < kStandbyCount; ++state) {
      double& sum =
          static_cast<Standby>(state) == Standby::kSelfRefresh ? e.self_refresh : e.standby;
      sum += static_cast<double>(rank[state]) * currents[state];
    }
  }
  return e;
}

}  // namespace

std::vector<RailEnergy> energy(const Organization& organization, const Counters& counters,
                               const StandbyClocks& standby) {
  const Device& d = organization.device;
  std::vector<RailEnergy> rails;
  for (const Rail& rail : d.rails) {
    RailEnergy e = charge(d, rail, counters, standby);
    const double picojoules =
        rail.volts * 2000.0 / d.data_rate_mts * organization.devices_per_rank();
    for (double* part : {&e.activate, &e.read, &e.write, &e.refresh, &e.standby, &e.self_refresh}) {
      *part *= picojoules;
    }
    rails.push_back(e);
  }
  return rails;
}

}  // namespace lookaside::dram
