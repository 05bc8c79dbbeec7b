// SPDX-License-Identifier: Apache-2.0
// An access as the DRAM bursts it touches.
#pragma once

#include <algorithm>
#include <cstdint>

#include <tlm>

#include <lookaside/dram/transaction.h>

namespace lookaside::ddr {

/// Words of the error-correcting code.
inline constexpr std::uint64_t kWordBytes = 8;

/// Whether a write of the DRAM bytes [first, last] by `payload` changes some bytes of an aligned
/// word and not the others. Bytes beyond the streaming width are not looked at.
inline bool splits_word(std::uint64_t first, std::uint64_t last,
                        const tlm::tlm_generic_payload& payload) {
  const std::uint8_t* enables = payload.get_byte_enable_ptr();
  if (enables == nullptr) return first % kWordBytes != 0 || (last + 1) % kWordBytes != 0;
  const std::uint64_t length = payload.get_byte_enable_length();
  if (length == 0) return false;
  unsigned written = 0;  // of the word
  for (std::uint64_t byte = first; byte <= last; ++byte) {
    written += enables[(byte - first) % length] == TLM_BYTE_ENABLED ? 1U : 0U;
    if (byte != last && (byte + 1) % kWordBytes != 0) continue;
    if (written % kWordBytes != 0) return true;
    written = 0;
  }
  return false;
}

/// Walks over the bursts of the DRAM bytes [offset, offset + bytes - 1].
class Bursts {
 public:
  Bursts() = default;
  Bursts(std::uint64_t burst_bytes, std::uint64_t offset, std::uint64_t bytes)
      : burst_bytes_(burst_bytes),
        first_(offset),
        last_(offset + bytes - 1),
        at_(offset & ~(burst_bytes - 1)) {}

  bool done() const { return at_ > last_; }
  void next() { at_ += burst_bytes_; }
  /// First byte of the burst.
  std::uint64_t offset() const { return at_; }

  /// Whether a write of the range that changes parts of words reads this burst first: the range
  /// begins or ends inside a word here, or `masked`: has byte enables, whichever words they split.
  bool reads_first(bool masked) const {
    return masked || (first_ % kWordBytes != 0 && first_ >= at_) ||
           ((last_ + 1) % kWordBytes != 0 && last_ - at_ < burst_bytes_);
  }
  /// The range with all of the words it begins and ends in, at this burst.
  Bursts in_words() const {
    Bursts words = *this;
    words.first_ = first_ / kWordBytes * kWordBytes;
    words.last_ = last_ / kWordBytes * kWordBytes + kWordBytes - 1;
    return words;
  }

  /// dram::Transaction::mask of this burst. A bit stands for a 64th of the burst, and at least one
  /// byte: set, of a read if any byte of it is wanted, of a write if all of it is written.
  std::uint64_t mask(bool write, const tlm::tlm_generic_payload* payload) const {
    const bool enables = payload != nullptr && payload->get_byte_enable_ptr() != nullptr;
    if (at_ >= first_ && last_ - at_ >= burst_bytes_ - 1 && !enables) {
      return ones(std::min<std::uint64_t>(burst_bytes_, 64));
    }
    const std::uint64_t grain = std::max<std::uint64_t>(1, burst_bytes_ / 64);
    std::uint64_t low = at_ < first_ ? first_ - at_ : 0;
    std::uint64_t high = std::min(last_ - at_ + 1, burst_bytes_);
    low = write ? (low + grain - 1) / grain : low / grain;
    high = write ? high / grain : (high + grain - 1) / grain;
    const std::uint64_t bits = high <= low ? 0 : ones(high) & ~ones(low);
    return write && enables ? bits & enabled(*payload, grain) : bits;
  }
  /// dram::Transaction::touches of this burst, whatever bytes are enabled.
  std::uint64_t touches() const { return mask(false, nullptr); }

 private:
  static std::uint64_t ones(std::uint64_t count) {
    return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  }
  /// Grains of which every byte is enabled. Bytes beyond the streaming width are not looked at:
  /// they can only add to what is written.
  std::uint64_t enabled(const tlm::tlm_generic_payload& payload, std::uint64_t grain) const {
    const std::uint64_t length = payload.get_byte_enable_length();
    std::uint64_t bits = ~std::uint64_t{0};
    for (std::uint64_t byte = std::max(at_, first_);
         byte <= std::min(last_, at_ + burst_bytes_ - 1); ++byte) {
      if (payload.get_byte_enable_ptr()[(byte - first_) % length] == TLM_BYTE_ENABLED) continue;
      bits &= ~(std::uint64_t{1} << (byte - at_) / grain);
    }
    return bits;
  }

  std::uint64_t burst_bytes_ = 64;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t at_ = 1;  // beyond: nothing
};

}  // namespace lookaside::ddr
