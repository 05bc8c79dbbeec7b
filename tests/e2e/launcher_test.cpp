// SPDX-License-Identifier: Apache-2.0
// The launcher, as far as it goes without building: help, wrong words, packages that are missing.
#include <filesystem>

#include <gmock/gmock.h>

#include "e2e/program.h"

namespace lookaside::tests {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Finished launcher(std::vector<std::string> words) {
  words.insert(words.begin(), LOOKASIDE_LAUNCHER);
  return run_program(words);
}

TEST(Launcher, HelpIsAskedForInManyWays) {
  const std::string help = launcher({"--help"}).out;
  for (const char* word : {"demo", "test", "build", "setup", "--long", "LOOKASIDE_PRESET"}) {
    EXPECT_THAT(help, HasSubstr(word));
  }
  const std::vector<std::vector<std::string>> ways = {
      {}, {"-h"}, {"help"}, {"demo", "--help"}, {"test", "-h"}, {"build", "--help"}};
  for (const auto& words : ways) {
    const Finished found = launcher(words);
    EXPECT_EQ(found.status, 0);
    EXPECT_EQ(found.out, help);
    EXPECT_EQ(found.err, "");
  }
}

TEST(Launcher, AWrongWordIsOneMessage) {
  const struct {
    std::vector<std::string> words;
    std::string message;
  } cases[] = {
      {{"test", "--lnog"}, "lookaside: unknown option '--lnog' of test; the only one is --long\n"},
      {{"build", "all"}, "lookaside: build takes no option or argument, found 'all'\n"},
      {{"setup", "paint"},
       "lookaside: unknown kind 'paint' of setup; expected run, test or lint\n"}};
  for (const auto& c : cases) {
    const Finished found = launcher(c.words);
    EXPECT_EQ(found.status, 2);
    EXPECT_EQ(found.err, c.message);
    EXPECT_EQ(found.out, "");
  }
}

/// A machine with the tools that the launcher itself needs, and of its packages all but g++.
class Setup : public ProgramTest {
 protected:
  Setup() {
    for (const char* tool : {"sh", "dirname", "readlink", "grep", "env"}) {
      const std::filesystem::path usr = std::filesystem::path("/usr/bin") / tool;
      std::filesystem::create_symlink(
          std::filesystem::exists(usr) ? usr : std::filesystem::path("/bin") / tool, in(tool));
    }
    tool("dpkg-query",
         "for last; do :; done\n[ \"$last\" = g++ ] || echo 'install ok installed'\n");
  }
  void tool(const std::string& name, const std::string& script) {
    write(name, "#!/bin/sh\n" + script);
    std::filesystem::permissions(in(name), std::filesystem::perms::owner_all);
  }
  Finished setup() const {
    return run_program({"/usr/bin/env", "PATH=" + in(""), LOOKASIDE_LAUNCHER, "setup", "run"});
  }
};

TEST_F(Setup, WithoutAptGetItNamesWhatIsMissing) {
  const Finished found = setup();
  EXPECT_EQ(found.status, 2);
  EXPECT_EQ(found.err,
            "lookaside: these Debian packages are missing and there is no apt-get to install them: "
            "g++\n");
}

TEST_F(Setup, WithoutRootOrSudoItSaysWhatRootMustDo) {
  tool("apt-get", "exit 1\n");
  tool("id", "echo 1000\n");
  const Finished found = setup();
  EXPECT_EQ(found.status, 2);
  EXPECT_EQ(found.messages(), 1U);
  EXPECT_THAT(found.err, EndsWith("As root, run: apt-get install --no-install-recommends g++\n"));
}

TEST_F(Setup, InstallsWhatIsMissingAfterItShowedTheCommand) {
  tool("id", "echo 0\n");
  tool("apt-get", "echo \"apt-get $*\"\n");
  const Finished found = setup();
  EXPECT_EQ(found.status, 0);
  EXPECT_THAT(found.err, StartsWith("lookaside: installing missing packages:\n"));
  EXPECT_THAT(found.err, EndsWith("apt-get -qq install -y --no-install-recommends g++\n"));
  EXPECT_THAT(found.err, Not(HasSubstr("cmake")));
}

TEST_F(Setup, SaysWhatCouldNotBeInstalled) {
  tool("id", "echo 0\n");
  tool("apt-get", "exit 100\n");
  const Finished found = setup();
  EXPECT_EQ(found.status, 2);
  EXPECT_THAT(found.err, EndsWith("lookaside: apt-get could not install: g++\n"));
}

TEST_F(Setup, NothingIsMissingNothingIsSaid) {
  tool("dpkg-query", "echo 'install ok installed'\n");
  const Finished found = setup();
  EXPECT_EQ(found.status, 0);
  EXPECT_EQ(found.err + found.out, "");
}

}  // namespace
}  // namespace lookaside::tests
