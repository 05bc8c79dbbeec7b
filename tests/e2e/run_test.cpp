// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind, and that the same inputs leave the same bytes.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <lookaside/record/core/fst_reader.h>

#include "e2e/guests.h"
#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using namespace rv;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::ordered_json;

class RunTest : public ProgramTest {
 protected:
  std::string guest_file(const Code& code, unsigned xlen = 64) {
    return write("guest.elf", guest(code, xlen));
  }
  Json statistics(const std::string& name) { return Json::parse(read(name)); }
};

std::string firmware(const std::string& name) {
  return LOOKASIDE_FIRMWARE_DIRECTORY "/" + name + ".elf";
}

/// The document without the configuration, which is all that may differ.
Json without_configuration(Json document) {
  document["run"].erase("configuration");
  return document;
}

class Equality : public RunTest, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Firmware, Equality,
                         ::testing::Values("hello-rv32", "demo-rv32-sv32", "demo-rv64-sv39",
                                           "faults-rv64-sv57", "interrupts-rv64-sv48",
                                           "devices-rv64-sv39", "fences-rv32-sv32"),
                         [](const auto& which) {
                           std::string name = which.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(Equality, FastAndPlainPathGiveTheSameStatisticsAndTime) {
  const std::string elf = firmware(GetParam());
  const Finished fast = lookaside({"run", elf, "--stats", in("fast.json")});
  const Finished plain =
      lookaside({"run", elf, "--stats", in("plain.json"), "--set", "cpu.fast_path=false"});
  ASSERT_EQ(fast.status, 0) << fast.err;
  EXPECT_EQ(plain.status, 0) << plain.err;
  EXPECT_EQ(fast.out, plain.out);
  EXPECT_EQ(without_configuration(statistics("fast.json")),
            without_configuration(statistics("plain.json")));
}

TEST_P(Equality, TheQuantumChangesNothing) {
  const std::string elf = firmware(GetParam());
  ASSERT_EQ(lookaside({"run", elf, "--stats", in("a.json")}).status, 0);
  ASSERT_EQ(
      lookaside({"run", elf, "--stats", in("b.json"), "--set", "platform.quantum_ns=100"}).status,
      0);
  EXPECT_EQ(without_configuration(statistics("a.json")),
            without_configuration(statistics("b.json")));
}

/// The shape of the TLBs changes counts and time, never what a guest sees that does not ask for
/// them.
TEST_F(RunTest, TlbShapesChangeNoResult) {
  const std::string elf = firmware("faults-rv64-sv39");
  const Finished reference = lookaside({"run", elf});
  ASSERT_EQ(reference.status, 0) << reference.err;
  const std::vector<std::vector<std::string>> shapes = {
      {"mmu.l1i.enabled=false", "mmu.l1d.enabled=false", "mmu.l2.enabled=false"},
      {"mmu.l2.enabled=false"},
      {"mmu.l1i.entries=1", "mmu.l1i.ways=1", "mmu.l1d.entries=1", "mmu.l1d.ways=1"},
      {"mmu.l1d.entries=64", "mmu.l1d.ways=2", "mmu.l1d.replacement=random", "mmu.l2.ways=1"},
      {"mmu.l1i.replacement=fifo", "mmu.l1d.replacement=lru", "mmu.l2.replacement=random"},
  };
  for (const auto& shape : shapes) {
    std::vector<std::string> words{"run", elf};
    for (const std::string& assignment : shape) words.insert(words.end(), {"--set", assignment});
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 0) << shape.front() << result.err;
    EXPECT_EQ(result.out, reference.out) << shape.front();
  }
}

TEST_F(RunTest, SignalsEndARunInOrder) {
#ifdef __SANITIZE_ADDRESS__
  const char* const begun = "6";  // seconds after which the program surely listens
#else
  const char* const begun = "1";
#endif
  const std::string elf = guest_file({jump(0)});
  for (const char* signal : {"INT", "TERM", "HUP"}) {
    // In the foreground: otherwise timeout signals the program twice, which kills it.
    const Finished result =
        run_program({"timeout", "--foreground", "--preserve-status", "-s", signal, begun,
                     LOOKASIDE_PROGRAM, "run", elf, "--instructions", "0", "--stats", in("s.json"),
                     "--wave", in("w.fst"), "--wave-to", "1us"});
    EXPECT_EQ(result.status, 3) << signal << result.err;
    EXPECT_THAT(result.err, HasSubstr("interrupted by the user"));
    EXPECT_EQ(statistics("s.json")["run"]["outcome"], "limit");
    EXPECT_EQ(files(), (std::vector<std::string>{"guest.elf", "s.json", "w.fst"})) << signal;
    std::filesystem::remove(in("s.json"));
    std::filesystem::remove(in("w.fst"));
  }
}

