// SPDX-License-Identifier: Apache-2.0
// What Verilator says when it refuses RTL, as one message of ours.
#pragma once

#include <string>

#include "cosim/foreign/port_map.h"

namespace lookaside::foreign {

/// Throws MapError with the first complaint in Verilator's output, in the words "file:line:column:
/// Verilator: ...", or, when the top module or a parameter is missing, with the line of the map.
[[noreturn]] void refuse(const PortMap& map, const std::string& rtl, const std::string& output);

}  // namespace lookaside::foreign
