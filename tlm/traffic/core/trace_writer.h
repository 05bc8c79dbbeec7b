// SPDX-License-Identifier: Apache-2.0
// Traces into files.
//
// The binary form: "lookaside-trace-1\n" and six zero bytes, then 16 bytes a request,
// little-endian: address (8 bytes); delay, bit 31 set for a write (4); size - 1 (2); after (2). The
// last record has 0xFFFF in the place of `after` and the number of requests in that of the address.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <lookaside/traffic/core/trace.h>

namespace lookaside::traffic {

enum class Form : std::uint8_t { kText, kBinary };

inline constexpr std::string_view kBinaryMagic{"lookaside-trace-1\n\0\0\0\0\0\0", 24};
inline constexpr std::size_t kBinaryRecord = 16;
inline constexpr std::uint32_t kBinaryEnd = 0xFFFF;

/// A record in the binary form.
std::array<char, kBinaryRecord> pack(const Record& record);

/// Writes one file, compressed by gzip or not. Throws TraceError when it cannot be written.
class TraceWriter {
 public:
  /// `path` is what messages call it, `target` where the bytes go.
  TraceWriter(std::string path, const std::string& target, Form form, bool compressed);
  ~TraceWriter();
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  void write(const Record& record);
  /// A comment line of the text form; nothing in the binary form.
  void comment(const std::string& text);
  /// Ends the trace; nothing may be written after it.
  void finish();
  std::uint64_t count() const { return count_; }

 private:
  struct File;
  void put(const char* bytes, std::size_t count);

  std::string path_;
  Form form_;
  std::unique_ptr<File> file_;
  std::uint64_t count_ = 0;
};

}  // namespace lookaside::traffic
