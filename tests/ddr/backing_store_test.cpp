// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/ddr/backing_store.h>

namespace lookaside::ddr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::uint64_t kGiB = 1ULL << 30;

std::string refusal(const std::vector<Region>& regions) {
  try {
    const BackingStore store(regions);
  } catch (const DdrError& error) {
    return error.what();
  }
  return "accepted";
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

TEST(BackingStore, FindsWholeRangesOnly) {
  const BackingStore store({{0x8000'0000, 0x2000}, {0x1'0000'0000, 0x1000}});
  EXPECT_EQ(store.find(0x7FFF'FFFF, 1), nullptr);
  ASSERT_NE(store.find(0x8000'0000, 0x2000), nullptr);
  EXPECT_EQ(store.find(0x8000'0000, 0x2001), nullptr);
  EXPECT_NE(store.find(0x8000'1FFF, 1), nullptr);
  EXPECT_EQ(store.find(0x8000'1FFF, 2), nullptr);
  EXPECT_EQ(store.find(0x8000'0000, 0), nullptr);
  EXPECT_EQ(store.find(0x8000'0001, ~0ULL), nullptr) << "wraps";
  EXPECT_EQ(store.find(0x1'0000'0000, 1)->offset, 0x2000U) << "regions follow each other in DRAM";
}

TEST(BackingStore, TheTopOfTheAddressSpaceCanBeMemory) {
  const BackingStore store({{~0ULL - 0xFFF, 0x1000}});
  EXPECT_NE(store.find(~0ULL, 1), nullptr);
  EXPECT_EQ(store.find(~0ULL, 2), nullptr);
}

TEST(BackingStore, NeighboursAreOneRegion) {
  const BackingStore store({{0x3000, 0x1000}, {0x1000, 0x2000}, {0x8000, 0x1000}});
  ASSERT_EQ(store.spans().size(), 2U);
  EXPECT_EQ(store.spans()[0].first, 0x1000U);
  EXPECT_EQ(store.spans()[0].last, 0x3FFFU);
}

TEST(BackingStore, StartsAsZeroAndKeepsWhatIsWritten) {
  const BackingStore store({{0x1000, 0x1000}});
  const BackingStore::Span& span = store.spans()[0];
  EXPECT_EQ(*BackingStore::at(span, 0x1FFF), 0);
  *BackingStore::at(span, 0x1FFF) = 7;
  EXPECT_EQ(span.host[0xFFF], 7);
}

TEST(BackingStore, RefusesImpossibleRegionsByAddress) {
  EXPECT_THAT(refusal({}), HasSubstr("no memory region"));
  EXPECT_THAT(refusal({{0x1000, 0}}), HasSubstr("region at 0x1000 has size 0x0"));
  EXPECT_THAT(refusal({{~0ULL, 2}}), HasSubstr("0xffffffffffffffff has size 0x2"));
  EXPECT_THAT(
      refusal({{0x1000, 0x1001}, {0x2000, 0x1000}}),
      AllOf(HasSubstr("[0x2000, 0x2fff]"), HasSubstr("overlaps"), HasSubstr("[0x1000, 0x2000]")));
  EXPECT_THAT(refusal({{0x1000, 0x1000}, {0x1000, 0x1000}}), HasSubstr("overlaps"));
  EXPECT_THAT(refusal({{0x1000, ~0ULL - 0x1000}}), HasSubstr("the host refuses memory"));
}

TEST(BackingStore, SixteenGigabytesCostWhatIsTouched) {
  const std::uint64_t before = resident_bytes();
  const BackingStore store({{0x8000'0000, 16 * kGiB}});
  const BackingStore::Span& span = store.spans()[0];
  for (std::uint64_t gib = 0; gib < 16; ++gib) {
    *BackingStore::at(span, 0x8000'0000 + gib * kGiB) = static_cast<std::uint8_t>(gib + 1);
  }
  for (std::uint64_t gib = 0; gib < 16; ++gib) {
    EXPECT_EQ(*BackingStore::at(span, 0x8000'0000 + gib * kGiB), gib + 1);
  }
  // 16 pages, or 16 huge pages of 2 MiB where the host uses them.
  EXPECT_LT(resident_bytes(), before + 64 * (1ULL << 20));
}

}  // namespace
}  // namespace lookaside::ddr
