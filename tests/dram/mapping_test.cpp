// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/dram/mapping.h>
#include <lookaside/dram/preset.h>

namespace lookaside::dram {
namespace {

using testing::HasSubstr;

Organization organization(unsigned channels = 1, unsigned ranks = 1) {
  return {builtin_device("DDR4-2400"), channels, ranks, 64};
}

std::string refusal(const std::string& fields, const std::vector<std::string>& terms = {}) {
  try {
    const Mapping map(organization(), fields, terms);
  } catch (const MappingError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Mapping, RowBankBankGroupColumn) {
  const Mapping map(organization(), "row:bank:bank_group:column");
  EXPECT_EQ(map.bytes(), std::uint64_t{8} << 30);
  EXPECT_EQ(map.locate(0x0), (Coordinates{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(map.locate(0x3F), (Coordinates{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(map.locate(0x40), (Coordinates{0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(map.locate(0x1FFF), (Coordinates{0, 0, 0, 0, 0, 127}));
  EXPECT_EQ(map.locate(0x2000), (Coordinates{0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(map.locate(0x8000), (Coordinates{0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(map.locate(0x2'0000), (Coordinates{0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(map.locate(0x1'FFFF'FFFF), (Coordinates{0, 0, 3, 3, 65535, 127}));
}

TEST(Mapping, SplitFields) {
  const Mapping map(organization(2, 2), "row:column[6:2]:rank:bank:bank_group:column[1:0]:channel");
  EXPECT_EQ(map.locate(0x40), (Coordinates{1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(map.locate(0x80), (Coordinates{0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(map.locate(0x200), (Coordinates{0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(map.locate(0x800), (Coordinates{0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(map.locate(0x2000), (Coordinates{0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(map.locate(0x4000), (Coordinates{0, 0, 0, 0, 0, 4}));
  EXPECT_EQ(map.locate(0x8'0000), (Coordinates{0, 0, 0, 0, 1, 0}));
}

TEST(Mapping, ExclusiveOr) {
  const Mapping map(organization(), "row:bank:bank_group:column",
                    {"bank[0]^row[3]^row[5]", "bank_group[1]^row[0]"});
  EXPECT_EQ(map.locate(0x2'0000), (Coordinates{0, 0, 2, 0, 1, 0}));
  EXPECT_EQ(map.locate(0x10'0000), (Coordinates{0, 0, 0, 1, 8, 0}));
  EXPECT_EQ(map.locate(0x50'0000), (Coordinates{0, 0, 0, 0, 40, 0}));
  EXPECT_EQ(map.locate(0x50'8000), (Coordinates{0, 0, 0, 1, 40, 0}));
}

TEST(Mapping, FieldsAreTakenInEitherCase) {
  const Mapping map(organization(), "Row:BANK:bank_Group:column", {"Bank[0]^ROW[3]"});
  EXPECT_EQ(map.locate(0x10'2000), (Coordinates{0, 0, 1, 1, 8, 0}));
  EXPECT_THAT(refusal("row:BNAK:bank_group:column"), HasSubstr("did you mean 'bank'?"));
}

TEST(Mapping, TheInverseIsTheInverse) {
  const Mapping maps[] = {
      Mapping(organization(), "row:bank:bank_group:column"),
      Mapping(organization(4, 2), "row:rank:column[6:1]:bank:bank_group:column[0]:channel"),
      Mapping(
          organization(2, 1), "row:bank:bank_group:column:channel",
          {"channel[0]^row[0]^bank[1]", "bank[0]^row[1]", "bank[1]^bank[0]", "row[0]^column[3]"})};
  std::mt19937_64 random(4);
  for (const Mapping& map : maps) {
    for (unsigned i = 0; i < 10000; ++i) {
      const std::uint64_t address = random() % map.bytes() / 64 * 64;
      ASSERT_EQ(map.address(map.locate(address)), address) << std::hex << address;
    }
  }
}

TEST(MappingRefused, WhatIsNoBijection) {
  EXPECT_THAT(refusal("row:bank:column"), HasSubstr("bank_group[0] is missing"));
  EXPECT_THAT(refusal("row:bank:bank_group:bank:column"), HasSubstr("bank[0] stands twice"));
  EXPECT_THAT(refusal("row:bank:bank_group:column[6:2]:column[0]"),
              HasSubstr("no bijection: column[1] is missing"));
  EXPECT_THAT(refusal("row[16:0]:bank:bank_group:column"), HasSubstr("row[16] does not exist"));
  EXPECT_THAT(refusal("row:bank:bank_group:column", {"bank[0]^bank[0]"}),
              HasSubstr("no bijection"));
  EXPECT_THAT(refusal("row:bank:bank_group:column", {"bank[0]^row[0]", "row[0]^bank[0]"}),
              HasSubstr("no bijection"));
  EXPECT_EQ(refusal("row:bank:bank_group:column", {"bank[0]^row[0]", "row[1]^bank[0]"}),
            "accepted");
}

TEST(MappingRefused, WhatCannotBeRead) {
  EXPECT_THAT(refusal("row:bnak:bank_group:column"),
              HasSubstr("unknown field 'bnak'; did you mean 'bank'?"));
  EXPECT_THAT(refusal("row:bank:bank_group:column[x]"), HasSubstr("expected field"));
  EXPECT_THAT(refusal("row:bank:bank_group:column[6:2"), HasSubstr("expected field"));
  EXPECT_THAT(refusal(""), HasSubstr("missing"));
  EXPECT_THAT(refusal("row:bank:bank_group:column", {"bank[0]"}), HasSubstr("expected field[bit]"));
  EXPECT_THAT(refusal("row:bank:bank_group:column", {"bank[7]^row[0]"}), HasSubstr("no bit"));
  EXPECT_EQ(refusal("row:bank:bank_group:column", {"bank[0]^row[99]"}),
            "exclusive or 'bank[0]^row[99]': 'row[99]'; expected field, field[bit] or "
            "field[high:low]");
  const Organization three = organization(3, 1);
  EXPECT_THROW(Mapping(three, "row:bank:bank_group:column:channel"), MappingError);
}

}  // namespace
}  // namespace lookaside::dram
