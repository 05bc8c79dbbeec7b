// SPDX-License-Identifier: Apache-2.0
// Recorded command streams: checked again offline, printed, refused when they are not whole.
#include "traffic/stream_program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace lookaside::tests {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

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

/// Rows that nobody used for long enough before the end are closed, counted and recorded.
TEST_F(DdrStream, HoldsWhatIsCounted) {
  for (const char* timing : {"approximate", "temporal"}) {
    for (const char* policy : {"open", "closed", "timeout", "adaptive"}) {
      for (const char* refresh : {"rank", "bank"}) {
        const std::string which = std::string(timing) + " " + policy + " " + refresh;
        const auto figures =
            play({"--timing", timing, "--generate", "random:2000", "--set",
                  std::string("ddr.page_policy=") + policy, "--set", "ddr.page_timeout_clocks=50",
                  "--set", "ddr.preset=lpddr4-3200", "--set", std::string("ddr.refresh=") + refresh,
                  "--commands", in("x.cmd")});
        std::string expected;
        for (const auto& [op, count] : figures["ddr"]["commands"].items()) {
          if (count != 0) expected += fmt::format("{:<5}{}\n", op, count.get<std::uint64_t>());
        }
        const std::string found = ddr({"dump", "--summary", in("x.cmd")}).out;
        EXPECT_EQ(found.substr(found.find('\n') + 1), expected) << which;
        EXPECT_EQ(ddr({"check", in("x.cmd")}).status, 0) << which;
      }
    }
  }
}

/// `lookaside ddr` with these words, where the shell directs its streams elsewhere.
Finished directed(const std::string& words, const std::string& where) {
  return run_program(
      {"bash", "-c", LOOKASIDE_PROGRAM " ddr " + words + " " + where + "; exit ${PIPESTATUS[0]}"});
}

/// Nobody reads it, and the status is the one that is documented.
TEST_F(DdrStream, AMessageThatCannotBeWrittenIsLost) {
  write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  const std::string cut = write("cut.cmd", read("x.cmd").substr(0, read("x.cmd").size() - 1));
  for (const char* where : {"2> /dev/full", "2>&-", "2>&1 | true"}) {
    EXPECT_EQ(directed("dump " + cut, where).status, 2) << where;
    EXPECT_EQ(directed("play " + in("none"), where).status, 2) << where;
    EXPECT_EQ(directed("paly", where).status, 2) << where;
    EXPECT_EQ(directed("trace --generate random:5 -o " + in("t.bin"), where).status, 0) << where;
  }
}

/// A full disk is an error; a reader that has seen enough is none.
TEST_F(DdrStream, AListThatCannotBeWrittenIsNoSuccess) {
  const std::string path = write_stream("x.cmd", {{100, dram::Op::kAct, 0, 1, 4, 7}});
  for (const std::string& words :
       {"dump " + path, "dump --summary " + path, std::string("trace --generate random:10000"),
        std::string("presets"), std::string("rules"), std::string("--help")}) {
    const Finished full = directed(words, "> /dev/full");
    EXPECT_EQ(full.status, 2) << words;
    EXPECT_EQ(full.err, "lookaside: standard output: cannot be written: No space left on device\n")
        << words;
    const Finished closed = directed(words, "| true");
    EXPECT_EQ(closed.status, 0) << words;
    EXPECT_EQ(closed.err, "") << words;
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
