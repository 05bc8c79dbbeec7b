// SPDX-License-Identifier: Apache-2.0
// `lookaside ddr play` and `lookaside ddr trace`: what they print, write and refuse.
#include <gmock/gmock.h>

#include "traffic/ddr_program.h"

namespace lookaside::tests {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class DdrPlay : public DdrProgram {};

/// By hand, at 1200 MHz: the first read comes at clock 0, is seen at 1, ACT 1, RD 18, data until
/// 39; the second hits the row and comes 100 clocks after the first: RD 101, data until 122.
TEST_F(DdrPlay, TwoRequestsByHand) {
  const auto figures = play({"-"}, "R 0x0\nR 0x40 64 100\n");
  EXPECT_EQ(figures["player"]["requests"], 2);
  EXPECT_EQ(figures["player"]["bytes"], 128);
  EXPECT_EQ(figures["player"]["simulated_clocks"], 122);
  EXPECT_NEAR(figures["player"]["latency_max_ns"].get<double>(), 39 / 1.2, 1e-6);
  EXPECT_NEAR(figures["player"]["latency_p50_ns"].get<double>(), 22 / 1.2, 1e-6);
  EXPECT_EQ(figures["ddr"]["row_hits"]["unknown"], 1);
  EXPECT_EQ(figures["ddr"]["row_misses"]["unknown"], 1);
  EXPECT_EQ(figures["ddr"]["commands"]["ACT"], 1);
  EXPECT_EQ(figures["ddr"]["commands"]["RD"], 2);
}

TEST_F(DdrPlay, SaysEverythingInWords) {
  const Finished run = ddr({"play", "--generate", "mix:20000"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "") << "no progress line where there is no terminal";
  for (const char* word : {"--- mix:20000 ---",
                           "memory          DDR4-2400 8Gb x8 T, 1 channel of 1 rank, 64 bit",
                           "requests        20000: ",
                           "simulated time",
                           "bandwidth",
                           " GB/s",
                           "latency         mean ",
                           "p50 ",
                           "p95 ",
                           "p99 ",
                           "max ",
                           "of reads",
                           "of writes",
                           "guarantee",
                           "hits",
                           "misses",
                           "conflicts",
                           "ACT ",
                           "refreshes       ",
                           "energy          ",
                           "VDD",
                           "VPP",
                           "no rule broken",
                           "requests a CPU second"}) {
    EXPECT_THAT(run.out, HasSubstr(word));
  }
}

/// The bound is printed, and held by the longest wait of a trace with many conflicts.
TEST_F(DdrPlay, GuaranteeFollowsFromTheBound) {
  const auto figures = play({"--generate", "mix:20000", "--set", "ddr.longest_wait_ns=9500"});
  const double bound_ns = figures["ddr"]["queues"]["longest_wait_ns"];
  EXPECT_LE(bound_ns, 9500);
  EXPECT_GT(bound_ns, 9400);
  // Beside the wait: the column command and the data.
  EXPECT_LT(figures["player"]["latency_max_ns"].get<double>(), bound_ns + 30);
  EXPECT_THAT(ddr({"play", "--generate", "mix:9", "--set", "ddr.scheduler=fr-fcfs"}).out,
              HasSubstr("guarantee       none: this scheduler may let a request starve"));
  const Finished temporal = ddr({"play", "--generate", "mix:9", "--timing", "temporal"});
  EXPECT_EQ(temporal.status, 0);
  EXPECT_THAT(temporal.out, Not(HasSubstr("guarantee")));
}

TEST_F(DdrPlay, SameInputsGiveTheSameFile) {
  for (const char* name : {"a.json", "b.json"}) {
    ASSERT_EQ(ddr({"play", "--generate", "mix:5000", "--stats", in(name), "--commands",
                   in(std::string(name) + ".cmd")})
                  .status,
              0);
  }
  auto a = nlohmann::json::parse(read("a.json"));
  auto b = nlohmann::json::parse(read("b.json"));
  EXPECT_GT(a["run"]["host"]["requests_per_cpu_second"].get<double>(), 0);
  a["run"].erase("host");
  b["run"].erase("host");
  EXPECT_EQ(a, b);
  EXPECT_EQ(read("a.json.cmd"), read("b.json.cmd"));
}

/// What is played does not depend on the form in which it is stored.
TEST_F(DdrPlay, AllFormsOfATraceAreTheSame) {
  std::vector<std::string> forms{"a.trace", "a.trace.gz", "a.bin", "a.bin.gz"};
  const auto expected = play({"--generate", "mix:5000,seed=3"});
  std::string from = "--generate=mix:5000,seed=3";
  for (const std::string& form : forms) {
    const Finished made = ddr({"trace", from, "-o", in(form)});
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("5000 requests"));
    EXPECT_EQ(play({in(form)}), expected) << form;
    from = in(form);
  }
  EXPECT_EQ(ddr({"trace", in("a.bin.gz")}).out, read("a.trace"));
  EXPECT_EQ(ddr({"trace", "-"}, "R 64 64 0\nW 0x1 2 3 <4 # five\n").out, "R 0x40\nW 0x1 2 3 <4\n");
}

TEST_F(DdrPlay, BadInputIsOneMessage) {
  const std::string bad = write("bad.trace", "R 0x0\nR 0x40\nread 0x80\n");
  const std::string beyond = write("far.trace", "R 0x0\nR 0x1ffffffff 1\nW 0x1fffffff8 16\n");
  const std::string preset = write("c.yaml", "ddr.preset_file: " + write("p.yaml", "tRCDD: 5\n"));
  const std::string queued = write("d.yaml", "ddr:\n  queue_depth: 8\n");
  const std::string queues = write("q.yaml", "ddr:\n  write_queue_depth: 0\n");
  const struct {
    std::vector<std::string> words;
    std::string message;
  } kBad[] = {
      {{"play"}, "found neither a trace nor --generate, expected a trace or --generate"},
      {{"play", bad, "--generate", "random:5"},
       "found a trace and --generate, expected a trace or"},
      {{"play", in("none")}, "none: cannot read the file: No such file or directory"},
      {{"play", bad}, "bad.trace:3: found 'read', expected R or W at the beginning of the line"},
      {{"play", beyond},
       "far.trace:3: found the address 0x200000000, expected one below 0x200000000"},
      {{"play", "--generate", "random:5,base=8GiB"},
       "generated request 1 (range=1GiB, base=0x200000000): found the address 0x2"},
      {{"play", "--generate", "sequential:5,range=16GiB,size=65536,base=8589869056"},
       "generated request 2 (range=16GiB, base=0x1ffff0000): found the address 0x200000000"},
      {{"play", "--generate", "randm:5"}, "--generate 'randm:5': found 'randm', expected one of"},
      {{"play", bad, "--set", "ddr.prset=ddr4-2400"}, "did you mean 'ddr.preset'"},
      {{"play", bad, "--set", "ddr.preset=ddr4-2300"}, "did you mean 'ddr4-2400'"},
      {{"play", bad, "-c", preset}, "p.yaml:1: unknown key 'tRCDD' in the preset"},
      {{"play", bad, "--set", "ddr.map=row:bank:column"}, "ddr.map: "},
      {{"play", bad, "--set", "ddr.queue_depth=0"}, "ddr.queue_depth: found '0'"},
      {{"play", bad, "-c", queues}, "q.yaml:2: ddr.write_queue_depth: found '0'"},
      {{"play", bad, "--set", "ddr.longest_wait_ns=100"}, "ddr.longest_wait_ns: "},
      {{"play", bad, "--set", "platform.timing=temporal"},
       "--set: found 'platform.timing', expected a key that changes a play: use --timing appr"},
      {{"play", bad, "--set", "ddr.ecc=true"},
       "--set: found 'ddr.ecc', expected a key that changes a play: a play moves no data"},
      {{"play", bad, "--set", "ddr.register_access_ns=5"}, "a play uses no register"},
      {{"play", bad, "--set", "ddr.calibrated_access_ns=5"}, "see --timing"},
      // A value of a key without effect is not looked at, nor is what else is wrong.
      {{"play", bad, "--set", "ddr.queue_depth=0", "--set", "ddr.ecc=maybe", "-c", in("none")},
       "--set: found 'ddr.ecc', expected a key that changes a play: a play moves no data"},
      {{"play", bad, "--set", "mmu.l1d.entries=few"}, "found 'mmu.l1d.entries', expected a key"},
      {{"play", bad, "--set", "hart0.mmu.l1d.entries=few"},
       "found 'hart0.mmu.l1d.entries', expected a key that changes a play: a play has a memory"},
      {{"play", bad, "--set", "mmu.l1d.entires=4"}, "did you mean 'mmu.l1d.entries'"},
      {{"play", bad, "--set", "mmu.l1d.entries"}, "found 'mmu.l1d.entries', expected key=value"},
      {{"play", bad, "--set", "=5"}, "found '=5', expected key=value"},
      {{"play", bad, "--set", "ddr.qos.dma=5"}, "all requests of a trace are of one kind"},
      {{"play", bad, "--set", "memory.size=1GiB"}, "a play has a memory and its controller only"},
      {{"presets", "--density", "16"}, "--density requires PRESET"},
      {{"presets", "--width", "4"}, "--width requires PRESET"},
      {{"presets", "--bin", "ZZ"}, "--bin requires PRESET"},
      {{"presets", "--source"}, "--source requires PRESET"},
      {{"presets", "DDR4-2400", "--source", "--density", "16"}, "--source excludes --density"},
      {{"play", bad, "--timing", "fast"}, "--timing"},
      {{"play", bad, "--outstanding", "0"}, "--outstanding"},
      {{"play", bad, "--gap", "0"}, "--gap"},
      {{"play", bad, "--stats", in("no/x.json")}, "no/x.json"},
      {{"play", bad, "--stats", bad}, "bad.trace: found an input and an output of this name"},
      {{"play", bad, "--commands", bad}, "bad.trace: found an input and an output of this name"},
      {{"play", bad, "-c", queued, "--stats", queued}, "found an input and an output of this name"},
      {{"play", bad, "--stats", in("x"), "--commands", in("./x")},
       "found two outputs of this name"},
      {{"trace", bad, "-o", bad}, "found an input and an output of this name"},
      {{"trace", bad, "-o", in("x.bin")}, "bad.trace:3: found 'read'"},
      {{"trace", "--form", "binary", bad}, "--form requires --output"},
      {{}, "A subcommand is required (see 'lookaside ddr --help')"},
      {{"paly"}, "unknown command 'paly', did you mean 'play'"},
  };
  for (const auto& b : kBad) {
    const Finished run = ddr(b.words);
    EXPECT_EQ(run.status, 2) << b.message;
    EXPECT_EQ(run.messages(), 1U) << run.err;
    EXPECT_THAT(run.err, StartsWith("lookaside: "));
    EXPECT_THAT(run.err, HasSubstr(b.message));
    EXPECT_EQ(run.out, "") << b.message;
  }
  EXPECT_THAT(files(), UnorderedElementsAre("bad.trace", "c.yaml", "d.yaml", "far.trace", "p.yaml",
                                            "q.yaml"))
      << "nothing half-written";
}

/// The patterns' own ranges are of a large memory.
TEST_F(DdrPlay, WhatIsGeneratedStaysInASmallMemory) {
  for (const char* pattern : {"random:50", "mix:50", "random:50,base=400MiB"}) {
    play({"--generate", pattern, "--set", "ddr.preset=lpddr4-3200", "--set", "ddr.density_gb=4"});
  }
}

/// What configuration there is decides: other devices, channels, policies.
TEST_F(DdrPlay, TheConfigurationIsTaken) {
  const std::string file = write("soc.yaml",
                                 "ddr:\n  preset: ddr5-4800\n  channels: 2\n  map: "
                                 "row:bank:bank_group:column:channel\n");
  const Finished run = ddr({"play", "--generate", "random:5000", "-c", file, "--set",
                            "ddr.page_policy=closed", "--commands", in("x.cmd")});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("DDR5-4800 16Gb x8"));
  EXPECT_THAT(run.out, HasSubstr("2 channels of 1 rank, 32 bit"));
  EXPECT_THAT(run.out, HasSubstr("RDA "));
  for (const char* name : {"x.0.cmd", "x.1.cmd"}) EXPECT_EQ(ddr({"check", in(name)}).status, 0);
  const auto all = document({"--generate", "random:50", "-c", file});
  EXPECT_EQ(all["run"]["configuration"]["ddr.preset"], "ddr5-4800");
}

