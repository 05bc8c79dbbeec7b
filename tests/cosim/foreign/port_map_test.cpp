// SPDX-License-Identifier: Apache-2.0
// Port maps: read, refused with file and line.
#include "cosim/foreign/port_map.h"

#include <gmock/gmock.h>

#include "cosim/foreign/example_map.h"
#include "cosim/foreign/map_rules.h"
#include "cosim/foreign/roles.h"

namespace lookaside::foreign {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

const std::string kTlb = R"(kind: tlb
top: t
sources: [a.sv]
clock: clk
asid_bits: 8
ports:
  lookup.valid: v
  lookup.vpn: req[38:12]
  lookup.asid: req[7:0]
  response.hit: h
  response.ppn: p
  fill.valid: fv
  fill.vpn: fvpn
  fill.ppn: fppn
  fence.valid: fe
)";

/// The message that a text is refused with.
std::string refused(const std::string& text) {
  try {
    (void)parse_port_map(text, "m.yaml");
  } catch (const MapError& error) {
    return error.what();
  }
  return "not refused";
}
/// The same for the small map above with one line replaced.
std::string refused(const std::string& line, const std::string& by) {
  std::string text = kTlb;
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return refused(text.replace(at, line.size(), by));
}

TEST(PortMap, IsRead) {
  const PortMap map = parse_port_map(kTlb, "m.yaml");
  EXPECT_EQ(map.kind, BlockKind::kTlb);
  EXPECT_EQ(map.top.text, "t");
  EXPECT_EQ(map.top.line, 2);
  EXPECT_EQ(map.shape.format, &translation::kSv39);
  EXPECT_EQ(map.compare, Compare::kArchitectural);
  const PortRef& vpn = map.ports.at("lookup.vpn");
  EXPECT_EQ(vpn.port, "req");
  EXPECT_EQ(vpn.bits, std::make_pair(38U, 12U));
  EXPECT_EQ(vpn.line, 8);
  EXPECT_EQ(vpn.text(), "req[38:12]");
  EXPECT_FALSE(map.ports.at("lookup.valid").bits);
}

TEST(PortMap, TheExampleOfTheProgramIsValid) {
  const PortMap map = parse_port_map(kExampleMap, "example");
  EXPECT_EQ(map.latency.lookup, 2U);
  EXPECT_TRUE(map.ports.at("fill.valid").inverted);
  EXPECT_THAT(map.values("fence.form"), ElementsAre(Pair("all", 0), Pair("asid", 1)));
  EXPECT_THAT(map.values("response.level"),
              ElementsAre(Pair("4KiB", 0), Pair("2MiB", 1), Pair("1GiB", 2)));
}

TEST(PortMap, EverySettingIsRead) {
  std::string text = kTlb;
  text +=
      "include: [x, 'y z']\ndefine: {A: 1, B: }\nparameters: {N: 4}\n"
      "verilator: [-Wno-WIDTH, --language 1364-2005]\nlint: warnings\ncompare: exact\n"
      "geometry: {entries: 8, ways: 2, policy: lru, page_sizes: [4KiB, 2MiB]}\n"
      "superpage_fence: piece\nreset: {port: r, active: low, cycles: 5}\n"
      "tie: {a: 3, 'b[1]': 1}\nlatency: {lookup: 0, fill: 3, fence: 9}\nhold: [lookup, fence]\n"
      "timeout_cycles: 77\npa_bits: 40\n";
  const PortMap map = parse_port_map(text, "m.yaml");
  EXPECT_EQ(map.includes.at(1).text, "y z");
  EXPECT_THAT(map.defines, ElementsAre(Pair("A", "1"), Pair("B", "")));
  EXPECT_THAT(map.verilator, ElementsAre("-Wno-WIDTH", "--language", "1364-2005"));
  EXPECT_TRUE(map.warnings_refused && map.pieces && map.reset->inverted);
  EXPECT_EQ(map.geometry.at("tlb").ways, 2U);
  EXPECT_THAT(map.geometry.at("tlb").page_shifts, ElementsAre(12, 21));
  EXPECT_EQ(map.geometry.at("tlb").replacement, tlb::Replacement::kLru);
  EXPECT_EQ(map.reset_cycles, 5U);
  EXPECT_EQ(map.ties.at(1).first.text(), "b[1]");
  EXPECT_EQ(map.latency.fence, 9U);
  EXPECT_THAT(map.holds, ElementsAre("lookup", "fence"));
  EXPECT_EQ(map.timeout_cycles, 77U);
  EXPECT_EQ(map.shape.pa_bits, 40U);
}

