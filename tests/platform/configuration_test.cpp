// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <lookaside/platform/configuration.h>
#include <lookaside/platform/schema.h>
#include <lookaside/platform/translate.h>

namespace lookaside::platform {
namespace {

using ::testing::HasSubstr;

/// The message a YAML text is refused with; empty if it is accepted.
std::string refusal(const std::string& yaml) {
  try {
    Configuration configuration;
    configuration.load_text(yaml, "soc.yaml");
    configuration.check();
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "";
}

std::string refused_assignment(const std::string& assignment) {
  try {
    Configuration configuration;
    configuration.assign(assignment);
    configuration.check();
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "";
}

TEST(Configuration, NestedAndDottedKeysMeanTheSame) {
  Configuration nested;
  nested.load_text("mmu:\n  l1d:\n    entries: 64\n    ways: 64\n", "a.yaml");
  Configuration dotted;
  dotted.load_text("mmu.l1d.entries: 64\nmmu.l1d:\n  ways: 64\n", "b.yaml");
  Configuration hart;
  hart.load_text("hart0:\n  mmu: {l1d: {entries: 64, ways: 0x40}}\n", "c.yaml");
  EXPECT_EQ(nested.integer("mmu.l1d.entries"), 64U);
  EXPECT_EQ(nested.values(), dotted.values());
  EXPECT_EQ(nested.values(), hart.values());
}

TEST(Configuration, NumberOfEntriesAloneGivesAnotherFullyAssociativeTlb) {
  for (const char* entries : {"1", "4", "8", "32", "64"}) {
    Configuration configuration;
    configuration.assign(std::string("mmu.l1d.entries=") + entries);
    configuration.check();
    EXPECT_EQ(tlb_geometry(configuration, "l1d").sets(), 1U) << entries;
  }
  Configuration four_ways;
  four_ways.assign("mmu.l1d.ways=4");
  EXPECT_EQ(tlb_geometry(four_ways, "l1d").sets(), 4U);
}

TEST(Configuration, LaterAssignmentsWin) {
  Configuration configuration;
  configuration.load_text("memory: {size: 1GiB}\n", "a.yaml");
  configuration.assign("memory.size=64 MiB");
  EXPECT_EQ(configuration.integer("memory.size"), 64U << 20);
}

TEST(Configuration, SectionsMayBeEmpty) {
  EXPECT_EQ(refusal(""), "");
  EXPECT_EQ(refusal("# nothing\n"), "");
  EXPECT_EQ(refusal("mmu:\n  # l1d: {entries: 1}\n"), "");
  EXPECT_EQ(refusal("mmu: {}\n"), "");
}

struct Case {
  const char* yaml;
  std::vector<const char*> parts;  // of the message
};

TEST(Configuration, RefusesBadInputWithPlaceFoundAndExpected) {
  const Case cases[] = {
      {"mmu:\n  l1d:\n    entires: 4\n",
       {"soc.yaml:3: ", "unknown key 'mmu.l1d.entires'", "did you mean 'mmu.l1d.entries'?"}},
      {"\n\ncpu.misalinged: trap\n", {"soc.yaml:3: ", "did you mean 'cpu.misaligned'?"}},
      {"mnu: {}\n", {"soc.yaml:1: ", "unknown key 'mnu'"}},
      {"mnu:\n", {"soc.yaml:1: ", "unknown key 'mnu'"}},
      {"mmu:\n  l1d: 16\n",
       {"soc.yaml:2: unknown key 'mmu.l1d'; it is a section, expected one of mmu.l1d.",
        "mmu.l1d.entries, "}},
      {"mmu.l1d.policy: lru\n",
       {"soc.yaml:1: unknown key 'mmu.l1d.policy'; expected one of mmu.l1d.",
        "mmu.l1d.replacement"}},
      {"bogus: 1\n", {"soc.yaml:1: unknown key 'bogus' ('lookaside config'"}},
      {"mmu:\n  l1d: {entries: 0}\n",
       {"soc.yaml:2: mmu.l1d.entries: found '0', expected an integer from 1 to 65536 (entries)"}},
      {"mmu.l1d.entries: many\n", {"soc.yaml:1: ", "found 'many'", "expected an integer"}},
      {"mmu.l1d.entries: -4\n", {"found '-4'"}},
      {"mmu.l1d.entries: [4]\n", {"found a list, expected an integer"}},
      {"mmu.l1d.entries: {a: 4}\n", {"found a map, expected an integer"}},
      {"mmu.l1d.entries:\n", {"found nothing, expected an integer"}},
      {"mmu: 4\n", {"unknown key 'mmu'"}},
      {"cpu: {misaligned: hardwear}\n",
       {"cpu.misaligned: found 'hardwear', expected one of hardware, trap; did you mean "
        "'hardware'?"}},
      {"cpu: {pmp_entries: 8}\n", {"found '8', expected one of 0, 4, 16"}},
      {"cpu: {reset_adue: yes}\n", {"found 'yes', expected true or false"}},
      {"cpu: {clock_mhz: fast}\n", {"found 'fast', expected a number from 1 to 10000 (MHz)"}},
      {"platform: {timing: approximate}\n",
       {"found 'approximate', expected one of calibrated, temporal"}},
      {"platform: {harts: 2}\n", {"found '2', expected 1"}},
      {"memory: {size: 1GB}\n", {"found '1GB', expected a size in bytes or with KiB, MiB or GiB"}},
      {"memory: {size: 6000}\n", {"soc.yaml:1: memory.size", "no whole number of pages"}},
      {"memory: {regions: 3}\n", {"memory.regions: found '3', expected a list"}},
      {"memory: {regions: [3]}\n", {"found an item that is a value"}},
      {"memory: {regions: [{base: 0x100000000}]}\n", {"an item without base and size"}},
      {"memory: {regions: [{base: 0x100000000, sise: 4KiB}]}\n", {"the key 'sise'"}},
      {"memory: {regions: [{base: high, size: 4KiB}]}\n", {"a base that is no number"}},
      {"memory: {regions: &a [*a]}\n", {"an item that is a list"}},
      {"memory:\n  regions: [{base: 0x10000000, size: 4KiB}]\n",
       {"soc.yaml:2: ", "overlaps the device 'uart0' at 0x10000000..0x100000ff"}},
      {"memory: {regions: [{base: 0x80001000, size: 4KiB}]}\n", {"overlaps the RAM at 0x80000000"}},
      {"memory: {regions: [{base: 0x100000000, size: 0}]}\n", {"no whole number of pages"}},
      {"memory: {regions: [{base: 0xfffffffffff000, size: 8KiB}]}\n", {"56 bits"}},
      {"mmu: {l1d: {entries: 30, ways: 4}}\n", {"mmu.l1d", "4 ways do not divide 30 entries"}},
      {"mmu:\n  l1i: {seed: 1}\n  l1i: {seed: 2}\n", {"soc.yaml:3: ", "given a second time"}},
      {"mmu: {l1d: {entries: 4}\n", {"soc.yaml:2: not valid YAML"}},
      {"- 1\n- 2\n", {"soc.yaml:1: found a list, expected 'key: value' lines"}},
      {"just words\n", {"soc.yaml:1: found a value, expected"}},
      {"? [a]\n: 1\n", {"a key must be a plain word"}},
      {"x: &x {y: *x}\n", {"nested too deeply"}},
      {"\x01\x02\x7f\x45\x4c\x46", {"soc.yaml:1: "}},
  };
  for (const Case& c : cases) {
    const std::string message = refusal(c.yaml);
    for (const char* part : c.parts) EXPECT_THAT(message, HasSubstr(part)) << c.yaml;
    EXPECT_EQ(message.find('\n'), std::string::npos) << "more than one line for " << c.yaml;
  }
}

TEST(Configuration, RefusesBadAssignments) {
  EXPECT_THAT(refused_assignment("mmu.l1d.entries"), HasSubstr("--set: found 'mmu.l1d.entries'"));
  EXPECT_THAT(refused_assignment("=4"), HasSubstr("expected key=value"));
  EXPECT_THAT(refused_assignment("mmu.l1d.entrie=4"), HasSubstr("did you mean 'mmu.l1d.entries'?"));
  EXPECT_THAT(refused_assignment("mmu.l1d.entries=4x"), HasSubstr("--set: mmu.l1d.entries: found"));
}

TEST(Configuration, RamComesInTheOrderGiven) {
  Configuration configuration;
  configuration.assign("memory.size=2GiB");
  configuration.assign(
      "memory.regions=[{base: 0x800000000000, size: 4KiB}, {base: 4294967296, size: 1GiB}]");
  configuration.check();
  const std::vector<Region> ram = configuration.ram();
  ASSERT_EQ(ram.size(), 3U);
  EXPECT_EQ(ram[0].base, 0x80000000U);
  EXPECT_EQ(ram[0].last(), 0xffffffffU);
  EXPECT_EQ(ram[1].base, 0x800000000000U);
  EXPECT_EQ(ram[2].size, 1U << 30);
}

TEST(Configuration, DumpLoadsBackToTheSame) {
  Configuration defaults;
  Configuration again;
  again.load_text(defaults.dump(), "dump.yaml");
  EXPECT_EQ(again.values(), defaults.values());
  EXPECT_EQ(again.dump(), defaults.dump());
}

TEST(Configuration, DumpOfChangedValuesLoadsBackToTheSame) {
  Configuration changed;
  for (const char* assignment :
       {"mmu.l1d.entries=0x80", "mmu.l1d.ways=2", "cpu.misaligned=trap", "cpu.clock_mhz=1.5e3",
        "memory.size=5000KiB", "virtio.disk=a \"b\" \\ c: #\td\x01", "cpu.reset_adue=false",
        "memory.regions=[{base: 0x100000000, size: 64MiB}, {size: 4096, base: 0x200000000}]"}) {
    changed.assign(assignment);
  }
  Configuration again;
  again.load_text(changed.dump(), "dump.yaml");
  EXPECT_EQ(again.values(), changed.values());
  EXPECT_EQ(again.text("virtio.disk"), "a \"b\" \\ c: #\td\x01");
}

TEST(Configuration, DumpHoldsEverySentence) {
  std::string words;
  const std::string dump = Configuration().dump();
  for (std::size_t i = 0; i < dump.size(); ++i) {  // undo the line breaks of the comments
    if (dump.compare(i, 1, "\n") == 0) {
      const std::size_t text = dump.find_first_not_of(' ', i + 1);
      if (text != std::string::npos && dump.compare(text, 2, "# ") == 0) {
        words += ' ';
        i = text + 1;
        continue;
      }
    }
    words += dump[i];
  }
  for (const observe::Parameter& p : schema()) EXPECT_THAT(words, HasSubstr(p.sentence)) << p.key;
}

}  // namespace
}  // namespace lookaside::platform
