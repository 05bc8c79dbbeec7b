// SPDX-License-Identifier: Apache-2.0
// Commands to print for a person, so that they work when pasted into a shell.
#pragma once

#include <string>

namespace lookaside::testbench {

/// How this program was called: what the launcher says in LOOKASIDE_COMMAND, else "lookaside".
std::string command_name();

/// A word as a POSIX shell reads it back unchanged: in single quotes where it has to be.
std::string quoted(const std::string& word);

}  // namespace lookaside::testbench
