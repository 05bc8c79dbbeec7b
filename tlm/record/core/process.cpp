// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/process.h>

namespace lookaside::record {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> merged_environment(const std::vector<std::string>& own) {
  std::vector<std::string> merged = own;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    const bool replaced = std::any_of(own.begin(), own.end(), [name](const std::string& o) {
      return o.compare(0, name.size(), name) == 0;
    });
    if (!replaced) merged.emplace_back(text);
  }
  return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

pid_t spawn(const Command& command) {
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = merged_environment(command.environment);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  (void)posix_spawn_file_actions_init(&actions);
  (void)posix_spawnattr_init(&attributes);
  (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, command.output.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
  (void)posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  (void)posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  (void)posix_spawnattr_setpgroup(&attributes, 0);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, command.arguments[0].c_str(), &actions, &attributes,
                                pointers(arguments).data(), pointers(environment).data());
  (void)posix_spawn_file_actions_destroy(&actions);
  (void)posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    throw RecordError(
        fmt::format("{}: cannot be started: {}", command.arguments[0], std::strerror(error)));
  }
  return pid;
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "lookaside-XXXXXX").string();
  if (error || mkdtemp(pattern.data()) == nullptr) {
    throw RecordError(
        fmt::format("{}: no temporary directory can be made (set $TMPDIR to one that "
                    "is writable)",
                    pattern));
  }
  path_ = pattern;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string find_program(const std::string& program) {
  const char* value = std::getenv("PATH");
  const std::string path = value != nullptr ? value : "/usr/bin:/bin";
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    std::string file = path.substr(begin, end - begin) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) return file;
    begin = end + 1;
  }
  return {};
}

Ending run_command(const Command& command) {
  using Clock = std::chrono::steady_clock;
  const pid_t pid = spawn(command);
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(command.timeout_s);
  for (int status = 0;;) {
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) {
      // Helpers it left behind, such as an X server, end with it.
      (void)kill(-pid, SIGKILL);
      return WIFEXITED(status) ? Ending::kExited : Ending::kKilled;
    }
    if ((ended < 0 && errno != EINTR) || Clock::now() >= deadline) {
      (void)kill(-pid, SIGKILL);
      while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
      return Ending::kTimeout;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace lookaside::record
