// SPDX-License-Identifier: Apache-2.0
// Recorded command streams as waveforms, whole or not at all.
#include <algorithm>
#include <filesystem>
#include <sys/mount.h>

#include <gmock/gmock.h>

#include <lookaside/record/core/fst_reader.h>
#include <lookaside/record/core/save_file.h>

#include "traffic/stream_program.h"

namespace lookaside::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DdrWave : public DdrStream {};

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

TEST_F(DdrWave, BecomesAWaveform) {
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

TEST_F(DdrWave, ChannelsStandBesideEachOtherInAWaveform) {
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

TEST_F(DdrWave, AWaveformIsWholeOrIsNot) {
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

TEST_F(DdrWave, AFullDiskLeavesNoWaveform) {
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
TEST_F(DdrWave, AWaveformAndItsSaveFileAreThereOrNot) {
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

}  // namespace
}  // namespace lookaside::tests
