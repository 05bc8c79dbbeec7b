// SPDX-License-Identifier: Apache-2.0
// The sub-commands of `lookaside ddr`.
#pragma once

#include "commands.h"

namespace lookaside::testbench {

void add_ddr_play(CLI::App& ddr, Actions& actions);
void add_ddr_trace(CLI::App& ddr, Actions& actions);
void add_ddr_check(CLI::App& ddr, Actions& actions);
void add_ddr_dump(CLI::App& ddr, Actions& actions);
void add_ddr_wave(CLI::App& ddr, Actions& actions);
void add_ddr_rules(CLI::App& ddr, Actions& actions);
void add_ddr_presets(CLI::App& ddr, Actions& actions);

}  // namespace lookaside::testbench
