// SPDX-License-Identifier: Apache-2.0
// Wrong bits against the definition of SECDED memory: what readers get, what is counted and logged.
#include <cstdint>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include <lookaside/ddr/protection.h>

namespace lookaside::ddr {
namespace {

using dram::EccVerdict;

constexpr std::uint64_t kBase = 0x8000'0000;
constexpr std::uint64_t kBytes = 1 << 20;
constexpr std::uint64_t kWord = kBase + 64;
constexpr std::uint64_t kData = 0x0123'4567'89ab'cdef;
constexpr std::uint64_t kWindow = 64'000'000'000;  // ps

class ProtectionTest : public ::testing::Test {
 protected:
  std::uint8_t* host(std::uint64_t address) {
    return BackingStore::at(*store.find(address, 1), address);
  }
  void store_word(std::uint64_t address, std::uint64_t value) {
    std::memcpy(host(address), &value, 8);
    ecc.written(address, address + 7, 0, WriteKind::kWhole);
  }
  /// What a reader of 8 bytes gets; `ok`: no error response.
  std::uint64_t load_word(std::uint64_t address, bool ok = true) {
    EXPECT_EQ(ecc.reading(address, address + 7, 1) == tlm::TLM_OK_RESPONSE, ok);
    std::uint64_t value = 0;
    std::memcpy(&value, host(address), 8);
    return value;
  }
  void store_byte(std::uint64_t address, std::uint8_t value) {
    *host(address) = value;
    ecc.written(address, address, 0, WriteKind::kWhole);
  }

  BackingStore store{{{kBase, kBytes}}};
  std::vector<EccError> errors;
  std::vector<bool> denials;
  Protection ecc{store,
                 kWindow,
                 1,
                 {[this](const EccError& e) { errors.push_back(e); },
                  [this](bool denied) { denials.push_back(denied); }, [] {}}};
};

TEST_F(ProtectionTest, ASingleErrorIsCorrectedAtEveryReadUntilScrubbed) {
  ecc.enable(true);
  store_word(kWord, kData);
  ASSERT_TRUE(ecc.inject(kWord + 3, 1ULL << 40, 0));
  EXPECT_EQ(denials, std::vector<bool>{true});
  EXPECT_EQ(load_word(kWord), kData);
  EXPECT_EQ(load_word(kWord), kData);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].address, kWord);
  EXPECT_EQ(errors[0].verdict, EccVerdict::kCorrected);
  EXPECT_EQ(errors[0].bit, 40U);
  EXPECT_EQ(errors[0].finder, EccFinder::kRead);
  ecc.set_demand_scrub(true);
  EXPECT_EQ(load_word(kWord), kData);
  EXPECT_EQ(load_word(kWord), kData);
  EXPECT_EQ(errors.size(), 3U);
  EXPECT_EQ(ecc.counts().scrubbed, 1U);
  EXPECT_EQ(denials, (std::vector<bool>{true, false}));
}

TEST_F(ProtectionTest, ADoubleErrorIsAnErrorUntilTheWordIsWritten) {
  ecc.enable(true);
  store_word(kWord, kData);
  ecc.inject(kWord, 3, 0);
  load_word(kWord, false);
  EXPECT_EQ(ecc.reading(kWord - 64, kWord - 1, 1), tlm::TLM_OK_RESPONSE) << "the words before";
  EXPECT_EQ(ecc.reading(kWord + 8, kWord + 63, 1), tlm::TLM_OK_RESPONSE) << "the words after";
  EXPECT_EQ(ecc.reading(kWord - 64, kWord + 63, 1), tlm::TLM_GENERIC_ERROR_RESPONSE);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].verdict, EccVerdict::kUncorrectable);
  store_byte(kWord + 7, 0xff);  // reads the rest: it stays wrong
  EXPECT_EQ(errors.back().finder, EccFinder::kPartialWrite);
  load_word(kWord, false);
  store_word(kWord, ~kData);
  EXPECT_EQ(load_word(kWord), ~kData);
  EXPECT_TRUE(ecc.wrong_words().empty());
}

TEST_F(ProtectionTest, APartialWriteEndsACorrectableError) {
  ecc.enable(true);
  store_word(kWord, kData);
  ecc.inject(kWord, 1ULL << 60, 0);
  store_byte(kWord, 0xaa);
  EXPECT_EQ(errors.size(), 1U);
  EXPECT_EQ(ecc.counts().corrected, 1U);
  EXPECT_EQ(ecc.counts().scrubbed, 1U);
  EXPECT_EQ(load_word(kWord), (kData & ~0xffULL) | 0xaa);
  EXPECT_EQ(errors.size(), 1U);
}

