// SPDX-License-Identifier: Apache-2.0
// Bad input: exit status 2, one message, no output file.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "e2e/guests.h"
#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Input : public ProgramTest {
 protected:
  Input() { write("good.elf", passing()); }

  /// Runs with every kind of output asked for, and expects a refusal with this text.
  void refused(std::vector<std::string> words, const std::string& message) {
    const std::vector<std::string> before = files();
    words.insert(words.begin(), "run");
    for (const char* option : {"--stats", "--wave", "--trace-instructions", "--framebuffer"}) {
      words.insert(words.end(), {option, in(std::string("out") + option)});
    }
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_THAT(result.err, StartsWith("lookaside: "));
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(files(), before) << "no file is left behind";
  }
};

TEST_F(Input, BadElfFiles) {
  auto machine = passing();
  machine[18] = 62;
  auto truncated = passing();
  truncated.resize(100);
  refused({in("none.elf")}, "none.elf: cannot read the file: there is none of that name");
  refused({in("")}, "cannot read the file: it is no regular file");
  refused({write("empty.elf", std::string())},
          "empty.elf: offset 0x0: found an empty file (0 bytes)");
  refused({write("text.elf", "#!/bin/sh\n")}, "text.elf: offset 0x0: found the bytes 23 21 2f 62");
  refused({write("x86.elf", machine)},
          "x86.elf: offset 0x12: found machine 62, expected 243 (RISC-V)");
  refused({write("cut.elf", truncated)},
          "cut.elf: offset 0x40: found the end of the file (100 bytes)");
  refused(
      {write("low.elf", ElfBuilder(64).code(0x40000000, {0x13}).build())},
      "low.elf: offset 0x40: found a segment at 0x40000000..0x40000003, expected one inside RAM "
      "(0x80000000..0x87ffffff)");
}

TEST_F(Input, BadConfigurations) {
  const std::string elf = in("good.elf");
  refused({elf, "-c", write("soc.yaml", "mmu:\n  l1d:\n    entires: 3\n")},
          "soc.yaml:3: unknown key 'mmu.l1d.entires'; did you mean 'mmu.l1d.entries'?");
  refused({elf, "-c", write("soc.yaml", "cpu: {pmp_entries: 5}\n")},
          "soc.yaml:1: cpu.pmp_entries: found '5', expected one of 0, 4, 16");
  refused({elf, "-c", in("none.yaml")}, "none.yaml: cannot read the file");
  refused({elf, "--set", "memory.size=lots"}, "--set: memory.size: found 'lots', expected a size");
  refused({elf, "--instructions", "-5"}, "--instructions: limits.instructions: found '-5'");
  refused({elf, "--time", "5"}, "--time: found '5', expected a time with a unit");
  refused({elf, "--wave-from", "2ms", "--wave-to", "1ms"},
          "--wave-to: found 1ms, expected a time after");
  refused({elf, "--disk", in("none.img")}, "none.img");
  refused({elf, "--set", "dma.burst_bytes=100"}, "power of two");
}

TEST_F(Input, BadImages) {
  const std::string elf = in("good.elf");
  const std::string blob = write("blob", std::string(5000, 'x'));
  refused({elf, "--load", blob}, "--load: found '" + blob + "', expected FILE@ADDRESS");
  refused({elf, "--load", blob + "@here"}, "expected FILE@ADDRESS");
  refused({elf, "--load", in("none") + "@0x80200000"}, "none: cannot read the file");
  refused({elf, "--load", blob + "@0x100"},
          "blob: found 5000 bytes at 0x100, expected a place inside RAM");
  refused({elf, "--load", blob + "@0x87fff000"}, "found 5000 bytes at 0x87fff000");
  refused({elf, "--load", blob + "@0xfffffffffffff000"}, "found 5000 bytes at 0xfffffffffffff000");
  refused({elf, "--dtb", blob}, "blob: offset 0x0: found no device tree blob");
  refused({elf, "--dtb",
           write("cut.dtb", std::string("\xd0\x0d\xfe\xed\0\0\1\0", 8) + std::string(100, '\0'))},
          "cut.dtb: offset 0x4: found the size 256 in a file of 108 bytes");
  refused({elf, "--dtb", in("none.dtb")}, "none.dtb: cannot read the file");
}

TEST_F(Input, SymbolsThatAreMissingOrAstray) {
  refused({in("good.elf"), "--signature", in("sig")}, "begin_signature and end_signature");
  refused({write("a.elf", ElfBuilder(64).code(kRam, {0x13}).symbol("tohost", 0x1000, 1).build())},
          "the symbol tohost: found 8 bytes at 0x1000, expected a place inside RAM");
}

