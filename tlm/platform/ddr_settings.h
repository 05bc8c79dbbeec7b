// SPDX-License-Identifier: Apache-2.0
// From the keys ddr.* to the DDR controller's configuration.
#pragma once

#include <string>

#include <lookaside/ddr/config.h>
#include <lookaside/ddr/control.h>
#include <lookaside/dram/preset.h>
#include <lookaside/platform/configuration.h>

namespace lookaside::platform {

/// What ddr.preset calls a preset: "ddr4-2400".
std::string preset_key(const dram::BuiltinPreset& preset);

/// The DDR controller with the RAM of the platform. Throws ConfigurationError: a device that the
/// preset does not have, a map that is no bijection, watermarks that cannot be, a bound on waiting
/// that cannot be kept, more RAM than the DRAM holds, each with the key and where it was set; and
/// FileError for a preset file that cannot be read.
ddr::ControllerConfig ddr_config(const Configuration& configuration);

/// The same with the whole DRAM as memory from address 0 on, for a controller without a platform.
ddr::ControllerConfig bare_ddr_config(const Configuration& configuration);

/// Error correction and retention at reset.
ddr::ControlConfig ddr_control_config(const Configuration& configuration);

}  // namespace lookaside::platform
