// SPDX-License-Identifier: Apache-2.0
// Reading input files and writing output files so that nothing half-written is ever left behind.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace lookaside::platform {

/// Names the file and the reason.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a whole regular file; throws FileError.
std::vector<std::uint8_t> read_file(const std::string& path);

/// A file that appears under its name only when it is complete. The constructor proves that it can
/// be written (FileError otherwise), so that no simulation runs in vain; until commit() the content
/// lives in a hidden file beside it, which the destructor removes.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::string& path() const { return path_; }
  /// Where to write.
  const std::string& temporary() const { return temporary_; }
  /// Writes all content at once; throws FileError.
  void write(const std::string& content) const;
  /// Gives the file its name; throws FileError.
  void commit();

 private:
  std::string path_;
  std::string temporary_;
  bool committed_ = false;
};

}  // namespace lookaside::platform