TEST_F(Input, OutputsThatCannotBeWritten) {
  for (const char* option : {"--stats", "--wave", "--trace-instructions", "--framebuffer"}) {
    for (const std::string& path : {in("none/file"), in("")}) {
      const Finished result = lookaside({"run", in("good.elf"), option, path});
      EXPECT_EQ(result.status, 2) << option;
      EXPECT_EQ(result.messages(), 1U) << result.err;
      EXPECT_THAT(result.err, HasSubstr(path + ": cannot be written"));
    }
  }
  for (const char* again : {"x", "./x"}) {
    const Finished twice =
        lookaside({"run", in("good.elf"), "--stats", in("x"), "--wave", in(again)});
    EXPECT_EQ(twice.status, 2);
    EXPECT_THAT(twice.err, HasSubstr("found two outputs of this name"));
  }
  EXPECT_EQ(files(), std::vector<std::string>{"good.elf"});
}

TEST_F(Input, AnOutputDoesNotReplaceAnInput) {
  const std::string elf = in("good.elf");
  const std::string image = write("image", std::string(512, 'x'));
  const std::string config = write("soc.yaml", "mmu.l1d.entries: 4\n");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"run", elf, "--stats", in("./good.elf")},
           {"run", elf, "-c", config, "--stats", config},
           {"run", elf, "--load", image + "@0x80200000", "--trace-instructions", image},
           {"run", elf, "--disk", image, "--wave", image}}) {
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 2) << words.back();
    EXPECT_THAT(result.err, HasSubstr("found an input and an output of this name"));
  }
  EXPECT_EQ(read("image"), std::string(512, 'x'));
  ASSERT_EQ(lookaside({"run", elf, "--wave", in("good.fst")}).status, 0);
  EXPECT_EQ(lookaside({"waves", in("good.fst"), "--png", in("./good.fst")}).status, 2);
  EXPECT_EQ(lookaside({"waves", in("good.fst")}).status, 0) << "it is a waveform still";
}

TEST_F(Input, AFullDiskBehindStandardOutputIsReported) {
  const auto into_full = [&](const std::string& words) {
    return run_program({"sh", "-c", LOOKASIDE_PROGRAM " " + words + " > /dev/full"});
  };
  const std::string hello = LOOKASIDE_FIRMWARE_DIRECTORY "/hello-rv64.elf";
  std::vector<std::string> commands{"config"};
#ifndef __SANITIZE_ADDRESS__  // SystemC leaves it with wrong bounds of the stack, on which this
                              // throws
  commands.push_back("run " + hello);
#endif
  for (const std::string& words : commands) {
    const Finished result = into_full(words);
    EXPECT_EQ(result.status, 2) << words;
    EXPECT_THAT(result.err, HasSubstr("lookaside: standard output: ")) << words;
    EXPECT_THAT(result.err, HasSubstr("No space left on device")) << words;
  }
}

#ifndef __SANITIZE_ADDRESS__  // as above
TEST_F(Input, ADiskWithoutRoomForAWaveformIsReported) {
  const Finished result =
      run_without_room({LOOKASIDE_PROGRAM, "run", in("good.elf"), "--wave", in("good.fst")});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, HasSubstr("good.fst: the waveform could not be written completely"));
  EXPECT_EQ(files(), std::vector<std::string>{"good.elf"});
}
#endif

TEST_F(Input, AReaderThatHasSeenEnoughIsNoError) {
  const std::string demo = LOOKASIDE_FIRMWARE_DIRECTORY "/demo-rv64-sv39.elf";
  ASSERT_EQ(lookaside({"run", demo, "--wave", in("demo.fst")}).status, 0);
  const Finished headed = run_program(
      {"bash", "-c",
       "set -o pipefail; " LOOKASIDE_PROGRAM " waves " + in("demo.fst") + " --dump | head -n 1"});
  EXPECT_EQ(headed.status, 0);
  EXPECT_EQ(headed.err, "");
}

TEST_F(Input, UnreadableWaveforms) {
  ASSERT_EQ(lookaside({"run", in("good.elf"), "--wave", in("good.fst")}).status, 0);
  const std::string whole = read("good.fst");
  for (const auto& [path, message] : std::vector<std::pair<std::string, std::string>>{
           {in("none.fst"), "none.fst"},
           {write("empty.fst", std::string()), "empty.fst"},
           {write("text.fst", "no waveform at all"), "text.fst"},
           {write("cut.fst", whole.substr(0, whole.size() / 2)), "cut.fst"}}) {
    const Finished result = lookaside({"waves", path, "--png", in("out.png")});
    EXPECT_EQ(result.status, 2) << path;
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_FALSE(exists("out.png"));
  }
}

}  // namespace
}  // namespace lookaside::tests
