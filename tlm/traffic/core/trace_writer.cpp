// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <zlib.h>

#include <fmt/format.h>

#include <lookaside/traffic/core/trace_text.h>
#include <lookaside/traffic/core/trace_writer.h>

namespace lookaside::traffic {
namespace {

void put_number(char* at, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) at[i] = static_cast<char>(value >> 8 * i);
}

}  // namespace

std::array<char, kBinaryRecord> pack(const Record& r) {
  std::array<char, kBinaryRecord> bytes{};
  put_number(bytes.data(), r.address, 8);
  put_number(bytes.data() + 8, r.delay | (r.write ? 1U << 31 : 0U), 4);
  put_number(bytes.data() + 12, r.size - 1, 2);
  put_number(bytes.data() + 14, r.after, 2);
  return bytes;
}

/// gzip's functions write plain files as well.
struct TraceWriter::File {
  gzFile stream = nullptr;
};

TraceWriter::TraceWriter(std::string path, const std::string& target, Form form, bool compressed)
    : path_(std::move(path)), form_(form), file_(std::make_unique<File>()) {
  errno = 0;
  // 'T': no compression. Level 1: traces are long, and half the time goes here.
  file_->stream = gzopen(target.c_str(), compressed ? "wb1" : "wbT");
  if (file_->stream == nullptr) {
    throw TraceError(fmt::format("{}: cannot be written: {}", path_,
                                 std::strerror(errno != 0 ? errno : ENOMEM)));
  }
  (void)gzbuffer(file_->stream, 1U << 17);
  if (form_ == Form::kBinary) put(kBinaryMagic.data(), kBinaryMagic.size());
}

TraceWriter::~TraceWriter() {
  if (file_->stream != nullptr) (void)gzclose(file_->stream);
}

void TraceWriter::put(const char* bytes, std::size_t count) {
  errno = 0;
  if (gzwrite(file_->stream, bytes, static_cast<unsigned>(count)) == static_cast<int>(count))
    return;
  throw TraceError(fmt::format("{}: not all of it could be written: {}", path_,
                               std::strerror(errno != 0 ? errno : EIO)));
}

void TraceWriter::write(const Record& record) {
  if (form_ == Form::kBinary) {
    const auto bytes = pack(record);
    put(bytes.data(), bytes.size());
  } else {
    const std::string line = text_line(record) + "\n";
    put(line.data(), line.size());
  }
  ++count_;
}

void TraceWriter::comment(const std::string& text) {
  if (form_ == Form::kBinary) return;
  const std::string line = "# " + text + "\n";
  put(line.data(), line.size());
}

void TraceWriter::finish() {
  if (form_ == Form::kBinary) {
    Record end;
    end.address = count_;
    end.size = 1;
    end.after = kBinaryEnd;
    const auto bytes = pack(end);
    put(bytes.data(), bytes.size());
  }
  errno = 0;
  const int status = gzclose(file_->stream);
  file_->stream = nullptr;
  if (status != Z_OK) {
    throw TraceError(fmt::format("{}: not all of it could be written: {}", path_,
                                 std::strerror(errno != 0 ? errno : EIO)));
  }
}

}  // namespace lookaside::traffic
