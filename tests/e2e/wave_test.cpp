// SPDX-License-Identifier: Apache-2.0
// Reads a waveform back and finds what the guest's own page table makes inevitable: a miss, the PTE
// of each level with address and value, the refill, the hit that follows, and the fault by name.
#include <optional>

#include <gmock/gmock.h>

#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "e2e/guests.h"
#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using namespace rv;
using record::WaveChange;
using record::WaveReader;

constexpr std::uint64_t kRoot = kRam + 0x1000, kMiddle = kRam + 0x2000, kLeaf = kRam + 0x3000;
constexpr std::uint64_t kData = kRam + 0x4000;
constexpr std::uint64_t kVa = 0x40201008;  // root index 1, middle index 1, leaf index 1
constexpr std::uint64_t kPointer = 0x01, kReadOnly = 0x43;  // V; V, R, A

std::uint64_t pte(std::uint64_t pa, std::uint64_t bits) {
  return pa >> 12 << 10 | bits;
}

/// One page of Sv39 table whose entry 1 is `value`.
ElfBuilder::Bytes table(std::uint64_t value) {
  ElfBuilder::Bytes page(8, 0);
  ElfBuilder::append(page, value, 8);
  page.resize(4096, 0);
  return page;
}

/// M-mode with MPRV and MPP = S: loads from kVa twice, then stores there; the handler passes.
std::vector<std::uint8_t> story() {
  Code code{auipc(kT0, 0),
            addi(kT0, kT0, 19 * 4),
            csrw(kMtvec, kT0),
            addi(kT0, kZero, 8),  // Sv39
            slli(kT0, kT0, 60),
            auipc(kT1, 1),
            srli(kT1, kT1, 12),
            or_(kT0, kT0, kT1),
            csrw(kSatp, kT0),
            addi(kT0, kZero, -1),
            csrw(kPmpaddr0, kT0),
            addi(kT0, kZero, 0x1f),
            csrw(kPmpcfg0, kT0),
            lui(kT0, 0x21),  // MPRV and, with the next, MPP = S
            addi(kT0, kT0, -2048),
            lui(kT1, kVa >> 12),
            csrw(kMstatus, kT0),
            load(3, kT2, kT1, kVa & 0xfff),
            load(3, kT2, kT1, kVa & 0xfff)};
  code.push_back(store(3, kT2, kT1, kVa & 0xfff));  // faults; the handler stands one behind it
  code[1] = addi(kT0, kT0, static_cast<int>(4 * code.size()));
  for (const std::uint32_t word : finish(0x5555)) code.push_back(word);
  return ElfBuilder(64)
      .entry(kRam)
      .code(kRam, code, 0x1000)
      .segment(kRoot, table(pte(kMiddle, kPointer)))
      .segment(kMiddle, table(pte(kLeaf, kPointer)))
      .segment(kLeaf, table(pte(kData, kReadOnly)))
      .segment(kData, {}, 0x1000)
      .build();
}

class Wave : public ProgramTest {
 protected:
  Wave() {
    const Finished result =
        lookaside({"run", write("story.elf", story()), "--wave", in("story.fst")});
    EXPECT_EQ(result.status, 0) << result.err;
    dump_.emplace(in("story.fst"));
    changes_ = dump_->changes();
  }
  /// Time of the first change of `signal` to `shown` at or after `from`.
  std::uint64_t find(const std::string& signal, const std::string& shown,
                     std::uint64_t from) const {
    const auto index = dump_->find(signal);
    EXPECT_TRUE(index.has_value()) << signal;
    for (const WaveChange& change : changes_) {
      if (index && change.signal == *index && change.time_ps >= from &&
          dump_->shown(change) == shown) {
        return change.time_ps;
      }
    }
    ADD_FAILURE() << signal << " never becomes " << shown << " after " << from << " ps";
    return ~std::uint64_t{0};
  }
  /// The same for a number.
  std::uint64_t find(const std::string& signal, std::uint64_t value, std::uint64_t from) const {
    const auto index = dump_->find(signal);
    EXPECT_TRUE(index.has_value()) << signal;
    for (const WaveChange& change : changes_) {
      if (index && change.signal == *index && change.time_ps >= from && change.known &&
          change.value == value) {
        return change.time_ps;
      }
    }
    ADD_FAILURE() << signal << " never becomes " << std::hex << value;
    return ~std::uint64_t{0};
  }
  std::optional<WaveReader> dump_;
  std::vector<WaveChange> changes_;
};

TEST_F(Wave, TellsTheStoryInOrder) {
  const std::string mmu = "hart0.mmu.";
  std::uint64_t at = find(mmu + "va", kVa, 0);
  at = find(mmu + "outcome", "l1_miss", at);
  const struct {
    const char* level;
    std::uint64_t address, value;
  } reads[] = {{"level2", kRoot + 8, pte(kMiddle, kPointer)},
               {"level1", kMiddle + 8, pte(kLeaf, kPointer)},
               {"level0", kLeaf + 8, pte(kData, kReadOnly)}};
  for (const auto& read : reads) {
    at = find(mmu + "walk_level", read.level, at);
    EXPECT_EQ(find(mmu + "pte_address", read.address, at), at) << read.level;
    at = find(mmu + "pte", read.value, at);
  }
  at = find(mmu + "outcome", "refill", at);
  at = find(mmu + "pa", kData + (kVa & 0xfff), at);
  at = find(mmu + "outcome", "l1_hit", at + 1);
  EXPECT_EQ(find(mmu + "va", kVa, at), at) << "the hit is one on the same address";
  at = find(mmu + "outcome", "fault", at);
  EXPECT_EQ(find(mmu + "fault_cause", "store_page_fault", at), at);
}

TEST_F(Wave, TheSaveFileNamesOnlySignalsThatExist) {
  EXPECT_THAT(record::check_save_file(LOOKASIDE_WAVES_DIRECTORY "/platform.gtkw", *dump_),
              ::testing::IsEmpty());
}

TEST_F(Wave, AWindowKeepsTheFileSmall) {
  const Finished result = lookaside({"run", in("story.elf"), "--wave", in("part.fst"),
                                     "--wave-from", "200ns", "--wave-to", "300ns"});
  ASSERT_EQ(result.status, 0) << result.err;
  const WaveReader part(in("part.fst"));
  EXPECT_LT(part.changes().size(), changes_.size());
  for (const WaveChange& change : part.changes()) EXPECT_LE(change.time_ps, 300000U);
}

}  // namespace
}  // namespace lookaside::tests
