// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <lookaside/traffic/core/byte_source.h>
#include <lookaside/traffic/core/trace_reader.h>
#include <lookaside/traffic/core/trace_text.h>
#include <lookaside/traffic/core/trace_writer.h>

namespace lookaside::traffic {
namespace {

std::uint64_t number_at(const char* at, unsigned bytes) {
  std::uint64_t value = 0;
  for (unsigned i = bytes; i > 0; --i) value = value << 8 | static_cast<unsigned char>(at[i - 1]);
  return value;
}

class TextTrace : public Source {
 public:
  explicit TextTrace(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) {}

  bool next(Record& record) override {
    for (;;) {
      const auto* newline = static_cast<const char*>(std::memchr(
          bytes_->begin(), '\n', static_cast<std::size_t>(bytes_->end() - bytes_->begin())));
      if (newline == nullptr) {
        bytes_->fill(kLongestLine + 1);
        const auto left = static_cast<std::size_t>(bytes_->end() - bytes_->begin());
        newline = static_cast<const char*>(std::memchr(bytes_->begin(), '\n', left));
        if (newline == nullptr && left == 0) return false;
        if (newline == nullptr) newline = bytes_->end();
      }
      ++line_;
      if (take_line(newline, record)) return true;
    }
  }
  std::string place() const override { return fmt::format("{}:{}", bytes_->name(), line_); }
  double progress() const override { return bytes_->progress(); }

 private:
  bool take_line(const char* newline, Record& record) {
    const char* begin = bytes_->begin();
    const bool any = parse_plain_line(begin, newline, record) || parse(begin, newline, record);
    bytes_->take(static_cast<std::size_t>(newline - begin) + (newline == bytes_->end() ? 0 : 1));
    return any;
  }
  /// Long lines end up here: wherever in the file they are, the same length is too long.
  bool parse(const char* begin, const char* end, Record& record) const {
    if (end - begin > static_cast<std::ptrdiff_t>(kLongestLine)) {
      throw TraceError(fmt::format("{}: found a line of more than {} bytes, expected {}", place(),
                                   kLongestLine, kForm));
    }
    try {
      return parse_line(begin, end, record);
    } catch (const TraceError& error) {
      throw TraceError(fmt::format("{}: {}", place(), error.what()));
    }
  }

  std::unique_ptr<ByteSource> bytes_;
  std::uint64_t line_ = 0;
};

class BinaryTrace : public Source {
 public:
  explicit BinaryTrace(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) {
    bytes_->take(kBinaryMagic.size());
  }

  bool next(Record& record) override {
    if (ended_) return false;
    if (bytes_->end() - bytes_->begin() < static_cast<std::ptrdiff_t>(kBinaryRecord)) {
      bytes_->fill(kBinaryRecord);
      if (bytes_->stopped()) return false;
    }
    if (bytes_->end() - bytes_->begin() < static_cast<std::ptrdiff_t>(kBinaryRecord)) {
      throw TraceError(
          fmt::format("{}: found the end of the file after {} requests, expected an "
                      "end mark: the trace is cut off",
                      bytes_->name(), count_));
    }
    const char* at = bytes_->begin();
    const auto flags = static_cast<std::uint32_t>(number_at(at + 8, 4));
    record.address = number_at(at, 8);
    record.write = flags >> 31 != 0;
    record.delay = flags & kMaxDelay;
    record.size = static_cast<std::uint32_t>(number_at(at + 12, 2)) + 1;
    record.after = static_cast<std::uint32_t>(number_at(at + 14, 2));
    bytes_->take(kBinaryRecord);
    if (record.after > kMaxAfter) {
      check_end(record);
      return false;
    }
    ++count_;
    if (record.address + (record.size - 1) < record.address) {
      throw TraceError(
          fmt::format("{}: found {} bytes at {:#x}, expected them to end within 64 bits", place(),
                      record.size, record.address));
    }
    return true;
  }
  std::string place() const override {
    return fmt::format("{}: request {}", bytes_->name(), count_);
  }
  double progress() const override { return bytes_->progress(); }

 private:
  void check_end(const Record& record) {
    ended_ = true;
    if (record.after != kBinaryEnd) {
      throw TraceError(
          fmt::format("{}: request {}: found a dependence {} requests back, expected "
                      "at most {}",
                      bytes_->name(), count_ + 1, record.after, kMaxAfter));
    }
    bytes_->fill(1);
    if (record.address == count_ && bytes_->begin() == bytes_->end()) return;
    throw TraceError(fmt::format(
        "{}: found an end mark for {} requests after {} of them{}, expected one at the end",
        bytes_->name(), record.address, count_,
        bytes_->begin() == bytes_->end() ? "" : " and more"));
  }

  std::unique_ptr<ByteSource> bytes_;
  std::uint64_t count_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Source> open_trace(const std::string& path, std::function<bool()> stop) {
  auto bytes = std::make_unique<ByteSource>(path, std::move(stop));
  bytes->fill(kBinaryMagic.size());
  const auto left = static_cast<std::size_t>(bytes->end() - bytes->begin());
  if (left >= kBinaryMagic.size() &&
      std::memcmp(bytes->begin(), kBinaryMagic.data(), kBinaryMagic.size()) == 0) {
    return std::make_unique<BinaryTrace>(std::move(bytes));
  }
  return std::make_unique<TextTrace>(std::move(bytes));
}

}  // namespace lookaside::traffic