TEST(PortMap, WhatIsWrongIsNamedWithFileAndLine) {
  struct Case {
    const char* line;
    const char* by;
    const char* message;
  };
  const Case cases[] = {
      {"kind: tlb", "kind: tlbs",
       "m.yaml:1: kind: found 'tlbs' (did you mean 'tlb'?), expected one of tlb, mmu"},
      {"top: t", "topp: t",
       "m.yaml:2: port map: found 'topp' (did you mean 'top'?), expected one of"},
      {"top: t\n", "", "m.yaml:1: no top, expected 'top: MODULE'"},
      {"top: t", "top: 'a b'", "m.yaml:2: top: found 'a b', expected a name"},
      {"sources: [a.sv]", "sources: []", "m.yaml:1: no sources, expected"},
      {"clock: clk\n", "", "m.yaml:1: no clock, expected 'clock: PORT', a port of module 't'"},
      {"clock: clk", "clock: {edge: rising}", "m.yaml:4: clock: no port, expected"},
      {"clock: clk", "clock: {port: clk, edge: up}",
       "m.yaml:4: clock: edge: found 'up', expected one of rising, falling"},
      {"clock: clk", "clock: clk[1:0]", "m.yaml:4: clock: found 'clk[1:0]', expected one bit"},
      {"asid_bits: 8", "asid_bits: 33",
       "m.yaml:5: asid_bits: found '33', expected an integer from 0 to 32"},
      {"asid_bits: 8", "format: sv40",
       "m.yaml:5: format: found 'sv40' (did you mean 'sv48'?), expected one of sv32, sv39"},
      {"lookup.valid: v", "lookup.vald: v",
       "m.yaml:7: ports: found 'lookup.vald', which is no role of a tlb (did you mean "
       "'lookup.valid'?)"},
      {"lookup.valid: v\n", "\n",
       "m.yaml:1: ports: no lookup.valid, expected the port that carries it"},
      {"req[38:12]", "'req[38:'",
       "m.yaml:8: lookup.vpn: found 'req[38:', expected a port name, with bits as [MSB:LSB]"},
      {"req[38:12]", "req[12:38]", "m.yaml:8: lookup.vpn: found 'req[12:38]', expected"},
      {"req[38:12]", "[1, 2]", "m.yaml:8: lookup.vpn: found a list, expected"},
      {"req[38:12]", "{port: req, active: lo}",
       "m.yaml:8: lookup.vpn: active: found 'lo' (did you mean 'low'?)"},
      {"req[38:12]", "{port: req, values: {a: 1}}",
       "m.yaml:8: lookup.vpn: values: this role carries a number"},
      {"lookup.vpn: req[38:12]", "lookup.vpn: a\n  lookup.va: b",
       "found lookup.va, lookup.vpn together, expected one way of saying it"},
      {"fence.valid: fe", "fence.valid: fe\n  fence.form: {port: f, values: {al: 1}}",
       "m.yaml:16: fence.form: values: found 'al' (did you mean 'all'?)"},
      {"fence.valid: fe", "fence.valid: fe\n  fence.valid: fi",
       "m.yaml:16: ports: 'fence.valid' is given a second time"},
      {"asid_bits: 8", "compare: exact", "compare: exact needs a geometry"},
      {"asid_bits: 8", "geometry: {entries: 12, ways: 5}", "m.yaml:5: geometry: "},
      {"asid_bits: 8", "geometry: {entries: 8, page_sizes: [3KiB]}",
       "m.yaml:5: geometry.page_sizes: found '3KiB'"},
      {"asid_bits: 8", "verilator: [--Mdir /tmp/x]",
       "m.yaml:5: verilator: found '--Mdir', which 'lookaside cosim' sets itself"},
      {"asid_bits: 8", "verilator: [x.v]", "m.yaml:5: verilator: found 'x.v', expected an option"},
      {"asid_bits: 8", "hold: fetch",
       "m.yaml:5: hold: found 'fetch' (did you mean 'fence'?), expected one of lookup, fill, "
       "fence"},
      {"asid_bits: 8", "asid_bits: [", "m.yaml:"},
      {"fence.valid: fe",
       "fence.valid: fe\n  fence.vpn: n\n  fence.form: {port: f, values: {all: 0, asid: 1}}",
       "m.yaml:17: ports: found fence.form with the form 'asid' but no fence.asid, expected that "
       "port, or 'values' without such forms"},
      {"fence.valid: fe", "fence.valid: fe\n  fence.asid: a\n  fence.form: f",
       "m.yaml:17: ports: found fence.form with the form 'address' but no fence.va or fence.vpn"},
      {"fence.valid: fe", "fence.valid: fe\n  fence.by_asid: a",
       "m.yaml:16: ports: found fence.by_asid but no fence.asid, expected the port that carries"},
      {"ports:", "latency: {lookup: 0}\nports:\n  response.valid: rv",
       "m.yaml:6: latency: found 'lookup' and the port response.valid, which tells when, expected "
       "one of the two"},
      {"ports:", "latency:\n  fence: 3\nports:\n  fence.busy: b",
       "m.yaml:7: latency: found 'fence' and the port fence.busy"},
      {"kind: tlb", "kind: mmu\nlatency: {fill: 1}", "m.yaml:"},
  };
  for (const Case& c : cases) {
    const std::string message = refused(c.line, c.by);
    EXPECT_THAT(message, StartsWith("m.yaml:")) << c.by;
    EXPECT_THAT(message, HasSubstr(c.message));
  }
}

