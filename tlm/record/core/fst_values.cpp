// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <fstapi.h>
#include <lz4.h>
#include <utility>
#include <zlib.h>

#include <lookaside/record/core/fst_values.h>

namespace lookaside::record {
namespace {

/// Times after which the size of a block is looked at: seldom, since every signal must be asked.
constexpr std::uint64_t kLook = 4096;
/// How a chain of single bits says that one is unknown; fstapi.c has it inside.
constexpr std::uint64_t kUnknownBit = 1;
/// Of LZ4: gives up some size for speed.
constexpr int kAcceleration = 8;
/// Shorter chains are not worth packing.
constexpr std::size_t kShort = 32;

void append_varint(std::vector<unsigned char>& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<unsigned char>(value | 0x80));
  bytes.push_back(static_cast<unsigned char>(value));
}

/// Two's complement in groups of 7 bits, of a number that is not negative.
void append_signed_varint(std::vector<unsigned char>& bytes, std::uint64_t value) {
  for (; value >= 0x40; value >>= 7) bytes.push_back(static_cast<unsigned char>(value | 0x80));
  bytes.push_back(static_cast<unsigned char>(value));
}

}  // namespace

void FstBytes::grow(std::size_t more) {
  const std::size_t used = size();
  const std::size_t capacity = std::max<std::size_t>(64, 2 * (used + more));
  std::unique_ptr<unsigned char[]> larger(new unsigned char[capacity]);
  if (used != 0) std::memcpy(larger.get(), begin_.get(), used);
  begin_ = std::move(larger);
  end_ = begin_.get() + used;
  limit_ = begin_.get() + capacity;
}

FstValues::FstValues(std::FILE* file, std::vector<unsigned> widths, std::size_t block_bytes)
    : file_(file), block_bytes_(block_bytes), chains_(widths.size()) {
  for (std::size_t i = 0; i < widths.size(); ++i) {
    chains_[i].width = widths[i];
    chains_[i].packed = (widths[i] + 7) / 8;
  }
}

std::size_t FstValues::held() const {
  std::size_t bytes = times_.size();
  for (const Chain& chain : chains_) bytes += chain.bytes.size();
  return bytes;
}

void FstValues::time(std::uint64_t time) {
  if (!begun_) {
    begun_ = true;
    first_ = time;
    begin_block(time);
    return;
  }
  if (index_ % kLook == kLook - 1 && held() >= block_bytes_) {
    write_block();
    begin_block(time_);
  }
  times_.reserve(kMostBytes);
  times_.put_varint(time - time_);
  time_ = time;
  ++index_;
}

void FstValues::begin_block(std::uint64_t time) {
  block_begin_ = time_ = time;
  index_ = 0;
  frame_.clear();
  for (Chain& chain : chains_) {
    chain.bytes.clear();
    chain.index = 0;
    for (unsigned bit = chain.width; bit-- > 0;) {
      frame_.push_back(!chain.known ? 'x' : (chain.value >> bit & 1) != 0 ? '1' : '0');
    }
  }
  times_.clear();
  times_.reserve(kMostBytes);
  times_.put_varint(time);
}

void FstValues::set_text(std::uint32_t signal, std::string_view text) {
  Chain& chain = chains_[signal];
  chain.bytes.reserve(kMostBytes + text.size());
  chain.bytes.put_varint(advance(chain) << 1);
  chain.bytes.put_varint(text.size());
  chain.bytes.put(text);
}

void FstValues::set_unknown(std::uint32_t signal) {
  Chain& chain = chains_[signal];
  chain.known = false;
  if (chain.width == 0) return set_text(signal, "");
  if (chain.width == 1) {
    chain.bytes.put_varint(advance(chain) << 4 | kUnknownBit);
    return;
  }
  chain.bytes.reserve(kMostBytes + chain.width);
  chain.bytes.put_varint(advance(chain) << 1 | 1);
  chain.bytes.put(std::string(chain.width, 'x'));
}

