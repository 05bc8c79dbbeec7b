// SPDX-License-Identifier: Apache-2.0
#include "yosys.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <lookaside/platform/text.h>

namespace lookaside::formal {
namespace {

namespace fs = std::filesystem;

/// A word that the shell takes as it is.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

/// Seconds of a processor from the last lines of yosys: "CPU: user 0.48s system 0.05s".
double processor_seconds(const std::string& log, double otherwise) {
  const std::size_t at = log.rfind("CPU: user ");
  double user = 0;
  double system = 0;
  if (at == std::string::npos ||
      std::sscanf(log.c_str() + at, "CPU: user %lfs system %lfs", &user, &system) != 2) {
    return otherwise;
  }
  return user + system;
}

int shell(const std::string& command) {
  const int status = std::system(command.c_str());  // NOLINT(cert-env33-c): quoted, our own words
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

void expect_known(const std::string& what, const std::string& name,
                  const std::vector<std::string>& known, const std::string& otherwise) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const std::string near = platform::nearest(name, known);
  const std::string list =
      known.empty() ? "none" : fmt::format("one of {}", fmt::join(known, ", "));
  throw Error(fmt::format("no {} '{}'{}; expected {}{}", what, name,
                          near.empty() ? "" : fmt::format(", did you mean '{}'", near), list,
                          otherwise));
}

void require_program(const std::string& program, const std::string& package) {
  if (shell("command -v " + quoted(program) + " >/dev/null 2>&1") != 0) {
    throw Error(
        fmt::format("{} is not installed; install the Debian package '{}'", program, package));
  }
}

Finished run_command(const std::string& command, const fs::path& log_file, unsigned timeout_s) {
  Finished result;
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kTimeIsOver = 124;  // what timeout(1) answers
  result.status = shell(fmt::format("timeout -k 5 {} {} >{} 2>&1 </dev/null", timeout_s, command,
                                    quoted(log_file.string())));
  result.timed_out = result.status == kTimeIsOver;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.log = read_text(log_file);
  return result;
}

Finished run_yosys(const fs::path& directory, const std::string& name, const std::string& script,
                   unsigned timeout_s) {
  const fs::path file = directory / (name + ".ys");
  write_text(file, script);
  Finished result =
      run_command("yosys -s " + quoted(file.string()), directory / (name + ".log"), timeout_s);
  result.seconds = processor_seconds(result.log, result.seconds);
  return result;
}

std::string must_yosys(const fs::path& directory, const std::string& name,
                       const std::string& script, unsigned timeout_s) {
  Finished finished = run_yosys(directory, name, script, timeout_s);
  if (finished.timed_out) throw Error(fmt::format("yosys: {}: no end in {} s", name, timeout_s));
  if (finished.status != 0)
    throw Error(fmt::format("yosys: {}: {}", name, complaint(finished.log)));
  return finished.log;
}

std::string complaint(const std::string& log) {
  std::istringstream lines(log);
  std::string line;
  std::string last;
  while (std::getline(lines, line)) {
    if (line.find("ERROR") != std::string::npos) return line;
    if (!line.empty()) last = line;
  }
  return last;
}

std::string read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(fmt::format("{}: cannot be read", file.string()));
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw Error(fmt::format("{}: cannot be written", file.string()));
}

std::vector<fs::path> rtl_files(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none)) {
    if (entry.path().extension() == ".sv" && entry.path().filename() != "lookaside_pkg.sv") {
      files.push_back(entry.path());
    }
  }
  if (files.empty()) throw Error(fmt::format("{}: no SystemVerilog files", directory.string()));
  std::sort(files.begin(), files.end());
  files.insert(files.begin(), directory / "lookaside_pkg.sv");
  return files;
}

std::string read_rtl(const fs::path& directory) {
  std::string script = "read_verilog -sv";
  for (const fs::path& file : rtl_files(directory)) script += " " + file.string();
  return script + "\n";
}

void make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  std::string probe = (directory / "lookaside-XXXXXX").string();
  const int file = error ? -1 : mkstemp(probe.data());
  if (file < 0) {
    throw Error(fmt::format("{}: cannot be written: {}, expected a directory or a free name",
                            directory.string(), error ? error.message() : std::strerror(errno)));
  }
  (void)close(file);
  (void)unlink(probe.c_str());
}

WorkDirectory::WorkDirectory(const std::string& named) {
  if (!named.empty()) {
    make_directory(named);
    path_ = fs::absolute(named);
    return;
  }
  std::string pattern = (fs::temp_directory_path() / "lookaside-rtl-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw Error(fmt::format("{}: cannot be made", pattern));
  path_ = pattern;
  remove_ = true;
}

WorkDirectory::~WorkDirectory() {
  std::error_code none;
  if (remove_) fs::remove_all(path_, none);
}

}  // namespace lookaside::formal
