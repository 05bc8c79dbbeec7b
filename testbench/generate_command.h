// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands.h"

namespace lookaside::testbench {

/// Adds `generate` below the command `cosim`.
void add_generate(CLI::App& cosim, Actions& actions);

}  // namespace lookaside::testbench
