// SPDX-License-Identifier: Apache-2.0
// The value blocks of an FST file: what GTKWave's library (fstapi) writes for the same changes, put
// together as they come, so that a change costs a few bytes at the end of its signal's chain.
// fstapi keeps a character for each bit and walks all changes a second time; with a waveform of
// every DRAM command that is most of a run's time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lookaside::record {

/// Bytes with room at the end.
class FstBytes {
 public:
  /// Makes room for so many more.
  void reserve(std::size_t more) {
    if (static_cast<std::size_t>(limit_ - end_) < more) grow(more);
  }
  // The rest needs room that was reserved.
  void put(unsigned char byte) { *end_++ = byte; }
  void put_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *end_++ = static_cast<unsigned char>(value | 0x80);
    *end_++ = static_cast<unsigned char>(value);
  }
  /// The highest `bytes` bytes of a number, the highest first; room for 8.
  void put_top(std::uint64_t value, unsigned bytes) {
    const std::uint64_t swapped = __builtin_bswap64(value);
    __builtin_memcpy(end_, &swapped, sizeof swapped);
    end_ += bytes;
  }
  void put(std::string_view text) {
    __builtin_memcpy(end_, text.data(), text.size());
    end_ += text.size();
  }
  const unsigned char* data() const { return begin_.get(); }
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_.get()); }
  void clear() { end_ = begin_.get(); }

 private:
  void grow(std::size_t more);
  std::unique_ptr<unsigned char[]> begin_;
  unsigned char* end_ = nullptr;
  unsigned char* limit_ = nullptr;
};

/// Signals are numbered from 0. Times must not decrease, and the first time comes before the first
/// value. Errors of the file show in ferror().
class FstValues {
 public:
  /// `widths`: bits of each signal, 1 to 64; 0: text. Blocks are appended to `file`. A block ends
  /// when it holds `block_bytes`.
  FstValues(std::FILE* file, std::vector<unsigned> widths, std::size_t block_bytes = kBlockBytes);

  void time(std::uint64_t time);
  void set(std::uint32_t signal, std::uint64_t value) {
    Chain& chain = chains_[signal];
    chain.value = value;
    chain.known = true;
    const std::uint64_t delta = advance(chain);
    if (chain.width == 1) {
      chain.bytes.put_varint(delta << 2 | (value & 1) << 1);
      return;
    }
    chain.bytes.put_varint(delta << 1);
    chain.bytes.put_top(value << (64 - chain.width), chain.packed);
  }
  void set_text(std::uint32_t signal, std::string_view text);
  void set_unknown(std::uint32_t signal);
  /// Writes what is left. No more calls after it.
  void finish();

  std::uint64_t first() const { return first_; }  ///< time
  std::uint64_t last() const { return time_; }
  std::uint64_t blocks() const { return blocks_; }

  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

 private:
  struct Chain {
    FstBytes bytes;
    std::uint64_t index = 0;  // in the block's table of times, of its last change
    std::uint64_t value = 0;
    unsigned width = 0;
    unsigned packed = 0;  // bytes of a value
    bool known = false;
  };

  /// Room for a number; how many times have passed since the signal's last change.
  std::uint64_t advance(Chain& chain) {
    chain.bytes.reserve(kMostBytes);
    const std::uint64_t delta = index_ - chain.index;
    chain.index = index_;
    return delta;
  }
  void begin_block(std::uint64_t time);
  void write_block();
  void write_frame();
  std::uint64_t write_chain(const Chain& chain);
  void write_times();
  void put(const void* bytes, std::size_t size);
  void put_number(std::uint64_t value);
  void put_byte(unsigned char byte) { put(&byte, 1); }
  std::uint64_t put_varint(std::uint64_t value);
  std::size_t held() const;

  static constexpr std::size_t kMostBytes = 24;  // two varints of 64 bits fit, or one and a number

  std::FILE* file_;
  std::size_t block_bytes_;
  std::vector<Chain> chains_;
  FstBytes times_;
  std::vector<unsigned char> frame_;  // of the block: values at its beginning
  std::vector<char> packed_;
  std::uint64_t block_begin_ = 0;
  std::uint64_t index_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t time_ = 0;
  std::uint64_t blocks_ = 0;
  bool begun_ = false;
};

}  // namespace lookaside::record
