// SPDX-License-Identifier: Apache-2.0
#include "cache.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lookaside::foreign {
namespace fs = std::filesystem;

void Hash::add(const std::string& word) {
  static constexpr std::uint64_t kPrimes[] = {0x100000001b3, 0x10000000233};
  const std::string all = fmt::format("{}:{}", word.size(), word);
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    for (const char c : all) {
      lanes_[lane] = (lanes_[lane] ^ static_cast<unsigned char>(c)) * kPrimes[lane];
      lanes_[lane] ^= lanes_[lane] >> 29;
    }
  }
}

std::string Hash::text() const {
  return fmt::format("{:016x}{:016x}", lanes_[0], lanes_[1]);
}

std::string hash_of_file(const std::string& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return "";
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file.good() && !file.eof()) return "";
  Hash hash;
  hash.add(content);
  return hash.text();
}

void Inputs::add(const std::string& path) {
  std::error_code none;
  const std::string absolute = fs::absolute(path, none).string();
  const std::string hash = hash_of_file(absolute);
  if (!hash.empty()) lines_.push_back(hash + " " + absolute);
}

void Inputs::write(const std::string& path) const {
  std::ofstream file(path);
  for (const std::string& line : lines_) file << line << "\n";
  file.close();
  if (!file) throw std::runtime_error(path + ": cannot be written");
}

bool Inputs::unchanged(const std::string& path) {
  std::ifstream file(path);
  if (!file) return false;
  for (std::string line; std::getline(file, line);) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) return false;
    if (hash_of_file(line.substr(space + 1)) != line.substr(0, space)) return false;
  }
  return true;
}

// Whoever waited for a file that its holder has removed meanwhile holds nobody off: once more.
Lock::Lock(const std::string& path) : path_(path) {
  for (bool same = false; !same;) {
    if (file_ >= 0) close(file_);
    file_ = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) {
      throw std::runtime_error(
          fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
    }
    while (flock(file_, LOCK_EX) != 0 && errno == EINTR) {
    }
    struct stat held {};
    struct stat there {};
    same = fstat(file_, &held) == 0 && stat(path.c_str(), &there) == 0 &&
           held.st_dev == there.st_dev && held.st_ino == there.st_ino;
  }
}

Lock::~Lock() {
  (void)unlink(path_.c_str());  // while it is held
  close(file_);
}

WorkDirectory::WorkDirectory(const std::string& parent) {
  std::string pattern = parent + "/work-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error(
        fmt::format("{}: no directory can be made there: {}", parent, std::strerror(errno)));
  }
  path_ = pattern;
}

WorkDirectory::~WorkDirectory() {
  std::error_code none;
  if (!path_.empty()) fs::remove_all(path_, none);
}

void WorkDirectory::keep_as(const std::string& path) {
  std::error_code failed;
  fs::remove_all(path, failed);  // something whose inputs have changed
  fs::rename(path_, path, failed);
  if (!failed) path_.clear();
}

}  // namespace lookaside::foreign
