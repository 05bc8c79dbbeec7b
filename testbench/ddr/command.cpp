// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr`.
#include <CLI/CLI.hpp>

#include "commands.h"
#include "ddr/subcommands.h"

namespace lookaside::testbench {

void add_ddr(CLI::App& program, Actions& actions) {
  CLI::App* ddr = program.add_subcommand(
      "ddr", "The DDR controller alone: plays traces, checks and prints command streams");
  ddr->require_subcommand(1);
  for (auto* add : {add_ddr_play, add_ddr_trace, add_ddr_check, add_ddr_dump, add_ddr_wave,
                    add_ddr_rules, add_ddr_presets}) {
    add(*ddr, actions);
  }
  ddr->footer(
      "Examples:\n"
      "  lookaside ddr play --generate random:200000          figures of DDR4-2400\n"
      "  lookaside ddr play --generate mix:200000 --commands mix.cmd\n"
      "  lookaside ddr check mix.cmd                          was every timing rule kept?\n"
      "  lookaside ddr wave mix.cmd --to 5000 -o mix.fst      the first 5000 clocks, for GTKWave\n"
      "  lookaside ddr presets                                the memories that can be chosen");
}

}  // namespace lookaside::testbench