void FstValues::finish() {
  if (!begun_) time(0);
  // FST has no place for a file without any value.
  if (blocks_ == 0 && held() == times_.size()) set_unknown(0);
  write_block();
}

void FstValues::put(const void* bytes, std::size_t size) {
  (void)std::fwrite(bytes, 1, size, file_);
}

void FstValues::put_number(std::uint64_t value) {
  const std::uint64_t big_endian = __builtin_bswap64(value);
  put(&big_endian, sizeof big_endian);
}

std::uint64_t FstValues::put_varint(std::uint64_t value) {
  std::array<unsigned char, 10> bytes{};
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<unsigned char>(value | 0x80);
  bytes[size++] = static_cast<unsigned char>(value);
  put(bytes.data(), size);
  return size;
}

/// Type, length, times of begin and end, memory a reader needs; values at the beginning; chains,
/// where each signal's begins; times.
void FstValues::write_block() {
  const long start = std::ftell(file_);
  put_byte(FST_BL_VCDATA_DYN_ALIAS2);
  put_number(0);  // length, known later
  put_number(block_begin_);
  put_number(time_);
  std::uint64_t memory = 0;
  for (const Chain& chain : chains_) memory += chain.bytes.size();
  put_number(memory);
  write_frame();
  put_varint(chains_.size());
  put_byte('4');  // packed with LZ4
  std::vector<unsigned char> index;
  std::uint64_t at = 1;
  std::uint64_t previous = 0;
  std::uint64_t without = 0;  // signals in a row that do not change
  for (const Chain& chain : chains_) {
    if (chain.bytes.size() == 0) {
      ++without;
      continue;
    }
    if (without != 0) append_varint(index, std::exchange(without, 0) << 1);
    append_signed_varint(index, (at - std::exchange(previous, at)) << 1 | 1);
    at += write_chain(chain);
  }
  if (without != 0) append_varint(index, without << 1);
  put(index.data(), index.size());
  put_number(index.size());
  write_times();
  const long end = std::ftell(file_);
  (void)std::fseek(file_, start + 1, SEEK_SET);
  put_number(static_cast<std::uint64_t>(end - start - 1));
  (void)std::fseek(file_, end, SEEK_SET);
  ++blocks_;
}

void FstValues::write_frame() {
  uLongf size = compressBound(frame_.size());
  std::vector<unsigned char> packed(size);
  const bool smaller = compress2(packed.data(), &size, frame_.data(), frame_.size(), 1) == Z_OK &&
                       size < frame_.size();
  put_varint(frame_.size());
  put_varint(smaller ? size : frame_.size());
  put_varint(chains_.size());
  put(smaller ? packed.data() : frame_.data(), smaller ? size : frame_.size());
}

/// Bytes written.
std::uint64_t FstValues::write_chain(const Chain& chain) {
  const std::size_t size = chain.bytes.size();
  const auto* bytes = reinterpret_cast<const char*>(chain.bytes.data());
  if (size > kShort) {
    packed_.resize(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(size))));
    const int packed = LZ4_compress_fast(bytes, packed_.data(), static_cast<int>(size),
                                         static_cast<int>(packed_.size()), kAcceleration);
    if (packed > 0 && static_cast<std::size_t>(packed) < size) {
      const std::uint64_t head = put_varint(size);
      put(packed_.data(), static_cast<std::size_t>(packed));
      return head + static_cast<std::uint64_t>(packed);
    }
  }
  const std::uint64_t head = put_varint(0);
  put(bytes, size);
  return head + size;
}

/// A reader knows packed times by their size: it must differ.
void FstValues::write_times() {
  uLongf size = compressBound(times_.size());
  std::vector<unsigned char> packed(size);
  const bool smaller = compress2(packed.data(), &size, times_.data(), times_.size(), 1) == Z_OK &&
                       size < times_.size();
  if (!smaller) size = times_.size();
  put(smaller ? packed.data() : times_.data(), size);
  put_number(times_.size());
  put_number(size);
  put_number(index_ + 1);
}

}  // namespace lookaside::record