TEST_F(ProtectionTest, NothingIsScrubbedByAWholeOrDebugWriteOrWithoutTheCode) {
  store_word(kWord, kData);
  ecc.inject(kWord, 1, 0);
  store_byte(kWord + 1, 0xaa);
  ecc.enable(true);
  ecc.inject(kWord, 1, 0);
  store_word(kWord, kData);
  ecc.inject(kWord, 3, 0);
  store_byte(kWord + 1, 0xaa);  // stays uncorrectable
  store_word(kWord, kData);
  ecc.inject(kWord, 1, 0);
  ecc.written(kWord, kWord, 0, WriteKind::kDebug);
  EXPECT_TRUE(ecc.wrong_words().empty());
  EXPECT_EQ(ecc.counts().scrubbed, 0U);
  EXPECT_EQ(ecc.counts().corrected, 0U);
}

TEST_F(ProtectionTest, ByteEnablesMakeAWritePartial) {
  ecc.enable(true);
  store_word(kWord, kData);
  ecc.inject(kWord, 3, 0);
  ecc.written(kWord, kWord + 7, 0, WriteKind::kMasked);
  load_word(kWord, false);
}

TEST_F(ProtectionTest, WithoutTheCodeReadersGetTheWrongBits) {
  store_word(kWord, kData);
  ecc.inject(kWord, 1ULL << 5 | 1ULL << 50, 0);
  EXPECT_EQ(load_word(kWord), kData ^ (1ULL << 5 | 1ULL << 50));
  EXPECT_TRUE(errors.empty());
  ecc.enable(true);
  load_word(kWord, false);
  ecc.enable(false);
  EXPECT_EQ(load_word(kWord), kData ^ (1ULL << 5 | 1ULL << 50));
}

TEST_F(ProtectionTest, SwitchingTheCodeShowsAndHidesASingleError) {
  store_word(kWord, kData);
  ecc.inject(kWord, 1, 0);
  EXPECT_EQ(load_word(kWord), kData ^ 1);
  ecc.enable(true);
  EXPECT_EQ(load_word(kWord), kData);
  ecc.enable(false);
  EXPECT_EQ(load_word(kWord), kData ^ 1);
  ecc.inject(kWord, 1, 0);  // flipped back
  EXPECT_EQ(load_word(kWord), kData);
  EXPECT_TRUE(ecc.wrong_words().empty());
}

TEST_F(ProtectionTest, ThePatrolRepairsWhatItCan) {
  ecc.enable(true);
  store_word(kWord, kData);
  store_word(kWord + 8, kData);
  ecc.inject(kWord, 0, 0x10);
  ecc.inject(kWord + 8, 0x11, 0);
  for (const std::uint64_t word : ecc.wrong_words()) ecc.patrol(word, 5);
  EXPECT_EQ(ecc.wrong_words(), std::vector<std::uint64_t>{kWord + 8});
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].bit, 68U);
  EXPECT_EQ(errors[0].finder, EccFinder::kPatrol);
  EXPECT_EQ(errors[1].verdict, EccVerdict::kUncorrectable);
}

TEST_F(ProtectionTest, NoMemoryNoInjection) {
  EXPECT_FALSE(ecc.inject(kBase + kBytes, 1, 0));
  EXPECT_FALSE(ecc.inject(kBase - 1, 1, 0));
  EXPECT_EQ(ecc.counts().injected, 0U);
}

TEST_F(ProtectionTest, RefreshOffLosesBitsThatWritesBringBack) {
  ecc.stop_refresh(0);
  EXPECT_EQ(denials, std::vector<bool>{true});
  ecc.start_refresh(kWindow);
  EXPECT_EQ(ecc.counts().decayed, 0U);
  EXPECT_EQ(denials, (std::vector<bool>{true, false}));
  ecc.stop_refresh(kWindow);
  ecc.start_refresh(200 * kWindow);
  const auto wrong = ecc.wrong_words();
  EXPECT_GT(wrong.size(), kBytes / 4096 / 4);
  ecc.enable(true);
  for (const std::uint64_t word : wrong) {
    const bool ok = ecc.reading(word, word + 7, 1) == tlm::TLM_OK_RESPONSE;
    EXPECT_EQ(ok, errors.back().verdict == EccVerdict::kCorrected);
    EXPECT_EQ(load_word(word, ok) == 0, ok);
    store_word(word, kData);
    EXPECT_EQ(load_word(word), kData);
  }
  EXPECT_EQ(denials.back(), false);
}

TEST_F(ProtectionTest, ACellThatHasLostItsChargeDoesNotFlipBack) {
  ecc.stop_refresh(0);
  const dram::Retention cells(kWindow, 1);
  for (std::uint64_t granule = 0; granule < kBytes / 4096; ++granule) {
    std::uint64_t lost = 0;
    std::uint64_t word = 0;
    for (const auto& cell : cells.weak_cells(granule)) {
      lost |= 1ULL << cell.bit;
      word = kBase + cell.word;
    }
    if (lost == 0) continue;
    // Each time later than any cell holds after the time before.
    for (std::uint64_t round = 1; round < 4; ++round) {
      ecc.reading(word, word + 7, 200 * round * kWindow);
      std::uint64_t value = 0;
      std::memcpy(&value, host(word), 8);
      EXPECT_EQ(value, lost) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace lookaside::ddr