/// Its program switches the refresh off and changes its rate.
TEST_F(RunTest, DramCommandsOfARunThatControlsRefreshAreCheckedAgain) {
  const Finished run = lookaside({"run", firmware("peripherals-rv64-sv39"), "--set",
                                  "platform.timing=temporal", "--ddr-commands", in("x.cmd")});
  ASSERT_EQ(run.status, 0) << run.err;
  const Finished check = lookaside({"ddr", "check", in("x.cmd")});
  EXPECT_EQ(check.status, 0) << check.out << check.err;
}

TEST_F(RunTest, DramCommandsOfARunAreCheckedAgain) {
  for (const char* timing : {"calibrated", "temporal"}) {
    const Finished run = lookaside({"run", firmware("demo-rv64-sv39"), "--set",
                                    std::string("platform.timing=") + timing, "--ddr-commands",
                                    in("x.cmd"), "--stats", in("x.json")});
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(run.err, HasSubstr("DDR commands"));
    const Finished check = lookaside({"ddr", "check", in("x.cmd")});
    EXPECT_EQ(check.status, 0) << check.out << check.err;
    EXPECT_THAT(check.out, HasSubstr(", no rule broken\n"));
    // As many as the run counted.
    const Finished reads = lookaside({"ddr", "dump", in("x.cmd"), "--op", "RD", "--summary"});
    const std::uint64_t counted = statistics("x.json")["statistics"]["ddr"]["commands"]["RD"];
    EXPECT_GT(counted, 0U);
    EXPECT_THAT(reads.out, HasSubstr(" " + std::to_string(counted) + "\n"));
  }
}

/// A waveform made of the commands afterwards shows what the run's own shows of them, at the same
/// clocks (of 2500/3 ps; in the run's, a signal that changes twice at one time moves all by 1 ps).
TEST_F(RunTest, DramCommandsBecomeTheRunsWaveform) {
  for (const char* timing : {"calibrated", "temporal"}) {
    ASSERT_EQ(lookaside({"run", firmware("demo-rv64-sv39"), "--set",
                         std::string("platform.timing=") + timing, "--ddr-commands", in("x.cmd"),
                         "--wave", in("run.fst")})
                  .status,
              0);
    ASSERT_EQ(lookaside({"ddr", "wave", in("x.cmd"), "-o", in("x.fst")}).status, 0);
    const record::WaveReader run(in("run.fst"));
    const record::WaveReader after(in("x.fst"));
    ASSERT_EQ(after.signals().size(), 3 + 1 + 16U) << "command, bank, row, a rank, its banks";
    for (std::uint32_t i = 0; i < after.signals().size(); ++i) {
      const std::string name = after.signals()[i].name;
      const auto changes = [&name](const record::WaveReader& wave) {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
        for (const record::WaveChange& c : wave.changes({*wave.find(name)})) {
          if (c.known) all.emplace_back(c.time_ps * 3 / 2500, c.value);
        }
        // The first says how it was before the first command or, of the run, the first request.
        if (!all.empty()) all.front().first = 0;
        return all;
      };
      ASSERT_TRUE(run.find(name)) << name;
      EXPECT_GT(changes(run).size(), 0U) << name;
      EXPECT_EQ(changes(run), changes(after)) << timing << ' ' << name;
    }
  }
}

TEST_F(RunTest, DramCommandsHaveAFileForEachChannelAndNoneAfterAnError) {
  const std::string elf = guest_file({jump(0)});
  const Finished run = lookaside({"run", elf, "--set", "ddr.channels=2", "--instructions", "1000",
                                  "--ddr-commands", in("x.cmd")});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"guest.elf", "x.0.cmd", "x.1.cmd"}));
  for (const char* name : {"x.0.cmd", "x.1.cmd"}) {
    EXPECT_EQ(lookaside({"ddr", "check", in(name)}).status, 0) << name;
    std::filesystem::remove(in(name));
  }
  const Finished clash = lookaside({"run", elf, "--ddr-commands", in("x"), "--stats", in("x")});
  EXPECT_EQ(clash.status, 2);
  EXPECT_THAT(clash.err, HasSubstr("found two outputs of this name"));
  const Finished nowhere = lookaside({"run", elf, "--ddr-commands", in("no/x.cmd")});
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("No such file or directory"));
  EXPECT_EQ(files(), (std::vector<std::string>{"guest.elf"}));
}

