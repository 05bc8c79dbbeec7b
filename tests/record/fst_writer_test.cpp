// SPDX-License-Identifier: Apache-2.0
// What the writer writes, read by our reader and by GTKWave's own fst2vcd.
#include <cstdlib>

#include <gmock/gmock.h>

#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/fst_writer.h>

#include "record/temporary.h"

namespace lookaside::record {
namespace {

using observe::SignalDescription;
using observe::SignalKind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using tests::Temporary;

/// More names than the 512 characters at which a well-known reader cuts an enum table.
std::vector<observe::EnumName> long_table() {
  std::vector<observe::EnumName> names;
  for (std::uint64_t i = 0; i < 60; ++i) {
    names.push_back({i, "a_rather_long_name_number_" + std::to_string(i)});
  }
  return names;
}

std::vector<SignalDescription> some_signals() {
  return {{"hart0", "pc", SignalKind::kBits, 64, {}, "Address of the instruction."},
          {"hart0.mmu",
           "access",
           SignalKind::kEnum,
           2,
           {{0, "fetch"}, {1, "a load"}, {3, "st\\ore"}},
           "Kind of the access."},
          {"hart0.mmu", "fault", SignalKind::kEnum, 6, long_table(), ""},
          {"hart0", "instruction", SignalKind::kText, 0, {}, ""},
          {"ddr", "busy", SignalKind::kBits, 1, {}, ""}};
}

void write_some(const std::string& path) {
  FstWriter writer(path);
  writer.start(some_signals());
  writer.time(0);
  writer.set(0, 0x8000'0000'0000'1234U);
  writer.set(1, 3);
  writer.set(4, 1);
  writer.set_text(3, "lw\ta0, 0(sp)\n# <main>");
  writer.time(5000);
  writer.set(1, 2);
  writer.set(2, 59);
  writer.set(4, 0);
  writer.set_text(3, "");
  writer.close();
}

TEST(FstWriter, HierarchyEnumsAndSentencesComeBack) {
  const Temporary directory;
  write_some(directory.file("w.fst"));
  const WaveReader reader(directory.file("w.fst"));
  ASSERT_EQ(reader.signals().size(), 5U);
  const auto access = reader.find("hart0.mmu.access");
  ASSERT_TRUE(access);
  const WaveSignal& signal = reader.signals()[*access];
  EXPECT_EQ(signal.kind, SignalKind::kEnum);
  EXPECT_EQ(signal.width, 2U);
  EXPECT_EQ(signal.sentence, "Kind of the access.");
  EXPECT_EQ(signal.name_of(1), "a load");
  EXPECT_EQ(signal.name_of(3), "st\\ore");
  EXPECT_EQ(signal.name_of(2), "");
  const auto fault = reader.find("hart0.mmu.fault");
  ASSERT_TRUE(fault);
  EXPECT_EQ(reader.signals()[*fault].names.size(), 60U);
  EXPECT_EQ(reader.signals()[*fault].name_of(59), "a_rather_long_name_number_59");
  EXPECT_EQ(reader.signals()[*reader.find("hart0.instruction")].kind, SignalKind::kText);
  EXPECT_EQ(reader.signals()[*reader.find("hart0.pc")].sentence, "Address of the instruction.");
  EXPECT_EQ(reader.signals()[*reader.find("ddr.busy")].width, 1U);
}

TEST(FstWriter, ValuesComeBack) {
  const Temporary directory;
  write_some(directory.file("w.fst"));
  const WaveReader reader(directory.file("w.fst"));
  std::string seen;
  for (const WaveChange& change : reader.changes()) {
    if (!change.known) continue;
    seen += std::to_string(change.time_ps) + " " + reader.signals()[change.signal].name + "=" +
            reader.shown(change) + "\n";
  }
  // In file order: a scope's own signals first, then its children.
  EXPECT_EQ(seen,
            "0 hart0.pc=8000000000001234\n"
            "0 hart0.instruction=lw a0, 0(sp) # <main>\n"
            "0 hart0.mmu.access=st\\ore\n"
            "0 ddr.busy=1\n"
            "5000 hart0.instruction=\n"
            "5000 hart0.mmu.access=2\n"
            "5000 hart0.mmu.fault=a_rather_long_name_number_59\n"
            "5000 ddr.busy=0\n");
}

TEST(FstWriter, GtkwavesOwnConverterReadsTheSame) {
  const Temporary directory;
  write_some(directory.file("w.fst"));
  const std::string vcd = directory.file("w.vcd");
  ASSERT_EQ(std::system(("fst2vcd -e " + directory.file("w.fst") + " > " + vcd).c_str()), 0);
  const std::string text = Temporary::read(vcd);
  EXPECT_THAT(text,
              AllOf(HasSubstr("$timescale\n\t1ps\n$end"), HasSubstr("Jan  1 00:00:00 1970"),
                    HasSubstr("$scope module hart0 $end"), HasSubstr("$scope module mmu $end"),
                    HasSubstr("a_rather_long_name_number_59")));
  EXPECT_THAT(text, AllOf(HasSubstr("#5000"), HasSubstr("b111011 "), HasSubstr("b11 ")));
}

TEST(FstWriter, SameCallsGiveTheSameBytes) {
  const Temporary directory;
  write_some(directory.file("a.fst"));
  write_some(directory.file("b.fst"));
  const std::string bytes = Temporary::read(directory.file("a.fst"));
  EXPECT_GT(bytes.size(), 400U);
  EXPECT_EQ(bytes, Temporary::read(directory.file("b.fst")));
}

TEST(FstWriter, AnUnfinishedFileDoesNotAppear) {
  const Temporary directory;
  {
    FstWriter writer(directory.file("w.fst"));
    writer.start(some_signals());
    writer.time(0);
    writer.set(0, 1);
  }
  EXPECT_TRUE(directory.empty());
}

}  // namespace
}  // namespace lookaside::record