/// A file describes a whole platform: what in it does not concern a play is no error, and is not
/// among the settings of the play.
TEST_F(DdrPlay, AFileMaySayMoreThanAPlayLooksAt) {
  const std::string file = write("soc.yaml",
                                 "platform.timing: temporal\nmmu.l1d.entries: 32\n"
                                 "ddr:\n  ecc: true\n  queue_depth: 8\n  qos.dma: 3\n");
  const auto run = document({"--generate", "random:50", "-c", file})["run"];
  EXPECT_EQ(run["timing"], "approximate") << "what --timing says";
  const auto& configuration = run["configuration"];
  EXPECT_EQ(configuration["ddr.queue_depth"], "8");
  EXPECT_TRUE(configuration.contains("ddr.page_policy"));
  for (const char* key : {"platform.timing", "mmu.l1d.entries", "ddr.ecc", "ddr.retention_seed",
                          "ddr.register_access_ns", "ddr.calibrated_access_ns", "ddr.qos.dma"}) {
    EXPECT_FALSE(configuration.contains(key)) << key;
  }
}

TEST_F(DdrPlay, AnEmptyTraceIsPlayedToo) {
  const auto figures = play({"-"}, "# nothing\n");
  EXPECT_EQ(figures["player"]["requests"], 0);
  EXPECT_EQ(figures["player"]["simulated_clocks"], 0);
}

