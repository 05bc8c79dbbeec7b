// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <lookaside/dram/secded.h>

namespace lookaside::dram {
namespace {

constexpr unsigned kDataBits = 64;
constexpr unsigned kCheckBits = 8;
constexpr std::uint8_t kNobody = 0xff;

constexpr unsigned weight(std::uint64_t value) {
  unsigned ones = 0;
  for (; value != 0; value &= value - 1) ++ones;
  return ones;
}

/// Columns of the data bits: all values of weight 3, then the first of weight 5, in rising order.
constexpr std::array<std::uint8_t, kDataBits> make_columns() {
  std::array<std::uint8_t, kDataBits> columns{};
  unsigned bit = 0;
  for (const unsigned wanted : {3U, 5U}) {
    for (unsigned value = 0; value < 256 && bit < kDataBits; ++value) {
      if (weight(value) == wanted) columns[bit++] = static_cast<std::uint8_t>(value);
    }
  }
  return columns;
}
constexpr std::array<std::uint8_t, kDataBits> kColumns = make_columns();

/// The data bits that check bit i covers.
constexpr std::array<std::uint64_t, kCheckBits> make_rows() {
  std::array<std::uint64_t, kCheckBits> rows{};
  for (unsigned bit = 0; bit < kDataBits; ++bit) {
    for (unsigned row = 0; row < kCheckBits; ++row) {
      rows[row] |= std::uint64_t{(unsigned{kColumns[bit]} >> row) & 1} << bit;
    }
  }
  return rows;
}
constexpr std::array<std::uint64_t, kCheckBits> kRows = make_rows();

/// Which bit a syndrome accuses.
constexpr std::array<std::uint8_t, 256> make_accused() {
  std::array<std::uint8_t, 256> accused{};
  for (auto& entry : accused) entry = kNobody;
  for (unsigned bit = 0; bit < kDataBits; ++bit) {
    accused[kColumns[bit]] = static_cast<std::uint8_t>(bit);
  }
  for (unsigned row = 0; row < kCheckBits; ++row) {
    accused[1U << row] = static_cast<std::uint8_t>(kDataBits + row);
  }
  return accused;
}
constexpr std::array<std::uint8_t, 256> kAccused = make_accused();

}  // namespace

std::uint8_t ecc_check_bits(std::uint64_t data) {
  unsigned check = 0;
  for (unsigned row = 0; row < kCheckBits; ++row) {
    check |= (weight(data & kRows[row]) & 1) << row;
  }
  return static_cast<std::uint8_t>(check);
}

EccResult ecc_decode(const EccWord& stored) {
  EccResult result;
  result.word = stored;
  result.syndrome = ecc_check_bits(stored.data) ^ stored.check;
  if (result.syndrome == 0) return result;
  const std::uint8_t bit = kAccused[result.syndrome];
  if (bit == kNobody) {
    result.verdict = EccVerdict::kUncorrectable;
    return result;
  }
  result.verdict = EccVerdict::kCorrected;
  result.bit = bit;
  if (bit < kDataBits) {
    result.word.data ^= std::uint64_t{1} << bit;
  } else {
    result.word.check ^= static_cast<std::uint8_t>(1U << (bit - kDataBits));
  }
  return result;
}

}  // namespace lookaside::dram
