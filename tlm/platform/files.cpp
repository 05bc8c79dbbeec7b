// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

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

}  // namespace lookaside::platform
