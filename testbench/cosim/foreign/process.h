// SPDX-License-Identifier: Apache-2.0
// Other programs, run without a shell: words stay words, whatever they contain.
#pragma once

#include <string>
#include <vector>

namespace lookaside::foreign {

struct Finished {
  int status = -1;     ///< exit status; 128 + number if a signal ended it; 127: not found
  std::string output;  ///< standard output and standard error
};

/// Runs `words` in `directory` (empty: here) and waits for the end.
Finished run_process(const std::vector<std::string>& words, const std::string& directory = "");

/// Runs several at once and waits for all of them.
std::vector<Finished> run_processes(const std::vector<std::vector<std::string>>& commands,
                                    const std::string& directory = "");

}  // namespace lookaside::foreign
