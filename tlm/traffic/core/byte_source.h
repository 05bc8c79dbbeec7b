// SPDX-License-Identifier: Apache-2.0
// A file's bytes in order, decompressed on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

/// Bytes of a file, decompressed when they are gzip's, of one member or several. "-" is standard
/// input.
class ByteSource {
 public:
  /// Asked whenever more is to be read, and now and then while nothing comes: whether to end there.
  using Stop = std::function<bool()>;

  explicit ByteSource(const std::string& path, Stop stop = {});
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Gives bytes back to front of the buffer when fewer than `wanted` are left, and reads more.
  /// Afterwards begin() .. end() hold at least `wanted` bytes unless the file has ended, or was
  /// ended: then stopped(), and what had come of them is dropped. Throws
  /// TraceError: cannot be read, or a compressed file that is cut off, damaged or followed by
  /// anything but zeros.
  void fill(std::size_t wanted);
  bool stopped() const;
  const char* begin() const { return buffer_.data() + begin_; }
  const char* end() const { return buffer_.data() + end_; }
  void take(std::size_t bytes) {
    begin_ += bytes;
    taken_ += bytes;
  }
  std::uint64_t taken() const { return taken_; }
  const std::string& name() const { return name_; }
  double progress() const;

 private:
  class File;
  std::string name_;
  std::unique_ptr<File> file_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace lookaside::traffic
