// SPDX-License-Identifier: Apache-2.0
// The subcommands of the program `lookaside`: each adds itself to the command line and leaves
// behind what to do when it is chosen.
#pragma once

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace lookaside::testbench {

/// Exit statuses of the program.
enum ExitStatus : int {
  kPassed = 0,    ///< the guest says it passed, or the command did what it should
  kFailed = 1,    ///< the guest says it failed, or RTL and model differ
  kBadInput = 2,  ///< bad usage, configuration, file; nothing was run, or nothing was written
  kLimit = 3,     ///< a limit ended the run before the guest did
};

using Action = std::function<int()>;
using Actions = std::vector<std::pair<CLI::App*, Action>>;

void add_run(CLI::App& program, Actions& actions);
void add_config(CLI::App& program, Actions& actions);
void add_waves(CLI::App& program, Actions& actions);
void add_cosim(CLI::App& program, Actions& actions);
/// What `cosim` does without a subcommand: `cosim --rtl DIR --map FILE`.
void add_cosim_foreign(CLI::App& cosim, Actions& actions);
/// `ddr play`, `ddr trace`, `ddr check`, `ddr dump`, `ddr wave`, `ddr rules`, `ddr presets`.
void add_ddr(CLI::App& program, Actions& actions);
/// `lookaside rtl`: proofs of the RTL, and what it costs.
void add_rtl(CLI::App& program, Actions& actions);
/// `rtl mutate` and `rtl netlist`.
void add_rtl_mutation(CLI::App& rtl, Actions& actions);

}  // namespace lookaside::testbench