TEST_F(DdrPlay, HelpTeaches) {
  for (const char* command : {"play", "trace", "check", "dump", "rules", "presets"}) {
    EXPECT_THAT(ddr({"--help"}).out, HasSubstr(std::string("\n  ") + command));
    EXPECT_EQ(ddr({command, "--help"}).status, 0);
  }
  const Finished help = ddr({"play", "--help"});
  for (const char* word :
       {"--outstanding", "--gap", "--generate", "--stats", "--json", "--commands", "sequential",
        "random", "chase", "mix", "seed=", "Examples:"}) {
    EXPECT_THAT(help.out, HasSubstr(word));
  }
}

/// The program with these words, told to end after a second. In the foreground: otherwise timeout
/// signals the program twice, which kills it.
std::vector<std::string> interrupted(std::vector<std::string> words, const char* signal = "INT") {
  words.insert(words.begin(), {"timeout", "--foreground", "--preserve-status", "-s", signal, "1",
                               LOOKASIDE_PROGRAM, "ddr"});
  return words;
}
Finished interrupt(std::vector<std::string> words, const char* signal = "INT") {
  return run_program(interrupted(std::move(words), signal));
}

/// The whole trace would take hours.
TEST_F(DdrPlay, SignalsEndAPlayInOrder) {
  for (const char* timing : {"approximate", "temporal"}) {
    for (const char* signal : {"INT", "TERM"}) {
      const Finished run = interrupt({"play", "--generate", "random:100000000000", "--timing",
                                      timing, "--stats", in("s.json"), "--commands", in("c.cmd")},
                                     signal);
      EXPECT_EQ(run.status, 3) << timing << signal << run.err;
      EXPECT_THAT(run.out, HasSubstr("outcome         interrupted by the user"));
      EXPECT_EQ(files(), (std::vector<std::string>{"c.cmd", "s.json"})) << timing << signal;
      const auto document = nlohmann::json::parse(read("s.json"), nullptr, false);
      EXPECT_EQ(document["run"]["outcome"], "interrupted by the user");
      EXPECT_GT(document["statistics"]["player"]["requests"], 1000);
      EXPECT_EQ(ddr({"check", in("c.cmd")}).status, 0) << timing << signal;
      std::filesystem::remove(in("s.json"));
      std::filesystem::remove(in("c.cmd"));
    }
  }
}

