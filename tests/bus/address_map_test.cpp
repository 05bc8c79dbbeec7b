// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/bus/address_map.h>

namespace lookaside::bus {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::uint64_t kTop = ~std::uint64_t{0};

std::string refusal(AddressMap& map, const Mapping& mapping) {
  try {
    map.add(mapping);
  } catch (const RouterError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(AddressMap, FindsTheFirstAndTheLastByteAndNothingBeside) {
  AddressMap map;
  map.add({0x2000, 0x2FFF, 1, 0, "b"});
  map.add({0x1000, 0x1FFF, 0, 0, "a"});
  map.add({0x8000, 0x8000, 2, 0, "c"});
  EXPECT_EQ(map.find(0xFFF), nullptr);
  EXPECT_EQ(map.find(0x1000)->target, 0U);
  EXPECT_EQ(map.find(0x1FFF)->target, 0U);
  EXPECT_EQ(map.find(0x2000)->target, 1U);
  EXPECT_EQ(map.find(0x2FFF)->target, 1U);
  EXPECT_EQ(map.find(0x3000), nullptr);
  EXPECT_EQ(map.find(0x7FFF), nullptr);
  EXPECT_EQ(map.find(0x8000)->target, 2U);
  EXPECT_EQ(map.find(0x8001), nullptr);
  EXPECT_EQ(map.find(0), nullptr);
  EXPECT_EQ(map.find(kTop), nullptr);
}

TEST(AddressMap, ARangeMustLieInOneMapping) {
  AddressMap map;
  map.add({0x1000, 0x1FFF, 0, 0, "a"});
  map.add({0x2000, 0x2FFF, 1, 0, "b"});
  map.add({kTop - 7, kTop, 2, 0, "top"});
  EXPECT_NE(map.find(0x1000, 0x1000), nullptr);
  EXPECT_EQ(map.find(0x1000, 0x1001), nullptr) << "runs into the neighbour";
  EXPECT_NE(map.find(0x1FFC, 4), nullptr);
  EXPECT_EQ(map.find(0x1FFD, 4), nullptr);
  EXPECT_EQ(map.find(0xFFF, 2), nullptr) << "begins in a hole";
  EXPECT_EQ(map.find(0x1000, 0), nullptr) << "empty";
  EXPECT_NE(map.find(kTop - 7, 8), nullptr);
  EXPECT_EQ(map.find(kTop - 7, 9), nullptr) << "wraps";
  EXPECT_EQ(map.find(kTop, kTop), nullptr) << "wraps";
}

TEST(AddressMap, OverlapsAreRefusedWithBothNames) {
  AddressMap map;
  map.add({0x1000, 0x1FFF, 0, 0, "uart0"});
  const auto names_both =
      AllOf(HasSubstr("'dma' [0x"), HasSubstr("'uart0' [0x1000, 0x1fff]"), HasSubstr("overlaps"));
  EXPECT_THAT(refusal(map, {0x1FFF, 0x2FFF, 1, 0, "dma"}), names_both);
  EXPECT_THAT(refusal(map, {0x0, 0x1000, 1, 0, "dma"}), names_both);
  EXPECT_THAT(refusal(map, {0x1000, 0x1FFF, 1, 0, "dma"}), names_both);
  EXPECT_THAT(refusal(map, {0x1800, 0x1800, 1, 0, "dma"}), names_both);
  EXPECT_THAT(refusal(map, {0x0, kTop, 1, 0, "dma"}), names_both);
  EXPECT_THAT(refusal(map, {0x3000, 0x2FFF, 1, 0, "dma"}), HasSubstr("past the end"));
  EXPECT_EQ(map.mappings().size(), 1U);
  EXPECT_EQ(refusal(map, {0x2000, 0x2FFF, 1, 0, "dma"}), "accepted");
  EXPECT_EQ(refusal(map, {0x0, 0xFFF, 1, 0, "rom"}), "accepted");
}

TEST(AddressMap, HolesReachFromMappingToMapping) {
  AddressMap map;
  EXPECT_EQ(map.hole(5).first, 0U);
  EXPECT_EQ(map.hole(5).last, kTop);
  map.add({0x1000, 0x1FFF, 0, 0, "a"});
  map.add({0x8000, 0x8FFF, 1, 0, "b"});
  EXPECT_EQ(map.hole(0).first, 0U);
  EXPECT_EQ(map.hole(0).last, 0xFFFU);
  EXPECT_EQ(map.hole(0x3000).first, 0x2000U);
  EXPECT_EQ(map.hole(0x3000).last, 0x7FFFU);
  EXPECT_EQ(map.hole(0x9000).first, 0x9000U);
  EXPECT_EQ(map.hole(0x9000).last, kTop);
}

}  // namespace
}  // namespace lookaside::bus
