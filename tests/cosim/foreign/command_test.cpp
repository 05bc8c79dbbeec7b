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
  EXPECT_EQ(json["counts"]["operations"], 5000) << "as many as were asked for";
}

TEST_F(CosimForeign, WhatAReplayLeavesOutIsCounted) {
  const std::string some =
      write("some.stim", "block tlb asid_bits=8\ndrop va=0 asid=0\nlookup va=0 asid=0\n");
  const tests::Finished run =
      cosim({"--rtl", rtl, "--map", map(""), "--replay", some, "--json", in("r.json")});
  EXPECT_EQ(run.status, 0) << run.err;
  const auto json = nlohmann::json::parse(read("r.json"));
  EXPECT_EQ(json["counts"]["operations"], 1);
  EXPECT_EQ(json["counts"]["left out: no ports for them"], 1);
}

TEST_F(CosimForeign, TheHitThatDiffersIsCounted) {
  const std::string stale =
      write("stale.stim",
            "block tlb asid_bits=8\nfill va=0x3fe048b9 asid=0 ppn=0x2fd8b112400 level=1 global=0 "
            "perm=rw----\nfence form=address va=0x3fe030cb\nlookup va=0x3fe09bc6 asid=0\n");
  const tests::Finished run =
      cosim({"--rtl", rtl, "--map", map("define: {FAULT_STALE: 1}\n"), "--replay", stale,
             "--stimulus", in("x.stim"), "--json", in("r.json")});
  EXPECT_EQ(run.status, 1) << run.err;
  const auto json = nlohmann::json::parse(read("r.json"));
  EXPECT_EQ(json["counts"]["lookups"], 1);
  EXPECT_EQ(json["counts"]["hits"], 1);
}

TEST_F(CosimForeign, ABuildThatFailsLeavesNothing) {
  const std::string cache = in("cache");
  write("t.sv", "module t(input wire clk); wire a = b; endmodule\n");
  std::string text = text_of_file(example("direct_tlb") + "/ports.yaml");
  const std::string sources = "sources: [dtlb_types.sv, direct_tlb.sv]";
  text.replace(text.find(sources), sources.size(), "sources: [t.sv]");
  const tests::Finished run =
      lookaside({"cosim", "--rtl", in(""), "--map", write("bad.yaml", text), "--cache", cache});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(cache), {}), 0) << run.err;
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
  const std::string none = write("none.stim", "block tlb format=sv39 asid_bits=8\n");
  const std::string unfit = write("unfit.stim", "block tlb asid_bits=8\n\ndrop va=0 asid=0\n");
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
      {{"--rtl", rtl, "--map", good, "--replay", none},
       "none.stim: found no operation after the line of the block, expected at least one"},
      {{"--rtl", rtl, "--map", good, "--replay", unfit},
       "unfit.stim:3: found 'drop va=0x0 asid=0x0', expected at least one operation that the "
       "ports"},
      {{"--rtl", rtl, "--map", good, "--replay", write("empty.stim", "")},
       "empty.stim: found an empty file, expected the line of a block"},
      {{"--rtl", rtl, "--map", good, "--operations", "0"}, "--operations: found '0', expected"},
      {{"--rtl", rtl, "--map", good, "--stimulus", "/proc/no/x.stim"},
       "/proc/no/x.stim: cannot be"},
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
