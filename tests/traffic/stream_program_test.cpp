// SPDX-License-Identifier: Apache-2.0
// Recorded command streams: checked again offline, printed, refused when they are not whole.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <sys/mount.h>

#include <gmock/gmock.h>

#include <lookaside/dram/command_stream.h>
#include <lookaside/dram/preset.h>
#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "traffic/ddr_program.h"

namespace lookaside::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class DdrStream : public DdrProgram {
 protected:
  /// A stream of DDR4-2400 that ends at clock 200.
  std::string write_stream(const std::string& name, const std::vector<dram::Command>& commands) {
    std::ostringstream out;
    dram::CommandWriter writer(out, dram::builtin_device("DDR4-2400"), 1);
    for (const dram::Command& c : commands) writer.write(c);
    writer.finish(200);
    return write(name, out.str());
  }
};

TEST_F(DdrStream, ARunIsCheckedAgain) {
  const Finished run =
      ddr({"play", "--generate", "mix:20000", "--commands", in("x.cmd"), "--no-check"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("written         " + in("x.cmd")));
  const Finished check = ddr({"check", in("x.cmd")});
  EXPECT_EQ(check.status, 0);
  EXPECT_THAT(check.out, HasSubstr("DDR4-2400 8Gb x8 T: "));
  EXPECT_THAT(check.out, HasSubstr(", no rule broken\n"));
}

TEST_F(DdrStream, BrokenRulesAreNamed) {
  // One clock too early: the read after tRCD = 17, the precharge after tRAS = 39.
  const std::string path = write_stream("bad.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7},
                                                    {116, dram::Op::kRd, 0, 1, 4, 7},
                                                    {138, dram::Op::kPre, 0, 1, 4, 0}});
  const Finished check = ddr({"check", path});
  EXPECT_EQ(check.status, 1);
  EXPECT_EQ(check.err, "");
  EXPECT_THAT(check.out, HasSubstr("breaks tRCD"));
  EXPECT_THAT(check.out, HasSubstr("breaks tRAS"));
  EXPECT_THAT(check.out, HasSubstr("3 commands in 200 clocks, 2 violations\n"));
}

TEST_F(DdrStream, IsPrintedWithFilters) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7},
                                                  {117, dram::Op::kRd, 0, 1, 4, 7},
                                                  {120, dram::Op::kAct, 0, 0, 0, 9},
                                                  {180, dram::Op::kPreAll, 0, 0, 0, 0}});
  EXPECT_EQ(ddr({"dump", path}).out,
            "# DDR4-2400 8Gb x8 T, 1 rank\n"
            "clock 100 ACT rank 0 group 1 bank 4 row 7\n"
            "clock 117 RD rank 0 group 1 bank 4 row 7\n"
            "clock 120 ACT rank 0 group 0 bank 0 row 9\n"
            "clock 180 PREA rank 0\n");
  const auto lines = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"dump", path});
    const std::string out = ddr(std::move(words)).out;
    return out.substr(out.find('\n') + 1);
  };
  EXPECT_EQ(lines({"--op", "ACT", "--bank", "0"}), "clock 120 ACT rank 0 group 0 bank 0 row 9\n");
  EXPECT_EQ(lines({"--from", "118", "--to", "150"}), "clock 120 ACT rank 0 group 0 bank 0 row 9\n");
  EXPECT_EQ(lines({"--row", "7", "--count", "1"}), "clock 100 ACT rank 0 group 1 bank 4 row 7\n");
  EXPECT_EQ(lines({"--op", "ACT", "--op", "PREA", "--summary"}), "ACT  2\nPREA 1\n");
  EXPECT_EQ(lines({"--op", "act", "--op", "preA", "--summary"}), "ACT  2\nPREA 1\n");
  EXPECT_EQ(lines({"--rank", "0", "--from", "181"}), "");
  const Finished wrong = ddr({"dump", path, "--op", "ACK"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err,
              HasSubstr("--op: found 'ACK' (did you mean 'ACT'?), expected one of ACT, PRE"));
}

