// SPDX-License-Identifier: Apache-2.0
// Yosys (and the other Debian tools for RTL) as processes: a script, its log, its time.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace lookaside::formal {

/// A tool that is missing, a file that cannot be read, a script that yosys refused: one message.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Error, with the nearest name, if `name` is none of those that are known.
/// @param what it is, e.g. "proof".
/// @param otherwise what else may stand there, for the message.
void expect_known(const std::string& what, const std::string& name,
                  const std::vector<std::string>& known, const std::string& otherwise = "");

/// Throws Error that names the Debian package if a program is not installed.
/// @param program as it is called, e.g. "yosys".
/// @param package the Debian package that has it.
void require_program(const std::string& program, const std::string& package);

/// What a process left behind.
struct Finished {
  int status = 0;  ///< exit status; 124 if the time was over
  bool timed_out = false;
  double seconds = 0;  ///< of a processor, as yosys says; else of the clock on the wall
  std::string log;     ///< standard output and standard error
};

/// Runs `command` (for the shell) for at most `timeout_s` seconds; its output goes to `log_file`.
Finished run_command(const std::string& command, const std::filesystem::path& log_file,
                     unsigned timeout_s);

/// Runs a yosys script. The script and its log stay in `directory` as NAME.ys and NAME.log, so that
/// a run can be repeated by hand.
Finished run_yosys(const std::filesystem::path& directory, const std::string& name,
                   const std::string& script, unsigned timeout_s);

/// As run_yosys, and throws Error with the tool's own message if it failed or took too long.
std::string must_yosys(const std::filesystem::path& directory, const std::string& name,
                       const std::string& script, unsigned timeout_s);

/// The first line of a log that says ERROR, or its last line.
std::string complaint(const std::string& log);

/// The contents of a file. Throws Error if it cannot be read.
std::string read_text(const std::filesystem::path& file);

/// Writes a file. Throws Error if it cannot be written.
void write_text(const std::filesystem::path& file, const std::string& text);

/// The files of a directory's RTL, the package first. Throws Error if there are none.
std::vector<std::filesystem::path> rtl_files(const std::filesystem::path& directory);

/// `read_verilog` of all of a directory's RTL, the package first.
std::string read_rtl(const std::filesystem::path& directory);

/// Makes a directory if it is not there. Throws Error if it cannot be made or nothing can be
/// written there.
void make_directory(const std::filesystem::path& directory);

/// A working directory: the one named, or a fresh one that goes away with this object.
class WorkDirectory {
 public:
  explicit WorkDirectory(const std::string& named);
  ~WorkDirectory();
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool remove_ = false;
};

}  // namespace lookaside::formal
