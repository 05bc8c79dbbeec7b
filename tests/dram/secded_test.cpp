// SPDX-License-Identifier: Apache-2.0
// The code against the definition of SECDED, by trying all errors of one and two bits.
#include <cstdint>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include <lookaside/dram/secded.h>

#include "seed.h"

namespace lookaside::dram {
namespace {

EccWord encode(std::uint64_t data) {
  return {data, ecc_check_bits(data)};
}

EccWord flip(EccWord word, unsigned bit) {
  if (bit < 64) {
    word.data ^= std::uint64_t{1} << bit;
  } else {
    word.check ^= static_cast<std::uint8_t>(1U << (bit - 64));
  }
  return word;
}

template <typename Try>
void for_words(Try attempt) {
  attempt(0);
  attempt(~std::uint64_t{0});
  std::mt19937_64 random(tests::seed());
  for (unsigned i = 0; i < 20; ++i) attempt(random());
}

TEST(Secded, AnUndamagedWordIsClean) {
  for_words([](std::uint64_t data) {
    const EccResult result = ecc_decode(encode(data));
    EXPECT_EQ(result.verdict, EccVerdict::kClean);
    EXPECT_EQ(result.word, encode(data));
    EXPECT_EQ(result.syndrome, 0);
  });
}

TEST(Secded, EverySingleErrorIsCorrectedAndNamed) {
  for_words([](std::uint64_t data) {
    std::set<unsigned> syndromes;
    for (unsigned bit = 0; bit < 72; ++bit) {
      const EccResult result = ecc_decode(flip(encode(data), bit));
      ASSERT_EQ(result.verdict, EccVerdict::kCorrected) << bit;
      ASSERT_EQ(result.bit, bit);
      ASSERT_EQ(result.word, encode(data)) << bit;
      syndromes.insert(result.syndrome);
    }
    EXPECT_EQ(syndromes.size(), 72U);
  });
}

TEST(Secded, EveryDoubleErrorIsDetectedAndNeverCorrected) {
  for_words([](std::uint64_t data) {
    for (unsigned a = 0; a < 72; ++a) {
      for (unsigned b = a + 1; b < 72; ++b) {
        const EccWord stored = flip(flip(encode(data), a), b);
        const EccResult result = ecc_decode(stored);
        ASSERT_EQ(result.verdict, EccVerdict::kUncorrectable) << a << ' ' << b;
        ASSERT_EQ(result.word, stored);
      }
    }
  });
}

/// Odd numbers of errors never pass for none, which a code of even weight could not promise.
TEST(Secded, NoTripleErrorIsTakenForAClean) {
  for (unsigned a = 0; a < 72; ++a) {
    for (unsigned b = a + 1; b < 72; ++b) {
      for (unsigned c = b + 1; c < 72; ++c) {
        const EccWord stored = flip(flip(flip(encode(0x0123'4567'89ab'cdef), a), b), c);
        ASSERT_NE(ecc_decode(stored).verdict, EccVerdict::kClean) << a << ' ' << b << ' ' << c;
      }
    }
  }
}

}  // namespace
}  // namespace lookaside::dram
