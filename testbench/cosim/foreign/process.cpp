// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace lookaside::foreign {
namespace {

struct Running {
  pid_t pid = -1;
  std::FILE* output = nullptr;
};

[[noreturn]] void become(const std::vector<std::string>& words, const std::string& directory,
                         int output) {
  const int none = open("/dev/null", O_RDONLY);
  dup2(none, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (!directory.empty() && chdir(directory.c_str()) != 0) _exit(126);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

// The output goes to a file without a name, so that no pipe can fill up while we wait.
Running start(const std::vector<std::string>& words, const std::string& directory) {
  Running running;
  running.output = std::tmpfile();
  if (running.output == nullptr) {
    throw std::runtime_error(std::string("no temporary file: ") + std::strerror(errno));
  }
  std::fflush(nullptr);
  running.pid = fork();
  if (running.pid == 0) become(words, directory, fileno(running.output));
  if (running.pid < 0) {
    std::fclose(running.output);
    throw std::runtime_error(words[0] + " cannot be started: " + std::strerror(errno));
  }
  return running;
}

Finished wait_for(const Running& running) {
  Finished finished;
  int status = 0;
  while (waitpid(running.pid, &status, 0) < 0 && errno == EINTR) {
  }
  finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::rewind(running.output);
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, running.output)) != 0;) {
    finished.output.append(buffer, n);
  }
  std::fclose(running.output);
  return finished;
}

}  // namespace

Finished run_process(const std::vector<std::string>& words, const std::string& directory) {
  return wait_for(start(words, directory));
}

std::vector<Finished> run_processes(const std::vector<std::vector<std::string>>& commands,
                                    const std::string& directory) {
  std::vector<Running> running;
  running.reserve(commands.size());
  for (const auto& words : commands) running.push_back(start(words, directory));
  std::vector<Finished> finished;
  finished.reserve(running.size());
  for (const Running& one : running) finished.push_back(wait_for(one));
  return finished;
}

}  // namespace lookaside::foreign