/// Commands to a rank have no bank, and only ACT, reads and writes have a row: that the stream
/// stores zeros there must not make them commands of bank 0 or row 0.
TEST_F(DdrStream, OnlyWhatHasABankOrARowIsFoundByIt) {
  const std::string path = write_stream("x.cmd", {{10, dram::Op::kRef, 0, 0, 0, 0},
                                                  {20, dram::Op::kAct, 0, 0, 0, 0},
                                                  {30, dram::Op::kRda, 0, 0, 0, 0},
                                                  {40, dram::Op::kPre, 0, 0, 0, 0},
                                                  {50, dram::Op::kPreAll, 0, 0, 0, 0},
                                                  {60, dram::Op::kPde, 0, 0, 0, 0},
                                                  {70, dram::Op::kPdx, 0, 0, 0, 0},
                                                  {80, dram::Op::kSre, 0, 0, 0, 0},
                                                  {90, dram::Op::kSrx, 0, 0, 0, 0}});
  const auto summary = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"dump", path, "--summary"});
    const std::string out = ddr(std::move(words)).out;
    return out.substr(out.find('\n') + 1);
  };
  EXPECT_EQ(summary({"--bank", "0"}), "ACT  1\nPRE  1\nRDA  1\n");
  EXPECT_EQ(summary({"--row", "0"}), "ACT  1\nRDA  1\n");
  EXPECT_EQ(summary({"--op", "REF", "--bank", "0"}), "");
  EXPECT_EQ(summary({"--rank", "0", "--op", "REF", "--op", "PREA"}), "PREA 1\nREF  1\n");
}

TEST_F(DdrStream, WhatIsWholeOfACutOffStreamIsPrinted) {
  const std::string path =
      write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}, {117, dram::Op::kRd, 0, 1, 4, 7}});
  // The last byte is that of the 83 clocks until the end mark.
  const std::string cut = write("cut.cmd", read("x.cmd").substr(0, read("x.cmd").size() - 1));
  const Finished run = ddr({"dump", cut});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.messages(), 1U) << run.err;
  EXPECT_THAT(run.err, HasSubstr("the stream ends before its end mark"));
  EXPECT_EQ(run.out,
            "# DDR4-2400 8Gb x8 T, 1 rank\n"
            "clock 100 ACT rank 0 group 1 bank 4 row 7\n"
            "clock 117 RD rank 0 group 1 bank 4 row 7\n");
}

/// Nothing to show is an answer only where there could be something.
TEST_F(DdrStream, APlaceThatIsNotInTheStreamIsRefused) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  const std::string before = "--to: found clock 50, expected one from 100 on, where --from begins";
  const std::string beyond = path + ": found --from 201, expected at most 200, its last clock";
  const struct {
    std::vector<std::string> words;
    std::string message;
  } kBad[] = {
      {{"dump", path, "--from", "100", "--to", "50"}, before},
      {{"wave", path, "-o", in("y.fst"), "--from", "100", "--to", "50"}, before},
      {{"dump", path, "--from", "201"}, beyond},
      {{"wave", path, "-o", in("y.fst"), "--from", "201"}, beyond},
      {{"wave", path, "-o", in("y.fst"), "--from", "201", "--to", "300"}, beyond},
      {{"dump", path, "--rank", "1"},
       "--rank: found 1, expected one below 1, the number of ranks in " + path},
      {{"dump", path, "--bank", "16"}, "--bank: found 16, expected one below 16, the number of"},
      {{"dump", path, "--row", "65536"}, "--row: found 65536, expected one below 65536, the num"},
      {{"dump", path, "--rank", "-1"}, "--rank: "},
  };
  const auto there = files();
  for (const auto& b : kBad) {
    const Finished run = ddr(b.words);
    EXPECT_EQ(run.status, 2) << b.message;
    EXPECT_EQ(run.messages(), 1U) << run.err;
    EXPECT_THAT(run.err, HasSubstr(b.message));
    EXPECT_EQ(run.out, "") << b.message;
  }
  EXPECT_EQ(files(), there);
  EXPECT_EQ(ddr({"wave", path, "-o", in("y.fst"), "--from", "200"}).status, 0) << "the last clock";
}

/// "time value" of each change of a signal.
std::vector<std::string> changes(const std::string& file, const std::string& signal) {
  const record::WaveReader wave(file);
  const auto found = wave.find(signal);
  if (!found) return {"there is no " + signal};
  std::vector<std::string> all;
  for (const record::WaveChange& c : wave.changes({*found})) {
    if (c.known) all.push_back(std::to_string(c.time_ps) + " " + wave.shown(c));
  }
  return all;
}