TEST_F(RunTest, TheSameInputsGiveTheSameBytes) {
  for (const char* take : {"1", "2"}) {
    const std::string t = take;
    ASSERT_EQ(lookaside({"run", firmware("demo-rv64-sv39"), "--stats", in(t + ".json"), "--wave",
                         in(t + ".fst"), "--trace-instructions", in(t + ".log")})
                  .status,
              0);
  }
  for (const char* kind : {".json", ".fst", ".log"}) {
    EXPECT_EQ(read(std::string("1") + kind), read(std::string("2") + kind)) << kind;
    EXPECT_GT(read(std::string("1") + kind).size(), 1000U);
  }
}

TEST_F(RunTest, RecordingChangesNothing) {
  const std::string elf = firmware("demo-rv64-sv39");
  ASSERT_EQ(lookaside({"run", elf, "--stats", in("a.json")}).status, 0);
  ASSERT_EQ(lookaside({"run", elf, "--stats", in("b.json"), "--wave", in("b.fst")}).status, 0);
  EXPECT_EQ(read("a.json"), read("b.json"));
}

TEST_F(RunTest, StatisticsSayHowTheRunEnded) {
  ASSERT_EQ(
      lookaside({"run", guest_file(finish(3U << 16 | 0x3333)), "--stats", in("s.json")}).status, 1);
  const Json run = statistics("s.json")["run"];
  EXPECT_EQ(run["outcome"], "failed");
  EXPECT_EQ(run["code"], 3);
  EXPECT_EQ(run["instructions"], 6 + 4);  // boot ROM and guest
  EXPECT_EQ(run["configuration"]["mmu.l1d.entries"], "16");
  EXPECT_EQ(read("s.json").find("host"), std::string::npos) << "nothing of the host goes in here";
}

TEST_F(RunTest, SummarySaysWhatHappenedAndWhatToDoNext) {
  const Finished result = lookaside({"run", firmware("demo-rv64-sv39"), "--stats", in("s.json")});
  for (const char* part :
       {"PASSED", "because", "instructions", "simulated time", "host time", "MIPS", "l1i hit rate",
        "l1d hit rate", "l2 hit rate", "page walks", "mean latency", "MMU faults",
        "load page fault", "store page fault", "fetch page fault", "load access fault",
        "next            lookaside run"}) {
    EXPECT_THAT(result.err, HasSubstr(part));
  }
  EXPECT_THAT(result.err, HasSubstr(in("s.json")));
  EXPECT_EQ(result.err.find('\r'), std::string::npos) << "no progress line without a terminal";
}

TEST_F(RunTest, TheCommandToTypeNextHasTheInputsOfThisRun) {
  const std::string elf = guest_file(finish(0x5555));
  const std::string image = write("image.bin", std::string(512, 'x'));
  const std::string config = write("soc.yaml", "mmu.l1d.entries: 4\n");
  const Finished result = lookaside({"run", elf, "-c", config, "--set", "mmu.l1i.entries=2",
                                     "--load", image + "@0x80200000", "--disk", image});
  EXPECT_THAT(result.err,
              HasSubstr("next            lookaside run " + elf + " -c " + config +
                        " --set mmu.l1i.entries=2 --load " + image + "@0x80200000 --disk " + image +
                        " --wave run.fst --stats run.json"));
}

TEST_F(RunTest, TheCommandToTypeNextWorksAsPrinted) {
  const std::string elf = guest_file(finish(3U << 16 | 0x3333));
  std::filesystem::rename(elf, in("it's a guest.elf"));
  setenv("LOOKASIDE_COMMAND", "./look aside", 1);
  const Finished result = lookaside({"run", in("it's a guest.elf")});
  unsetenv("LOOKASIDE_COMMAND");
  const std::size_t at = result.err.find("next            ");
  ASSERT_NE(at, std::string::npos) << result.err;
  std::filesystem::create_symlink(LOOKASIDE_PROGRAM, in("look aside"));
  const std::string command = "cd '" + in("") + "' && " + result.err.substr(at + 16);
  EXPECT_EQ(run_program({"sh", "-c", command}).status, 1) << command;
  EXPECT_TRUE(exists("trace.log"));
}

