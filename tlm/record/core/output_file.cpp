// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <cstring>
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

}  // namespace

std::string temporary_name(const std::string& path) {
  return path + ".part";
}

void check_writable(const std::string& path) {
  if (path.empty()) throw RecordError("an output file needs a name, found an empty one");
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
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
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
