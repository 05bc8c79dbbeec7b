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
