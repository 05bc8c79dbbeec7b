// SPDX-License-Identifier: Apache-2.0
// The error-correcting code of a 72-bit memory word.
#pragma once

#include <cstdint>

namespace lookaside::dram {

/// 64 data bits and the 8 check bits stored beside them.
struct EccWord {
  std::uint64_t data = 0;
  std::uint8_t check = 0;

  bool operator==(const EccWord& other) const { return data == other.data && check == other.check; }
  bool operator!=(const EccWord& other) const { return !(*this == other); }
};

/// What the decoder makes of a stored word.
enum class EccVerdict : std::uint8_t {
  kClean = 0,
  kCorrected,      ///< one bit was wrong, of data or of check bits
  kUncorrectable,  ///< two bits, or more of which the code takes notice
};

struct EccResult {
  EccVerdict verdict = EccVerdict::kClean;
  EccWord word;               ///< as it should be; as it was if uncorrectable
  std::uint8_t syndrome = 0;  ///< 0: clean
  std::uint8_t bit = 0;  ///< that was wrong if corrected: 0 to 63 of data, 64 to 71 of check bits
};

/// SECDED after Hsiao: every column of the parity-check matrix has odd weight (56 of weight 3 and 8
/// of weight 5 for data, weight 1 for check bits) and no two are equal. So one wrong bit gives a
/// syndrome of odd weight that names it, and two give one of even weight that no single bit gives.
/// Three and more wrong bits may be taken for one: that is the limit of the code.
std::uint8_t ecc_check_bits(std::uint64_t data);
EccResult ecc_decode(const EccWord& stored);

}  // namespace lookaside::dram