TEST_F(DdrStream, BecomesAWaveform) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7},
                                                  {117, dram::Op::kRd, 0, 1, 4, 7},
                                                  {120, dram::Op::kAct, 0, 0, 0, 9},
                                                  {180, dram::Op::kPreAll, 0, 0, 0, 0}});
  const Finished run = ddr({"wave", path, "-o", in("x.fst")});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr(in("x.fst") + ": 4 commands\n"));
  const auto of = [&](const char* signal) {
    return changes(in("x.fst"), std::string("ddr.channel0.") + signal);
  };
  // 2400 MT/s: edge n is at n * 2500/3 ps, rounded up.
  EXPECT_THAT(of("command"),
              ElementsAre("82500 idle", "83334 ACT", "84167 idle", "97500 RD", "98334 idle",
                          "100000 ACT", "100834 idle", "150000 PREA", "150834 idle"));
  EXPECT_THAT(of("bank"), ElementsAre("83334 04", "100000 00"));
  EXPECT_THAT(of("row"), ElementsAre("83334 000007", "100000 000009"));
  EXPECT_THAT(of("rank0.state"), ElementsAre("82500 idle", "83334 active", "150000 idle"));
  EXPECT_THAT(of("rank0.bank04"), ElementsAre("82500 closed", "83334 open", "150000 closed"));
  EXPECT_THAT(of("reads_waiting"), ElementsAre("there is no ddr.channel0.reads_waiting"));
  const record::WaveReader wave(in("x.fst"));
  EXPECT_EQ(wave.end_ps(), 166'667U);  // clock 200
  EXPECT_THAT(record::check_save_file(in("x.gtkw"), wave), testing::IsEmpty());
  EXPECT_EQ(record::read_save_file(in("x.gtkw")).size(), wave.signals().size());

  // A part: what was before it shows at its beginning.
  EXPECT_THAT(ddr({"wave", path, "-o", in("part.fst"), "--from", "118", "--to", "120"}).out,
              HasSubstr(": 1 commands\n"));
  const auto part = [&](const char* signal) { return changes(in("part.fst"), signal); };
  EXPECT_THAT(part("ddr.channel0.command"), ElementsAre("98334 idle", "100000 ACT"));
  EXPECT_THAT(part("ddr.channel0.rank0.bank04"), ElementsAre("98334 open"));
  EXPECT_THAT(part("ddr.channel0.rank0.bank00"), ElementsAre("98334 closed", "100000 open"));
}

TEST_F(DdrStream, ChannelsStandBesideEachOtherInAWaveform) {
  const std::string one = write_stream("1.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  const std::string two = write_stream("2.cmd", {{50, dram::Op::kAct, 0, 0, 1, 3}});
  ASSERT_EQ(ddr({"wave", one, two, "-o", in("x.fst")}).status, 0);
  EXPECT_THAT(changes(in("x.fst"), "ddr.channel0.row"), ElementsAre("83334 000007"));
  EXPECT_THAT(changes(in("x.fst"), "ddr.channel1.row"), ElementsAre("41667 000003"));
  std::ostringstream out;
  dram::CommandWriter(out, dram::builtin_device("DDR3-1600"), 1).finish(1);
  const Finished wrong = ddr({"wave", one, write("3.cmd", out.str()), "-o", in("y.fst")});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("3.cmd: found a memory of 1600 MT/s, expected 2400 MT/s"));
  EXPECT_FALSE(exists("y.fst"));
}

TEST_F(DdrStream, AWaveformIsWholeOrIsNot) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  const std::string cut = write("cut.cmd", read("x.cmd").substr(0, read("x.cmd").size() - 2));
  const std::vector<std::vector<std::string>> bad = {
      {cut, "-o", in("y.fst")},
      {in("none.cmd"), "-o", in("y.fst")},
      {path, "-o", in("none/y.fst")},
      {path, "-o", in("y.fst"), "--from", "20", "--to", "10"},
      {path, "-o", path},
      {path, "-o", in("y.gtkw")},
      {path},
  };
  const auto before = files();
  for (std::vector<std::string> words : bad) {
    words.insert(words.begin(), "wave");
    const Finished run = ddr(words);
    EXPECT_EQ(run.status, 2) << testing::PrintToString(words);
    EXPECT_GE(run.messages(), 1U);
    EXPECT_EQ(files(), before);
  }
  EXPECT_EQ(ddr({"check", path}).status, 0) << "is still what it was";
}

TEST_F(DdrStream, AFullDiskLeavesNoWaveform) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  const auto before = files();
  const std::string message = "the waveform could not be written completely; is the disk full?";
  const Finished none =
      run_without_room({LOOKASIDE_PROGRAM, "ddr", "wave", path, "-o", in("y.fst")});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.out, HasSubstr(message));
  EXPECT_EQ(std::count(none.out.begin(), none.out.end(), '\n'), 1) << none.out;
  EXPECT_EQ(files(), before);
}