/// The words 0x11223344, 0x55667788 and the bytes 99 aa, between the two symbols.
TEST_F(RunTest, SignatureIsThatOfSpike) {
  const auto elf =
      ElfBuilder(64)
          .code(kRam, finish(0x5555))
          .segment(kRam + 0x1000, {0x44, 0x33, 0x22, 0x11, 0x88, 0x77, 0x66, 0x55, 0x99, 0xaa})
          .symbol("begin_signature", kRam + 0x1000, 1)
          .symbol("end_signature", kRam + 0x100a, 1)
          .build();
  const std::string path = write("guest.elf", elf);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"4", "11223344\n55667788\n0000aa99\n"},
      {"8", "5566778811223344\n000000000000aa99\n"},
      {"16", "000000000000aa995566778811223344\n"}};
  for (const auto& [granularity, text] : expected) {
    ASSERT_EQ(
        lookaside({"run", path, "--signature", in("sig"), "--signature-granularity", granularity})
            .status,
        0);
    EXPECT_EQ(read("sig"), text);
  }
  ASSERT_EQ(lookaside({"run", path, "--signature", in("default")}).status, 0);
  EXPECT_EQ(read("default"), expected[0].second);
}

TEST_F(RunTest, TraceIsSpikesCommitLog) {
  ASSERT_EQ(
      lookaside({"run", guest_file(finish(0x5555)), "--trace-instructions", in("log")}).status, 0);
  const std::string log = read("log");
  EXPECT_THAT(log,
              StartsWith("core   0: 3 0x0000000000001000 (0x00000297) x5  0x0000000000001000\n"));
  EXPECT_THAT(log,
              HasSubstr("core   0: 3 0x0000000080000000 (0x001002b7) x5  0x0000000000100000\n"));
  EXPECT_THAT(log, HasSubstr("mem 0x0000000000100000 0x00005555\n"));
}

TEST_F(RunTest, ImagesAreLoadedAndSegmentsZeroFilled) {
  // Prints three bytes: one of an image, one of a later image over it, one behind the file's data.
  const Code code{auipc(kT0, 1),        lui(kT1, 0x10000),
                  load(0, kT2, kT0),    store(0, kT2, kT1),
                  load(0, kT2, kT0, 1), store(0, kT2, kT1),
                  load(0, kT2, kT0, 2), addi(kT2, kT2, 'z'),
                  store(0, kT2, kT1),   lui(kT0, 0x100),
                  lui(kT1, 5),          addi(kT1, kT1, 0x555),
                  store(2, kT1, kT0),   jump(0)};
  const std::string elf = write("guest.elf", ElfBuilder(32).code(kRam, code, 0x2000).build());
  const Finished result = lookaside({"run", elf, "--load", write("a", "AB") + "@0x80001000",
                                     "--load", write("b", "C") + "@0x80001001"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "ACz");
}

TEST_F(RunTest, TheConsoleReadsStandardInput) {
  // Echoes for ever what the line status register says is there.
  const Code code{lui(kT0, 0x10000),
                  load(4, kT1, kT0, 5),
                  slli(kT1, kT1, 31),  // bit 0, data ready, to the top
                  branch_if_zero(kT1, true, -8),
                  load(4, kT1, kT0),
                  store(0, kT1, kT0),
                  jump(-20)};
  const Finished result =
      lookaside({"run", guest_file(code, 32), "--instructions", "10000"}, "hello");
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "hello");
  const Finished deaf = lookaside(
      {"run", in("guest.elf"), "--instructions", "10000", "--set", "uart.input=none"}, "hello");
  EXPECT_EQ(deaf.out, "");
}

TEST_F(RunTest, AGuestSeesTheDeviceTreeItIsGiven) {
  // a1 holds its address: prints the first four bytes.
  const std::uint32_t kA1 = 11;
  const Code code{lui(kT0, 0x10000),     load(0, kT1, kA1),  store(0, kT1, kT0),
                  load(0, kT1, kA1, 1),  store(0, kT1, kT0), load(0, kT1, kA1, 40),
                  store(0, kT1, kT0),    lui(kT0, 0x100),    lui(kT1, 5),
                  addi(kT1, kT1, 0x555), store(2, kT1, kT0), jump(0)};
  const std::string elf = guest_file(code);
  EXPECT_THAT(lookaside({"run", elf}).out, StartsWith("\xd0\x0d"));
  std::string blob("\xd0\x0d\xfe\xed\0\0\0\x40", 8);
  blob.resize(64, 'q');
  EXPECT_EQ(lookaside({"run", elf, "--dtb", write("own.dtb", blob)}).out, "\xd0\x0dq");
}

}  // namespace
}  // namespace lookaside::tests
