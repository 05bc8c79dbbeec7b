// SPDX-License-Identifier: Apache-2.0
// What a block device stores its sectors in.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace lookaside::devices {

inline constexpr std::uint64_t kSectorBytes = 512;

/// Raised while a disk is set up: says which file or size, what was found and what was expected.
class DiskError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Sectors of 512 bytes, numbered from 0. Callers keep first + count within sectors(); false means
/// that the host could not do it (an I/O error for the guest, never an exception).
class Disk {
 public:
  virtual ~Disk() = default;
  virtual std::uint64_t sectors() const = 0;
  virtual bool read_only() const = 0;
  virtual bool read(std::uint64_t first, std::uint64_t count, std::uint8_t* data) = 0;
  virtual bool write(std::uint64_t first, std::uint64_t count, const std::uint8_t* data) = 0;
  /// Everything written so far has reached the storage behind the host file, if there is one.
  virtual bool flush() = 0;
};

/// A disk of zeros in host memory; only sectors written take space.
class MemoryDisk : public Disk {
 public:
  /// `bytes`: a positive multiple of 512; anything else is a DiskError.
  explicit MemoryDisk(std::uint64_t bytes, bool read_only = false);
  std::uint64_t sectors() const override { return sectors_; }
  bool read_only() const override { return read_only_; }
  bool read(std::uint64_t first, std::uint64_t count, std::uint8_t* data) override;
  bool write(std::uint64_t first, std::uint64_t count, const std::uint8_t* data) override;
  bool flush() override { return true; }

 private:
  std::uint64_t sectors_;
  bool read_only_;
  std::map<std::uint64_t, std::vector<std::uint8_t>> blocks_;  ///< by 4 KiB block number
};

/// A disk image in a regular file of the host, whose size is a positive multiple of 512 bytes.
class FileDisk : public Disk {
 public:
  /// DiskError if the file is missing, not a regular file, not permitted, empty or of odd size.
  FileDisk(const std::string& path, bool read_only);
  ~FileDisk() override;
  FileDisk(const FileDisk&) = delete;
  FileDisk& operator=(const FileDisk&) = delete;
  std::uint64_t sectors() const override { return sectors_; }
  bool read_only() const override { return read_only_; }
  bool read(std::uint64_t first, std::uint64_t count, std::uint8_t* data) override;
  bool write(std::uint64_t first, std::uint64_t count, const std::uint8_t* data) override;
  bool flush() override;

 private:
  int descriptor_ = -1;
  std::uint64_t sectors_ = 0;
  bool read_only_;
};

}  // namespace lookaside::devices
