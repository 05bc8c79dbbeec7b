// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>

#include <fmt/format.h>

#include <lookaside/traffic/core/byte_source.h>

namespace lookaside::traffic {
namespace {

constexpr std::size_t kChunk = 1U << 17;
constexpr int kPatienceMs = 100;  ///< until somebody is asked whether to wait on
constexpr unsigned char kGzipMagic[] = {0x1f, 0x8b};
constexpr int kGzipWindow = 15 + 16;  ///< the largest, and gzip's header and trailer

int open_file(const std::string& path) {
  if (path == "-") return dup(STDIN_FILENO);
  // Non-blocking: a pipe of that name may have nobody who writes.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISDIR(status.st_mode)) {
    return descriptor;
  }
  (void)close(descriptor);
  errno = EISDIR;
  return -1;
}

}  // namespace

/// The file itself. zlib's own functions for files ignore what stands behind the compressed data.
class ByteSource::File {
 public:
  File(int descriptor, Stop stop)
      : descriptor_(descriptor), stop_(std::move(stop)), packed_(kChunk) {
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
      size_ = static_cast<std::uint64_t>(status.st_size);
    }
  }
  ~File() {
    if (form_ == Form::kMember || form_ == Form::kBetween) (void)inflateEnd(&inflater_);
    (void)close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Moves at most `room` bytes of content to `to`; 0 at the end. Of no meaning if
  /// stopped(). Throws TraceError: the reason.
  std::size_t take(char* to, std::size_t room);
  bool stopped() const { return stopped_; }
  double progress() const {
    return size_ == 0 ? -1 : static_cast<double>(taken()) / static_cast<double>(size_);
  }

 private:
  enum class Form : std::uint8_t { kUnknown, kPlain, kMember, kBetween };

  std::size_t left() const { return end_ - begin_; }
  std::uint64_t taken() const { return read_ - left(); }
  bool starts_member() const {
    return left() >= sizeof kGzipMagic &&
           std::memcmp(packed_.data() + begin_, kGzipMagic, sizeof kGzipMagic) == 0;
  }
  void read_more();
  /// Reads until `wanted` bytes are left, the file has ended, or it is not to be waited for.
  void want(std::size_t wanted) {
    while (left() < wanted && !ended_ && !stopped_) read_more();
  }
  void look();
  bool next_member();
  std::size_t inflate_some(char* to, std::size_t room);

  int descriptor_;
  Stop stop_;
  std::uint64_t size_ = 0;  ///< on disk; 0: nobody knows
  std::uint64_t read_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
  Form form_ = Form::kUnknown;
  std::vector<unsigned char> packed_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  z_stream inflater_{};
};

void ByteSource::File::read_more() {
  std::memmove(packed_.data(), packed_.data() + begin_, left());
  end_ -= begin_;
  begin_ = 0;
  // A signal ends the wait here, and one that comes just before it is seen soon after.
  pollfd wanted{descriptor_, POLLIN, 0};
  const int ready = poll(&wanted, 1, kPatienceMs);
  stopped_ = stop_ && stop_();
  if (ready <= 0 || stopped_) return;
  const ssize_t got = ::read(descriptor_, packed_.data() + end_, packed_.size() - end_);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got < 0) throw TraceError(std::strerror(errno));
  ended_ = got == 0;
  read_ += static_cast<std::uint64_t>(got);
  end_ += static_cast<std::size_t>(got);
}

/// The first bytes say what it is.
void ByteSource::File::look() {
  want(sizeof kGzipMagic);
  if (!starts_member()) {
    form_ = Form::kPlain;
    return;
  }
  if (inflateInit2(&inflater_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  form_ = Form::kMember;
}

/// Behind the end of a member there may be another, or zeros up to a whole block of a medium.
bool ByteSource::File::next_member() {
  want(sizeof kGzipMagic);
  if (starts_member()) {
    (void)inflateReset(&inflater_);
    form_ = Form::kMember;
    return true;
  }
  for (want(1); left() > 0 && packed_[begin_] == 0; want(1)) ++begin_;
  if (left() == 0 || stopped_) return false;
  throw TraceError(
      fmt::format("found byte {:#04x} behind the compressed data, at byte {} of the file, expected "
                  "another gzip member or the end of the file",
                  packed_[begin_], taken()));
}

std::size_t ByteSource::File::inflate_some(char* to, std::size_t room) {
  inflater_.next_in = packed_.data() + begin_;
  inflater_.avail_in = static_cast<unsigned>(left());
  inflater_.next_out = reinterpret_cast<unsigned char*>(to);
  inflater_.avail_out = static_cast<unsigned>(room);
  const int status = inflate(&inflater_, Z_NO_FLUSH);
  begin_ = end_ - inflater_.avail_in;
  if (status == Z_STREAM_END) {
    form_ = Form::kBetween;
  } else if (status == Z_MEM_ERROR) {
    throw std::bad_alloc();
  } else if (status != Z_OK && status != Z_BUF_ERROR) {
    throw TraceError(inflater_.msg != nullptr ? inflater_.msg : "the compressed data is damaged");
  }
  return room - inflater_.avail_out;
}

std::size_t ByteSource::File::take(char* to, std::size_t room) {
  if (form_ == Form::kUnknown) look();
  if (form_ == Form::kPlain) {
    want(1);
    const std::size_t bytes = std::min(room, left());
    std::memcpy(to, packed_.data() + begin_, bytes);
    begin_ += bytes;
    return bytes;
  }
  for (;;) {
    if (form_ == Form::kBetween && !next_member()) return 0;
    want(1);
    if (stopped_) return 0;
    if (left() == 0) throw TraceError("the compressed data is cut off");
    const std::size_t bytes = inflate_some(to, room);
    if (bytes != 0) return bytes;
  }
}

ByteSource::ByteSource(const std::string& path, Stop stop)
    : name_(path == "-" ? "standard input" : path), buffer_(2 * kChunk) {
  const int descriptor = open_file(path);
  if (descriptor < 0) {
    throw TraceError(fmt::format("{}: cannot read the file: {}", name_, std::strerror(errno)));
  }
  file_ = std::make_unique<File>(descriptor, std::move(stop));
}

ByteSource::~ByteSource() = default;

void ByteSource::fill(std::size_t wanted) {
  if (end_ - begin_ >= wanted) return;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  while (end_ < wanted) {
    try {
      const std::size_t got = file_->take(buffer_.data() + end_, buffer_.size() - end_);
      end_ = file_->stopped() ? 0 : end_ + got;
      if (got == 0 || file_->stopped()) return;
    } catch (const TraceError& error) {
      throw TraceError(
          fmt::format("{}: after byte {}: cannot read on: {}", name_, taken_ + end_, error.what()));
    }
  }
}

bool ByteSource::stopped() const {
  return file_->stopped();
}

double ByteSource::progress() const {
  return file_->progress();
}

}  // namespace lookaside::traffic
