// SPDX-License-Identifier: Apache-2.0
// Bits of ports, against a port kept as single bits.
#include <vector>

#include <gmock/gmock.h>

#include "cosim/foreign/block.h"
#include "translation/random.h"

namespace lookaside::foreign {
namespace {

/// Storage as Verilator has it for a port of some width.
struct Storage {
  explicit Storage(unsigned width)
      : port{"p", 1, width,
             width <= 8    ? 1U
             : width <= 16 ? 2U
             : width <= 32 ? 4U
             : width <= 64 ? 8U
                           : (width + 31) / 32 * 4,
             nullptr},
        words(32),
        bits(width) {
    port.data = words.data();
  }
  LookasideForeignPort port;
  std::vector<std::uint64_t> words;  ///< aligned for every kind of storage
  std::vector<bool> bits;            ///< what it should hold
};

TEST(Pin, ReadsAndWritesItsBitsAndNoOthers) {
  tests::Random random(tests::seed());
  for (const unsigned width : {1U, 7U, 8U, 13U, 16U, 32U, 33U, 64U, 65U, 103U, 200U}) {
    Storage s(width);
    for (unsigned round = 0; round < 300; ++round) {
      const unsigned lsb = random.below(width), msb = lsb + random.below(width - lsb);
      const bool inverted = random.chance(50);
      const Pin pin(s.port, msb, lsb, inverted);
      ASSERT_EQ(pin.width(), msb - lsb + 1);
      const std::uint64_t value = random.next();
      pin.put(value);
      for (unsigned i = lsb; i <= msb; ++i) {
        const bool bit = i - lsb < 64 && (value >> (i - lsb) & 1) != 0;
        s.bits[i] = i - lsb < 64 && bit != inverted;  // a number has 64 bits
      }
      std::uint64_t expected = 0;
      for (unsigned i = lsb; i <= msb && i - lsb < 64; ++i) {
        expected |= std::uint64_t{s.bits[i] != inverted} << (i - lsb);
      }
      ASSERT_EQ(pin.get(), expected) << width << " bits, " << msb << ":" << lsb;
      for (unsigned i = 0; i < width; ++i) {
        ASSERT_EQ(Pin(s.port, width - 1, 0, false).bit(i), s.bits[i])
            << width << " bits, bit " << i;
      }
    }
  }
}

TEST(Pin, AnUnconnectedOneDoesNothing) {
  const Pin pin;
  EXPECT_FALSE(pin.connected());
  pin.put(1);
  EXPECT_EQ(pin.get(7), 7U);
}

}  // namespace
}  // namespace lookaside::foreign
