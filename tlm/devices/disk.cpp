// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <lookaside/devices/disk.h>

namespace lookaside::devices {
namespace {

constexpr std::uint64_t kBlockBytes = 4096;

/// Calls piece(block number, offset in it, bytes) for every 4 KiB block that the bytes touch.
template <typename Piece>
void for_each_block(std::uint64_t first_byte, std::uint64_t bytes, Piece piece) {
  while (bytes > 0) {
    const std::uint64_t offset = first_byte % kBlockBytes;
    const std::uint64_t length = std::min(bytes, kBlockBytes - offset);
    piece(first_byte / kBlockBytes, offset, length);
    first_byte += length;
    bytes -= length;
  }
}

/// Repeats pread or pwrite until all bytes went over; false at an error or the end of the file.
template <typename Call, typename Byte>
bool transfer_all(Call call, int descriptor, Byte* data, std::uint64_t bytes, std::uint64_t at) {
  while (bytes > 0) {
    const ssize_t done = call(descriptor, data, bytes, static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    data += done;
    at += static_cast<std::uint64_t>(done);
    bytes -= static_cast<std::uint64_t>(done);
  }
  return true;
}

}  // namespace

MemoryDisk::MemoryDisk(std::uint64_t bytes, bool read_only)
    : sectors_(bytes / kSectorBytes), read_only_(read_only) {
  if (bytes == 0 || bytes % kSectorBytes != 0) {
    throw DiskError(fmt::format(
        "memory disk: the size is {} bytes, but must be a positive multiple of 512", bytes));
  }
}

bool MemoryDisk::read(std::uint64_t first, std::uint64_t count, std::uint8_t* data) {
  for_each_block(first * kSectorBytes, count * kSectorBytes,
                 [&](std::uint64_t block, std::uint64_t offset, std::uint64_t bytes) {
                   const auto found = blocks_.find(block);
                   if (found == blocks_.end()) {
                     std::memset(data, 0, bytes);
                   } else {
                     std::memcpy(data, found->second.data() + offset, bytes);
                   }
                   data += bytes;
                 });
  return true;
}

bool MemoryDisk::write(std::uint64_t first, std::uint64_t count, const std::uint8_t* data) {
  if (read_only_) return false;
  for_each_block(first * kSectorBytes, count * kSectorBytes,
                 [&](std::uint64_t block, std::uint64_t offset, std::uint64_t bytes) {
                   std::vector<std::uint8_t>& stored = blocks_[block];
                   stored.resize(kBlockBytes);
                   std::memcpy(stored.data() + offset, data, bytes);
                   data += bytes;
                 });
  return true;
}

FileDisk::FileDisk(const std::string& path, bool read_only) : read_only_(read_only) {
  struct stat info = {};
  // Looked at before it is opened: opening a pipe would wait for its other end.
  if (stat(path.c_str(), &info) != 0) {
    throw DiskError(fmt::format("{}: cannot open the disk image: {}", path, std::strerror(errno)));
  }
  if (!S_ISREG(info.st_mode)) {
    throw DiskError(fmt::format("{}: not a regular file, but a disk image must be one", path));
  }
  if (info.st_size == 0 || info.st_size % static_cast<off_t>(kSectorBytes) != 0) {
    throw DiskError(
        fmt::format("{}: the disk image has {} bytes, but must have a positive multiple of 512",
                    path, info.st_size));
  }
  descriptor_ = open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  if (descriptor_ < 0) {
    throw DiskError(fmt::format("{}: cannot open the disk image for {}: {}", path,
                                read_only ? "reading" : "reading and writing",
                                std::strerror(errno)));
  }
  sectors_ = static_cast<std::uint64_t>(info.st_size) / kSectorBytes;
}

FileDisk::~FileDisk() {
  close(descriptor_);
}

bool FileDisk::read(std::uint64_t first, std::uint64_t count, std::uint8_t* data) {
  return transfer_all(pread, descriptor_, data, count * kSectorBytes, first * kSectorBytes);
}

bool FileDisk::write(std::uint64_t first, std::uint64_t count, const std::uint8_t* data) {
  return !read_only_ &&
         transfer_all(pwrite, descriptor_, data, count * kSectorBytes, first * kSectorBytes);
}

bool FileDisk::flush() {
  return read_only_ || fdatasync(descriptor_) == 0;
}

}  // namespace lookaside::devices
