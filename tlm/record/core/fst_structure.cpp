// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstapi.h>
#include <memory>
#include <sys/stat.h>

#include <fmt/format.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/fst_structure.h>

namespace lookaside::record {
namespace {

// Layout of the header block, offsets in the file.
constexpr std::uint64_t kBlockHead = 9;
constexpr std::uint64_t kHeaderSize = 330;
constexpr std::uint64_t kHeaderLength = 329;
constexpr std::size_t kStart = 9;
constexpr std::size_t kEnd = 17;
constexpr std::size_t kDoubleTest = 25;
constexpr std::size_t kHandles = 57;
constexpr std::size_t kTimescale = 73;
constexpr double kDoubleTestValue = 2.7182818284590452354;
constexpr std::uint64_t kMaxHandles = 1U << 24U;
constexpr std::uint64_t kMinValueBlock =
    8 + 8 + 8 + 24;  // times, memory, trailer of the time table

struct Closer {
  void operator()(std::FILE* file) const { (void)std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

std::uint64_t big_endian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8U) | bytes[i];
  return value;
}

File open(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw RecordError(fmt::format("{}: is a directory, expected an FST waveform", path));
  }
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw RecordError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return file;
}

std::uint64_t size_of(std::FILE* file) {
  if (std::fseek(file, 0, SEEK_END) != 0) return 0;
  const long size = std::ftell(file);
  return size < 0 ? 0 : static_cast<std::uint64_t>(size);
}

void read_at(const File& file, const std::string& path, std::uint64_t offset, unsigned char* bytes,
             std::size_t size) {
  if (std::fseek(file.get(), static_cast<long>(offset), SEEK_SET) != 0 ||
      std::fread(bytes, 1, size, file.get()) != size) {
    throw RecordError(fmt::format("{}: cannot read {} bytes at offset {}", path, size, offset));
  }
}

void check_header(const std::string& path, const unsigned char* header) {
  if (header[0] == FST_BL_ZWRAPPER) {
    throw RecordError(
        fmt::format("{}: is an FST that is compressed as a whole, expected a plain "
                    "one; GTKWave's fst2vcd and vcd2fst convert it",
                    path));
  }
  if (header[0] != FST_BL_HDR || big_endian(header + 1) != kHeaderLength) {
    throw RecordError(fmt::format(
        "{}: is no FST waveform: offset 0 holds {:02x} {:02x} {:02x}, "
        "expected the FST header 00 00 00{}",
        path, header[0], header[1], header[2], header[0] == '$' ? " (is it a VCD file?)" : ""));
  }
  double test = 0;
  std::memcpy(&test, header + kDoubleTest, sizeof test);
  if (test != kDoubleTestValue) {
    throw RecordError(
        fmt::format("{}: is no FST waveform of this kind of machine: the test number "
                    "at offset {} is wrong",
                    path, kDoubleTest));
  }
}

bool is_value_block(int type) {
  return type == FST_BL_VCDATA || type == FST_BL_VCDATA_DYN_ALIAS ||
         type == FST_BL_VCDATA_DYN_ALIAS2;
}
bool is_hierarchy(int type) {
  return type == FST_BL_HIER || type == FST_BL_HIER_LZ4 || type == FST_BL_HIER_LZ4DUO;
}

/// Follows the chain of blocks to the very end of the file.
std::vector<FstBlock> walk_blocks(const File& file, const std::string& path, std::uint64_t size) {
  std::vector<FstBlock> blocks;
  std::array<unsigned char, kBlockHead> head{};
  for (std::uint64_t offset = 0; offset < size;) {
    if (size - offset < kBlockHead) {
      throw RecordError(fmt::format("{}: is cut off: {} bytes at offset {} are no block", path,
                                    size - offset, offset));
    }
    read_at(file, path, offset, head.data(), head.size());
    const int type = head[0];
    const std::uint64_t length = big_endian(head.data() + 1);
    if (type == FST_BL_SKIP) {
      throw RecordError(
          fmt::format("{}: was not completed: the block at offset {} is unfinished; was "
                      "the program that wrote it interrupted?",
                      path, offset));
    }
    if (type > FST_BL_VCDATA_DYN_ALIAS2) {
      throw RecordError(
          fmt::format("{}: is damaged: unknown block type {} at offset {}", path, type, offset));
    }
    if (length < 8 || length > size - offset - 1) {
      throw RecordError(
          fmt::format("{}: is cut off or damaged: the block at offset {} has {} bytes, "
                      "the file has {} left",
                      path, offset, length, size - offset - 1));
    }
    if (is_value_block(type) && length - 8 < kMinValueBlock) {
      throw RecordError(fmt::format(
          "{}: is damaged: the value block at offset {} has only {} bytes", path, offset, length));
    }
    blocks.push_back({type, offset + kBlockHead, length - 8});
    offset += 1 + length;
  }
  return blocks;
}

}  // namespace

FstStructure check_structure(const std::string& path) {
  const File file = open(path);
  const std::uint64_t size = size_of(file.get());
  if (size < kHeaderSize) {
    throw RecordError(
        fmt::format("{}: is no FST waveform: {} bytes found, an FST header alone has {}", path,
                    size, kHeaderSize));
  }
  std::array<unsigned char, kHeaderSize> header{};
  read_at(file, path, 0, header.data(), header.size());
  check_header(path, header.data());

  FstStructure structure;
  structure.start = big_endian(header.data() + kStart);
  structure.end = big_endian(header.data() + kEnd);
  structure.handles = big_endian(header.data() + kHandles);
  structure.timescale = static_cast<std::int8_t>(header[kTimescale]);
  structure.blocks = walk_blocks(file, path, size);
  const auto count = [&structure](auto&& predicate) {
    return std::count_if(structure.blocks.begin(), structure.blocks.end(),
                         [&](const FstBlock& block) { return predicate(block.type); });
  };
  if (count([](int type) { return type == FST_BL_GEOM; }) != 1 || count(is_hierarchy) != 1 ||
      count([](int type) { return type == FST_BL_HDR; }) != 1 || count(is_value_block) == 0) {
    throw RecordError(
        fmt::format("{}: is incomplete: expected one header, one geometry and one "
                    "hierarchy block and at least one of values; was the program that "
                    "wrote it interrupted?",
                    path));
  }
  if (structure.handles == 0 || structure.handles > kMaxHandles ||
      structure.start > structure.end) {
    throw RecordError(fmt::format("{}: is damaged: {} signals from time {} to {}", path,
                                  structure.handles, structure.start, structure.end));
  }
  return structure;
}

std::vector<unsigned char> read_bytes(const std::string& path, std::uint64_t offset,
                                      std::uint64_t size) {
  const File file = open(path);
  if (offset + size > size_of(file.get())) {
    throw RecordError(fmt::format("{}: has no {} bytes at offset {}", path, size, offset));
  }
  std::vector<unsigned char> bytes(size);
  if (size != 0) read_at(file, path, offset, bytes.data(), size);
  return bytes;
}

}  // namespace lookaside::record
