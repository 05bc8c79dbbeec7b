// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <lookaside/record/core/error.h>
#include <lookaside/record/core/save_file.h>
#include <lookaside/record/core/wave_buffer.h>

#include "record/temporary.h"

namespace lookaside::record {
namespace {

using observe::SignalKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::message_of;
using tests::Temporary;

class SaveFileTest : public ::testing::Test {
 protected:
  SaveFileTest() {
    WaveBuffer buffer(fst(), {});
    buffer.declare({"hart0.mmu", "va", SignalKind::kBits, 64, {}, ""});
    buffer.declare({"hart0.mmu", "outcome", SignalKind::kEnum, 2, {{0, "hit"}, {1, "miss"}}, ""});
    buffer.declare({"hart0", "instruction", SignalKind::kText, 0, {}, ""});
    buffer.declare({"uart0", "irq", SignalKind::kBits, 1, {}, ""});
    EXPECT_EQ(buffer.close(10), "");
  }
  std::string fst() const { return directory_.file("run.fst"); }
  std::string save() const { return directory_.file("run.gtkw"); }
  std::vector<std::string> check(const std::string& content) const {
    Temporary::write(save(), content);
    return check_save_file(save(), WaveReader(fst()));
  }
  std::string error(const std::string& content) const {
    Temporary::write(save(), content);
    return message_of<RecordError>([&] { (void)read_save_file(save()); });
  }
  Temporary directory_;
};

TEST_F(SaveFileTest, ReadsRowsWithFlagsAndAliases) {
  Temporary::write(
      save(),
      "[*] a comment\n[savefile] \"/x/y\"\n*-2.0 0 -1\n@800200\n-Hart\n@22\n[color] 3\n"
      "+{virtual address} hart0.mmu.va[63:0]\n@1000200\n-Hart\n@28\nuart0.irq\n");
  const auto rows = read_save_file(save());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].name, "hart0.mmu.va");
  EXPECT_EQ(rows[0].range, "[63:0]");
  EXPECT_EQ(rows[0].alias, "virtual address");
  EXPECT_EQ(rows[0].flags, kShowHex | kRightJustify);
  EXPECT_EQ(rows[0].line, 8U);
  EXPECT_EQ(rows[1].name, "uart0.irq");
  EXPECT_EQ(rows[1].flags, kShowBinary | kRightJustify);
}

TEST_F(SaveFileTest, AcceptsWhatTheDumpHolds) {
  EXPECT_THAT(check("@22\nhart0.mmu.va[63:0]\n@100000028\nhart0.mmu.outcome[1:0]\n@20\n"
                    "hart0.instruction\n@28\nuart0.irq\n"),
              IsEmpty());
}

TEST_F(SaveFileTest, NamesEachDefectWithItsLine) {
  EXPECT_THAT(check("@22\nhart0.mmu.vaa[63:0]\n"),
              ElementsAre(HasSubstr("run.gtkw:2: signal 'hart0.mmu.vaa' is not in")));
  EXPECT_THAT(check("@22\nhart0.mmu.vaa[63:0]\n"),
              ElementsAre(HasSubstr("did you mean 'hart0.mmu.va'?")));
  // Without the range, or with a wrong one, GTKWave drops the row.
  EXPECT_THAT(check("@22\nhart0.mmu.va\n"),
              ElementsAre(HasSubstr("should be 'hart0.mmu.va[63:0]'")));
  EXPECT_THAT(check("@28\nuart0.irq[0:0]\n"), ElementsAre(HasSubstr("should be 'uart0.irq'")));
  EXPECT_THAT(check("@22\nhart0.mmu.outcome[1:0]\n"), ElementsAre(HasSubstr("has names")));
  EXPECT_THAT(check("@100000028\nhart0.mmu.va[63:0]\n"), ElementsAre(HasSubstr("has no names")));
}

TEST_F(SaveFileTest, FiltersAreFoundBesideTheSaveFileWhereverThatLies) {
  const std::string head = "[savefile] \"/made/up/run.gtkw\"\n@4022\n^>1 /made/up/filters/hex\n";
  EXPECT_THAT(check(head + "hart0.mmu.va[63:0]\n"),
              ElementsAre(HasSubstr("filters/hex' of signal 'hart0.mmu.va' cannot be run")));
  const std::string filter = directory_.file("filters/hex");
  std::filesystem::create_directory(directory_.file("filters"));
  Temporary::write(filter, "#!/bin/sh\ncat\n");
  std::filesystem::permissions(filter, std::filesystem::perms::owner_all);
  EXPECT_THAT(check(head + "hart0.mmu.va[63:0]\n"), IsEmpty());
  EXPECT_EQ(read_save_file(save())[0].filter, filter);
  EXPECT_THAT(error("@22\n^>1 /x\nhart0.mmu.va[63:0]\n"), HasSubstr("not its flag 4000"));
  EXPECT_THAT(error("@4022\nhart0.mmu.va[63:0]\n"), HasSubstr("flag of a filter but none"));
  EXPECT_THAT(error("@4022\n^7\n"), HasSubstr("run.gtkw:2: found '^7'"));
}

TEST_F(SaveFileTest, MalformedFilesGiveFileAndLine) {
  EXPECT_THAT(error("@2z\n"), HasSubstr("run.gtkw:1: found '@2z'"));
  EXPECT_THAT(error("@800200\n-Hart\n"), HasSubstr("does not end"));
  EXPECT_THAT(error("@1000200\n-Hart\n"), HasSubstr("was not begun"));
  EXPECT_THAT(error("@22\n-Hart\n"), HasSubstr("run.gtkw:2: the heading"));
  EXPECT_THAT(error("@200\nuart0.irq\n"), HasSubstr("under flags for headings"));
  EXPECT_THAT(error("@22\n+{x uart0.irq\n"), HasSubstr("expected '+{alias} signal'"));
  EXPECT_THAT(error("@22\n?\n"), HasSubstr("expected a signal name"));
  EXPECT_THAT(message_of<RecordError>([&] { (void)read_save_file(directory_.file("none")); }),
              HasSubstr("none: cannot be read"));
}

}  // namespace
}  // namespace lookaside::record
