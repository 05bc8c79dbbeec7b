// SPDX-License-Identifier: Apache-2.0
// Ctrl-C ends what runs in order, files included.
#pragma once

namespace lookaside::testbench {

/// From now on the first SIGINT, SIGTERM (`timeout`) or SIGHUP (a closed terminal, unless nohup
/// asks to go on) only makes interrupted() true; the second one ends the program.
void end_in_order_on_signals();
bool interrupted();

}  // namespace lookaside::testbench
