// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <fmt/format.h>

#include <lookaside/platform/files.h>

namespace lookaside::platform {
namespace {

namespace fs = std::filesystem;

std::string last_error() {
  return std::strerror(errno != 0 ? errno : EIO);
}

}  // namespace

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::error_code reason;
  const auto kind = fs::status(path, reason).type();
  if (kind != fs::file_type::regular) {
    const bool missing = kind == fs::file_type::not_found;
    throw FileError(fmt::format("{}: cannot read the file: {}", path,
                                missing  ? "there is none of that name"
                                : reason ? reason.message()
                                         : "it is no regular file"));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes;
  if (file) bytes.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  if (!file) throw FileError(fmt::format("{}: cannot read the file: {}", path, last_error()));
  return bytes;
}

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  const fs::path target(path_);
  std::error_code ignored;
  if (path_.empty() || fs::is_directory(target, ignored)) {
    throw FileError(fmt::format("{}: cannot write the file: it is a directory", path_));
  }
  if (fs::exists(target, ignored) && access(path_.c_str(), W_OK) != 0) {
    throw FileError(fmt::format("{}: cannot write the file: {}", path_, last_error()));
  }
  const fs::path hidden =
      target.parent_path() / fmt::format(".{}.{}.part", target.filename().string(), getpid());
  temporary_ = hidden.string();
  errno = 0;
  if (!std::ofstream(temporary_, std::ios::binary | std::ios::trunc)) {
    throw FileError(fmt::format("{}: cannot write the file: {}", path_, last_error()));
  }
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (!committed_) fs::remove(temporary_, ignored);
}

void OutputFile::write(const std::string& content) const {
  errno = 0;
  std::ofstream file(temporary_, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) throw FileError(fmt::format("{}: cannot write the file: {}", path_, last_error()));
}

void OutputFile::commit() {
  std::error_code reason;
  fs::rename(temporary_, path_, reason);
  if (reason) {
    throw FileError(fmt::format("{}: cannot write the file: {}", path_, reason.message()));
  }
  committed_ = true;
}

}  // namespace lookaside::platform
