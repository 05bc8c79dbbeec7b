// SPDX-License-Identifier: Apache-2.0
// Help, version, configuration on the command line.
#include <gmock/gmock.h>

#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Usage : public ProgramTest {};

TEST_F(Usage, HelpTeaches) {
  const Finished help = lookaside({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"run", "config"}) {
    EXPECT_THAT(help.out, HasSubstr(std::string("\n  ") + command));
  }
  const Finished run = lookaside({"run", "--help"});
  EXPECT_EQ(run.status, 0);
  for (const char* option :
       {"-c,--config", "--set", "--wave", "--wave-from", "--wave-to", "--stats", "--instructions",
        "--time", "--signature", "--signature-granularity", "--trace-instructions", "--load",
        "--dtb", "--disk", "--framebuffer", "Examples:", "Exit status:"}) {
    EXPECT_THAT(run.out, HasSubstr(option));
  }
}

TEST_F(Usage, VersionIsOneLine) {
  const Finished version = lookaside({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out, StartsWith("lookaside 0."));
}

TEST_F(Usage, WrongWordsAreExplainedInOneLine) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"fly"},
      {"run"},
      {"run", "--fast"},
      {"run", "a.elf", "--signature-granularity", "5"},
      {"run", "a.elf", "--wave-from", "1ms"},
      {"config", "extra"}};
  for (const auto& words : wrong) {
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 2) << (words.empty() ? "(nothing)" : words.back());
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_THAT(result.err, StartsWith("lookaside: "));
    EXPECT_THAT(result.err, HasSubstr("--help"));
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Usage, AnUnknownCommandIsNamedWithTheNearest) {
  EXPECT_THAT(lookaside({"rnu", "a.elf"}).err,
              StartsWith("lookaside: unknown command 'rnu', did you mean 'run'; expected one of"));
}

TEST_F(Usage, AMistypedWordIsNamedWithTheNearest) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> rows = {
      {{"run", "--wavee", "a.fst"}, "unknown option '--wavee', did you mean '--wave'? (see "},
      {{"run", "a.elf", "--instruction=5"},
       "unknown option '--instruction', did you mean '--instructions'? (see 'lookaside run "
       "--help'"},
      {{"cosim", "--operatons", "3"}, "unknown option '--operatons', did you mean '--operations'?"},
      {{"cosim", "generate", "tlb", "-seed", "3"},
       "unknown option '-seed', did you mean '--seed'?"},
      {{"rtl", "prove", "--qick"}, "unknown option '--qick', did you mean '--quick'?"},
      {{"ddr", "play", "--timing", "temporl"},
       "--timing: found 'temporl' (did you mean 'temporal'?), expected one of approximate, "
       "temporal"},
      {{"ddr", "play", "--generate", "chas:3"}, "did you mean 'chase'?"},
      {{"cosim", "generate", "tbl"},
       "BLOCK: found 'tbl' (did you mean 'tlb'?), expected one of tlb, mmu"},
      {{"config", "extra"}, "found 'extra', which nothing takes (see 'lookaside config --help')"}};
  for (const auto& [words, message] : rows) {
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 2) << message;
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
  }
}

TEST_F(Usage, WhatCannotBeGeneratedIsRefused) {
  const auto generate = [this](std::vector<std::string> words) {
    words.insert(words.begin(), {"cosim", "generate"});
    return lookaside(words);
  };
  const std::vector<std::pair<std::vector<std::string>, std::string>> rows = {
      {{"tlb", "--shape", "entries=0"},
       "generate: block tlb: 0 entries are out of range; expected"},
      {{"tlb", "--shape", "ways=5"}, "generate: block tlb: 5 ways do not divide 16 entries"},
      {{"tlb", "--weight", "tlb.lookup=0", "--weight", "tlb.fill=0", "--weight", "tlb.drop=0",
        "--weight", "tlb.fence=0"},
       "found 0 for all of tlb.lookup, tlb.fill, tlb.drop, tlb.fence, expected one at least that "
       "is not"},
      {{"mmu", "--weights",
        write("w.yaml",
              "mmu: {fence_all: 0, fence_asid: 0, fence_address: 0, "
              "fence_address_asid: 0}\n")},
       "found 0 for all of mmu.fence_all, mmu.fence_asid, "}};
  for (const auto& [words, message] : rows) {
    const Finished result = generate(words);
    EXPECT_EQ(result.status, 2) << message;
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_EQ(result.out, "");
  }
  EXPECT_EQ(generate({"tlb", "--weight", "tlb.fence=0", "--weight", "tlb.fence_all=0"}).status, 0);
}

TEST_F(Usage, ANumberHasNoSign) {
  const std::vector<std::vector<std::string>> rows = {
      {"cosim", "generate", "tlb", "--seed", "-1"},
      {"cosim", "generate", "tlb", "--seed=-1"},
      {"cosim", "generate", "tlb", "--operations", "0"},
      {"cosim", "--rtl", ".", "--map", "m.yaml", "--seed", "-1"},
      {"cosim", "--rtl", ".", "--map", "m.yaml", "--operations", "0"},
      {"rtl", "mutate", "--seed", "-1"},
      {"rtl", "netlist", "--operations", "-1"},
      {"rtl", "prove", "-j", "-1"},
      {"ddr", "dump", "x.cmd", "--count", "-1"}};
  for (const auto& words : rows) {
    const Finished result = lookaside(words);
    EXPECT_EQ(result.status, 2) << words.back();
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_THAT(result.err, HasSubstr(", expected an integer from ")) << words.back();
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Usage, AnEmptyFileNameIsRefused) {
  const std::string elf = write("a.elf", "not read");
  for (const char* option :
       {"--stats", "--wave", "--signature", "--trace-instructions", "--disk"}) {
    const Finished result = lookaside({"run", elf, option, ""});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr(std::string(option) + ": found an empty word"));
  }
}

TEST_F(Usage, ConfigurationPrintsWhatItCanRead) {
  const Finished defaults = lookaside({"config"});
  EXPECT_EQ(defaults.status, 0);
  EXPECT_THAT(defaults.out, HasSubstr("# Number of entries."));
  const Finished again = lookaside({"config", "-c", write("soc.yaml", defaults.out)});
  EXPECT_EQ(again.out, defaults.out);
  const Finished changed =
      lookaside({"config", "--set", "mmu.l1d.entries=4", "--set", "mmu.l1d.ways=2"});
  EXPECT_THAT(changed.out, HasSubstr("entries: 4\n"));
  EXPECT_THAT(changed.out, HasSubstr("ways: 2\n"));
}

TEST_F(Usage, AWrongConfigurationIsExplainedInOneLine) {
  write("soc.yaml", "mmu:\n  l1d:\n    entires: 4\n");
  for (const auto& [words, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"-c", in("soc.yaml")},
            in("soc.yaml") + ":3: unknown key 'mmu.l1d.entires'; did you mean 'mmu.l1d.entries'?"},
           {{"-c", in("none.yaml")}, in("none.yaml") + ": cannot read the file"},
           {{"--set", "mmu.l1d.entries=no"},
            "--set: mmu.l1d.entries: found 'no', expected an integer"},
           {{"--set", "mmu.l1d.ways=3"}, "--set: mmu.l1d: 3 ways do not divide 16 entries"}}) {
    std::vector<std::string> all{"config"};
    all.insert(all.end(), words.begin(), words.end());
    const Finished result = lookaside(all);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.messages(), 1U) << result.err;
    EXPECT_THAT(result.err, StartsWith("lookaside: " + message));
    EXPECT_EQ(result.out, "");
  }
}

}  // namespace
}  // namespace lookaside::tests
