// SPDX-License-Identifier: Apache-2.0
// The text of a stimulus: read, written, refused.
#include "cosim/stimulus.h"

#include <gmock/gmock.h>

#include <lookaside/translation/format.h>

namespace lookaside::cosim {
namespace {

using translation::Access;
using translation::Context;
using translation::FenceForm;
using translation::Privilege;

/// One operation of each kind, and every form of those that have forms.
std::vector<Operation> every_operation() {
  Context c;
  c.format = &translation::kSv39;
  c.root = 0x8020'1000;
  c.asid = 7;
  c.fetch_privilege = Privilege::kSupervisor;
  c.data_privilege = Privilege::kUser;
  c.sum = true;
  c.ad_update = translation::AdUpdate::kFault;
  std::vector<Operation> all = {
      lookup(0xffff'ffff'c000'0123, 0xFFFF),
      fill(0x1000, 1, 0x80200, 2, true, 0x2B),
      drop(0x1000, 1),
      context(c),
      context(Context{}),
      pmp(3, 0x9F, 0x3F'FFFF'FFFF'FFFF),
      write(0x8020'1008, 8, ~std::uint64_t{0}),
      write(0x8020'1008, 4, 1, 2),
      bus_error(0x8020'1010),
      latency(9),
  };
  for (unsigned form = 0; form < 4; ++form) {
    all.push_back(fence({static_cast<FenceForm>(form), 0x5000, 3}));
    all.push_back(fence({static_cast<FenceForm>(form), 0x5000, 3}, 1));
  }
  for (unsigned kind = 0; kind < translation::kAccessCount; ++kind) {
    all.push_back(access(static_cast<Access>(kind), 0x4000, 8));
  }
  return all;
}

TEST(Stimulus, ReadsBackWhatItWrites) {
  Stimulus stimulus;
  stimulus.block = "tlb";
  stimulus.settings = {{"format", "sv39"}, {"entries", "16"}};
  stimulus.operations = every_operation();
  const std::string text = text_of(stimulus);
  const Stimulus back = parse_stimulus(text, "x.stim");
  EXPECT_EQ(back.block, "tlb");
  EXPECT_EQ(back.setting("format", ""), "sv39");
  EXPECT_EQ(back.number("entries", 0), 16U);
  EXPECT_EQ(back.number("ways", 4), 4U);
  ASSERT_EQ(back.operations.size(), stimulus.operations.size());
  for (std::size_t i = 0; i < back.operations.size(); ++i) {
    EXPECT_EQ(back.operations[i], stimulus.operations[i]) << line_of(stimulus.operations[i]);
    EXPECT_EQ(back.operations[i].line, i + 2);
  }
  EXPECT_EQ(text_of(back), text);
}

TEST(Stimulus, LinesReadAsDocumented) {
  EXPECT_EQ(line_of(fill(0x1000, 1, 0x80200, 0, false, 0x3B)),
            "fill va=0x1000 asid=0x1 ppn=0x80200 level=0 global=0 perm=rw-uad");
  EXPECT_EQ(line_of(fence({FenceForm::kAll, 5, 5})), "fence form=all");
  EXPECT_EQ(line_of(fence({FenceForm::kAddressAsid, 0x1000, 1}, 2)),
            "fence form=address+asid va=0x1000 asid=0x1 phase=2");
  EXPECT_EQ(line_of(access(Access::kLoadReserved, 0x1000, 4)),
            "access kind=load-reserved va=0x1000 bytes=4");
  EXPECT_EQ(line_of(context(Context{})),
            "context format=bare root=0x0 asid=0x0 fetch=M data=M sum=0 mxr=0 ad=hardware");
}

TEST(Stimulus, CommentsAndBlankLinesDoNotCount) {
  const Stimulus s = parse_stimulus("# why\n\nblock tlb   # shape\n  lookup va=4096 asid=0\n", "x");
  ASSERT_EQ(s.operations.size(), 1U);
  EXPECT_EQ(s.operations[0], lookup(0x1000, 0));
  EXPECT_EQ(s.operations[0].line, 4U);
}

struct Bad {
  const char* text;
  const char* message;
};

TEST(Stimulus, BadLinesAreNamed) {
  const Bad rows[] = {
      {"", "x.stim: found an empty file, expected the line of a block, e.g. 'block tlb "},
      {"# nothing\n\n", "x.stim: found no line of a block, expected"},
      {"lookup va=1 asid=1\n", "x.stim:1: found 'lookup va=1 asid=1', expected the line of the"},
      {"block\n", "x.stim:1: found 'block', expected"},
      {"block tlb entries\n", "x.stim:1: found 'entries', expected key=value"},
      {"block tlb a=1 a=2\n", "x.stim:1: found 'a' twice"},
      {"block tlb\n\nlokup va=1 asid=1\n",
       "x.stim:3: found operation 'lokup' (did you mean 'lookup'"},
      {"block tlb\nlookup va=1 asd=1\n", "x.stim:2: found field 'asd' (did you mean 'asid'?)"},
      {"block tlb\nlookup va=1\n", "x.stim:2: found no 'asid', expected lookup with va, asid"},
      {"block tlb\nlookup va=1 asid=0x10000\n",
       "x.stim:2: asid: found '0x10000', expected an integer from 0 to 0xffff"},
      {"block tlb\nlookup va=-1 asid=0\n", "x.stim:2: va: found '-1', expected an integer"},
      {"block tlb\nlookup va=1 va=1 asid=0\n", "x.stim:2: found 'va' twice"},
      {"block tlb\nfence form=al\n", "x.stim:2: form: found 'al', expected one of all, asid"},
      {"block tlb\nfence form=all va=1\n", "x.stim:2: found 'va', which a fence of this form"},
      {"block tlb\nfence form=address\n", "x.stim:2: found no 'va'"},
      {"block tlb\nfill va=1 asid=0 ppn=1 level=0 global=2 perm=r-----\n",
       "x.stim:2: global: found"},
      {"block tlb\nfill va=1 asid=0 ppn=1 level=5 global=0 perm=r-----\n",
       "x.stim:2: level: found"},
      {"block tlb\nfill va=1 asid=0 ppn=1 level=0 global=0 perm=wr----\n",
       "x.stim:2: perm: found 'wr----', expected rwxuad"},
  };
  for (const Bad& row : rows) {
    try {
      parse_stimulus(row.text, "x.stim");
      ADD_FAILURE() << "accepted: " << row.text;
    } catch (const StimulusError& error) {
      EXPECT_THAT(error.what(), ::testing::StartsWith(row.message)) << row.text;
    }
  }
}

TEST(Stimulus, UnknownSettingsAreNamedWithTheNearest) {
  const Stimulus s = parse_stimulus("block tlb entris=16\n", "x.stim");
  try {
    s.expect_settings({"entries", "ways"});
    FAIL();
  } catch (const StimulusError& error) {
    EXPECT_STREQ(
        error.what(),
        "x.stim: block tlb: found setting 'entris' (did you mean 'entries'?), expected one "
        "of entries, ways");
  }
  EXPECT_THROW(parse_stimulus("block tlb entries=x\n", "x").number("entries", 1), StimulusError);
}

}  // namespace
}  // namespace lookaside::cosim
