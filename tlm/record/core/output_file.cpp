// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/output_file.h>

namespace lookaside::record {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw RecordError(fmt::format("{}: cannot be written: {}", path, std::strerror(error)));
}

/// What `path` leads to if it is a symbolic link, else `path`: renaming must not replace the link.
std::string destination(const std::string& path) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

/// A link such as /dev/stdout may lead to a plain file, but nothing there is for us to replace.
bool belongs_to_system(const std::string& path) {
  const std::string name = std::filesystem::absolute(path).lexically_normal().string();
  const auto under = [&](const char* directory) { return name.rfind(directory, 0) == 0; };
  return under("/proc/") || (under("/dev/") && !under("/dev/shm/"));
}

}  // namespace

std::string temporary_name(const std::string& path) {
  return destination(path) + ".part";
}

void check_writable(const std::string& path) {
  if (path.empty()) throw RecordError("an output file needs a name, found an empty one");
  if (belongs_to_system(path)) {
    throw RecordError(fmt::format(
        "{}: cannot be written: it is no plain file, expected a file or a free name", path));
  }
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    throw RecordError(fmt::format("{}: cannot be written: it is {}, expected a file or a free name",
                                  path, S_ISDIR(status.st_mode) ? "a directory" : "no plain file"));
  }
  const std::string temporary = temporary_name(path);
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) fail(path, errno);
  (void)std::fclose(file);
  (void)unlink(temporary.c_str());
}

void finish_output(const std::string& path) {
  const std::string temporary = temporary_name(path);
  if (std::rename(temporary.c_str(), destination(path).c_str()) != 0) {
    const int error = errno;
    (void)unlink(temporary.c_str());
    fail(path, error);
  }
}

void write_file(const std::string& path, std::string_view bytes) {
  check_writable(path);
  const std::string temporary = temporary_name(path);
  std::FILE* file = std::fopen(temporary.c_str(), "wb");
  if (file == nullptr) fail(path, errno);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int write_error = errno;
  const bool closed = std::fclose(file) == 0;
  if (!written || !closed) {
    const int error = written ? errno : write_error;
    (void)unlink(temporary.c_str());
    fail(path, error);
  }
  finish_output(path);
}

}  // namespace lookaside::record
