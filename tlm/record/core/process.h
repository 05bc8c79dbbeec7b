// SPDX-License-Identifier: Apache-2.0
// Runs another program, with an end to it.
#pragma once

#include <string>
#include <vector>

namespace lookaside::record {

/// A directory of its own under $TMPDIR or /tmp, removed with its content at the end of its life.
class ScratchDirectory {
 public:
  ScratchDirectory();  ///< throws RecordError
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The file in $PATH that `program` names, or "".
std::string find_program(const std::string& program);

struct Command {
  std::vector<std::string> arguments;    ///< [0] is the program's file
  std::vector<std::string> environment;  ///< "NAME=value", in place of ours where the name is equal
  std::string directory;                 ///< where it runs
  std::string output;                    ///< file for its standard output and error
  unsigned timeout_s = 60;
};

enum class Ending { kExited, kKilled, kTimeout };

/// Runs the command in a process group of its own and waits for it; after the timeout the whole
/// group is killed. Throws RecordError if it cannot be started.
Ending run_command(const Command& command);

}  // namespace lookaside::record
