// SPDX-License-Identifier: Apache-2.0
// Energy of a channel from the currents of its devices.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <lookaside/dram/mapping.h>
#include <lookaside/dram/rank_keeper.h>
#include <lookaside/dram/transaction.h>

namespace lookaside::dram {

/// Picojoules of one supply rail, all devices of all ranks of a channel together.
struct RailEnergy {
  std::string rail;
  double activate = 0;  ///< activates and their precharges, above standby
  double read = 0;      ///< bursts, above standby
  double write = 0;
  double refresh = 0;
  double standby = 0;  ///< rows open or closed, power-down
  double self_refresh = 0;
  double total() const { return activate + read + write + refresh + standby + self_refresh; }
};

/// Clocks of each rank in each kind of standby.
using StandbyClocks = std::vector<std::array<std::uint64_t, kStandbyCount>>;

/// By the usual formulas on JEDEC's IDD figures: IDD0 over tRC less standby for an activate, IDD4
/// less IDD3N for a burst, IDD5 less IDD2N over tRFC for a refresh (a part of it for a refresh of
/// some banks), IDD2N/3N/2P/3P/6 for the time between. Input-output power on the far side of the
/// bus is not in these figures. Empty when the preset has no currents.
std::vector<RailEnergy> energy(const Organization& organization, const Counters& counters,
                               const StandbyClocks& standby);

}  // namespace lookaside::dram
