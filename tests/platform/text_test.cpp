// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <lookaside/platform/text.h>

namespace lookaside::platform {
namespace {

TEST(Text, IntegersAreDecimalOrHexadecimalAndNothingElse) {
  EXPECT_EQ(parse_integer("42"), 42U);
  EXPECT_EQ(parse_integer("0x80000000"), 0x80000000U);
  EXPECT_EQ(parse_integer("18446744073709551615"), ~0ULL);
  for (const char* bad : {"", "0x", "-1", "+1", "1 ", " 1", "12a", "1.0", "18446744073709551616"}) {
    EXPECT_FALSE(parse_integer(bad)) << '"' << bad << '"';
  }
}

TEST(Text, SizesKnowTheirUnitsAndTheirLimit) {
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("4KiB"), 4096U);
  EXPECT_EQ(parse_size("128 MiB"), 134217728U);
  EXPECT_EQ(parse_size("17179869183GiB"), 17179869183ULL << 30);
  for (const char* bad : {"17179869184GiB", "KiB", "1KB", "1kib", "1.5GiB", "1 GiB "}) {
    EXPECT_FALSE(parse_size(bad)) << '"' << bad << '"';
  }
}

TEST(Text, DurationsNeedAUnit) {
  EXPECT_EQ(parse_duration_ps("1ns"), 1000U);
  EXPECT_EQ(parse_duration_ps("1.5 ms"), 1500000000U);
  EXPECT_EQ(parse_duration_ps("20us"), 20000000U);
  EXPECT_EQ(parse_duration_ps("2s"), 2000000000000U);
  for (const char* bad : {"1", "", "s", "-1s", "1h", "inf s", "nans", "1e30s", "1..5ms"}) {
    EXPECT_FALSE(parse_duration_ps(bad)) << '"' << bad << '"';
  }
}

TEST(Text, SizesAndDurationsAreWrittenAsAPersonWould) {
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(1000), "1000");
  EXPECT_EQ(format_size(8192), "8KiB");
  EXPECT_EQ(format_size(3ULL << 30), "3GiB");
  EXPECT_EQ(format_duration(999), "999 ps");
  EXPECT_EQ(format_duration(1204000000), "1.204 ms");
}

TEST(Text, EditDistanceCountsSwapsOnce) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("entires", "entries"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("DDR4-2400", "ddr4-2400"), 0U);
  EXPECT_EQ(edit_distance("DDR4-2040", "ddr4-2400"), 1U);
}

TEST(Text, NearestFindsWhatWasMeantOrNothing) {
  const std::vector<std::string> names{"mmu.l1d.entries", "mmu.l1i.entries", "memory.size"};
  EXPECT_EQ(nearest("mmu.l1d.entires", names), "mmu.l1d.entries");
  EXPECT_EQ(nearest("ram.size", names), "memory.size");
  EXPECT_EQ(nearest("entries", names), "");
  EXPECT_EQ(nearest("zzzzzzzz", names), "");
}

}  // namespace
}  // namespace lookaside::platform