/// Two seconds of simulated time a request, or a quarter of an hour: it would take hours.
TEST_F(DdrPlay, SignalsEndAPlayOfFewRequestsToo) {
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += "R 0x1000 64 2147483647\n";
  const std::string trace = write("sparse.trace", lines);
  for (const char* timing : {"approximate", "temporal"}) {
    for (const char* gap : {"1", "1000000000000"}) {
      const Finished run = interrupt({"play", trace, "--timing", timing, "--gap", gap});
      EXPECT_EQ(run.status, 3) << timing << gap << run.err;
      EXPECT_THAT(run.out, HasSubstr("outcome         interrupted by the user"));
    }
  }
}

/// A pipe that stays open gives nothing, or nothing more. What came in whole lines is played.
TEST_F(DdrPlay, SignalsEndTheWaitForATrace) {
  const std::string binary("lookaside-trace-1\\n\\0\\0\\0\\0\\0\\0\\0");
  const std::string pipe = in("pipe");
  ASSERT_EQ(run_program({"mkfifo", pipe}).status, 0);
  const struct {
    std::vector<std::string> words;
    std::string come;
    const char* out;
  } kWaits[] = {
      {{"play", "-"}, "", "requests        0:"},
      {{"play", pipe}, "", "requests        0:"},
      {{"play", "-"}, "R 0x0\\nR 0x40\\nR 0x80 64 100\\nR 0xc", "requests        3:"},
      {{"play", "-", "--timing", "temporal"}, binary, "requests        0:"},
      {{"play", "-"}, "\\x1f\\x8b\\x08", "requests        0:"},
      {{"trace", "-"}, "R 0x0\\nR 0x40\\nR 0x80 64 100\\nR 0xc", "R 0x0\nR 0x40\nR 0x80 64 100\n"},
  };
  for (const auto& wait : kWaits) {
    std::vector<std::string> words{
        "bash", "-c", R"(exec 0<>"$0"; printf "$1" >&0; shift; exec "$@")", pipe, wait.come};
    const std::vector<std::string> command = interrupted(wait.words);
    words.insert(words.end(), command.begin(), command.end());
    const Finished run = run_program(words);
    EXPECT_EQ(run.status, 3) << wait.come << run.err;
    EXPECT_THAT(run.out, HasSubstr(wait.out)) << wait.come;
  }
}

/// Hundreds of gigabytes.
TEST_F(DdrPlay, AnInterruptedTraceLeavesNothing) {
  const Finished file =
      interrupt({"trace", "--generate", "random:100000000000", "-o", in("huge.bin")});
  EXPECT_EQ(file.status, 3);
  EXPECT_EQ(file.messages(), 1U) << file.err;
  EXPECT_THAT(file.err, HasSubstr("huge.bin: not written: interrupted after "));
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace lookaside::tests
