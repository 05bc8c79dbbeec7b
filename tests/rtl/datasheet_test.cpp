// SPDX-License-Identifier: Apache-2.0
// The datasheet of rtl/ against its text: every module has a section, which names every parameter
// and every port, none that is not there, and says how many cycles things take.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>

namespace lookaside::tests {
namespace {

using Names = std::set<std::string>;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

/// First groups of all matches.
Names all(const std::string& text, const std::regex& pattern) {
  Names names;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    names.insert((*it)[1].str());
  }
  return names;
}

struct Module {
  Names parameters, ports;
};

/// Modules of rtl/ by their names; the package is none.
std::map<std::string, Module> modules() {
  // Comments hold brackets and commas of their own.
  const std::regex comment("//[^\n]*"), module(R"(\bmodule\s+(\w+))");
  const std::regex parameter(R"(\bparameter\s[^=;]*?(\w+)\s*=)");
  const std::regex port(R"(\b(?:input|output|inout)\s[^;]*?(\w+)\s*(?:,|\)\s*;))");
  std::map<std::string, Module> found;
  for (const auto& entry : std::filesystem::directory_iterator(LOOKASIDE_RTL)) {
    if (entry.path().extension() != ".sv") continue;
    const std::string text = std::regex_replace(text_of(entry.path()), comment, "");
    std::smatch name;
    if (!std::regex_search(text, name, module)) continue;
    const auto start = static_cast<std::size_t>(name.position());
    const std::string header = text.substr(start, text.find(");", start) + 2 - start);
    found[name[1].str()] = {all(header, parameter), all(header, port)};
  }
  return found;
}

/// Text below each heading "## NAME" of a page, up to the next one.
std::map<std::string, std::string> sections(const std::string& page) {
  std::map<std::string, std::string> found;
  const std::string mark = "\n## ";
  for (std::size_t at = page.find(mark); at != std::string::npos;) {
    const std::size_t name = at + mark.size(), body = page.find('\n', name);
    at = page.find(mark, body);
    found[page.substr(name, body - name)] = page.substr(body, at - body);
  }
  return found;
}

/// First cells of all rows of tables: what the rows are about.
std::string row_heads(const std::string& section) {
  std::string heads;
  for (const std::string& head : all(section, std::regex("\n\\| ([^|]*)\\|"))) heads += head;
  return heads;
}

Names without(const Names& all, const Names& known) {
  Names rest;
  std::set_difference(all.begin(), all.end(), known.begin(), known.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

TEST(RtlDatasheet, FindsTheModulesItIsToCheck) {
  const auto found = modules();
  EXPECT_GE(found.size(), 19U);
  EXPECT_EQ(found.count("lookaside_pkg"), 0U);
  for (const auto& [name, module] : found) EXPECT_FALSE(module.ports.empty()) << name;
  EXPECT_THAT(found.at("lookaside_plru").ports,
              testing::ElementsAre("state_i", "touch_way_i", "touched_o", "victim_o"));
  EXPECT_THAT(found.at("lookaside_axi").parameters,
              testing::ElementsAre("Cache", "Exclusive", "Prot", "VaBits"));
}

TEST(RtlDatasheet, HasASectionOfEveryModuleWithItsParametersPortsAndCycles) {
  const auto pages = sections(text_of(LOOKASIDE_RTL "/README.md"));
  const std::regex parameter("`([A-Z]\\w*)`"), port("`(\\w+_n?[io])`");
  for (const auto& [name, module] : modules()) {
    const auto section = pages.find(name);
    if (section == pages.end()) {
      ADD_FAILURE() << "no section " << name;
      continue;
    }
    const std::string rows = row_heads(section->second);
    EXPECT_THAT(without(module.parameters, all(rows, parameter)), testing::IsEmpty()) << name;
    EXPECT_EQ(all(rows, port), module.ports) << name;
    EXPECT_THAT(section->second, testing::ContainsRegex("[Cc]ycle")) << name;
  }
}

TEST(RtlDatasheet, DrawsPortsThatAreThere) {
  const auto known = modules();
  const std::regex signal("\"name\": \"(\\w+)");
  const auto pages = sections(text_of(LOOKASIDE_RTL "/timing.md"));
  EXPECT_FALSE(pages.empty());
  for (const auto& [name, section] : pages) {
    ASSERT_EQ(known.count(name), 1U) << name;
    Names drawn = all(section, signal);
    EXPECT_FALSE(drawn.empty()) << name;
    drawn.erase("state");
    EXPECT_THAT(without(drawn, known.at(name).ports), testing::IsEmpty()) << name;
  }
}

}  // namespace
}  // namespace lookaside::tests
