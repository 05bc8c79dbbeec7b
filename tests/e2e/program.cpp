// SPDX-License-Identifier: Apache-2.0
#include "e2e/program.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/wait.h>
#include <unistd.h>

namespace lookaside::tests {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

fs::path make_directory() {
  std::string pattern = (fs::temp_directory_path() / "lookaside-e2e-XXXXXX").string();
  return mkdtemp(pattern.data());
}

/// In the child: replaces a standard stream by a file.
void redirect(const fs::path& path, int flags, int stream) {
  const int descriptor = open(path.c_str(), flags, 0600);
  if (descriptor < 0 || dup2(descriptor, stream) < 0) _exit(127);
}

}  // namespace

std::size_t Finished::messages() const {
  return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n'));
}

Finished run_program(const std::vector<std::string>& words, const std::string& input,
                     unsigned seconds) {
  const fs::path scratch = make_directory();
  std::ofstream(scratch / "in", std::ios::binary) << input;
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    redirect(scratch / "in", O_RDONLY, STDIN_FILENO);
    redirect(scratch / "out", O_WRONLY | O_CREAT, STDOUT_FILENO);
    redirect(scratch / "err", O_WRONLY | O_CREAT, STDERR_FILENO);
    alarm(seconds);  // survives exec: a hanging program ends with SIGALRM
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Finished result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = slurp(scratch / "out");
  result.err = slurp(scratch / "err");
  fs::remove_all(scratch);
  return result;
}

Finished run_without_room(std::vector<std::string> words) {
  // Ignored, the signal becomes an error, as on a full disk. A pipe has no limit.
  words.insert(words.begin(), {"bash", "-c",
                               "set -o pipefail; "
                               "(trap '' XFSZ; ulimit -f 0; exec \"$@\" 2>&1) | cat",
                               "bash"});
  return run_program(words);
}

ProgramTest::ProgramTest() : directory_(make_directory()) {
  // Set by the launcher, under which the tests may run.
  unsetenv("LOOKASIDE_COMMAND");
}
ProgramTest::~ProgramTest() {
  fs::remove_all(directory_);
}

std::string ProgramTest::write(const std::string& name, const std::string& content) const {
  std::ofstream(in(name), std::ios::binary) << content;
  return in(name);
}

std::string ProgramTest::write(const std::string& name,
                               const std::vector<std::uint8_t>& content) const {
  return write(name, std::string(content.begin(), content.end()));
}

std::string ProgramTest::read(const std::string& name) const {
  EXPECT_TRUE(exists(name)) << name;
  return slurp(in(name));
}

std::vector<std::string> ProgramTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Finished ProgramTest::lookaside(std::vector<std::string> words, const std::string& input) const {
  words.insert(words.begin(), LOOKASIDE_PROGRAM);
  return run_program(words, input);
}

}  // namespace lookaside::tests
