// SPDX-License-Identifier: Apache-2.0
#include <cinttypes>
#include <cstdio>

#include <lookaside/ddr/clock.h>
#include <lookaside/ddr/config.h>
#include <lookaside/dram/preset.h>

namespace lookaside::ddr {

dram::Organization ControllerConfig::usual_organization() {
  static const dram::Organization kUsual{dram::builtin_device("DDR4-2400"), 1, 1, 64};
  return kUsual;
}

void validate(const ControllerConfig& config) {
  const dram::Organization& o = config.organization;
  dram::check_config(config.channel, o);
  const dram::Mapping map(o, config.map, config.exclusive_or);
  std::uint64_t bytes = 0;
  for (const Region& region : config.regions) {
    if (region.size > o.bytes() - bytes) {
      char text[256];
      std::snprintf(text, sizeof text,
                    "ddr: the regions ask for more than the 0x%" PRIx64
                    " bytes of the DRAM (%u channels of %u ranks of %u devices %s): the region of "
                    "0x%" PRIx64 " bytes at 0x%" PRIx64 " lies beyond it",
                    o.bytes(), o.channels, o.ranks, o.devices_per_rank(), o.device.name.c_str(),
                    region.size, region.base);
      throw DdrError(text);
    }
    bytes += region.size;
  }
}

std::uint64_t longest_wait_ps(const ControllerConfig& config) {
  const std::uint64_t clocks = dram::longest_wait(config.channel, config.organization.device);
  return Clock(config.organization.device.data_rate_mts).time_of(clocks);
}

}  // namespace lookaside::ddr
