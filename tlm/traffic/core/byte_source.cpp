// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>

#include <fmt/format.h>

#include <lookaside/traffic/core/byte_source.h>

namespace lookaside::traffic {
namespace {

constexpr std::size_t kChunk = 1U << 17;

}  // namespace

/// gzip's functions read plain files as well.
struct ByteSource::File {
  gzFile stream = nullptr;
  std::uint64_t bytes = 0;  ///< on disk; 0: nobody knows
};

ByteSource::ByteSource(std::string path)
    : name_(path == "-" ? "standard input" : std::move(path)),
      file_(std::make_unique<File>()),
      buffer_(2 * kChunk) {
  errno = 0;
  struct stat status {};
  const bool piped = name_ == "standard input";
  if (piped) {
    file_->stream = gzdopen(dup(STDIN_FILENO), "rb");
  } else if (stat(name_.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EISDIR;
  } else {
    file_->bytes = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    file_->stream = gzopen(name_.c_str(), "rb");
  }
  if (file_->stream == nullptr) {
    throw TraceError(fmt::format("{}: cannot read the file: {}", name_,
                                 std::strerror(errno != 0 ? errno : ENOMEM)));
  }
  (void)gzbuffer(file_->stream, kChunk);
}

ByteSource::~ByteSource() {
  if (file_->stream != nullptr) (void)gzclose(file_->stream);
}

void ByteSource::fill(std::size_t wanted) {
  if (end_ - begin_ >= wanted) return;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  while (end_ < wanted) {
    const int got =
        gzread(file_->stream, buffer_.data() + end_, static_cast<unsigned>(buffer_.size() - end_));
    int status = Z_OK;
    const char* reason = gzerror(file_->stream, &status);
    if (got < 0 || (got == 0 && status == Z_BUF_ERROR)) {
      throw TraceError(fmt::format("{}: after byte {}: cannot read on: {}", name_, taken_ + end_,
                                   status == Z_ERRNO       ? std::strerror(errno)
                                   : status == Z_BUF_ERROR ? "the compressed data is cut off"
                                                           : reason));
    }
    if (got == 0) return;
    end_ += static_cast<std::size_t>(got);
  }
}

double ByteSource::progress() const {
  if (file_->bytes == 0) return -1;
  return static_cast<double>(gzoffset(file_->stream)) / static_cast<double>(file_->bytes);
}

}  // namespace lookaside::traffic