TEST(PortMap, AnMmuNeedsItsPorts) {
  const std::string start =
      "kind: mmu\ntop: t\nsources: a.sv\nclock: c\nports:\n  fence.valid: f\n";
  EXPECT_THAT(refused(start), HasSubstr("ports: no context.satp or context.mode context.root or"));
  const std::string memory =
      "  context.satp: s\n  memory.valid: a\n  memory.address: b\n  memory.response_valid: c\n  "
      "memory.data: d\n";
  EXPECT_THAT(refused(start + memory), HasSubstr("ports: no fetch.valid or data.valid"));
  const std::string port =
      "  data.valid: x\n  data.va: y\n  data.response_valid: z\n  data.pa: q\n";
  EXPECT_THAT(refused(start + memory + port),
              HasSubstr("no data.fault or data.page_fault data.access_fault"));
  EXPECT_EQ(refused(start + memory + port + "  data.fault: w\n"), "not refused");
  EXPECT_THAT(
      refused(start + memory + port + "  data.fault: w\n  memory.cas: k\n"),
      HasSubstr("m.yaml:17: ports: found memory.cas together, expected the rest of the group too"));
}

TEST(PortMap, RolesHaveSentencesAndWidths) {
  for (const BlockKind kind : {BlockKind::kTlb, BlockKind::kMmu}) {
    for (const Role& role : roles(kind)) {
      EXPECT_FALSE(std::string(role.sentence).empty()) << role.name;
      EXPECT_EQ(find_role(kind, role.name), &role) << "twice: " << role.name;
      for (const translation::Format* format : {&translation::kSv32, &translation::kSv39}) {
        const WidthRange range = width_of(role.width, {format, 9, format->pa_bits});
        EXPECT_LE(range.min, range.max) << role.name;
      }
    }
  }
}

}  // namespace
}  // namespace lookaside::foreign
