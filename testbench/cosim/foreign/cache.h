// SPDX-License-Identifier: Apache-2.0
// Files by the hash of what they were made from.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lookaside::foreign {

/// 128 bits of FNV-1a in two lanes: enough to tell builds apart; nobody's secret.
class Hash {
 public:
  /// Adds a word; where one ends and the next begins counts.
  void add(const std::string& word);
  /// 32 hexadecimal digits.
  std::string text() const;

 private:
  std::array<std::uint64_t, 2> lanes_{0xcbf29ce484222325, 0x84222325cbf29ce4};
};

/// Hash of a file's content; empty if it cannot be read.
std::string hash_of_file(const std::string& path);

/// A list of files with the hashes of their content, kept beside what was made from them.
class Inputs {
 public:
  void add(const std::string& path);
  void write(const std::string& path) const;
  /// True if the list in `path` can be read and every file in it still has the content it had.
  static bool unchanged(const std::string& path);

 private:
  std::vector<std::string> lines_;
};

/// Holds others off who want to make the same thing, in this process or another one. Its file goes
/// away with it.
class Lock {
 public:
  explicit Lock(const std::string& path);
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock();

 private:
  std::string path_;
  int file_ = -1;
};

/// A new directory below `parent`, removed with everything in it unless keep_as() gave it a name.
class WorkDirectory {
 public:
  explicit WorkDirectory(const std::string& parent);
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();
  const std::string& path() const { return path_; }
  /// Renames it in one step, in place of what is there.
  void keep_as(const std::string& path);

 private:
  std::string path_;
};

}  // namespace lookaside::foreign