/// Room for the waveform but not for its save file.
TEST_F(DdrStream, AWaveformAndItsSaveFileAreThereOrNot) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  const std::string disk = in("disk");
  std::filesystem::create_directory(disk);
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "needs the right to mount a small disk";
  }
  write("disk/fill", std::string(15 << 12, 'x'));  // one page of 4 KiB is left
  const Finished run = ddr({"wave", path, "-o", in("disk/y.fst")});
  std::vector<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator(disk)) {
    there.push_back(entry.path().filename().string());
  }
  EXPECT_EQ(umount(disk.c_str()), 0);
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.messages(), 1U) << run.err;
  EXPECT_THAT(run.err, HasSubstr("y.gtkw: cannot be written: No space left on device"));
  EXPECT_THAT(there, ElementsAre("fill"));
}

TEST_F(DdrStream, WhatIsNotWholeIsOneMessage) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  const std::string whole = read("x.cmd");
  const struct {
    std::string path;
    std::string message;
  } kBad[] = {
      {write("cut.cmd", whole.substr(0, whole.size() - 2)), "the stream ends before its end mark"},
      {write("odd.cmd", "hello"), "at byte 0: this is no command stream"},
      {write("empty.cmd", std::string()), "this is no command stream"},
      {write("more.cmd", whole + "x"), "something follows the end mark"},
      {in("none.cmd"), "cannot read the file: there is none of that name"},
      {in(""), "it is a directory"},
  };
  for (const auto& bad : kBad) {
    for (const char* command : {"check", "dump"}) {
      const Finished run = ddr({command, bad.path});
      EXPECT_EQ(run.status, 2) << bad.path;
      EXPECT_EQ(run.messages(), 1U) << run.err;
      EXPECT_THAT(run.err, StartsWith("lookaside: " + bad.path));
      EXPECT_THAT(run.err, HasSubstr(bad.message));
    }
  }
}

TEST_F(DdrStream, WithoutRefreshNoneIsMissed) {
  for (const char* timing : {"approximate", "temporal"}) {
    const Finished played = ddr({"play", "--generate", "random:20000", "--set", "ddr.refresh=none",
                                 "--timing", timing, "--commands", in("x.cmd")});
    EXPECT_EQ(played.status, 0) << played.out << played.err;
    EXPECT_EQ(ddr({"check", in("x.cmd")}).status, 0) << timing;
  }
}

TEST_F(DdrStream, TablesArePrinted) {
  const Finished rules = ddr({"rules"});
  for (const char* word : {"## DDR3", "## DDR4", "## DDR5", "## LPDDR4", "| tFAW |", "CWL + "}) {
    EXPECT_THAT(rules.out, HasSubstr(word));
  }
  EXPECT_THAT(ddr({"rules", "DDR5"}).out, testing::Not(HasSubstr("## DDR4")));
  EXPECT_EQ(ddr({"rules", "ddr5"}).out, ddr({"rules", "DDR5"}).out);
  EXPECT_THAT(ddr({"rules", "DDR6"}).err, HasSubstr("DDR6"));
  EXPECT_THAT(ddr({"presets"}).out, HasSubstr("DDR5-4800"));
  const Finished preset = ddr({"presets", "DDR4-2400", "--density", "16"});
  EXPECT_THAT(preset.out, HasSubstr("# DDR4-2400 16Gb x8 T"));
  EXPECT_THAT(preset.out, HasSubstr("| tRFC | 660 | 550.00 |"));
  EXPECT_THAT(preset.out, HasSubstr("Sources differ: "));
  EXPECT_THAT(ddr({"presets", "LPDDR4-3200", "--source"}).out, HasSubstr("name: LPDDR4-3200"));
  EXPECT_EQ(ddr({"presets", "ddr4-2400", "--density", "16"}).out, preset.out) << "as keys spell it";
  EXPECT_EQ(ddr({"presets", "DDR4-2400", "--bin", "p"}).out,
            ddr({"presets", "DDR4-2400", "--bin", "P"}).out);
  const Finished wrong = ddr({"presets", "DDR4-2300"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'DDR4-2400'?"));
  EXPECT_EQ(ddr({"presets", "DDR4-2400", "--density", "5"}).status, 2);
}

}  // namespace
}  // namespace lookaside::tests
