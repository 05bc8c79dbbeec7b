// SPDX-License-Identifier: Apache-2.0
// The demo's waveform read back, in every paging mode: a miss, the PTE of each level where the
// privileged specification says it lies and with the value that memory holds, the refill, the hit
// on that address, and the fault by name; and the shipped save file names only signals that exist.
#include <memory>

#include <gmock/gmock.h>

#include <lookaside/platform/elf.h>
#include <lookaside/platform/soc.h>
#include <lookaside/record/adapter/recorder.h>
#include <lookaside/record/core/episode.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "record/temporary.h"
#include "systemc_fixture.h"

namespace lookaside::record {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Temporary;
using End = Translation::End;

/// Privileged specification, "Sv32" to "Sv57": levels, bits of an index, bytes of a PTE.
struct Mode {
  const char* name;
  unsigned xlen;
  unsigned levels;
  unsigned index_bits;
  unsigned pte_bytes;
};
constexpr Mode kModes[] = {{"rv32-sv32", 32, 2, 10, 4},
                           {"rv64-sv39", 64, 3, 9, 8},
                           {"rv64-sv48", 64, 4, 9, 8},
                           {"rv64-sv57", 64, 5, 9, 8}};

void PrintTo(const Mode& mode, std::ostream* out) {
  *out << mode.name;
}

// What firmware/demo does first: loads from a page twice, then from the missing one behind it.
constexpr std::uint64_t kPresent = 0x4000f000;
constexpr std::uint64_t kMissing = 0x40010000;

class WaveRunTest : public lookaside::tests::SystemCTest,
                    public ::testing::WithParamInterface<Mode> {
 protected:
  void run() {
    const auto elf = platform::Elf::read(std::string(LOOKASIDE_FIRMWARE_DIRECTORY "/demo-") +
                                         GetParam().name + ".elf");
    recorder_ = std::make_unique<Recorder>("recorder", Recorder::Config{path(), {}});
    platform::SocSetup setup;
    setup.xlen = elf.xlen();
    setup.entry = elf.entry();
    setup.sink = recorder_->sink();
    soc_ = std::make_unique<platform::Soc>("soc", platform::Configuration(), setup);
    soc_->set_output([](std::string_view) {});
    for (const platform::Segment& s : elf.segments()) {
      soc_->preload(s.physical_address, {elf.data(s), elf.data(s) + s.data_size});
    }
    const platform::Outcome outcome = soc_->run();
    ASSERT_EQ(outcome.kind, platform::Outcome::Kind::kPassed) << outcome.reason;
    ASSERT_EQ(recorder_->close(), "");
    ASSERT_EQ(recorder_->refused(), 0U);
  }
  std::string path() const { return directory_.file("demo.fst"); }

  std::uint64_t memory(std::uint64_t address, unsigned bytes) {
    std::vector<std::uint8_t> data(bytes);
    EXPECT_TRUE(soc_->read(address, data)) << std::hex << address;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{data[i]} << (8 * i);
    return value;
  }
  /// Each read is where its index in the table of the level above puts it, and shows what memory
  /// holds. Returns the last PTE.
  std::uint64_t check_walk(const Translation& t) {
    const Mode& mode = GetParam();
    EXPECT_EQ(t.reads.size(), mode.levels);
    std::uint64_t table = t.reads.empty() ? 0 : t.reads[0].pte_address & ~std::uint64_t{0xfff};
    std::uint64_t last_ps = t.begin_ps;
    std::uint64_t pte = 0;
    for (std::size_t i = 0; i < t.reads.size(); ++i) {
      const unsigned level = mode.levels - 1 - static_cast<unsigned>(i);
      const std::uint64_t index =
          t.va >> (12 + level * mode.index_bits) & ((1U << mode.index_bits) - 1);
      const WalkRead& read = t.reads[i];
      EXPECT_EQ(read.level, "level" + std::to_string(level));
      EXPECT_EQ(read.pte_address, table + index * mode.pte_bytes) << read.level;
      EXPECT_EQ(read.pte, memory(read.pte_address, mode.pte_bytes)) << read.level;
      EXPECT_GT(read.time_ps, last_ps) << read.level;
      last_ps = read.time_ps;
      pte = read.pte;
      table = (pte >> 10) << 12;
    }
    return pte;
  }

  Temporary directory_;
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<platform::Soc> soc_;
};

TEST_P(WaveRunTest, TellsMissWalkRefillHitAndFaultAsMemoryHasThem) {
  run();
  const WaveReader dump(path());
  const auto story = find_episode(dump, {});
  ASSERT_TRUE(story);
  ASSERT_EQ(story->translations.size(), 3U);
  const Translation& miss = story->translations[0];
  const Translation& hit = story->translations[1];
  const Translation& fault = story->translations[2];

  EXPECT_EQ(miss.access, "load");
  EXPECT_EQ(miss.va, kPresent);
  EXPECT_TRUE(miss.missed);
  const std::uint64_t leaf = check_walk(miss);
  ASSERT_EQ(miss.end, End::kRefill);
  EXPECT_GT(miss.refill_ps, miss.reads.back().time_ps);
  EXPECT_EQ(miss.pa, (leaf >> 10) << 12);

  EXPECT_GT(hit.begin_ps, miss.refill_ps);
  EXPECT_EQ(hit.end, End::kHit);
  EXPECT_FALSE(hit.missed_l1);
  EXPECT_EQ(hit.va, kPresent);
  EXPECT_EQ(hit.pa, miss.pa);
  EXPECT_THAT(hit.reads, IsEmpty());

  EXPECT_GT(fault.begin_ps, hit.begin_ps);
  EXPECT_EQ(fault.va, kMissing);
  EXPECT_EQ(check_walk(fault) & 1U, 0U);  // V=0
  ASSERT_EQ(fault.end, End::kFault);
  EXPECT_GT(fault.fault_ps, fault.reads.back().time_ps);
  EXPECT_EQ(fault.fault_cause, "load_page_fault");
  EXPECT_THAT(fault.fault_text, HasSubstr("has V=0"));

  EXPECT_THAT(check_save_file(LOOKASIDE_WAVES_DIRECTORY "/platform.gtkw", dump), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Modes, WaveRunTest, ::testing::ValuesIn(kModes), [](const auto& instance) {
  std::string name = instance.param.name;
  name[4] = '_';
  return name;
});

}  // namespace
}  // namespace lookaside::record
