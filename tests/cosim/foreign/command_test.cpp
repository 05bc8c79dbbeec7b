// SPDX-License-Identifier: Apache-2.0
// `lookaside cosim --rtl DIR --map FILE` as a user runs it.
#include <filesystem>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cosim/foreign/build.h"
#include "cosim/foreign/examples.h"
#include "cosim/foreign/port_map.h"
#include "e2e/program.h"

namespace lookaside::foreign {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class CosimForeign : public tests::ProgramTest {
 protected:
  tests::Finished cosim(std::vector<std::string> words) const {
    words.insert(words.begin(), "cosim");
    words.insert(words.end(), {"--cache", LOOKASIDE_TEST_CACHE});
    return lookaside(words);
  }
  /// The map of direct_tlb with lines more, as a file of the test's.
  std::string map(const std::string& more) const {
    return write("ports.yaml", text_of_file(example("direct_tlb") + "/ports.yaml") + more);
  }
  const std::string rtl = example("direct_tlb");
};

TEST_F(CosimForeign, HelpTeaches) {
  const tests::Finished help = lookaside({"cosim", "--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* word : {"--rtl", "--map", "--operations", "--seed", "--compare", "--replay",
                           "--wave", "--json", "--example", "--roles", "replay", "Exit status:"}) {
    EXPECT_THAT(help.out, HasSubstr(word));
  }
  EXPECT_THAT(lookaside({"cosim", "--roles"}).out, HasSubstr("\n  memory.response_valid "));
  EXPECT_NO_THROW((void)parse_port_map(lookaside({"cosim", "--example"}).out, "example"));
}

TEST_F(CosimForeign, ALegalBlockPasses) {
  const tests::Finished run =
      cosim({"--rtl", rtl, "--map", map(""), "--operations", "5000", "--json", in("r.json")});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("PASSED"));
  const auto json = nlohmann::json::parse(read("r.json"));
  EXPECT_EQ(json["passed"], true);
  EXPECT_GT(json["counts"]["hits"], 100);
}

TEST_F(CosimForeign, ADifferenceIsReportedAndRepeats) {
  const std::string wrong = map("define: {FAULT_STALE: 1}\n");
  const tests::Finished run = cosim({"--rtl", rtl, "--map", wrong, "--seed", "3", "--stimulus",
                                     in("x.stim"), "--json", in("r.json")});
  EXPECT_EQ(run.status, 1) << run.err;
  for (const char* part : {"RTL and model differ: direct_tlb", "<-- differs", "oldest first",
                           "x.stim", "--replay", "FAILED"}) {
    EXPECT_THAT(run.out, HasSubstr(part));
  }
  EXPECT_THAT(read("x.stim"),
              StartsWith("# direct_tlb seed=3\nblock tlb format=sv39 asid_bits=8\n"));
  EXPECT_EQ(nlohmann::json::parse(read("r.json"))["passed"], false);
  EXPECT_EQ(
      cosim({"--rtl", rtl, "--map", wrong, "--replay", in("x.stim"), "--stimulus", in("y.stim")})
          .status,
      1);
  EXPECT_EQ(cosim({"--rtl", rtl, "--map", map(""), "--replay", in("x.stim")}).status, 0);
  // The same seed, the same bytes.
  const std::string first = read("x.stim");
  (void)cosim({"--rtl", rtl, "--map", map("define: {FAULT_STALE: 1}\n"), "--seed", "3",
               "--stimulus", in("x.stim")});
  EXPECT_EQ(read("x.stim"), first);
}

TEST_F(CosimForeign, BadInputIsOneMessage) {
  struct Case {
    std::vector<std::string> words;
    const char* message;
  };
  const std::string good = map("");
  const std::string other = write("mmu.stim", "block mmu format=sv39\n");
  const std::string short_map = write("short.yaml", "kind: tlb\n");
  const Case cases[] = {
      {{}, "expected --rtl DIR and --map FILE"},
      {{"--rtl", rtl}, "expected --rtl DIR and --map FILE"},
      {{"--rtl", rtl, "--map", "/nonexistent.yaml"}, "/nonexistent.yaml"},
      {{"--rtl", rtl, "--map", short_map}, "short.yaml:1: no top"},
      {{"--rtl", "/nonexistent", "--map", good},
       "--rtl: found '/nonexistent', expected a directory"},
      {{"--rtl", rtl, "--map", good, "--compare", "loose"}, "--compare"},
      {{"--rtl", rtl, "--map", good, "--compare", "exact"}, "exact needs a geometry"},
      {{"--rtl", rtl, "--map", good, "--replay", other},
       "mmu.stim: found operations of a mmu, expected those of a tlb"},
      {{"--rtl", rtl, "--map", good, "--json", "/proc/no/r.json"}, "/proc/no"}};
  for (const Case& c : cases) {
    const tests::Finished run = cosim(c.words);
    EXPECT_EQ(run.status, 2) << c.message;
    EXPECT_EQ(run.messages(), 1U) << run.err;
    EXPECT_THAT(run.err, StartsWith("lookaside: "));
    EXPECT_THAT(run.err, HasSubstr(c.message));
  }
}

TEST_F(CosimForeign, PathsMayHoldAnything) {
  const std::string odd = in("it's a \"dir\" $HOME; x");
  std::filesystem::create_directories(odd);
  for (const char* file : {"dtlb_types.sv", "direct_tlb.sv"}) {
    std::filesystem::copy_file(rtl + "/" + file, odd + "/" + file);
  }
  const tests::Finished run =
      cosim({"--rtl", odd, "--map", map("verilator: [-Wno-WIDTH]\n"), "--operations", "1000"});
  EXPECT_EQ(run.status, 0) << run.err;
}

TEST(CosimForeignCache, FallsBackWhenHomeCannotBeWritten) {
  const auto with = [](const char* xdg, const char* home) {
    setenv("XDG_CACHE_HOME", xdg, 1);
    setenv("HOME", home, 1);
    return cache_directory();
  };
  const std::string directory = std::filesystem::path(::testing::TempDir()) / "foreign-home";
  EXPECT_EQ(with(directory.c_str(), "/proc/none"), directory + "/lookaside");
  EXPECT_EQ(with("/proc/none", directory.c_str()), directory + "/.cache/lookaside");
  EXPECT_EQ(with("relative", directory.c_str()), directory + "/.cache/lookaside");
  EXPECT_THAT(with("/proc/none", "/proc/none"), ::testing::EndsWith("/cosim-cache"));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace lookaside::foreign
