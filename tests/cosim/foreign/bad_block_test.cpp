// SPDX-License-Identifier: Apache-2.0
// Maps and RTL that do not fit each other: one message that names file, line and port.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "cosim/foreign/examples.h"

namespace lookaside::foreign {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// The map of direct_tlb with something replaced.
PortMap changed(const std::string& what, const std::string& by) {
  const std::string path = example("direct_tlb") + "/ports.yaml";
  std::string text = text_of_file(path);
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return parse_port_map(text.replace(at, what.size(), by), "m.yaml");
}

/// The message with which building the block, or binding its ports, ends.
std::string refused(const PortMap& map, const std::string& rtl = example("direct_tlb")) {
  try {
    (void)make_bench(map, object_of(map, rtl));
  } catch (const MapError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("\n"))) << "one message";
    return error.what();
  }
  return "not refused";
}
std::string refused(const std::string& what, const std::string& by) {
  return refused(changed(what, by));
}

TEST(BadBlock, PortsThatDoNotFitAreNamed) {
  EXPECT_EQ(
      refused("ANSWER", "ANSWR"),
      "m.yaml:20: response.valid: module 'direct_tlb' has no port 'ANSWR'; did you mean 'ANSWER'?");
  EXPECT_EQ(refused("clock: CLK", "clock: CLOK"),
            "m.yaml:12: clock: module 'direct_tlb' has no port 'CLOK'; did you mean 'CLK'?");
  EXPECT_EQ(refused("FIND[34:8]", "FIND[33:8]"),
            "m.yaml:18: lookup.vpn: port 'FIND[33:8]' of module 'direct_tlb' is 26 bits wide, "
            "expected 27 to 52");
  EXPECT_EQ(
      refused("FIND[7:0]", "FIND[8:0]"),
      "m.yaml:19: lookup.asid: port 'FIND[8:0]' of module 'direct_tlb' is 9 bits wide, expected 8");
  EXPECT_EQ(
      refused("FIND[35]", "FIND[36]"),
      "m.yaml:17: lookup.valid: port 'FIND' of module 'direct_tlb' has bits 35 to 0, found bit 36");
  EXPECT_EQ(refused("FIND[35]", "FIND[34]"),
            "m.yaml:18: lookup.vpn: bit 34 of port 'FIND[34:8]' of module 'direct_tlb' is driven "
            "by lookup.valid already");
  EXPECT_EQ(refused("FOUND[55]", "STORE[55]"),
            "m.yaml:21: response.hit: port 'STORE[55]' of module 'direct_tlb' is an input, "
            "expected an output");
  EXPECT_EQ(refused("reset: {port: RST, active: high, cycles: 2}", ""),
            "m.yaml:4: top: input 'RST' of module 'direct_tlb' is driven by nothing; give it a "
            "role, or a value "
            "under 'tie: {RST: 0}'");
  EXPECT_EQ(refused("\"FOUND[10:8]\", values: {4KiB: 1, 2MiB: 2, 1GiB: 4}",
                    "\"FOUND[9:8]\", values: {4KiB: 1, 2MiB: 2, 1GiB: 4}"),
            "m.yaml:23: response.level: port 'FOUND[9:8]' of module 'direct_tlb' is 2 bits wide, "
            "too narrow for "
            "the value 4 of '1GiB'");
}

TEST(BadBlock, MissingFilesAreNamed) {
  EXPECT_THAT(refused("direct_tlb.sv]", "direct_tbl.sv]"),
              AllOf(StartsWith("m.yaml:5: sources: there is no file '"),
                    HasSubstr("(did you mean 'direct_tlb.sv'?)")));
  EXPECT_THAT(refused("parameters:", "include: nowhere\nparameters:"),
              HasSubstr("m.yaml:6: include: there is no directory"));
  EXPECT_THAT(refused(example_map("direct_tlb"), "/nonexistent"),
              HasSubstr("--rtl: found '/nonexistent', expected a directory"));
  EXPECT_EQ(refused("top: direct_tlb", "top: direct_tbl"),
            "m.yaml:4: top: there is no module 'direct_tbl' in the sources (did you mean "
            "'direct_tlb'?); found direct_tlb");
  EXPECT_EQ(
      refused("SMALL: 8", "SMAL: 8"),
      "m.yaml:4: Verilator: Parameters from the command line were not found in the design: SMAL");
}

TEST(BadBlock, RtlThatVerilatorRefusesIsNamedWithItsLine) {
  const std::filesystem::path directory =
      std::filesystem::path(::testing::TempDir()) / "foreign bad rtl";
  std::filesystem::create_directories(directory);
  std::filesystem::copy_file(example("direct_tlb") + "/dtlb_types.sv", directory / "dtlb_types.sv",
                             std::filesystem::copy_options::overwrite_existing);
  const std::string good = text_of_file(example("direct_tlb") + "/direct_tlb.sv");
  const auto with = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    std::ofstream(directory / "direct_tlb.sv") << text.replace(text.find(what), what.size(), by);
    return (directory / "direct_tlb.sv").string();
  };
  const PortMap map = changed("compare:", "lint: warnings\ncompare:");
  std::string file = with("assign fresh =", "assign fresh ==");
  EXPECT_THAT(refused(map, directory),
              AllOf(StartsWith(file + ":104:"), HasSubstr("Verilator: syntax error"),
                    HasSubstr("; a source of m.yaml:5")));
  file = with("rd_small.full && same_space", "rd_small.fool && same_space");
  EXPECT_THAT(refused(map, directory), AllOf(StartsWith(file + ":58:"), HasSubstr("fool")));
  file = with("logic [26:0] page, int unsigned size", "logic [25:0] page, int unsigned size");
  EXPECT_THAT(refused(map, directory), AllOf(StartsWith(file + ":"), HasSubstr("(WIDTH)")))
      << "a warning";
  std::filesystem::remove_all(directory);
}

TEST(BadBlock, ABlockThatNeverAnswersIsReportedNotWaitedFor) {
  const PortMap map =
      changed("response.valid: ANSWER", "response.valid: {port: ANSWER, active: low}");
  const SessionResult result = check(map, example("direct_tlb"), 100, 1);
  ASSERT_TRUE(result.difference);
  const PortMap late = changed("  lookup.vpn:", "  fill.ready: ANSWER\n  lookup.vpn:");
  const SessionResult silent = check(late, example("direct_tlb"), 100, 1);
  ASSERT_TRUE(silent.difference);
  EXPECT_THAT(silent.difference->remark, HasSubstr("nothing happened for 2000 cycles"));
}

}  // namespace
}  // namespace lookaside::foreign
