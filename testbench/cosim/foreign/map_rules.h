// SPDX-License-Identifier: Apache-2.0
// What a port map must hold beyond its syntax.
#pragma once

#include <string>

#include "cosim/foreign/port_map.h"

namespace lookaside::foreign {

/// Throws MapError if something is missing or contradicts something else; `line` is that of the
/// whole map.
void check_map(const PortMap& map, int line);

/// Empty, or why an option may not be given to Verilator: it would change where the result goes or
/// what it is. What a map may say must not write outside the cache.
std::string refused_option(const std::string& option);

}  // namespace lookaside::foreign
