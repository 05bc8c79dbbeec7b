// SPDX-License-Identifier: Apache-2.0
// Value blocks against GTKWave's own reader (fstapi), which shares nothing with what wrote them.
#include <algorithm>
#include <fstapi.h>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/fst_structure.h>
#include <lookaside/record/core/fst_writer.h>

#include "record/temporary.h"
#include "seed.h"

namespace lookaside::record {
namespace {

using observe::SignalKind;
using tests::Temporary;

constexpr unsigned kWidths[] = {1, 2, 7, 8, 9, 16, 24, 33, 63, 64};
constexpr unsigned kTexts = 2;
constexpr std::size_t kSmallBlock = 2000;

std::string digits(std::uint64_t value, unsigned width) {
  std::string text;
  for (unsigned bit = width; bit-- > 0;) text += (value >> bit & 1) != 0 ? '1' : '0';
  return text;
}

/// Random changes, written in many small blocks; `at` gives every signal's value from a time on.
class FstValuesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const unsigned width : kWidths) {
      signals_.push_back(
          {"s", "n" + std::to_string(width), SignalKind::kBits, width, {}, "a number"});
    }
    for (unsigned i = 0; i < kTexts; ++i) {
      signals_.push_back({"s", "t" + std::to_string(i), SignalKind::kText, 0, {}, ""});
    }
    signals_.push_back({"s", "silent", SignalKind::kBits, 5, {}, "never given a value"});
    at_.resize(signals_.size());
  }

  void write(unsigned times) {
    std::mt19937_64 random(lookaside::tests::seed());
    FstWriter writer(path(), kSmallBlock);
    writer.start(signals_);
    std::uint64_t time = 12'345;
    for (unsigned i = 0; i < times; ++i) {
      writer.time(time);
      last_ = time;
      for (unsigned n = 0; n < std::size(kWidths); ++n) {
        if (random() % 4 != 0) continue;
        const std::uint64_t value = random() >> random() % 64;
        writer.set(n, value);
        at_[n][time] = digits(value, kWidths[n]);
      }
      for (unsigned n = 0; n < kTexts; ++n) {
        if (random() % 16 != 0) continue;
        const std::string text(random() % 300, static_cast<char>('a' + random() % 26));
        writer.set_text(std::size(kWidths) + n, text);
        at_[std::size(kWidths) + n][time] = text;
      }
      // Steps of one to nine bytes in the table of times.
      time += 1 + (random() >> (16 + random() % 48)) / times;
    }
    writer.close();
  }
  std::string path() const { return directory_.file("w.fst"); }

  Temporary directory_;
  std::vector<observe::SignalDescription> signals_;
  std::vector<std::map<std::uint64_t, std::string>> at_;
  std::uint64_t last_ = 0;
};

TEST_F(FstValuesTest, EveryChangeComesBack) {
  write(20'000);
  const FstStructure structure = check_structure(path());
  EXPECT_EQ(structure.start, 12'345U);
  EXPECT_EQ(structure.end, last_);
  const auto blocks =
      std::count_if(structure.blocks.begin(), structure.blocks.end(),
                    [](const FstBlock& block) { return block.type == FST_BL_VCDATA_DYN_ALIAS2; });
  EXPECT_GE(blocks, 4);
  const WaveReader reader(path());
  std::vector<std::map<std::uint64_t, std::string>> seen(signals_.size());
  for (const WaveChange& change : reader.changes()) {
    const unsigned width = reader.signals()[change.signal].width;
    const bool text = reader.signals()[change.signal].kind == SignalKind::kText;
    if (!text && !change.known) continue;
    const bool first =
        seen[change.signal]
            .emplace(change.time_ps, text ? change.text : digits(change.value, width))
            .second;
    EXPECT_TRUE(first) << "two values at " << change.time_ps;
  }
  for (std::size_t i = 0; i < signals_.size(); ++i) EXPECT_EQ(seen[i], at_[i]) << signals_[i].name;
}

/// GTKWave asks for a time in the middle: the reader starts at the block that holds it, so what
/// each block says of its beginning counts.
TEST_F(FstValuesTest, ValuesInForceComeBackAtAnyTime) {
  write(20'000);
  std::unique_ptr<void, void (*)(void*)> reader(fstReaderOpen(path().c_str()), fstReaderClose);
  ASSERT_NE(reader, nullptr);
  std::mt19937_64 random(lookaside::tests::seed());
  std::vector<char> buffer(100);
  for (unsigned i = 0; i < 2000; ++i) {
    const std::uint64_t time = 12'345 + random() % (last_ - 12'345);
    const auto signal = static_cast<fstHandle>(random() % std::size(kWidths));
    const char* value =
        fstReaderGetValueFromHandleAtTime(reader.get(), time, signal + 1, buffer.data());
    ASSERT_NE(value, nullptr);
    auto expected = at_[signal].upper_bound(time);
    const std::string in_force = expected == at_[signal].begin() ? std::string(kWidths[signal], 'x')
                                                                 : std::prev(expected)->second;
    ASSERT_EQ(std::string(value), in_force) << signals_[signal].name << " at " << time;
  }
}

TEST_F(FstValuesTest, AFileWithoutValuesIsComplete) {
  FstWriter writer(path());
  writer.start(signals_);
  writer.time(7);
  writer.time(90);
  writer.close();
  const WaveReader reader(path());
  EXPECT_EQ(reader.start_ps(), 7U);
  EXPECT_EQ(reader.end_ps(), 90U);
  for (const WaveChange& change : reader.changes()) EXPECT_FALSE(change.known);
}

}  // namespace
}  // namespace lookaside::record
